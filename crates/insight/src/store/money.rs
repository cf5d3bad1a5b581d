//! What benefits cost, read from the transfers: what was not charged, what budgets paid, aid paid out, spent and taken in
//! cash. Four kinds of money that are never added together.

use engine::ledger::{AccountId, Kind};
use engine::{Event, Moved, Record, signed};

use super::known::{Known, KnownAccount};

/// One amount for a benefit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// Index of the benefit.
    pub benefit: u32,
    /// Index of the holder it was for, where it was for one.
    pub holder: Option<u32>,
    /// Which money.
    pub money: Money,
    /// How much; less than nothing where it was taken back.
    pub amount: i64,
}

/// Which money.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Money {
    /// Fares not charged. Not money.
    Forgone,
    /// From the budget to operators.
    Funded,
    /// From the budget into wallets.
    Aid,
    /// From wallets to merchants.
    Spent,
    /// From wallets in cash.
    Cash,
    /// From wallets back to the programme.
    Returned,
    /// Voted into the budget of a year.
    Voted { year: u32, balance: i64 },
    /// What is left in the budget of a year.
    Left { year: u32, balance: i64 },
}

/// The costs of a record. Transfers of several holders stand each before the event that names the holder.
pub fn costs(record: &Record, known: &Known) -> Vec<Cost> {
    let events = record.outcome.as_deref().unwrap_or_default();
    let cash = events.iter().any(|event| matches!(event, Event::CashedOut { .. }));
    let mut costs = Vec::new();
    let mut holder = None;
    for event in events.iter().rev() {
        if let Event::Moved(moved) | Event::PendingPosted(_, moved) = event {
            add(&mut costs, moved, known, holder, cash);
        } else {
            holder = holder_of(event).or(holder);
        }
    }
    // Read backwards; a budget's last balance must come last.
    costs.reverse();
    costs
}

fn holder_of(event: &Event) -> Option<u32> {
    match event {
        Event::TapPriced(priced) => Some(priced.holder),
        Event::Rerated(rerated) => Some(rerated.holder),
        Event::PurchaseCaptured(bought) => Some(bought.holder),
        Event::Refunded(refunded) => Some(refunded.holder),
        Event::Disbursed { holder, .. }
        | Event::CashedOut { holder, .. }
        | Event::Repriced { holder, .. }
        | Event::PurchaseVoided { holder, .. }
        | Event::WalletClosed { holder, .. } => Some(*holder),
        _ => None,
    }
}

fn add(costs: &mut Vec<Cost>, moved: &Moved, known: &Known, holder: Option<u32>, cash: bool) {
    let account = |id: AccountId| known.accounts.get(&id).copied();
    let (debit, credit) = (account(moved.debit), account(moved.credit));
    let amount = signed(moved.amount);
    let mut cost = |account: KnownAccount, money, amount| {
        costs.push(Cost { benefit: account.benefit, holder, money, amount });
    };
    let kind = |account: Option<KnownAccount>| account.map(|account| account.kind);
    match (debit, credit) {
        (Some(one), _) if one.kind == Kind::ForgoneGranted => cost(one, Money::Forgone, amount),
        (_, Some(one)) if one.kind == Kind::ForgoneGranted => cost(one, Money::Forgone, -amount),
        (Some(one), other) if one.kind == Kind::Budget => {
            let left = Money::Left { year: one.year, balance: moved.debit_balance };
            cost(one, left, 0);
            match kind(other) {
                Some(Kind::Disbursed) => cost(one, Money::Aid, amount),
                Some(Kind::Appropriation) => {
                    let voted = Money::Voted { year: one.year, balance: moved.debit_balance };
                    cost(one, voted, -amount);
                }
                _ => cost(one, Money::Funded, amount),
            }
        }
        (other, Some(one)) if one.kind == Kind::Budget => {
            let (year, balance) = (one.year, moved.credit_balance);
            match kind(other) {
                Some(Kind::Disbursed) => cost(one, Money::Aid, -amount),
                Some(Kind::Appropriation) => cost(one, Money::Voted { year, balance }, amount),
                _ => cost(one, Money::Funded, -amount),
            }
            cost(one, Money::Left { year, balance }, 0);
        }
        (Some(one), other) if one.kind == Kind::Wallet => match kind(other) {
            Some(Kind::ReturnedFunds) => cost(one, Money::Returned, amount),
            _ if cash => cost(one, Money::Cash, amount),
            _ => cost(one, Money::Spent, amount),
        },
        // Goods brought back. Aid comes through a bank's float and is counted at the budget.
        (None, Some(one)) if one.kind == Kind::Wallet => cost(one, Money::Spent, -amount),
        _ => {}
    }
}
