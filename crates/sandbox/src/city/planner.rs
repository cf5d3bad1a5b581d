//! One day, planned before it begins: who goes where, and when. What comes of it is decided at the gates.
//!
//! Owns the shape of the day. Times are drawn in even steps along a curve, so that a small city has the same shape as a large
//! one.

use base::{Calendar, CivilDate, DayType, Timestamp};
use engine::Part;

use super::agenda::Act;
use super::chance::Chance;
use super::network::Network;
use super::trips::{Asks, Step, Trip};
use super::{City, CityError};

/// Hours of the day with their weights.
pub(super) type Curve = &'static [(i64, u64)];

/// A day while it is planned.
pub(super) struct Planner<'p> {
    pub city: &'p City,
    pub date: CivilDate,
    /// Whether most people work.
    pub working: bool,
    pub chance: Chance,
    pub acts: Vec<(Timestamp, Act)>,
    pub network: Network,
}

impl City {
    /// Plans a date: the day after the last one, or a later one. What happens comes out of [`City::until`].
    ///
    /// # Errors
    /// [`CityError::Day`] for a day before the next, [`CityError::Calendar`] past the calendar.
    pub fn plan(&mut self, date: CivilDate) -> Result<(), CityError> {
        if date < self.next_day {
            return Err(CityError::Day { date, next: self.next_day });
        }
        let working = Calendar::government().day_type(date)? == DayType::Weekday;
        let number = u64::from(date.0.unsigned_abs());
        let mut network = std::mem::take(&mut self.network);
        network.forget(date.midnight().plus(-Timestamp::DAY));
        let chance = Chance::new(self.seed, "day", number);
        let mut planner = Planner { network, ..Planner::of(self, date, working, chance) };
        planner.acts.push((date.midnight().plus(4 * Timestamp::HOUR), Act::DayEnds(date)));
        planner.offices();
        planner.cards();
        planner.travel();
        planner.visits()?;
        planner.shopping();
        planner.outage();
        planner.mishaps();
        let Planner { acts, network, .. } = planner;
        self.network = network;
        for (at, act) in acts {
            self.agenda.plan(at, act);
        }
        self.next_serial += u32::try_from(self.cards_of(date).len()).unwrap_or_default();
        self.next_day = date.plus_days(1);
        Ok(())
    }
}

impl<'p> Planner<'p> {
    /// Nothing is planned yet.
    pub fn of(city: &'p City, date: CivilDate, working: bool, chance: Chance) -> Self {
        Self { city, date, working, chance, acts: Vec::new(), network: Network::default() }
    }
}

impl Planner<'_> {
    pub fn at(&self, hour: i64, minute: i64) -> Timestamp {
        self.date.midnight().plus(hour * Timestamp::HOUR + minute * Timestamp::MINUTE)
    }

    /// So many moments along a curve: even steps, each shaken within its step.
    pub fn moments(&mut self, count: usize, curve: Curve) -> Vec<Timestamp> {
        let total: u64 = curve.iter().map(|(_, weight)| weight * SHARES).sum();
        let count = u64::try_from(count).unwrap_or_default();
        let mut moments = Vec::new();
        for step in 0..count {
            let shaken = u128::from(step) * u128::from(total) + u128::from(self.chance.below(total));
            let along = u64::try_from(shaken / u128::from(count)).unwrap_or_default();
            moments.push(self.date.midnight().plus(time_of_day(curve, along)));
        }
        moments
    }

    /// One step at one of a place's terminals.
    pub fn step(&mut self, at: Timestamp, stop: usize, part: Part, asks: Asks) -> Option<Step> {
        let place = self.city.stops.get(stop)?;
        let device = place.devices.start + self.chance.index(place.devices.len());
        Some(Step { at, stop, place: place.place, device, part, metres: None, party: Vec::new(), asks })
    }

    /// Plans a trip from its first step on.
    pub fn go(&mut self, trip: Trip) {
        if let Some(first) = trip.steps.front() {
            self.acts.push((first.at, Act::Go(Box::new(trip))));
        }
    }

    /// So many things a day, where a thousand residents do `permille` of them: at least one.
    pub fn some(&self, per_hundred_thousand: usize) -> usize {
        (self.city.residents.len() * per_hundred_thousand / 100_000).max(1)
    }

    /// Which of a resident's media is used today: mostly the chip card.
    pub fn slot(&mut self) -> usize {
        usize::from(self.chance.permille(350))
    }
}

/// Parts of one unit of weight along a curve.
const SHARES: u64 = 1_000_000;

/// The time of day so far along a curve.
fn time_of_day(curve: Curve, along: u64) -> i64 {
    let mut left = along;
    for (hour, weight) in curve {
        let length = weight * SHARES;
        if left < length {
            let micros = u128::from(left) * u128::from(Timestamp::HOUR.unsigned_abs()) / u128::from(length);
            return hour * Timestamp::HOUR + i64::try_from(micros).unwrap_or_default();
        }
        left -= length;
    }
    curve.last().map_or(0, |(hour, _)| (hour + 1) * Timestamp::HOUR - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_gives_each_hour_its_share() {
        const CURVE: Curve = &[(5, 10), (7, 29), (10, 61)];
        let total: u64 = CURVE.iter().map(|(_, weight)| weight * SHARES).sum();
        let hour = |along| time_of_day(CURVE, along) / Timestamp::HOUR;
        assert_eq!((hour(0), hour(total - 1)), (5, 10));
        let seven = (0..1_000).filter(|step| hour(step * total / 1_000) == 7).count();
        assert!((285..=295).contains(&seven), "{seven}");
    }
}
