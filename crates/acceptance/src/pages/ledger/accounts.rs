//! The accounts behind a line of the trial balance, and what moved on each.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use base::{HolderNumber, Timestamp};
use engine::Unit;
use engine::ledger::Kind;
use platform::problems::{self, Problem};
use platform::web::{Fields, PageContext, render};

use super::{Figure, kind_name};
use crate::pages::Pages;
use crate::pages::decision::{self, fund_name, quantity};
use crate::pages::explain;
use crate::pages::words::{Decided, Words};
use crate::service::{Account, AccountLine, Movement, OwnerName, unit_name};

/// Accounts on one page.
const ACCOUNTS: u64 = 50;

/// Postings on one page.
const POSTINGS: u64 = 40;

/// An account in a list.
struct AccountRow {
    name: String,
    href: String,
    debits: String,
    credits: String,
    balance: String,
}

#[derive(Template)]
#[template(path = "ledger_kind.html")]
struct KindPage {
    page: PageContext,
    code: &'static str,
    heading: String,
    purpose: String,
    rests_on: String,
    fund: String,
    rows: Vec<AccountRow>,
    is_first: bool,
    next: Option<u64>,
}

/// `/ledger/kinds/{kind}`
pub async fn kind(
    State(pages): State<Pages>,
    page: PageContext,
    Path(code): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/ledger");
    let kind = Kind::ALL.iter().copied().find(|kind| kind.code() == code);
    let kind = kind.ok_or_else(|| Problem::new(problems::NOT_FOUND))?;
    let leaf: u64 = fields.get("halaman").and_then(|leaf| leaf.parse().ok()).unwrap_or(1).clamp(1, 1_000_000);
    let skipped = (leaf - 1) * ACCOUNTS;
    let mut rows = pages.service.accounts(page.actor(), kind, skipped, ACCOUNTS + 1).await?;
    let limit = usize::try_from(ACCOUNTS).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let names = pages.owners(&page, rows.iter().filter_map(|row| row.name.as_ref())).await?;
    let words = pages.words(&page, pages.service.clock().now().jakarta_date());
    let row = |row: &Account| account_row(&words, &names, row);
    let template = KindPage {
        code: kind.code(),
        heading: kind_name(&words, kind),
        purpose: words.t(&format!("acceptance-ledger-purpose-{}", kind.code().replace('.', "-"))),
        rests_on: as_now(&pages, &words),
        fund: fund_name(&words, kind.fund()),
        rows: rows.iter().map(row).collect(),
        is_first: leaf == 1,
        next: more.then_some(leaf + 1),
        page: page.clone(),
    };
    Ok(render(&template))
}

fn unit_of(name: &str) -> Unit {
    Unit::ALL.into_iter().find(|unit| unit_name(*unit) == name).unwrap_or(Unit::Rupiah)
}

fn account_row(words: &Words<'_>, names: &Names, account: &Account) -> AccountRow {
    let row = &account.row;
    let unit = unit_of(&row.unit);
    AccountRow {
        name: names.account(words, account.name.as_ref()),
        href: format!("/ledger/accounts/{}?bahasa={}", row.id, words.page.language.tag()),
        debits: quantity(words, unit, row.debits),
        credits: quantity(words, unit, row.credits),
        balance: quantity(words, unit, row.balance),
    }
}

/// Names of the holders whose accounts a page shows.
struct Names(BTreeMap<HolderNumber, String>);

impl Names {
    fn account(&self, words: &Words<'_>, line: Option<&AccountLine>) -> String {
        let Some(line) = line else { return words.t("acceptance-word-unknown") };
        decision::account(words, line, |number| self.0.get(&number).cloned())
    }
}

impl Pages {
    /// Names of the holders among owners of accounts.
    async fn owners<'a>(
        &self,
        page: &PageContext,
        lines: impl Iterator<Item = &'a AccountLine>,
    ) -> Result<Names, Problem> {
        let number = |line: &AccountLine| match line.owner {
            OwnerName::Holder(number) => Some(number),
            _ => None,
        };
        let mut numbers: Vec<HolderNumber> = lines.filter_map(number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok(Names(self.names(page.actor(), &numbers).await?))
    }
}

/// A posting as its account sees it.
struct PostingRow {
    date: String,
    time: String,
    what: String,
    other: String,
    other_href: String,
    debit: String,
    credit: String,
    balance: String,
    decided: Decided,
}

