//! How many taps a day is going to have, hour by hour: what traffic that goes on after a history keeps to.

use base::{Calendar, CivilDate, DayType, Timestamp};

use super::City;
use super::agenda::Act;
use super::chance::Chance;
use super::planner::Planner;

const QUARTERS: usize = 96;
const QUARTER: i64 = 15 * Timestamp::MINUTE;

/// Quarters of an hour that are taken together, so that a small city's day has no steps; an odd number.
const TOGETHER: usize = 3;

/// Taps of a day by quarters of an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forecast {
    quarters: Vec<u64>,
}

impl Forecast {
    /// Taps of the whole day.
    pub fn taps(&self) -> u64 {
        self.quarters.iter().sum()
    }

    /// Taps around an instant of the day, and within how long: their quotient is the pace.
    pub fn around(&self, at: Timestamp) -> (u64, i64) {
        let quarter = usize::try_from(at.jakarta_time().0 / QUARTER).unwrap_or(0);
        let first = quarter.saturating_sub(TOGETHER / 2);
        let last = (quarter + TOGETHER / 2).min(QUARTERS - 1);
        let taps = self.quarters.get(first..=last).map_or(0, |quarters| quarters.iter().sum());
        (taps, i64::try_from(last - first + 1).unwrap_or(1) * QUARTER)
    }
}

impl City {
    /// Plans a date as a history would, and counts. What goes wrong on such a day is left out: a few taps in a hundred.
    pub(crate) fn forecast(&self, date: CivilDate) -> Forecast {
        let working = Calendar::government().day_type(date).is_ok_and(|day| day == DayType::Weekday);
        let chance = Chance::new(self.seed, "forecast", u64::from(date.0.unsigned_abs()));
        let mut planner = Planner::of(self, date, working, chance);
        planner.travel();
        // Past the end of the calendar nobody visits anything.
        let _ = planner.visits();
        let mut quarters = vec![0; QUARTERS];
        let trips = planner
            .acts
            .iter()
            .filter_map(|(_, act)| if let Act::Go(trip) = act { Some(trip) } else { None });
        for step in trips.flat_map(|trip| &trip.steps) {
            let quarter = usize::try_from(step.at.since(date.midnight()) / QUARTER);
            if let Some(taps) = quarter.ok().and_then(|quarter| quarters.get_mut(quarter)) {
                *taps += 1;
            }
        }
        Forecast { quarters }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_forecast_as_a_history_plans_it() {
        let monday = CivilDate::parse("2026-11-16").unwrap();
        let mut city = City::generate(4, 12_000, monday).unwrap();
        for date in [monday, monday.plus_days(6)] {
            let forecast = city.forecast(date);
            city.plan(date).unwrap();
            let mut planned = [0u64; 24];
            while let Some((_, act)) = city.agenda.due(date.plus_days(1).midnight()) {
                let Act::Go(trip) = act else { continue };
                for step in &trip.steps {
                    planned[usize::try_from(step.at.jakarta_time().hour()).unwrap()] += 1;
                }
            }
            for (hour, planned) in (0..).zip(planned).filter(|(_, planned)| *planned > 300) {
                let quarter = |quarter| {
                    let (taps, within) =
                        forecast.around(date.midnight().plus(hour * Timestamp::HOUR + quarter * QUARTER));
                    taps * QUARTER.unsigned_abs() / within.unsigned_abs()
                };
                let an_hour: u64 = (0..4).map(quarter).sum();
                assert!(
                    an_hour.abs_diff(planned) * 5 < planned,
                    "{hour}: {an_hour} forecast, {planned} planned"
                );
            }
            let planned: u64 = planned.iter().sum();
            assert!(forecast.taps().abs_diff(planned) * 20 < planned, "{} {planned}", forecast.taps());
        }
        assert_eq!(city.forecast(monday).around(monday.midnight().plus(3 * Timestamp::HOUR)).0, 0);
    }
}
