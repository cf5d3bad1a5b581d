//! The chart of accounts as a page for people. Written from the chart itself; knows no account that is not in it.

use std::fmt::Write;

use super::{FundClass, Kind, Limit, Owner, may_face};

const HEAD: &str = "\
# Chart of accounts

Generated from `crates/engine/src/ledger/chart.rs`; a test compares this page with the code (`JAKONE_BLESS=1` writes it anew).
Everything consumable is an account with a unit, moved only by double entry: debits equal credits for each unit, always.
A balance is credits minus debits. An account is opened at its first use and named by kind, owner, part (a fiscal year, or
a bank) and unit.

## Kinds

| kind | fund | owner | counts | limit | what it is for |
|---|---|---|---|---|---|
";

const FACING: &str = "
## Who may face whom

A transfer has a debit and a credit account. Their funds must be allowed to face each other; a command with one leg that
may not is refused whole (`fund_class_mismatch`). The programmes' money and the operator's cost never meet (Governor's
Regulation 145/2017, clause 15). Besides, `holder.wallet` never faces `holder.purse` or `holder.debt`: aid never becomes the
holder's own money.

";

/// The page `docs/chart-of-accounts.md`.
#[must_use]
pub fn chart_markdown() -> String {
    let mut page = String::from(HEAD);
    for kind in Kind::ALL {
        page.push_str(&row(*kind));
    }
    page.push_str(FACING);
    let funds = FundClass::ALL.map(fund);
    let line = |cells: &[&str]| format!("| {} |\n", cells.join(" | "));
    page.push_str(&line(&[&[""], funds.as_slice()].concat()));
    page.push_str(&"|---".repeat(funds.len() + 1));
    page.push_str("|\n");
    for one in FundClass::ALL {
        let cells = FundClass::ALL.map(|other| if may_face(one, other) { "yes" } else { "no" });
        page.push_str(&line(&[&[fund(one)], cells.as_slice()].concat()));
    }
    page
}

fn row(kind: Kind) -> String {
    let mut units = String::new();
    for unit in kind.units() {
        let separator = if units.is_empty() { "" } else { ", " };
        let _ = write!(units, "{separator}{}", format!("{unit:?}").to_lowercase());
    }
    format!(
        "| `{}` | {} | {} | {units} | {} | {} |\n",
        kind.code(),
        fund(kind.fund()),
        owner(kind.owner()),
        limit(kind.limit()),
        kind.purpose(),
    )
}

const fn fund(class: FundClass) -> &'static str {
    match class {
        FundClass::Holder => "holder",
        FundClass::Programme => "programme",
        FundClass::Operator => "operator",
        FundClass::Bank => "bank",
        FundClass::Merchant => "merchant",
        FundClass::Memo => "memo",
    }
}

const fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Holder => "holder",
        Owner::Organisation => "organisation",
        Owner::Benefit => "benefit",
        Owner::Pool => "quota pool",
    }
}

const fn limit(limit: Limit) -> &'static str {
    match limit {
        Limit::None => "none",
        Limit::DebitsWithinCredits => "debits ≤ credits",
        Limit::CreditsWithinDebits => "credits ≤ debits",
    }
}
