//! Transfers in words.

use base::HolderNumber;
use engine::Unit;
use engine::ledger::FundClass;
use programmes::service::content::LabelKind;

use super::Subject;
use crate::pages::words::Words;
use crate::service::{AccountLine, OwnerName, TransferLine};
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

/// The legs in order.
pub fn rows(words: &Words<'_>, subject: &Subject, lines: &[TransferLine]) -> Vec<TransferRow> {
    lines.iter().zip(1..).map(|(line, leg)| row(words, subject, line, leg)).collect()
}

fn row(words: &Words<'_>, subject: &Subject, line: &TransferLine, leg: u32) -> TransferRow {
    let (from, to) = (line.debit.kind.fund(), line.credit.kind.fund());
    let fund = if from == to {
        fund_name(words, from)
    } else {
        let values = [("from", fund_name(words, from)), ("to", fund_name(words, to))];
        words.with("acceptance-decision-fund-both", &values)
    };
    let name = |number| (Some(number) == subject.holder).then(|| subject.holder_name.clone());
    TransferRow {
        leg: leg.to_string(),
        debit: account(words, &line.debit, name),
        credit: account(words, &line.credit, name),
        fund,
        amount: quantity(words, line.unit, whole(line.moved.amount.0)),
        balance: quantity(words, line.unit, line.moved.debit_balance),
    }
}

/// An amount of a unit: rupiah, or a plain number of rides, packages or visits.
pub fn quantity(words: &Words<'_>, unit: Unit, amount: i64) -> String {
    if unit == Unit::Rupiah { words.money(amount) } else { words.format().number(amount) }
}

/// An account in words: what it is for, and whose it is. A holder without a name here is called by the number.
pub fn account(
    words: &Words<'_>,
    line: &AccountLine,
    name: impl Fn(HolderNumber) -> Option<String>,
) -> String {
    let owner = match line.owner {
        OwnerName::Holder(number) => name(number).unwrap_or_else(|| number.to_string()),
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

/// Whose money a fund is.
pub fn fund_name(words: &Words<'_>, fund: FundClass) -> String {
    words.t(match fund {
        FundClass::Holder => "acceptance-fund-holder",
        FundClass::Programme => "acceptance-fund-programme",
        FundClass::Operator => "acceptance-fund-operator",
        FundClass::Bank => "acceptance-fund-bank",
        FundClass::Merchant => "acceptance-fund-merchant",
        FundClass::Memo => "acceptance-fund-memo",
    })
}
