//! Who goes where, and when: the wish of a day, before any gate has its say.
//!
//! Owns the shape of the day: two peaks on working days, a flatter curve on free ones, visits by daylight. Times are
//! drawn in even steps along the curve, so that a small city has the same shape as a large one.

use base::{Calendar, CivilDate, DayType, Timestamp};
use programmes::service::content::Mode;

use super::chance::Chance;
use super::people::Resident;
use super::stops::Stop;
use super::{City, CityError};

/// Hours of the day with their weights. Assumed, so that the busiest morning hour and the busiest evening hour each hold
/// between ten and fourteen in a hundred of a working day's taps.
type Curve = &'static [(i64, u64)];

const TO_WORK: Curve = &[(5, 8), (6, 21), (7, 29), (8, 20), (9, 13), (10, 9)];
const FROM_WORK: Curve = &[(15, 9), (16, 18), (17, 29), (18, 21), (19, 12), (20, 7), (21, 4)];
const ERRAND_OUT: Curve = &[(8, 10), (9, 30), (10, 30), (11, 18), (13, 12)];
const ERRAND_BACK: Curve = &[(11, 15), (12, 25), (13, 25), (14, 25), (15, 10)];
const LEISURE_OUT: Curve = &[(7, 6), (8, 12), (9, 18), (10, 20), (11, 12), (13, 12), (15, 12), (17, 8)];
const LEISURE_BACK: Curve = &[(12, 10), (14, 16), (16, 20), (18, 22), (19, 14), (20, 12), (21, 6)];
const VISIT: Curve = &[(9, 20), (10, 35), (11, 25), (12, 12), (13, 8)];

/// On a free day people work so much less, and go out so much more, in a thousand.
const FREE_DAY_WORK_PERMILLE: u64 = 130;
const FREE_DAY_OUTING_PERMILLE: u64 = 240;

/// Households that visit a sight: so many in a thousand on working days and on free days, at least one when it is open.
const VISITS_PERMILLE: u64 = 14;
const FREE_DAY_VISITS_PERMILLE: u64 = 60;

/// The wish to pass a gate.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// When, by the terminal's clock.
    pub at: Timestamp,
    /// Index of the resident.
    pub resident: u32,
    /// Index of the place.
    pub stop: usize,
    /// Index of the terminal.
    pub device: usize,
}

/// Somebody's way out and back.
struct Outing {
    resident: u32,
    out: Timestamp,
    back: Timestamp,
}

/// Everything people wish to do on a date, in order of time.
pub fn wishes(city: &City, date: CivilDate, chance: &mut Chance) -> Result<Vec<Attempt>, CityError> {
    let calendar = Calendar::government();
    let working = calendar.day_type(date)? == DayType::Weekday;
    let mut planner = Planner { city, date, chance, attempts: Vec::new() };
    let (work, other) = planner.travellers(working);
    let (out, back) = if working { (ERRAND_OUT, ERRAND_BACK) } else { (LEISURE_OUT, LEISURE_BACK) };
    planner.travel(work, TO_WORK, FROM_WORK);
    planner.travel(other, out, back);
    planner.visits(calendar, working)?;
    let mut attempts = planner.attempts;
    // Nobody is counted at a gate that sells nothing yet.
    attempts.retain(|attempt| {
        let stop = city.stops.get(attempt.stop);
        let resident = city.residents.get(attempt.resident as usize);
        let price = |stop: &Stop, category| city.stops.full_price(stop.service, category, attempt.at);
        stop.zip(resident).is_some_and(|(stop, resident)| price(stop, resident.category).is_some())
    });
    attempts.sort_by_key(|attempt| (attempt.at, attempt.resident, attempt.stop));
    Ok(attempts)
}

struct Planner<'p> {
    city: &'p City,
    date: CivilDate,
    chance: &'p mut Chance,
    attempts: Vec<Attempt>,
}

