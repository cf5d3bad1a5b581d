//! The transfers a tap would record, in words.

use engine::Unit;
use engine::ledger::FundClass;
use platform::web::Outcome;
use programmes::service::content::LabelKind;

use super::form::Desk;
use crate::pages::gate::{self, outcome};
use crate::pages::words::Words;
use crate::service::{AccountLine, OwnerName, Preview, TransferLine};
use crate::store::rows::whole;

/// One leg.
pub struct TransferRow {
    /// Its number.
    pub leg: String,
    /// Account that gives.
    pub debit: String,
    /// Account that receives.
    pub credit: String,
    /// Whose money.
    pub fund: String,
    /// How much.
    pub amount: String,
    /// What the giving account then has.
    pub balance: String,
}

/// The section.
pub struct Transfers {
    /// The legs.
    pub rows: Vec<TransferRow>,
    /// Why there are none.
    pub note: String,
    /// What becomes of the purse.
    pub purse: String,
}

impl Transfers {
    /// Of a trial.
    pub fn of(words: &Words<'_>, desk: &Desk, preview: &Preview) -> Self {
        let rows: Vec<TransferRow> =
            preview.transfers.iter().zip(1..).map(|(line, leg)| row(words, desk, line, leg)).collect();
        let none = match (outcome(preview), preview.incident) {
            (Outcome::Refused, Some(_)) => "refused-incident",
            (Outcome::Refused, None) => "refused",
            _ if gate::manner(preview) == "begun" => "begun",
            _ if gate::manner(preview) == "left" => "left",
            _ => "nothing",
        };
        let note = if rows.is_empty() {
            words.t(&format!("acceptance-desk-transfers-{none}"))
        } else {
            words.t("acceptance-desk-transfers-balanced")
        };
        Self { rows, note, purse: purse(words, desk, preview) }
    }
}

fn purse(words: &Words<'_>, desk: &Desk, preview: &Preview) -> String {
    let Some(priced) = &preview.priced else { return String::new() };
    let charged = if preview.outcome.is_ok() { priced.charged_now() } else { 0 };
    let key = if charged == 0 { "same" } else { "changed" };
    let values = [
        ("name", desk.holder_name.clone()),
        ("before", words.money(priced.balance)),
        ("after", words.money(priced.balance - charged)),
    ];
    words.with(&format!("acceptance-desk-purse-{key}"), &values)
}

fn row(words: &Words<'_>, desk: &Desk, line: &TransferLine, leg: u32) -> TransferRow {
    let (from, to) = (line.debit.kind.fund(), line.credit.kind.fund());
    let fund = if from == to {
        fund_name(words, from)
    } else {
        let values = [("from", fund_name(words, from)), ("to", fund_name(words, to))];
        words.with("acceptance-desk-fund-both", &values)
    };
    TransferRow {
        leg: leg.to_string(),
        debit: account(words, desk, &line.debit),
        credit: account(words, desk, &line.credit),
        fund,
        amount: quantity(words, line.unit, whole(line.moved.amount.0)),
        balance: quantity(words, line.unit, line.moved.debit_balance),
    }
}

/// An amount of a unit: rupiah, or a plain number of rides, packages or visits.
fn quantity(words: &Words<'_>, unit: Unit, amount: i64) -> String {
    if unit == Unit::Rupiah { words.money(amount) } else { words.format().number(amount) }
}

fn account(words: &Words<'_>, desk: &Desk, line: &AccountLine) -> String {
    let owner = match line.owner {
        OwnerName::Holder(number) if Some(number) == desk.holder => desk.holder_name.clone(),
        OwnerName::Holder(number) => number.to_string(),
        // A pool of quotas that is not shared has the code of its benefit.
        OwnerName::Code(code) if line.kind.owner() != engine::ledger::Owner::Organisation => {
            words.benefit(code.as_str())
        }
        OwnerName::Code(code) => words.name(LabelKind::Organisation, code.as_str()),
        OwnerName::Unknown => words.t("acceptance-word-unknown"),
    };
    let key = format!("acceptance-account-{}", line.kind.code().replace('.', "-"));
    let wallet = line.wallet.map(|wallet| words.benefit(wallet.as_str())).unwrap_or_default();
    words.with(&key, &[("owner", owner), ("year", line.sub.to_string()), ("wallet", wallet)])
}

fn fund_name(words: &Words<'_>, fund: FundClass) -> String {
    words.t(match fund {
        FundClass::Holder => "acceptance-fund-holder",
        FundClass::Programme => "acceptance-fund-programme",
        FundClass::Operator => "acceptance-fund-operator",
        FundClass::Bank => "acceptance-fund-bank",
        FundClass::Merchant => "acceptance-fund-merchant",
        FundClass::Memo => "acceptance-fund-memo",
    })
}
