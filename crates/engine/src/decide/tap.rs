//! `Ask` may be refused and moves nothing. `Tap` is a fact: if the gate opened it is recorded and priced, always.

use base::{CivilDate, MediumSerial, Timestamp};

use super::charge::{Settlement, settle};
use super::quota;
use super::rate::{Outcome, RateAt, rate, rerated};
use crate::journeys::{first_kept_date, people};
use crate::ledger::Posting;
use crate::media::{Medium, MediumState};
use crate::places::Place;
use crate::{
    Amount, Ask, Body, Event, FareRule, HeldReason, Incident, Member, Movement, Part, Priced, Refusal, State,
    Tap, Verdict, signed,
};

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
    } else if device_at.service_day() < first_kept_date(at, state.parameters.rerate_horizon) {
        Some(HeldReason::TooLate)
    } else {
        None
    }
}

/// What is used, by whom and where.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'s> {
    /// The medium's serial.
    pub serial: MediumSerial,
    /// The medium.
    pub medium: &'s Medium,
    /// Index of the place.
    pub index: u32,
    /// The place.
    pub place: &'s Place,
    /// Where, which end, with whom.
    pub movement: &'s Movement,
    /// When it is priced: an ask now, a tap by its terminal's clock.
    pub at: Timestamp,
    /// Everybody on the medium; empty for the holder alone.
    pub party: &'s [Member],
}

impl<'s> Visit<'s> {
    fn new(
        state: &'s State,
        serial: MediumSerial,
        movement: Option<&'s Movement>,
        at: Timestamp,
    ) -> Result<Self, Refusal> {
        let medium = state.media.get(serial).ok_or(Refusal::MediumUnknown)?;
        let movement = movement.ok_or(Refusal::MovementMissing)?;
        let index = state.places.find(movement.place).ok_or(Refusal::PlaceUnknown)?;
        let place = state.places.get(index).ok_or(Refusal::PlaceUnknown)?;
        Ok(Self { serial, medium, index, place, movement, at, party: &movement.party })
    }

    /// The visit, if its party can be.
    fn with_sound_party(self, state: &State) -> Result<Self, Refusal> {
        party(self.place, self.party)?;
        let holder = state.holders.get(self.medium.holder).ok_or(Refusal::HolderUnknown)?;
        let includes =
            self.party.is_empty() || self.party.iter().any(|member| member.category == *holder.category);
        if includes { Ok(self) } else { Err(Refusal::PartyInvalid) }
    }

    /// Whether people are counted into the place.
    fn is_entry(&self, fare: FareRule) -> bool {
        self.movement.part == Part::In && fare != FareRule::Begun
    }

    /// Whether the tap may be let in where the place has hours and room.
    fn is_let_in(&self, state: &State, fare: FareRule) -> Result<Option<Incident>, Refusal> {
        state.places.open_at(self.index, self.at, &state.calendars)?;
        let Some(capacity) = self.place.definition.rules.capacity.filter(|_| self.is_entry(fare)) else {
            return Ok(None);
        };
        let day = state.journeys.day(self.at.service_day());
        let inside = day.map_or(0, |day| day.inside(self.index)).saturating_add(people(self.party));
        if inside > capacity.hard {
            return Err(Refusal::PlaceFull);
        }
        Ok((inside > capacity.soft).then_some(Incident::PlaceCrowded))
    }
}

/// A party names each category once, with somebody in it, and is no larger than the place allows.
fn party(place: &Place, party: &[Member]) -> Result<(), Refusal> {
    let twice = |(index, member): (usize, &Member)| {
        member.count == 0 || party.iter().take(index).any(|other| other.category == member.category)
    };
    if party.iter().enumerate().any(twice) {
        return Err(Refusal::PartyInvalid);
    }
    let most = u32::from(place.definition.rules.party_max.max(1));
    if people(party) > most { Err(Refusal::PartyTooLarge) } else { Ok(()) }
}

/// May this medium pass here now, and for how much?
pub fn ask(state: &State, at: Timestamp, ask: &Ask, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let visit = Visit::new(state, ask.medium, ask.movement.as_ref(), at)?.with_sound_party(state)?;
    visit.medium.usable()?;
    let mut outcome = rate(state, &visit, &RateAt { at, least: true })?;
    // Somebody who wants to leave is let out, whatever the hour.
    if visit.movement.part != Part::Out {
        outcome.priced.incident = visit.is_let_in(state, outcome.priced.fare)?;
    }
    if outcome.needed > signed(available(state, outcome.priced.holder)) {
        return Err(Refusal::PurseInsufficient);
    }
    events.push(Event::Quoted(outcome.priced));
    Ok(())
}

