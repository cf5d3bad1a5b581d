//! How fast taps come: along the hours of the city's own day. Owns the pace; who makes the taps is the traffic's.

use std::time::Duration;

use base::{CivilDate, Timestamp};

use super::{Rate, TAPS_PER_S_MAX};
use crate::city::{City, Forecast};

/// One tap, in the unit in which taps are due.
pub const TAP: u128 = 1_000_000_000;

/// The pace of a day.
pub struct Flow {
    rate: Rate,
    date: CivilDate,
    forecast: Forecast,
}

impl Flow {
    /// The pace of a city from an instant on.
    pub fn of(city: &City, rate: Rate, now: Timestamp) -> Self {
        let date = now.jakarta_date();
        Self { rate, date, forecast: city.forecast(date) }
    }

    /// What becomes due in so much time: parts of a [`TAP`].
    pub fn due(&mut self, city: &City, now: Timestamp, passed: Duration) -> u128 {
        if now.jakarta_date() != self.date {
            *self = Self::of(city, self.rate, now);
        }
        let (taps, within) = self.forecast.around(now);
        let (times, parts) = match self.rate {
            Rate::AsTheCity => (1, 1),
            Rate::Mean(taps_per_s) => {
                let wanted = u128::from(taps_per_s.min(TAPS_PER_S_MAX)) * (24 * 60 * 60);
                (wanted, u128::from(self.forecast.taps().max(1)))
            }
        };
        let within = u128::from(within.unsigned_abs().max(1));
        passed.as_micros() * TAP * u128::from(taps) * times / (within * parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_come_by_the_hours_of_the_day_and_on_average_as_fast_as_asked() {
        let monday = CivilDate::parse("2026-11-16").unwrap();
        let city = City::generate(3, 400, monday).unwrap();
        let mut flow = Flow::of(&city, Rate::Mean(50), monday.midnight());
        let mut at = |hour: i64| {
            flow.due(&city, monday.midnight().plus(hour * Timestamp::HOUR), Duration::from_secs(3_600)) / TAP
        };
        assert_eq!(at(2), 0, "nobody is out at night");
        assert!(at(7) > 2 * at(12) && at(17) > 2 * at(12), "{} {} {}", at(7), at(12), at(17));
        let day: u128 = (0..24).map(&mut at).sum();
        assert!((50 * 86_400 * 8 / 10..50 * 86_400 * 12 / 10).contains(&day), "{day}");
        // A Sunday is another day.
        assert!(at(6 * 24 + 7) < at(7), "{} {}", at(6 * 24 + 7), at(7));
    }
}