impl Planner<'_> {
    /// Who goes to work or school today, and who goes out otherwise; nobody does both.
    fn travellers(&mut self, working: bool) -> (Vec<u32>, Vec<u32>) {
        let (mut work, mut other) = (Vec::new(), Vec::new());
        for resident in &self.city.residents {
            let habits = &resident.habits;
            let free_work = habits.commute_permille * FREE_DAY_WORK_PERMILLE / 1_000;
            let (commute, errand) = if working {
                (habits.commute_permille, habits.errand_permille)
            } else {
                (free_work, habits.errand_permille.max(FREE_DAY_OUTING_PERMILLE))
            };
            if self.chance.permille(commute) {
                work.push(resident.index);
            } else if self.chance.permille(errand) {
                other.push(resident.index);
            }
        }
        (work, other)
    }

    fn travel(&mut self, mut travellers: Vec<u32>, out: Curve, back: Curve) {
        self.chance.shuffle(&mut travellers);
        let leave = self.moments(travellers.len(), out);
        let mut home = self.moments(travellers.len(), back);
        self.chance.shuffle(&mut home);
        let ways = travellers.into_iter().zip(leave.into_iter().zip(home));
        for (resident, (out, back)) in ways {
            // Nobody is back within the hour.
            let back = back.max(out.plus(Timestamp::HOUR));
            self.outing(&Outing { resident, out, back });
        }
    }

    fn outing(&mut self, outing: &Outing) {
        let Some(resident) = self.city.residents.get(outing.resident as usize) else { return };
        let (near, far) = resident.habits.way;
        let line = if resident.habits.feeder { self.feeder() } else { None };
        if let Some(line) = line {
            let minutes = self.chance.between(9, 17);
            self.attempt(outing.out.plus(-minutes * Timestamp::MINUTE), resident, line);
        }
        self.attempt(outing.out, resident, near);
        self.attempt(outing.back, resident, far);
        if let Some(line) = line {
            let minutes = self.chance.between(25, 50);
            self.attempt(outing.back.plus(minutes * Timestamp::MINUTE), resident, line);
        }
    }

    fn feeder(&mut self) -> Option<usize> {
        let lines = self.city.stops.indexes(|mode| mode == Mode::Feeder);
        self.chance.pick(&lines).copied()
    }

    /// Households that spend some hours at a sight, everybody through the gate one after the other.
    fn visits(&mut self, calendar: &Calendar, working: bool) -> Result<(), CityError> {
        let permille = if working { VISITS_PERMILLE } else { FREE_DAY_VISITS_PERMILLE };
        let households = self.city.households.len();
        for sight in self.city.stops.indexes(|mode| mode == Mode::Attraction) {
            let Some(stop) = self.city.stops.get(sight) else { continue };
            if !stop.opening.is_open(self.date, calendar)? {
                continue;
            }
            let share = u64::try_from(households).unwrap_or_default() * permille / 1_000;
            let count = usize::try_from(share).unwrap_or_default().max(1);
            for arrival in self.moments(count, VISIT) {
                let index = self.chance.index(households);
                let Some(household) = self.city.households.get(index) else { continue };
                for (seat, member) in (0..).zip(&household.members) {
                    let Some(resident) = self.city.residents.get(*member as usize) else { continue };
                    self.attempt(arrival.plus(seat * 7 * Timestamp::SECOND), resident, sight);
                }
            }
        }
        Ok(())
    }

    fn attempt(&mut self, at: Timestamp, resident: &Resident, stop: usize) {
        let Some(place) = self.city.stops.get(stop) else { return };
        let at = place.within_hours(self.date, at, self.chance);
        let device = place.devices.start + self.chance.index(place.devices.len());
        self.attempts.push(Attempt { at, resident: resident.index, stop, device });
    }

    /// So many moments along a curve: even steps, each shaken within its step.
    fn moments(&mut self, count: usize, curve: Curve) -> Vec<Timestamp> {
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
        let total: u64 = TO_WORK.iter().map(|(_, weight)| weight * SHARES).sum();
        let hour = |along| time_of_day(TO_WORK, along) / Timestamp::HOUR;
        assert_eq!((hour(0), hour(total - 1)), (5, 10));
        let seven = (0..1_000).filter(|step| hour(step * total / 1_000) == 7).count();
        assert!((285..=295).contains(&seven), "{seven}");
    }
}
