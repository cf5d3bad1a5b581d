//! One day of the city: wishes meet gates. Owns what a gate does, what an outage changes and what the books expect.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use base::{CivilDate, DeviceNumber, Timestamp};
use engine::{Amount, Incident, Refusal};

use super::chance::Chance;
use super::events::{AskEvent, Event, Expected, Happening, TapEvent, TopUpEvent};
use super::people::Medium;
use super::plan::{Attempt, wishes};
use super::stops::Stop;
use super::{City, CityError};

/// From the question of a gate to its report: the gate opens in between.
const GATE_TIME: i64 = 350 * Timestamp::MILLISECOND;

/// From a terminal to the system.
const NETWORK_TIME: i64 = 120 * Timestamp::MILLISECOND;

/// How long before and after the tap it is made for an outage lasts, and how much later the backlog is sent.
const OUTAGE_BEFORE: i64 = 60 * Timestamp::MINUTE;
const OUTAGE_AFTER: i64 = 90 * Timestamp::MINUTE;
const BACKLOG_AFTER: i64 = 30 * Timestamp::MINUTE;

/// How many taps of blocked cards are looked at for the place of the outage.
const OUTAGE_CANDIDATES_MAX: usize = 8;

/// A purse is filled before it is empty when it holds less than so many fares.
const LOW_FARES: u64 = 3;

/// So many in a thousand think of it in time.
const THINKS_PERMILLE: u64 = 850;

/// What people bring, whole rupiah, and how often in a hundred.
const TOP_UPS: [(u64, u64); 4] = [(20_000, 45), (50_000, 35), (100_000, 17), (200_000, 3)];

/// Those who also have a code use it so often.
const CODE_PERMILLE: u64 = 300;

/// A terminal without network.
struct Outage {
    device: usize,
    lasts: RangeInclusive<Timestamp>,
    sends_at: Timestamp,
}

impl Outage {
    fn meets(&self, attempt: &Attempt) -> bool {
        attempt.device == self.device && self.lasts.contains(&attempt.at)
    }
}

/// An attempt with the moment it reaches the system.
struct Arrival {
    attempt: Attempt,
    at: Timestamp,
    offline: bool,
    seq: u64,
}

impl City {
    /// Lives the day after the last one: everything that happens on it, in the order in which it reaches the system. Days
    /// may be skipped, never repeated; the books go on from day to day.
    ///
    /// # Errors
    /// [`CityError::Day`] for a day before the next, [`CityError::Calendar`] past the calendar.
    pub fn day(&mut self, date: CivilDate) -> Result<Vec<Event>, CityError> {
        if date < self.next_day {
            return Err(CityError::Day { date, next: self.next_day });
        }
        let day = u64::from(date.0.unsigned_abs());
        let mut chance = Chance::new(self.seed, "day", day);
        let attempts = wishes(self, date, &mut chance)?;
        let outage = self.outage(&attempts);
        let arrivals = self.arrivals(attempts, outage.as_ref());
        let mut gates = Gates { city: self, chance, date, events: Vec::new(), latest: HashMap::new() };
        for arrival in arrivals {
            gates.meet(&arrival);
        }
        let mut events = gates.events;
        events.sort_by_key(|event| event.at);
        self.next_day = date.plus_days(1);
        Ok(events)
    }

    /// One terminal loses its network around a tap of a blocked card, where most others pass with it; without such a card
    /// around a tap of the morning.
    fn outage(&self, attempts: &[Attempt]) -> Option<Outage> {
        let blocked = |attempt: &&Attempt| {
            let resident = self.residents.get(attempt.resident as usize);
            resident.is_some_and(|resident| resident.media.iter().any(|medium| medium.blocked.is_some()))
        };
        let around = |tap: &Attempt| {
            let ends = tap.at.plus(OUTAGE_AFTER);
            let lasts = tap.at.plus(-OUTAGE_BEFORE)..=ends;
            Outage { device: tap.device, lasts, sends_at: ends.plus(BACKLOG_AFTER) }
        };
        let met = |outage: &Outage| attempts.iter().filter(|attempt| outage.meets(attempt)).count();
        let candidates = attempts.iter().filter(blocked).take(OUTAGE_CANDIDATES_MAX);
        let best = candidates.map(around).max_by_key(met);
        best.or_else(|| attempts.get(attempts.len() / 3).map(around))
    }

    /// Attempts in the order in which they reach the system, numbered in the order in which the terminal saw them.
    fn arrivals(&mut self, attempts: Vec<Attempt>, outage: Option<&Outage>) -> Vec<Arrival> {
        let mut backlog = 0;
        let mut arrivals: Vec<Arrival> = Vec::with_capacity(attempts.len());
        for attempt in attempts {
            let seq = self.books.next_sequence(attempt.device);
            let met = outage.filter(|outage| outage.meets(&attempt));
            let at = met.map_or(attempt.at, |outage| {
                backlog += 1;
                outage.sends_at.plus(backlog * Timestamp::MILLISECOND)
            });
            arrivals.push(Arrival { attempt, at, offline: met.is_some(), seq });
        }
        arrivals.sort_by_key(|arrival| arrival.at);
        arrivals
    }
}

/// The gates of a day.
struct Gates<'c> {
    city: &'c mut City,
    chance: Chance,
    date: CivilDate,
    events: Vec<Event>,
    /// Last thing each resident did today.
    latest: HashMap<u32, Timestamp>,
}

