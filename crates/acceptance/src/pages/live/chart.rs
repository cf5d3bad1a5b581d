//! Taps through the day beside the same weekday a week ago.

use base::{Micros, Timestamp};
use platform::chart::{LineChart, Series};
use platform::web::Html;

use super::opening::last_weekday;
use crate::pages::words::Words;
use crate::store::queries::Counts;

/// Up to so many hours are drawn finely.
const FINE_HOURS_MAX: usize = 3;

/// Hours at the ends of the day with less than this share of the busiest slot, in per cent, are left out.
const SHARE_MIN: i64 = 2;

/// Names below the axis at most, so that they do not touch on a phone.
const TICKS_MAX: usize = 6;

/// From so many taps in the busiest quarter of an hour on, a rate per minute says something; below, taps are counted by
/// the hour.
const RATE_FROM: i64 = 75;

/// How finely a day is drawn, and what its figures count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Grain {
    /// Five minutes, as taps per minute.
    Fine,
    /// Quarters of an hour, as taps per minute.
    Rate,
    /// Whole hours, as taps.
    Hours,
}

impl Grain {
    const fn slots_per_hour(self) -> usize {
        match self {
            Self::Fine => 12,
            Self::Rate => 4,
            Self::Hours => 1,
        }
    }

    const fn slot(self) -> Micros {
        match self {
            Self::Fine => 5 * Timestamp::MINUTE,
            Self::Rate => 15 * Timestamp::MINUTE,
            Self::Hours => Timestamp::HOUR,
        }
    }

    /// Least width of the plot, in hours.
    const fn hours_min(self) -> usize {
        match self {
            Self::Fine | Self::Rate => 2,
            Self::Hours => 6,
        }
    }

    /// Ending of the keys of its texts.
    const fn key(self) -> &'static str {
        match self {
            Self::Fine | Self::Rate => "rate",
            Self::Hours => "hours",
        }
    }

    /// How long a slot must have lasted before its figure says something.
    const fn least(self) -> Micros {
        match self {
            Self::Fine | Self::Rate => 3 * Timestamp::MINUTE,
            Self::Hours => Timestamp::HOUR,
        }
    }

    /// The figure of a slot with so many taps that has lasted so long.
    fn figure(self, taps: i64, lasted: Micros) -> i64 {
        match self {
            Self::Fine | Self::Rate => (taps * Timestamp::MINUTE + lasted / 2) / lasted.max(1),
            Self::Hours => taps,
        }
    }

    /// Taps by slot from midnight.
    fn day(self, minutes: &[Counts], midnight: Timestamp) -> Vec<i64> {
        let mut day = vec![0; 24 * self.slots_per_hour()];
        for minute in minutes {
            let slot = usize::try_from((minute.minute - midnight.0) / self.slot()).unwrap_or(usize::MAX);
            if let Some(taps) = day.get_mut(slot) {
                *taps += minute.taps();
            }
        }
        day
    }
}

/// The chart with the heading of its section.
pub struct Chart {
    /// The heading.
    pub title: String,
    /// The markup.
    pub markup: Html,
}

/// The chart; none while nothing is known of either day.
pub fn of(words: &Words<'_>, now: Timestamp, [minutes, before]: [&Vec<Counts>; 2]) -> Option<Chart> {
    let midnight = now.jakarta_date().midnight();
    let week_ago = midnight.plus(-7 * Timestamp::DAY);
    let quarters = [Grain::Rate.day(minutes, midnight), Grain::Rate.day(before, week_ago)].concat();
    let busiest = quarters.into_iter().max().unwrap_or(0);
    let window = |grain: Grain| {
        let (today, past) = (grain.day(minutes, midnight), grain.day(before, week_ago));
        let window = Window::of(grain, now.since(midnight), [&today, &past])?;
        Some((window, today, past))
    };
    let whole = window(if busiest >= RATE_FROM { Grain::Rate } else { Grain::Hours })?;
    let fine =
        (busiest >= RATE_FROM && whole.0.hours() <= FINE_HOURS_MAX).then(|| window(Grain::Fine)).flatten();
    let (window, today, past) = fine.unwrap_or(whole);
    let grain = window.grain;
    let days = Days {
        main: window.slots().map(|slot| window.now(&today, slot)).collect(),
        past: window.slots().map(|slot| grain.figure(at(&past, slot), grain.slot())).collect(),
        has_past: !before.is_empty(),
    };
    let markup = window.chart(words, now, days).render(words.page.language);
    Some(Chart { title: words.t(&format!("acceptance-live-chart-title-{}", grain.key())), markup })
}

