//! The ledger: is it in balance, what does each kind of account come to, whose accounts are they, and what moved on one.
//! `/ledger` at the end of the journal or at a position (`posisi`), `/ledger/kinds/{kind}` (from the page `halaman` on),
//! `/ledger/accounts/{number}` (before the position `sebelum`).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use base::Timestamp;
use engine::ledger::{FundClass, Kind};
use engine::{Position, Unit};
use platform::problems::{self, Problem};
use platform::web::{Html, Icon, PageContext, render};

use super::Pages;
use super::decision::{self, Subject, fund_name, quantity};
use super::explain;
use super::fields::Fields;
use super::words::{Refused, Words, fingerprint};
use crate::service::{Account, AccountLine, Movement, TrialBalance, TrialLine};

/// Accounts on one page.
const ACCOUNTS: u64 = 50;

/// Postings on one page.
const POSTINGS: u64 = 40;

/// A number with its name and what it is.
struct Figure {
    name: String,
    value: String,
    note: String,
}

/// A line of the trial balance.
struct Line {
    name: String,
    purpose: String,
    href: String,
    accounts: String,
    debits: String,
    credits: String,
    balance: String,
}

/// The lines of one fund.
struct Fund {
    name: String,
    lines: Vec<Line>,
}

/// The trial balance of one unit.
struct UnitTable {
    title: String,
    id: &'static str,
    funds: Vec<Fund>,
    debits: String,
    credits: String,
    difference: String,
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    page: PageContext,
    sentence: String,
    seal_class: &'static str,
    icon: Html,
    verdict: String,
    grounds: Vec<String>,
    sought: String,
    refused: Option<Refused>,
    is_past: bool,
    figures: Vec<Figure>,
    units: Vec<UnitTable>,
}

/// `/ledger`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/ledger");
    let words = pages.words(&page, pages.service.clock().now().jakarta_date());
    let sought = fields.get("posisi").unwrap_or_default().to_owned();
    let asked = if sought.is_empty() { Ok(None) } else { entry(&sought).map(Some) };
    let refused = |problem: &Problem| Some(words.refusal(problem.kind().code));
    let (balance, refused) = match asked {
        Ok(seq) => match pages.service.trial_balance(page.actor(), seq).await {
            Err(problem) if problem.kind() == problems::RECORD_UNKNOWN => {
                (pages.service.trial_balance(page.actor(), None).await?, refused(&problem))
            }
            answered => (answered?, None),
        },
        Err(problem) => (pages.service.trial_balance(page.actor(), None).await?, refused(&problem)),
    };
    let key = if balance.is_balanced() { "balanced" } else { "apart" };
    let position = [("position", words.position(balance.seq, None))];
    let template = LedgerPage {
        sentence: words.with(&format!("acceptance-ledger-open-{key}"), &position),
        seal_class: if balance.is_balanced() { "seal" } else { "seal refused" },
        icon: if balance.is_balanced() { Icon::Check } else { Icon::Refused }.svg(),
        verdict: words.t(&format!("acceptance-live-seal-{key}")),
        grounds: grounds(&words, &balance),
        is_past: balance.seq < balance.head.seq,
        figures: figures(&words, &balance),
        units: Unit::ALL.into_iter().filter_map(|unit| table(&words, &balance, unit)).collect(),
        sought,
        refused,
        page: page.clone(),
    };
    Ok(render(&template))
}

/// The entry of a position.
fn entry(text: &str) -> Result<u64, Problem> {
    // An entry alone may be grouped as pages print it.
    let plain: String = text.chars().filter(|c| !matches!(c, '.' | ',')).collect();
    let whole = (!text.contains('/')).then(|| plain.parse().ok()).flatten();
    let found = whole.or_else(|| explain::parse(text).map(|position| position.seq));
    found.ok_or_else(|| Problem::new(problems::RECORD_UNKNOWN))
}

fn grounds(words: &Words<'_>, balance: &TrialBalance) -> Vec<String> {
    let position = words.position(balance.seq, None);
    let mut grounds = vec![words.with("acceptance-word-at-position", &[("position", position)])];
    if balance.seq == balance.head.seq {
        let time = words.format().time_seconds(balance.head.at.jakarta_time());
        let hash = [("hash", fingerprint(&balance.head)), ("time", time)];
        grounds.push(words.with("acceptance-live-seal-hash", &hash));
    }
    grounds
}

/// The sums that an auditor asks for first.
fn figures(words: &Words<'_>, balance: &TrialBalance) -> Vec<Figure> {
    let sum = |kind: Kind| {
        let lines = balance.lines.iter().filter(|line| line.kind == kind && line.unit == Unit::Rupiah);
        lines.map(|line| line.credits - line.debits).sum::<i64>()
    };
    let figure = |key: &str, amount: i64| Figure {
        name: words.t(&format!("acceptance-ledger-figure-{key}")),
        value: words.money(amount),
        note: words.t(&format!("acceptance-ledger-figure-{key}-note")),
    };
    vec![
        figure("purses", sum(Kind::Purse)),
        figure("wallets", sum(Kind::Wallet)),
        figure("receivable", sum(Kind::Receivable)),
        figure("float", -sum(Kind::FloatExpected)),
    ]
}

