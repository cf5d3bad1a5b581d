//! Taps through the day beside the same weekday a week ago, by quarters of an hour.

use base::Timestamp;
use platform::chart::{LineChart, Series};
use platform::web::Html;

use super::opening::weekday;
use crate::pages::words::Words;
use crate::service::Live;
use crate::store::queries::Counts;

/// Width of a slot.
const SLOT: base::Micros = 15 * Timestamp::MINUTE;

/// Slots of an hour and of a day.
const HOUR: usize = 4;
const DAY: usize = 24 * HOUR;

/// Least width of the plot, in slots.
const WIDTH_MIN: usize = 4 * HOUR;

/// Names below the axis at most, so that they do not touch on a phone.
const TICKS_MAX: usize = 6;

/// Below so many taps in the busiest slot a rate per minute would be a row of zeros and ones.
const TAPS_PER_MINUTE_FROM: i64 = 75;

/// A day by slots from midnight.
type Day = [i64; DAY];

/// The chart with what its figures count.
pub struct Chart {
    /// The markup.
    pub markup: Html,
    per_minute: bool,
}

impl Chart {
    /// The heading of the section.
    pub fn unit_title(&self, words: &Words<'_>) -> String {
        words.t(if self.per_minute {
            "acceptance-live-chart-title"
        } else {
            "acceptance-live-chart-title-quarter"
        })
    }
}

/// The chart; none while nothing is known of either day.
pub fn of(words: &Words<'_>, live: &Live) -> Option<Chart> {
    let midnight = live.at.jakarta_date().midnight();
    let (today, before) =
        (day(&live.minutes, midnight), day(&live.week_ago, midnight.plus(-7 * Timestamp::DAY)));
    let window = Window::of(live.at.since(midnight), &today, &before)?;
    let busiest = today.iter().chain(&before).copied().max().unwrap_or(0);
    let scale = Scale { per_minute: busiest >= TAPS_PER_MINUTE_FROM };
    let values: Vec<Option<i64>> = window.slots().map(|slot| window.now(&today, slot, scale)).collect();
    let past: Vec<Option<i64>> = window.slots().map(|slot| Some(scale.of(at(&before, slot), SLOT))).collect();
    let name = |slot: usize| format!("{:02}.{:02}", slot / HOUR, slot % HOUR * 15);
    let last = values.iter().rposition(Option::is_some);
    let format = words.format();
    let (now_date, past_date) = (live.at.jakarta_date(), live.at.jakarta_date().plus_days(-7));
    let has_past = !live.week_ago.is_empty();
    let found = last.and_then(|slot| Some((slot, values.get(slot).copied().flatten()?)));
    let label =
        found.map(|(_, value)| words.with("acceptance-live-chart-label", &[("value", format.number(value))]));
    let compared = found.map(|(slot, value)| {
        let before = past.get(slot).copied().flatten().unwrap_or(0);
        (name(window.first + slot), value, before)
    });
    let chart = LineChart {
        id: "g-tap".into(),
        caption: caption(words, live, scale, compared, has_past),
        unit: words.t(if scale.per_minute {
            "acceptance-live-chart-unit"
        } else {
            "acceptance-live-chart-unit-quarter"
        }),
        slot_column: words.t("acceptance-live-chart-column"),
        slots: window.slots().map(name).collect(),
        every: window.every(),
        rows_every: HOUR,
        main: Series { column: format.date(now_date), label: label.unwrap_or_default(), values },
        past: has_past.then(|| Series {
            column: format.date(past_date),
            label: words.with("acceptance-live-chart-past", &[("weekday", weekday(words, live.at))]),
            values: past,
        }),
        mark: None,
    };
    Some(Chart { markup: chart.render(words.page.language), per_minute: scale.per_minute })
}

/// Which slots are shown.
struct Window {
    first: usize,
    last: usize,
    /// Since midnight.
    now: base::Micros,
}

impl Window {
    /// From the first hour with a tap to the end of the last, on either day.
    fn of(now: base::Micros, today: &Day, before: &Day) -> Option<Self> {
        let used = |day: &Day| -> Option<(usize, usize)> {
            Some((day.iter().position(|taps| *taps > 0)?, day.iter().rposition(|taps| *taps > 0)?))
        };
        let (first, last) = match (used(today), used(before)) {
            (Some(one), Some(other)) => (one.0.min(other.0), one.1.max(other.1)),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => return None,
        };
        let last = (last / HOUR + 1) * HOUR;
        let first = (first / HOUR * HOUR).min(last.saturating_sub(WIDTH_MIN));
        Some(Self { first, last: last.max(first + WIDTH_MIN), now })
    }