/// The figures of both days, by slot of the window.
struct Days {
    main: Vec<Option<i64>>,
    past: Vec<i64>,
    has_past: bool,
}

/// The newest figure, when it begins, and what it was a week ago.
struct Newest {
    time: String,
    value: i64,
    before: Option<i64>,
}

/// Which slots are shown.
#[derive(Debug)]
struct Window {
    grain: Grain,
    first: usize,
    last: usize,
    /// Since midnight.
    now: Micros,
}

impl Window {
    /// From the first hour that is more than a trace to the end of the last, on either day.
    fn of(grain: Grain, now: Micros, days: [&Vec<i64>; 2]) -> Option<Self> {
        let hour = grain.slots_per_hour();
        let busiest = days.into_iter().flatten().copied().max().unwrap_or(0);
        let counts = |taps: &i64| *taps > 0 && *taps * 100 >= busiest * SHARE_MIN;
        let used = |day: &Vec<i64>| -> Option<(usize, usize)> {
            Some((day.iter().position(counts)?, day.iter().rposition(counts)?))
        };
        let all = days.into_iter().filter_map(used);
        let (first, last) = all.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
        let last = (last / hour + 1) * hour;
        let first = (first / hour * hour).min(last.saturating_sub(grain.hours_min() * hour));
        Some(Self { grain, first, last: last.max(first + grain.hours_min() * hour), now })
    }

    /// How many hours it shows.
    fn hours(&self) -> usize {
        (self.last - self.first) / self.grain.slots_per_hour()
    }

    fn slots(&self) -> std::ops::RangeInclusive<usize> {
        self.first..=self.last
    }

    /// Whole hours between two names below the axis.
    fn every(&self) -> usize {
        self.grain.slots_per_hour() * self.hours().div_ceil(TICKS_MAX).max(1)
    }

    /// Today's figure of a slot; none before it has lasted long enough to say something.
    fn now(&self, today: &[i64], slot: usize) -> Option<i64> {
        let begun = i64::try_from(slot).unwrap_or(i64::MAX).saturating_mul(self.grain.slot());
        let lasted = (self.now - begun).min(self.grain.slot());
        (lasted >= self.grain.least()).then(|| self.grain.figure(at(today, slot), lasted))
    }

    /// When a slot begins: `07.15`.
    fn time(&self, slot: usize) -> String {
        let hour = self.grain.slots_per_hour();
        format!("{:02}.{:02}", slot / hour, slot % hour * (60 / hour))
    }

    fn newest(&self, days: &Days) -> Option<Newest> {
        let slot = days.main.iter().rposition(Option::is_some)?;
        let value = days.main.get(slot).copied().flatten()?;
        let before = days.past.get(slot).copied().filter(|before| days.has_past && *before > 0);
        Some(Newest { time: self.time(self.first + slot), value, before })
    }

    fn chart(&self, words: &Words<'_>, now: Timestamp, days: Days) -> LineChart {
        let (format, date) = (words.format(), now.jakarta_date());
        let newest = self.newest(&days);
        let label = newest.as_ref().map(|newest| format.number(newest.value));
        let past = days.has_past.then(|| Series {
            column: format.date(date.plus_days(-7)),
            label: last_weekday(words, now),
            values: days.past.iter().copied().map(Some).collect(),
        });
        LineChart {
            id: "g-tap".into(),
            caption: caption(words, now, self.grain, newest, days.has_past),
            unit: words.t(&format!("acceptance-live-chart-unit-{}", self.grain.key())),
            slot_column: words.t("acceptance-live-chart-column"),
            slots: self.slots().map(|slot| self.time(slot)).collect(),
            every: self.every(),
            rows_every: if self.grain == Grain::Fine { 3 } else { 1 },
            main: Series {
                column: format.date(date),
                label: label
                    .map(|value| words.with("acceptance-live-chart-label", &[("value", value)]))
                    .unwrap_or_default(),
                values: days.main,
            },
            past,
            mark: None,
        }
    }
}