/// The price of an ask with its reasons, whatever the state of the medium and the purse; and what is missing in the
/// purse. For showing people what is needed.
///
/// # Errors
/// The refusals of an ask that has no price.
pub fn quote(state: &State, at: Timestamp, ask: &Ask) -> Result<(Priced, Amount), Refusal> {
    let visit = Visit::new(state, ask.medium, ask.movement.as_ref(), at)?.with_sound_party(state)?;
    let outcome = rate(state, &visit, &RateAt { at, least: true })?;
    let needed = Amount(u64::try_from(outcome.needed).unwrap_or_default());
    let missing = needed.less(available(state, outcome.priced.holder));
    Ok((outcome.priced, missing))
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
    if !tap.opened {
        events.push(Event::TapClosed(medium.holder));
        return Ok(());
    }
    let (visit, rated) = match rate_fact(state, at, tap, device_at) {
        Ok(rated) => rated,
        Err(Refusal::PlaceUnknown) => return hold(HeldReason::PlaceUnknown, medium.holder, events),
        Err(Refusal::TariffMissing) => return hold(HeldReason::PriceMissing, medium.holder, events),
        Err(other) => return Err(other),
    };
    let Outcome { mut priced, mut changes, used_at, .. } = rated;
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    let settlement = settle(state, &mut posting, priced.holder, &mut changes, events)?;
    if let Some(benefit) = priced.quota
        && let Some(account) = quota::open(state, &mut posting, benefit, priced.holder, used_at, events)?
    {
        quota::take(&mut posting, account, Amount(1), events)?;
    }
    priced.debt = settlement.debt;
    priced.funded =
        changes.iter().find(|change| change.tap.is_none()).map_or(Amount::ZERO, |own| own.new.funded);
    priced.balance = balance(state, &posting, priced.holder);
    priced.incident = incident(state, &visit, &priced, &settlement);
    events.extend(rerated(&changes, priced.holder).map(Event::Rerated));
    events.push(Event::TapPriced(priced));
    Ok(())
}

/// Kept without a price: what the city has not published is no reason to forget that a gate opened.
fn hold(reason: HeldReason, holder: u32, events: &mut Vec<Event>) -> Result<(), Refusal> {
    events.push(Event::TapHeld(reason, holder));
    Ok(())
}

/// The price of a gate that opened. Where the party cannot be, the holder alone is priced and people look.
fn rate_fact<'s>(
    state: &'s State,
    at: Timestamp,
    tap: &'s Tap,
    device_at: Timestamp,
) -> Result<(Visit<'s>, Outcome), Refusal> {
    let when = RateAt { at, least: false };
    let visit = Visit::new(state, tap.medium, tap.movement.as_ref(), device_at)?;
    let sound = visit.with_sound_party(state).and_then(|visit| Ok((visit, rate(state, &visit, &when)?)));
    match sound {
        Err(Refusal::PartyInvalid | Refusal::PartyTooLarge) => {
            let alone = Visit { party: &[], ..visit };
            let mut outcome = rate(state, &alone, &when)?;
            outcome.priced.incident = Some(Incident::PartyInvalid);
            Ok((alone, outcome))
        }
        other => other,
    }
}

/// The purse as a command leaves it.
pub fn balance(state: &State, posting: &Posting<'_>, holder: u32) -> i64 {
    let purse = state.holders.get(holder).and_then(|holder| holder.purse);
    purse.and_then(|purse| posting.account(purse)).map_or(0, |purse| purse.balance())
}

/// What people have to look at, the gravest first.
fn incident(state: &State, visit: &Visit<'_>, priced: &Priced, settlement: &Settlement) -> Option<Incident> {
    let medium = visit.medium;
    // Use before the block reached the terminal's clock is the holder's own.
    let of_medium = match medium.state {
        MediumState::Blocked if visit.at >= medium.since => Some(Incident::MediumBlocked),
        MediumState::Inactive => Some(Incident::MediumInactive),
        MediumState::Active | MediumState::Blocked => None,
    };
    let leaves = visit.movement.part == Part::Out;
    let of_place = match visit.is_let_in(state, priced.fare) {
        _ if leaves => None,
        Err(Refusal::PlaceClosed) => Some(Incident::PlaceClosed),
        Err(Refusal::PlaceFull) => Some(Incident::PlaceOverfull),
        Err(_) => None,
        Ok(crowded) => crowded,
    };
    let exhausted =
        |verdict| priced.considered.iter().any(|one| one.verdict == verdict) && !priced.charged.is_zero();
    let of_fare = if priced.fare == FareRule::EntryMissing {
        Some(Incident::EntryMissing)
    } else if exhausted(Verdict::QuotaExhausted) {
        Some(Incident::QuotaExceeded)
    } else if settlement.budget_short || exhausted(Verdict::BudgetExhausted) {
        Some(Incident::BudgetExhausted)
    } else if !settlement.debt.is_zero() {
        Some(Incident::DebtTaken)
    } else {
        None
    };
    let of_place_grave = of_place.filter(|one| *one != Incident::PlaceCrowded);
    of_medium.or(priced.incident).or(of_place_grave).or(of_fare).or(of_place)
}