/// One attempt with all that is looked up for it.
struct Passage {
    resident: u32,
    stop: Stop,
    device: DeviceNumber,
    epoch: u32,
    medium: Medium,
    full: Amount,
    price: Amount,
    by_benefit: bool,
}

impl Gates<'_> {
    fn meet(&mut self, arrival: &Arrival) {
        let Some(passage) = self.passage(&arrival.attempt) else { return };
        if arrival.offline {
            let expected = self.pay(&passage);
            self.tap(arrival, &passage, arrival.at, expected);
            return;
        }
        self.fill_in_time(arrival, &passage);
        let refusal = self.refusal(&passage);
        let ask = AskEvent {
            medium: passage.medium.serial,
            place: passage.stop.place,
            device: passage.device,
            device_at: arrival.attempt.at,
            expected: refusal,
        };
        let asked_at = arrival.at.plus(NETWORK_TIME);
        self.push(asked_at, passage.resident, Happening::Ask(ask));
        let outcome = match refusal {
            None => self.pay(&passage),
            Some(refusal) => Err((refusal, self.city.books.balance(passage.resident))),
        };
        self.tap(arrival, &passage, asked_at.plus(GATE_TIME), outcome);
    }

    fn passage(&mut self, attempt: &Attempt) -> Option<Passage> {
        let resident = self.city.residents.get(attempt.resident as usize)?;
        let stop = self.city.stops.get(attempt.stop)?.clone();
        let device = self.city.devices.get(attempt.device)?;
        let code = resident.media.get(1).filter(|_| self.chance.permille(CODE_PERMILLE));
        let medium = code.or(resident.media.first())?.clone();
        // The tap is what is charged, a moment after the ask.
        let at = attempt.at.plus(GATE_TIME);
        let full = self.city.stops.full_price(stop.service, resident.category, at)?;
        let entitlement = resident.entitlement.as_ref();
        let (price, by_benefit) = self.city.stops.price(&stop, (self.date, full), &medium, entitlement);
        let (number, epoch) = (device.number, device.epoch);
        let resident = attempt.resident;
        Some(Passage { resident, stop, device: number, epoch, medium, full, price, by_benefit })
    }

    /// Somebody whose purse is low fills it shortly before the gate.
    fn fill_in_time(&mut self, arrival: &Arrival, passage: &Passage) {
        let Some(resident) = self.city.residents.get(passage.resident as usize) else { return };
        let low = i64::try_from(passage.price.0 * LOW_FARES).unwrap_or(i64::MAX);
        let enough = passage.price.is_zero() || self.city.books.balance(passage.resident) >= low;
        let blocked = passage.medium.blocked.is_some();
        if enough || blocked || resident.habits.never_tops_up || !self.chance.permille(THINKS_PERMILLE) {
            return;
        }
        let often = TOP_UPS.map(|(_, often)| often);
        let amount = TOP_UPS.get(self.chance.weighted(&often)).map_or(20_000, |(amount, _)| *amount);
        let before = self.chance.between(20, 90) * Timestamp::SECOND;
        let event = TopUpEvent {
            medium: passage.medium.serial,
            bank: self.city.bank,
            amount: Amount(amount),
            balance: self.city.books.top_up(passage.resident, Amount(amount)),
        };
        let not_before = self.latest.get(&passage.resident).map_or(Timestamp(i64::MIN), |last| last.plus(1));
        let at = arrival.at.plus(-before).max(not_before).min(arrival.at);
        self.push(at, passage.resident, Happening::TopUp(event));
    }

    fn refusal(&self, passage: &Passage) -> Option<Refusal> {
        let purse = self.city.books.balance(passage.resident);
        if passage.medium.blocked.is_some() {
            Some(Refusal::MediumBlocked)
        } else if i64::try_from(passage.price.0).unwrap_or(i64::MAX) > purse {
            Some(Refusal::PurseInsufficient)
        } else {
            None
        }
    }

    fn pay(&mut self, passage: &Passage) -> Result<Expected, (Refusal, i64)> {
        let paid = self.city.books.pay(passage.resident, passage.price);
        let blocked = passage.medium.blocked.map(|_| Incident::MediumBlocked);
        let owed = (!paid.debt.is_zero()).then_some(Incident::DebtTaken);
        Ok(Expected {
            full: passage.full,
            charged: passage.price,
            debt: paid.debt,
            balance: paid.balance,
            by_benefit: passage.by_benefit,
            incident: blocked.or(owed),
        })
    }

    fn tap(
        &mut self,
        arrival: &Arrival,
        passage: &Passage,
        at: Timestamp,
        outcome: Result<Expected, (Refusal, i64)>,
    ) {
        // A code on a screen has no counter; every chip counts its own uses.
        let is_chip = passage.medium.assurance >= 2;
        let counter = is_chip.then(|| self.city.books.next_counter(passage.medium.serial));
        let refused = outcome.err().map(|(refusal, _)| refusal);
        let shut = |(_, balance)| Expected { balance, ..Expected::default() };
        let tap = TapEvent {
            medium: passage.medium.serial,
            place: passage.stop.place,
            device: passage.device,
            epoch: passage.epoch,
            seq: arrival.seq,
            counter,
            device_at: arrival.attempt.at.plus(GATE_TIME),
            offline: arrival.offline,
            opened: refused.is_none(),
            refused,
            expected: outcome.unwrap_or_else(shut),
        };
        self.push(at, passage.resident, Happening::Tap(tap));
    }

    fn push(&mut self, at: Timestamp, resident: u32, happening: Happening) {
        self.latest.insert(resident, at);
        self.events.push(Event { at, resident, happening });
    }
}