fn at(day: &[i64], slot: usize) -> i64 {
    day.get(slot).copied().unwrap_or(0)
}

/// What to see: the newest figure, and how far it is from a week ago.
fn caption(
    words: &Words<'_>,
    now: Timestamp,
    grain: Grain,
    newest: Option<Newest>,
    has_past: bool,
) -> String {
    let format = words.format();
    let weekday = last_weekday(words, now);
    let lines = if has_past { "acceptance-live-chart-lines" } else { "acceptance-live-chart-line" };
    let lines = words.with(lines, &[("weekday", weekday.clone())]);
    let Some(Newest { time, value, before }) = newest else { return lines };
    let said = words.with(
        &format!("acceptance-live-chart-newest-{}", grain.key()),
        &[("time", time), ("value", format.number(value))],
    );
    let compared = before.map_or_else(String::new, |before| {
        let change = (value - before) * 100 / before;
        let key = match change {
            1.. => "above",
            0 => "same",
            _ => "below",
        };
        let share = format.permille(change.abs() * 10);
        words.with(&format!("acceptance-live-chart-{key}"), &[("share", share), ("weekday", weekday)])
    });
    format!("{lines} {said}{compared}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(grain: Grain, slots: &[usize]) -> Vec<i64> {
        (0..24 * grain.slots_per_hour()).map(|slot| i64::from(slots.contains(&slot))).collect()
    }

    #[test]
    fn the_window_is_whole_hours_around_what_happened() {
        let rate = |today: &[usize], before: &[usize]| {
            Window::of(Grain::Rate, 0, [&day(Grain::Rate, today), &day(Grain::Rate, before)])
        };
        let window = rate(&[21], &[91]).unwrap();
        assert_eq!((window.first, window.last, window.every()), (20, 92, 12));
        assert_eq!((window.time(20), window.time(21)), ("05.00".into(), "05.15".into()));
        let lone = rate(&[21], &[]).unwrap();
        assert_eq!((lone.first, lone.last), (16, 24));
        assert!(rate(&[], &[]).is_none());
        let hours = Window::of(Grain::Hours, 0, [&day(Grain::Hours, &[5]), &day(Grain::Hours, &[22])]);
        assert_eq!(hours.map(|window| (window.first, window.last, window.every())), Some((5, 23, 3)));
    }

    #[test]
    fn hours_with_a_trace_only_are_left_out() {
        let mut today = day(Grain::Rate, &[20]);
        today[80] = 1_000;
        let window = Window::of(Grain::Rate, 0, [&today, &day(Grain::Rate, &[])]).unwrap();
        assert_eq!((window.first, window.last), (76, 84));
        today[20] = 20;
        let window = Window::of(Grain::Rate, 0, [&today, &day(Grain::Rate, &[])]).unwrap();
        assert_eq!((window.first, window.last), (20, 84));
    }

    #[test]
    fn a_slot_that_has_just_begun_says_nothing_and_one_under_way_is_a_rate() {
        let mut today = day(Grain::Rate, &[]);
        today[8] = 40;
        let window = |grain, minutes: i64| Window {
            grain,
            first: 0,
            last: 12,
            now: 2 * Timestamp::HOUR + minutes * Timestamp::MINUTE,
        };
        assert_eq!(window(Grain::Rate, 4).now(&today, 8), Some(10));
        assert_eq!(window(Grain::Rate, 4).now(&today, 9), None);
        assert_eq!(window(Grain::Rate, 1).now(&today, 8), None);
        assert_eq!(window(Grain::Hours, 4).now(&today, 2), None);
        assert_eq!(window(Grain::Hours, 60).now(&today, 2), Some(0));
    }
}