#[derive(Template)]
#[template(path = "ledger_account.html")]
struct AccountPage {
    page: PageContext,
    kind: String,
    kind_code: String,
    heading: String,
    sentence: String,
    rests_on: String,
    holder: Option<String>,
    figures: Vec<Figure>,
    rows: Vec<PostingRow>,
    is_newest: bool,
    id: i64,
    older: Option<String>,
}

/// `/ledger/accounts/{number}`
pub async fn account(
    State(pages): State<Pages>,
    page: PageContext,
    Path(id): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/ledger");
    let id: u32 = id.parse().map_err(|_| Problem::new(problems::NOT_FOUND))?;
    let before = explain::position(fields.get("sebelum"))?;
    let (account, mut movements) = pages.service.account(page.actor(), id, before, POSTINGS + 1).await?;
    let limit = usize::try_from(POSTINGS).unwrap_or(usize::MAX);
    let more = movements.len() > limit;
    keep_whole(&mut movements, limit);
    let lines = movements.iter().filter_map(|one| one.other.as_ref()).chain(account.name.as_ref());
    let names = pages.owners(&page, lines).await?;
    let words = pages.words(&page, pages.service.clock().now().jakarta_date());
    let row = &account.row;
    let unit = unit_of(&row.unit);
    let kind = Kind::ALL.iter().copied().find(|kind| kind.code() == row.kind);
    let heading = names.account(&words, account.name.as_ref());
    let figure = |key: &str, amount: i64| Figure {
        name: words.t(&format!("acceptance-ledger-{key}")),
        value: quantity(&words, unit, amount),
        note: words.t(&format!("acceptance-ledger-{key}-note")),
    };
    let holder = match account.name.as_ref().map(|name| name.owner) {
        Some(OwnerName::Holder(number)) => Some(number.to_string()),
        _ => None,
    };
    let last = movements.last().filter(|_| more).map(|one| &one.posting.row);
    let template = AccountPage {
        kind: kind.map(|kind| kind_name(&words, kind)).unwrap_or_default(),
        kind_code: row.kind.clone(),
        sentence: words.with(
            "acceptance-ledger-account-open",
            &[("account", heading.clone()), ("balance", quantity(&words, unit, row.balance))],
        ),
        rests_on: as_now(&pages, &words),
        heading,
        holder,
        figures: vec![
            figure("balance", row.balance),
            figure("debits", row.debits),
            figure("credits", row.credits),
        ],
        older: last.map(|row| row.position().to_string()),
        rows: movements.iter().map(|one| posting(&words, &names, id, unit, one)).collect(),
        is_newest: before.is_none(),
        id: row.id,
        page: page.clone(),
    };
    Ok(render(&template))
}

/// What the figures of these pages rest on.
fn as_now(pages: &Pages, words: &Words<'_>) -> String {
    let position = words.entry(pages.service.cursor().seq);
    words.with("acceptance-ledger-as-now", &[("position", position)])
}

/// Cuts a page so that all legs of one decision stand on the same: the next page begins before a decision.
fn keep_whole(movements: &mut Vec<Movement>, limit: usize) {
    let of = |movement: &Movement| (movement.posting.row.seq, movement.posting.row.idx);
    let Some(beyond) = movements.get(limit).map(of) else { return };
    let whole = movements.iter().position(|movement| of(movement) == beyond).unwrap_or(limit);
    // A decision longer than a page is cut: better part of it than none.
    movements.truncate(if whole == 0 { limit } else { whole });
}

fn posting(words: &Words<'_>, names: &Names, id: u32, unit: Unit, movement: &Movement) -> PostingRow {
    let moved = &movement.posting.row;
    let gave = moved.debit == i64::from(id);
    let amount = quantity(words, unit, moved.amount);
    let (debit, credit) = if gave { (amount, String::new()) } else { (String::new(), amount) };
    let at = Timestamp(movement.posting.at);
    PostingRow {
        date: words.format().date(at.jakarta_date()),
        time: words.format().time_seconds(at.jakarta_time()),
        what: words.kind(&movement.posting.command),
        other: names.account(words, movement.other.as_ref()),
        other_href: format!("/ledger/accounts/{}?bahasa={}", movement.other_id, words.page.language.tag()),
        debit,
        credit,
        balance: quantity(words, unit, if gave { moved.debit_balance } else { moved.credit_balance }),
        decided: words.decided(moved.position()),
    }
}
