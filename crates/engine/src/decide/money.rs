//! Top-ups, linked transfers, holds and their deadlines.

use base::Timestamp;

use super::quota::counter;
use super::reprice::close_day;
use crate::ledger::{Kind, Owner, Posting};
use crate::{AccountKey, Amount, Event, Hold, Leg, OpenAccount, Refusal, Resolve, Role, State, TopUp, Unit};

/// The most quotas one tick ends.
const QUOTAS_MAX: usize = 128;

/// Lets due deadlines pass, quotas end and service days close, each so far as one record holds; the rest follow with the
/// next entry.
pub fn tick(state: &State, at: Timestamp, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let most = usize::try_from(state.parameters.tick_max).unwrap_or(usize::MAX);
    events.extend(state.ledger.pendings.due(at).take(most).map(Event::PendingExpired));
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    for (ends, account) in state.quotas.iter().take_while(|(ends, _)| *ends <= at).take(QUOTAS_MAX) {
        let known = posting.account(*account).ok_or(Refusal::AccountUnknown)?;
        // What is held is taken or given back by its own outcome.
        let unused = known.available();
        if !unused.is_zero() {
            let expired = posting.open(counter(Kind::QuotaExpired, &known.key), events)?;
            posting.post(Leg { debit: *account, credit: expired, amount: unused }, events)?;
        }
        events.push(Event::QuotaEnded { account: *account, ends: *ends });
    }
    close_day(state, at, &mut posting, events);
    Ok(())
}

pub fn top_up(state: &State, top_up: &TopUp, events: &mut Vec<Event>) -> Result<(), Refusal> {
    if top_up.amount.is_zero() {
        return Err(Refusal::AmountInvalid);
    }
    let index = match (top_up.medium, top_up.holder) {
        (Some(medium), _) => state.media.get(medium).ok_or(Refusal::MediumUnknown)?.holder,
        (None, Some(number)) => state.holders.find(number).ok_or(Refusal::HolderUnknown)?,
        (None, None) => return Err(Refusal::HolderUnknown),
    };
    let holder = state.holders.get(index).ok_or(Refusal::HolderUnknown)?;
    let purse = holder.purse.ok_or(Refusal::AccountUnknown)?;
    let bank = state.places.organisation(top_up.bank, Role::Bank).ok_or(Refusal::OrganisationUnknown)?;
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    let float = AccountKey { kind: Kind::FloatExpected, owner: bank, sub: 0, unit: Unit::Rupiah };
    let float = posting.open(float, events)?;
    let mut balance =
        posting.post(Leg { debit: float, credit: purse, amount: top_up.amount }, events)?.credit_balance;
    // Fares owed are taken first, as far as the money reaches.
    let mut recovered = Amount::ZERO;
    if let Some(debt) = holder.debt {
        let owed = posting.account(debt).map_or(Amount::ZERO, |account| account.owed());
        let available = posting.account(purse).map_or(Amount::ZERO, |account| account.available());
        recovered = owed.min(top_up.amount).min(available);
        if !recovered.is_zero() {
            balance =
                posting.post(Leg { debit: purse, credit: debt, amount: recovered }, events)?.debit_balance;
        }
    }
    events.push(Event::ToppedUp { holder: index, amount: top_up.amount, recovered, balance });
    Ok(())
}

pub fn open_account(state: &State, open: &OpenAccount, events: &mut Vec<Event>) -> Result<(), Refusal> {
    if state.ledger.find(&open.key).is_some() {
        return Err(Refusal::AccountExists);
    }
    // A purse, a debt and quotas open by themselves, with what belongs to them.
    let own = [Kind::Purse, Kind::Debt, Kind::Quota];
    if own.contains(&open.key.kind) || open.key.kind.owner() == Owner::Pool {
        return Err(Refusal::AccountUnknown);
    }
    if open.key.kind == Kind::Wallet && state.benefits.get(open.key.sub).is_none() {
        return Err(Refusal::BenefitUnknown);
    }
    let owner = open.key.owner as usize;
    let known = match open.key.kind.owner() {
        Owner::Holder => owner < state.holders.all().len(),
        Owner::Organisation => owner < state.places.organisations.all().len(),
        Owner::Benefit => owner < state.benefits.all().len(),
        Owner::Pool => false,
    };
    if !known || !open.key.kind.units().contains(&open.key.unit) {
        return Err(Refusal::AccountUnknown);
    }
    Posting::new(&state.ledger, &state.parameters).open(open.key, events)?;
    Ok(())
}

pub fn transfer(state: &State, legs: &[Leg], events: &mut Vec<Event>) -> Result<(), Refusal> {
    let mut posting = within_limit(state, legs.len())?;
    for leg in legs {
        posting.post(*leg, events)?;
    }
    Ok(())
}

pub fn hold(state: &State, at: Timestamp, holds: &[Hold], events: &mut Vec<Event>) -> Result<(), Refusal> {
    let mut posting = within_limit(state, holds.len())?;
    for hold in holds {
        posting.hold(hold.leg, hold.deadline, at, events)?;
    }
    Ok(())
}

fn within_limit(state: &State, legs: usize) -> Result<Posting<'_>, Refusal> {
    let legs = i64::try_from(legs).unwrap_or(i64::MAX);
    if legs == 0 || legs > state.parameters.legs_max {
        return Err(Refusal::LegInvalid);
    }
    Ok(Posting::new(&state.ledger, &state.parameters))
}

pub fn post_pending(
    state: &State,
    at: Timestamp,
    resolve: &Resolve,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    posting.settle(resolve.pending, resolve.amount, at, events)
}

/// A hold whose deadline has passed is left to its expiry: funds come back once, by one event.
pub fn void_pending(
    state: &State,
    at: Timestamp,
    resolve: &Resolve,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    Posting::new(&state.ledger, &state.parameters).unexpired(resolve.pending, at)?;
    events.push(Event::PendingVoided(resolve.pending));
    Ok(())
}