    fn slots(&self) -> std::ops::RangeInclusive<usize> {
        self.first..=self.last
    }

    /// Whole hours between two names below the axis.
    fn every(&self) -> usize {
        let hours = (self.last - self.first) / HOUR;
        HOUR * hours.div_ceil(TICKS_MAX).max(1)
    }

    /// Today's figure of a slot; none before it has lasted long enough to say something.
    fn now(&self, today: &Day, slot: usize, scale: Scale) -> Option<i64> {
        let begun = i64::try_from(slot).unwrap_or(i64::MAX).saturating_mul(SLOT);
        let lasted = (self.now - begun).min(SLOT);
        let least = if scale.per_minute { 3 * Timestamp::MINUTE } else { SLOT };
        (lasted >= least).then(|| scale.of(at(today, slot), lasted))
    }
}

#[derive(Clone, Copy)]
struct Scale {
    per_minute: bool,
}

impl Scale {
    /// A slot's taps as they are shown, rounded.
    fn of(self, taps: i64, lasted: base::Micros) -> i64 {
        if self.per_minute { (taps * Timestamp::MINUTE + lasted / 2) / lasted.max(1) } else { taps }
    }
}

fn at(day: &Day, slot: usize) -> i64 {
    day.get(slot).copied().unwrap_or(0)
}

fn day(minutes: &[Counts], midnight: Timestamp) -> Day {
    let mut day = [0; DAY];
    for minute in minutes {
        let slot = usize::try_from((minute.minute - midnight.0) / SLOT).unwrap_or(DAY);
        if let Some(taps) = day.get_mut(slot) {
            *taps += minute.taps();
        }
    }
    day
}

/// What to see: the newest figure, and how far it is from a week ago.
fn caption(
    words: &Words<'_>,
    live: &Live,
    scale: Scale,
    newest: Option<(String, i64, i64)>,
    has_past: bool,
) -> String {
    let format = words.format();
    let suffix = if scale.per_minute { "" } else { "-quarter" };
    let values = |more: &[(&'static str, String)]| {
        let mut values = vec![("weekday", weekday(words, live.at))];
        values.extend(more.iter().cloned());
        values
    };
    let lines = if has_past { "acceptance-live-chart-lines" } else { "acceptance-live-chart-line" };
    let lines = words.with(lines, &values(&[]));
    let Some((time, value, before)) = newest else { return lines };
    let said = words.with(
        &format!("acceptance-live-chart-newest{suffix}"),
        &values(&[("time", time), ("value", format.number(value))]),
    );
    let compared = if !has_past || before == 0 {
        String::new()
    } else {
        let change = (value - before) * 100 / before;
        let key = match change {
            1.. => "above",
            0 => "same",
            _ => "below",
        };
        let share = format.permille(change.abs() * 10);
        words.with(&format!("acceptance-live-chart-{key}"), &values(&[("share", share)]))
    };
    format!("{lines} {said}{compared}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_whole_hours_around_what_happened() {
        let (mut today, mut before) = ([0; DAY], [0; DAY]);
        today[5 * HOUR + 1] = 1;
        before[22 * HOUR + 3] = 1;
        let window = Window::of(7 * Timestamp::HOUR, &today, &before).unwrap();
        assert_eq!((window.first, window.last), (5 * HOUR, 23 * HOUR));
        assert_eq!(window.every(), 3 * HOUR);
        let lone = Window::of(0, &today, &[0; DAY]).unwrap();
        assert_eq!((lone.first, lone.last), (2 * HOUR, 6 * HOUR));
        assert!(Window::of(0, &[0; DAY], &[0; DAY]).is_none());
    }

    #[test]
    fn a_slot_that_has_just_begun_says_nothing_and_one_under_way_is_a_rate() {
        let mut today = [0; DAY];
        today[8] = 40;
        let window = Window { first: 0, last: 12, now: 2 * Timestamp::HOUR + 4 * Timestamp::MINUTE };
        let rate = Scale { per_minute: true };
        assert_eq!(window.now(&today, 8, rate), Some(10));
        assert_eq!(window.now(&today, 9, rate), None);
        assert_eq!(window.now(&today, 8, Scale { per_minute: false }), None);
        let early = Window { now: 2 * Timestamp::HOUR + Timestamp::MINUTE, ..window };
        assert_eq!(early.now(&today, 8, rate), None);
    }
}
