//! The ledger: is it in balance, what does each kind of account come to, whose accounts are they, and what moved on one.
//! `/ledger` at the end of the journal or at a position (`posisi`), `/ledger/kinds/{kind}` (from the page `halaman` on),
//! `/ledger/accounts/{number}` (before the position `sebelum`).

mod accounts;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use engine::Unit;
use engine::ledger::{FundClass, Kind};
use platform::chart::ShareBar;
use platform::problems::{self, Problem};
use platform::web::{Fields, Html, Icon, PageContext, render};

use super::Pages;
use super::decision::{fund_name, quantity};
use super::explain;
use super::words::{Refused, Words, fingerprint};
use crate::service::{TrialBalance, TrialLine, unit_name};

pub use accounts::{account, kind};

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
    /// How large the balance is against the largest of its unit.
    bar: Html,
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
    let position = [("position", words.entry(balance.seq))];
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
    let position = words.entry(balance.seq);
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
        lines.map(TrialLine::balance).sum::<i64>()
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
    let largest = lines.iter().map(|line| line.balance().abs()).max().unwrap_or(0);
    let of_fund = |fund: FundClass| {
        let own = lines.iter().filter(|line| line.kind.fund() == fund);
        let own: Vec<Line> = own.map(|line| self::line(words, line, largest)).collect();
        (!own.is_empty()).then(|| Fund { name: fund_name(words, fund), lines: own })
    };
    let (debits, credits) = balance.totals(unit);
    let code = unit_name(unit);
    Some(UnitTable {
        title: words.t(&format!("acceptance-live-books-{code}")),
        id: code,
        funds: FundClass::ALL.into_iter().filter_map(of_fund).collect(),
        debits: quantity(words, unit, debits),
        credits: quantity(words, unit, credits),
        difference: quantity(words, unit, credits - debits),
    })
}

fn line(words: &Words<'_>, line: &TrialLine, largest: i64) -> Line {
    let code = line.kind.code();
    Line {
        name: kind_name(words, line.kind),
        purpose: words.t(&format!("acceptance-ledger-purpose-{}", code.replace('.', "-"))),
        href: format!("/ledger/kinds/{code}?bahasa={}", words.page.language.tag()),
        bar: ShareBar { value: line.balance().abs(), whole: largest }.render(),
        accounts: words.format().number(line.accounts),
        debits: quantity(words, line.unit, line.debits),
        credits: quantity(words, line.unit, line.credits),
        balance: quantity(words, line.unit, line.balance()),
    }
}

fn kind_name(words: &Words<'_>, kind: Kind) -> String {
    words.t(&format!("acceptance-ledger-kind-{}", kind.code().replace('.', "-")))
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
