//! The money of taps: what the holder, the benefits' budgets and the memo accounts owe each operator now, against what was
//! posted before. Only differences move, and always by new transfers.

use base::Timestamp;

use crate::benefits::{budget_key, fiscal_year};
use crate::journeys::Figures;
use crate::ledger::{AccountId, Kind, Posting};
use crate::{AccountKey, Amount, Event, Funding, Leg, Position, Refusal, State, Unit, signed};

/// One tap that comes to cost something, or something else.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// Where it is recorded; none for the tap that is being decided.
    pub tap: Option<Position>,
    /// Index of the operator who is owed the fare.
    pub operator: u32,
    /// By the terminal's clock: its fiscal year bears the cost.
    pub at: Timestamp,
    /// What was posted for it.
    pub old: Figures,
    /// What is due; the funded part is found in [`settle`].
    pub new: Figures,
}

/// What settling came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settlement {
    /// What became debt.
    pub debt: Amount,
    /// Whether a budget did not reach.
    pub budget_short: bool,
}

/// An amount owed to an operator, by whom. The order is that of posting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Line {
    Holder { operator: u32 },
    Budget { benefit: u32, operator: u32, year: u32 },
    Memo { benefit: u32, operator: u32, year: u32 },
}

/// Posts the difference between what is due and what was posted, for one holder.
///
/// # Errors
/// The refusal of the first transfer that cannot be made.
pub fn settle(
    state: &State,
    posting: &mut Posting<'_>,
    holder: u32,
    changes: &mut [Change],
    events: &mut Vec<Event>,
) -> Result<Settlement, Refusal> {
    let mut settlement = Settlement::default();
    // What earlier changes of this command take out of each budget.
    let mut planned: Vec<(AccountKey, u64)> = Vec::new();
    for change in changes.iter_mut() {
        settlement.budget_short |= fund(state, posting, change, &mut planned);
    }
    let mut lines: Vec<(Line, i64)> = Vec::with_capacity(changes.len() * 2);
    for change in changes.iter() {
        for (figures, sign) in [(&change.old, -1), (&change.new, 1)] {
            owe(&mut lines, change, figures, sign);
        }
    }
    lines.sort_unstable_by_key(|(line, amount)| (*amount >= 0, *line));
    for (line, amount) in lines {
        let most = Amount(amount.unsigned_abs());
        match line {
            _ if amount == 0 => {}
            Line::Holder { operator } if amount < 0 => {
                give_back(state, posting, holder, operator, most, events)?
            }
            Line::Holder { operator } => {
                let debt = take(state, posting, holder, operator, most, events)?;
                settlement.debt = Amount(settlement.debt.0.saturating_add(debt.0));
            }
            Line::Budget { benefit, operator, year } => {
                let budget = posting.open(key(Kind::Budget, benefit, year), events)?;
                let receivable = posting.open(key(Kind::Receivable, operator, 0), events)?;
                between(state, posting, (budget, receivable), amount, events)?;
            }
            Line::Memo { benefit, operator, year } => {
                let granted = posting.open(key(Kind::ForgoneGranted, benefit, year), events)?;
                let served = posting.open(key(Kind::ForgoneServed, operator, year), events)?;
                between(state, posting, (granted, served), amount, events)?;
            }
        }
    }
    Ok(settlement)
}

const fn key(kind: Kind, owner: u32, sub: u32) -> AccountKey {
    AccountKey { kind, owner, sub, unit: Unit::Rupiah }
}

/// How much of what the holder does not pay the benefit's budget bears. Whether it did not reach.
fn fund(
    state: &State,
    posting: &Posting<'_>,
    change: &mut Change,
    planned: &mut Vec<(AccountKey, u64)>,
) -> bool {
    let Some(benefit) = change.new.benefit else { return false };
    let funding = state.benefits.in_force(benefit, change.at).map(|definition| definition.rules.funding);
    if !matches!(funding, Some(Funding::Budget(_))) {
        return false;
    }
    let due = change.new.full.less(change.new.charged);
    let before = if change.old.benefit == Some(benefit) { change.old.funded } else { Amount::ZERO };
    let key = budget_key(benefit, change.at);
    let budget = state.ledger.find(&key).and_then(|account| posting.account(account));
    let taken: u64 = planned.iter().filter(|(known, _)| *known == key).map(|(_, amount)| amount).sum();
    let left = budget.map_or(Amount::ZERO, |budget| budget.available()).less(Amount(taken));
    change.new.funded = due.min(Amount(before.0.saturating_add(left.0)));
    planned.push((key, change.new.funded.less(before).0));
    change.new.funded < due
}