fn table(words: &Words<'_>, balance: &TrialBalance, unit: Unit) -> Option<UnitTable> {
    let lines: Vec<&TrialLine> = balance.lines.iter().filter(|line| line.unit == unit).collect();
    if lines.is_empty() {
        return None;
    }
    let of_fund = |fund: FundClass| {
        let own = lines.iter().filter(|line| line.kind.fund() == fund);
        let own: Vec<Line> = own.map(|line| self::line(words, line)).collect();
        (!own.is_empty()).then(|| Fund { name: fund_name(words, fund), lines: own })
    };
    let (debits, credits) = balance.totals(unit);
    let code = crate::service::unit_name(unit);
    Some(UnitTable {
        title: words.t(&format!("acceptance-live-books-{code}")),
        id: code,
        funds: FundClass::ALL.into_iter().filter_map(of_fund).collect(),
        debits: quantity(words, unit, debits),
        credits: quantity(words, unit, credits),
        difference: quantity(words, unit, credits - debits),
    })
}

fn line(words: &Words<'_>, line: &TrialLine) -> Line {
    let code = line.kind.code();
    Line {
        name: kind_name(words, line.kind),
        purpose: words.t(&format!("acceptance-ledger-purpose-{}", code.replace('.', "-"))),
        href: format!("/ledger/kinds/{code}?bahasa={}", words.page.language.tag()),
        accounts: words.format().number(line.accounts),
        debits: quantity(words, line.unit, line.debits),
        credits: quantity(words, line.unit, line.credits),
        balance: quantity(words, line.unit, line.credits - line.debits),
    }
}

fn kind_name(words: &Words<'_>, kind: Kind) -> String {
    words.t(&format!("acceptance-ledger-kind-{}", kind.code().replace('.', "-")))
}

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
        fund: fund_name(&words, kind.fund()),
        rows: rows.iter().map(row).collect(),
        is_first: leaf == 1,
        next: more.then_some(leaf + 1),
        page: page.clone(),
    };
    Ok(render(&template))
}

fn unit_of(name: &str) -> Unit {
    Unit::ALL.into_iter().find(|unit| crate::service::unit_name(*unit) == name).unwrap_or(Unit::Rupiah)
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
struct Names(std::collections::BTreeMap<base::HolderNumber, String>);

impl Names {
    fn account(&self, words: &Words<'_>, line: Option<&AccountLine>) -> String {
        let Some(line) = line else { return words.t("acceptance-word-unknown") };
        let holder = match line.owner {
            crate::service::OwnerName::Holder(number) => Some(number),
            _ => None,
        };
        let name = holder.and_then(|number| self.0.get(&number).cloned());
        let subject = Subject {
            holder: holder.filter(|_| name.is_some()),
            holder_name: name.unwrap_or_default(),
            media: Vec::new(),
            published: crate::service::Published::default(),
        };
        decision::account(words, &subject, line)
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
            crate::service::OwnerName::Holder(number) => Some(number),
            _ => None,
        };
        let mut numbers: Vec<base::HolderNumber> = lines.filter_map(number).collect();
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
    position: String,
    address: String,
}

#[derive(Template)]
#[template(path = "ledger_account.html")]
struct AccountPage {
    page: PageContext,
    kind: String,
    kind_code: String,
    heading: String,
    sentence: String,
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
    let id: u32 = id.parse().map_err(|_| Problem::new(problems::ACCOUNT_UNKNOWN))?;
    let before = explain::position(fields.get("sebelum"))?;
    let (account, mut movements) = pages.service.account(page.actor(), id, before, POSTINGS + 1).await?;
    let limit = usize::try_from(POSTINGS).unwrap_or(usize::MAX);
    let more = movements.len() > limit;
    movements.truncate(limit);
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
        Some(crate::service::OwnerName::Holder(number)) => Some(number.to_string()),
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
        heading,
        holder,
        figures: vec![
            figure("balance", row.balance),
            figure("debits", row.debits),
            figure("credits", row.credits),
        ],
        older: last.map(|row| format!("{}.{}", row.seq, row.idx)),
        rows: movements.iter().map(|one| posting(&words, &names, id, unit, one)).collect(),
        is_newest: before.is_none(),
        id: row.id,
        page: page.clone(),
    };
    Ok(render(&template))
}

fn posting(words: &Words<'_>, names: &Names, id: u32, unit: Unit, movement: &Movement) -> PostingRow {
    let moved = &movement.posting.row;
    let gave = moved.debit == i64::from(id);
    let amount = quantity(words, unit, moved.amount);
    let (debit, credit) = if gave { (amount, String::new()) } else { (String::new(), amount) };
    let at = Timestamp(movement.posting.at);
    let position = Position {
        seq: moved.seq.unsigned_abs(),
        index: u32::try_from(moved.idx).unwrap_or_default(),
    };
    PostingRow {
        date: words.format().date(at.jakarta_date()),
        time: words.format().time_seconds(at.jakarta_time()),
        what: words.kind(&movement.posting.command),
        other: names.account(words, movement.other.as_ref()),
        other_href: format!("/ledger/accounts/{}?bahasa={}", movement.other_id, words.page.language.tag()),
        debit,
        credit,
        balance: quantity(words, unit, if gave { moved.debit_balance } else { moved.credit_balance }),
        position: words.position(position.seq, Some(position.index)),
        address: position.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_alone_or_from_a_position() {
        for text in ["48210", "48.210", "48,210", "48.210/3"] {
            assert_eq!(entry(text).ok(), Some(48_210), "{text}");
        }
        assert!(entry("kemarin").is_err());
    }
}
