//! `Ask` may be refused and moves nothing. `Tap` is a fact: if the gate opened it is recorded and priced, always.

use base::{CivilDate, MediumSerial, Timestamp};

use crate::benefits::Use;
use crate::journeys::first_kept_date;
use crate::ledger::{Kind, Posting};
use crate::media::{Medium, MediumState};
use crate::places::Place;
use crate::{
    FareRule, AccountKey, Amount, Ask, Body, Event, HeldReason, Incident, Leg, Movement, Priced, Refusal, State, Tap,
    Unit,
};

/// The place of an ask or tap, if it is published.
#[must_use]
pub fn place_of<'s>(state: &'s State, movement: &Movement) -> Option<&'s Place> {
    state.places.get(state.places.find(movement.place)?)
}

/// The Jakarta date whose key encrypts the movement: the tap's own, unless its clock cannot be believed.
#[must_use]
pub fn movement_date(state: &State, at: Timestamp, body: &Body) -> CivilDate {
    match body {
        Body::Tap(Tap { movement: Some(movement), .. }) if held(state, at, movement.device_at).is_none() => {
            movement.device_at.jakarta_date()
        }
        _ => at.jakarta_date(),
    }
}

/// Whether a terminal's time is outside what can be priced.
fn held(state: &State, at: Timestamp, device_at: Timestamp) -> Option<HeldReason> {
    if device_at > at.plus(state.parameters.future_tolerance) {
        Some(HeldReason::Future)
    } else if device_at.jakarta_date() < first_kept_date(at, state.parameters.rerate_horizon) {
        Some(HeldReason::TooLate)
    } else {
        None
    }
}

/// What is used, by whom and where.
struct Visit<'s> {
    medium: &'s Medium,
    place: &'s Place,
    at: Timestamp,
}

fn visit<'s>(
    state: &'s State,
    medium: MediumSerial,
    movement: Option<&Movement>,
    at: Timestamp,
) -> Result<Visit<'s>, Refusal> {
    let medium = state.media.get(medium).ok_or(Refusal::MediumUnknown)?;
    let movement = movement.ok_or(Refusal::MovementMissing)?;
    let place = place_of(state, movement).ok_or(Refusal::PlaceUnknown)?;
    Ok(Visit { medium, place, at })
}

/// The price with its reasons. Reads the state; moves nothing.
fn price(state: &State, visit: &Visit<'_>) -> Result<Priced, Refusal> {
    let tariff = state.tariffs.fare(visit.place.service, visit.at).ok_or(Refusal::TariffMissing)?;
    let holder = state.holders.get(visit.medium.holder).ok_or(Refusal::HolderUnknown)?;
    let facts = Use {
        at: visit.at,
        service: visit.place.definition.service,
        place: visit.place.definition.code,
        full: tariff.price,
        assurance: visit.medium.assurance,
        entitlements: &holder.entitlements,
    };
    let (charged, considered) = state.benefits.choose(&facts);
    let purse = holder.purse.and_then(|purse| state.ledger.account(purse));
    Ok(Priced {
        holder: visit.medium.holder,
        service: visit.place.service,
        tariff: tariff.version,
        full: tariff.price,
        charged,
        debt: Amount::ZERO,
        considered,
        incident: None,
        balance: purse.map_or(0, |purse| purse.balance()),
        adjusted: 0,
        adjusted_full: 0,
        fare: FareRule::Flat,
        package: None,
        funded: Amount::ZERO,
        people: 0,
        quota: None,
    })
}

/// May this medium pass here now, and for how much?
pub fn ask(state: &State, at: Timestamp, ask: &Ask, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let visit = visit(state, ask.medium, ask.movement.as_ref(), at)?;
    match visit.medium.state {
        MediumState::Inactive => return Err(Refusal::MediumInactive),
        MediumState::Blocked => return Err(Refusal::MediumBlocked),
        MediumState::Active => {}
    }
    let priced = price(state, &visit)?;
    if priced.charged > available(state, priced.holder) {
        return Err(Refusal::PurseInsufficient);
    }
    events.push(Event::Quoted(priced));
    Ok(())
}

/// The price of an ask with its reasons, whatever the state of the medium and the purse; and what is missing in the
/// purse. For showing people what is needed.
///
/// # Errors
/// The refusals of an ask that has no price.
pub fn quote(state: &State, at: Timestamp, ask: &Ask) -> Result<(Priced, Amount), Refusal> {
    let priced = price(state, &visit(state, ask.medium, ask.movement.as_ref(), at)?)?;
    let missing = priced.charged.less(available(state, priced.holder));
    Ok((priced, missing))
}

fn available(state: &State, holder: u32) -> Amount {
    let purse = state.holders.get(holder).and_then(|holder| holder.purse);
    purse.and_then(|purse| state.ledger.account(purse)).map_or(Amount::ZERO, |purse| purse.available())
}

/// A gate opened, or did not.
pub fn tap(state: &State, at: Timestamp, tap: &Tap, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let medium = state.media.get(tap.medium).ok_or(Refusal::MediumUnknown)?;
    let device_at = tap.movement.as_ref().ok_or(Refusal::MovementMissing)?.device_at;
    if let Some(reason) = held(state, at, device_at) {
        events.push(Event::TapHeld(reason, medium.holder));
        return Ok(());
    }
    let visit = visit(state, tap.medium, tap.movement.as_ref(), device_at)?;
    if !tap.opened {
        events.push(Event::TapClosed(medium.holder));
        return Ok(());
    }
    let mut priced = price(state, &visit)?;
    // Use before the block reached the terminal's clock is the holder's own.
    priced.incident = match medium.state {
        MediumState::Blocked if device_at >= medium.since => Some(Incident::MediumBlocked),
        MediumState::Inactive => Some(Incident::MediumInactive),
        MediumState::Active | MediumState::Blocked => None,
    };
    charge(state, &visit, &mut priced, events)?;
    events.push(Event::TapPriced(priced));
    Ok(())
}

/// From the purse as far as it reaches, the rest as debt; what a benefit gave up goes to the memo accounts.
fn charge(
    state: &State,
    visit: &Visit<'_>,
    priced: &mut Priced,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    let operator = visit.place.operator;
    let account = |kind, owner, sub| AccountKey { kind, owner, sub, unit: Unit::Rupiah };
    if !priced.charged.is_zero() {
        let receivable = posting.open(account(Kind::Receivable, operator, 0), events)?;
        let from_purse = priced.charged.min(available(state, priced.holder));
        let holder = state.holders.get(priced.holder).ok_or(Refusal::HolderUnknown)?;
        if let (Some(purse), false) = (holder.purse, from_purse.is_zero()) {
            let leg = Leg { debit: purse, credit: receivable, amount: from_purse };
            priced.balance = posting.post(leg, events)?.debit_balance;
        }
        priced.debt = priced.charged.less(from_purse);
        if !priced.debt.is_zero() {
            let debt = posting.open(account(Kind::Debt, priced.holder, 0), events)?;
            posting.post(Leg { debit: debt, credit: receivable, amount: priced.debt }, events)?;
            priced.incident = priced.incident.or(Some(Incident::DebtTaken));
        }
    }
    if let (Some(winner), false) = (priced.winner(), priced.forgone().is_zero()) {
        let year = u32::try_from(visit.at.jakarta_date().year()).unwrap_or_default();
        let granted = posting.open(account(Kind::ForgoneGranted, winner.benefit, year), events)?;
        let served = posting.open(account(Kind::ForgoneServed, operator, year), events)?;
        posting.post(Leg { debit: granted, credit: served, amount: priced.forgone() }, events)?;
    }
    Ok(())
}