/// Adds what is owed by some figures to the lines.
fn owe(lines: &mut Vec<(Line, i64)>, change: &Change, figures: &Figures, sign: i64) {
    let operator = change.operator;
    let mut add = |line: Line, amount: Amount| {
        if amount.is_zero() {
            return;
        }
        let amount = sign * signed(amount);
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, sum)) => *sum = sum.saturating_add(amount),
            None => lines.push((line, amount)),
        }
    };
    add(Line::Holder { operator }, figures.charged);
    if let Some(benefit) = figures.benefit
        && figures.charged < figures.full
    {
        let year = fiscal_year(change.at);
        add(Line::Budget { benefit, operator, year }, figures.funded);
        add(Line::Memo { benefit, operator, year }, figures.forgone());
    }
}

/// Moves an amount from the first account to the second; a negative one the other way.
fn between(
    state: &State,
    posting: &mut Posting<'_>,
    (one, other): (AccountId, AccountId),
    amount: i64,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let (debit, credit) = if amount < 0 { (other, one) } else { (one, other) };
    post(state, posting, Leg { debit, credit, amount: Amount(amount.unsigned_abs()) }, events)
}

/// Posts a transfer in as many legs as the most one leg may move asks for.
fn post(state: &State, posting: &mut Posting<'_>, leg: Leg, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let mut left = leg.amount;
    while !left.is_zero() {
        let amount = left.min(Amount(state.parameters.amount_max.unsigned_abs()));
        posting.post(Leg { amount, ..leg }, events)?;
        left = left.less(amount);
    }
    Ok(())
}

/// From the purse as far as it reaches, the rest as debt. Answers the debt.
fn take(
    state: &State,
    posting: &mut Posting<'_>,
    holder: u32,
    operator: u32,
    amount: Amount,
    events: &mut Vec<Event>,
) -> Result<Amount, Refusal> {
    let receivable = posting.open(key(Kind::Receivable, operator, 0), events)?;
    let purse = state.holders.get(holder).ok_or(Refusal::HolderUnknown)?.purse;
    let available =
        purse.and_then(|purse| posting.account(purse)).map_or(Amount::ZERO, |purse| purse.available());
    let from_purse = amount.min(available);
    if let Some(purse) = purse {
        post(state, posting, Leg { debit: purse, credit: receivable, amount: from_purse }, events)?;
    }
    let rest = amount.less(from_purse);
    if !rest.is_zero() {
        let debt = posting.open(key(Kind::Debt, holder, 0), events)?;
        post(state, posting, Leg { debit: debt, credit: receivable, amount: rest }, events)?;
    }
    Ok(rest)
}

/// What was taken too much pays off debt first, then goes back to the purse: so purse and debt depend on what was used
/// and topped up, not on the order in which it was heard of.
fn give_back(
    state: &State,
    posting: &mut Posting<'_>,
    holder: u32,
    operator: u32,
    amount: Amount,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let receivable = posting.open(key(Kind::Receivable, operator, 0), events)?;
    let known = state.holders.get(holder).ok_or(Refusal::HolderUnknown)?;
    let debt = state.ledger.find(&key(Kind::Debt, holder, 0));
    let owed = debt.and_then(|debt| posting.account(debt)).map_or(Amount::ZERO, |debt| debt.owed());
    let to_debt = amount.min(owed);
    if let Some(debt) = debt {
        post(state, posting, Leg { debit: receivable, credit: debt, amount: to_debt }, events)?;
    }
    let purse = known.purse.ok_or(Refusal::AccountUnknown)?;
    post(state, posting, Leg { debit: receivable, credit: purse, amount: amount.less(to_debt) }, events)
}
