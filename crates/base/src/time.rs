//! Instants in microseconds UTC and civil time in Asia/Jakarta (WIB, UTC+7, no daylight saving).

use std::fmt;
use std::ops::{Add, Sub};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A span of time in microseconds.
pub type Micros = i64;

/// WIB is ahead of UTC by seven hours, all year.
pub const WIB_OFFSET: Micros = 7 * Timestamp::HOUR;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, Encode, Decode,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// One millisecond.
    pub const MILLISECOND: Micros = 1_000;
    /// One second.
    pub const SECOND: Micros = 1_000_000;
    /// One minute.
    pub const MINUTE: Micros = 60 * Self::SECOND;
    /// One hour.
    pub const HOUR: Micros = 60 * Self::MINUTE;
    /// One day.
    pub const DAY: Micros = 24 * Self::HOUR;

    /// The instant so many milliseconds after 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(Self::MILLISECOND))
    }

    /// Whole milliseconds since 1970.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(Self::MILLISECOND)
    }

    /// The instant later by `span` (earlier when negative), saturating at the ends of time.
    #[must_use]
    pub const fn plus(self, span: Micros) -> Self {
        Self(self.0.saturating_add(span))
    }

    /// How much later `self` is than `earlier`, saturating.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Micros {
        self.0.saturating_sub(earlier.0)
    }

    /// The date in Jakarta.
    #[must_use]
    pub fn jakarta_date(self) -> CivilDate {
        let days = self.0.saturating_add(WIB_OFFSET).div_euclid(Self::DAY);
        CivilDate(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }

    /// The service day in Jakarta: 04:00 to 04:00.
    #[must_use]
    pub fn service_day(self) -> CivilDate {
        self.plus(-4 * Self::HOUR).jakarta_date()
    }

    /// Time of day in Jakarta.
    #[must_use]
    pub fn jakarta_time(self) -> CivilTime {
        CivilTime(self.0.saturating_add(WIB_OFFSET).rem_euclid(Self::DAY))
    }

    /// Parses RFC 3339 with an offset (`2026-11-22T07:30:00+07:00`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Self(at.as_microsecond()))
    }

    /// RFC 3339 in WIB with microseconds where there are any.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let time = self.jakarta_time();
        let (date, fraction) = (self.jakarta_date(), time.0 % Self::SECOND);
        let clock = format!("{date}T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        if fraction == 0 { format!("{clock}+07:00") } else { format!("{clock}.{fraction:06}+07:00") }
    }
}

impl Add<Micros> for Timestamp {
    type Output = Self;
    fn add(self, span: Micros) -> Self {
        self.plus(span)
    }
}

impl Sub for Timestamp {
    type Output = Micros;
    fn sub(self, earlier: Self) -> Micros {
        self.since(earlier)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

/// A date of the Gregorian calendar, stored as days since 1970-01-01. Prints as `2026-11-22`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct CivilDate(#[n(0)] pub i32);

impl CivilDate {
    /// The date of a year, month (1–12) and day, if there is one.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().map(Self::from_jiff)
    }

    /// The date as the calendar library has it; dates past its range give its last or first date.
    #[must_use]
    pub fn to_jiff(self) -> jiff::civil::Date {
        let epoch = jiff::civil::date(1970, 1, 1);
        let limit = if self.0 < 0 { jiff::civil::Date::MIN } else { jiff::civil::Date::MAX };
        let span = jiff::Span::new().try_days(i64::from(self.0));
        span.and_then(|span| epoch.checked_add(span)).unwrap_or(limit)
    }

    /// From the calendar library's date.
    #[must_use]
    pub fn from_jiff(date: jiff::civil::Date) -> Self {
        let days = date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24;
        Self(i32::try_from(days).unwrap_or(i32::MAX))
    }

    /// Parses `2026-11-22`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::civil::Date>().ok().map(Self::from_jiff)
    }

    /// The date so many days later (earlier when negative).
    #[must_use]
    pub const fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The last day of so many months from this date on: the day before the same day of the month then, or that month's
    /// last where it has no such day.
    #[must_use]
    pub fn last_of_months(self, months: u8) -> Self {
        let first = self.to_jiff();
        let span = jiff::Span::new().months(i64::from(months));
        let same = first.checked_add(span).unwrap_or(jiff::civil::Date::MAX);
        let last = Self::from_jiff(same);
        if same.day() < first.day() { last } else { last.plus_days(-1) }
    }

    /// Week of the month, 1 to 5: (day − 1) / 7 + 1.
    #[must_use]
    pub fn week_of_month(self) -> u8 {
        u8::try_from((self.to_jiff().day() - 1) / 7 + 1).unwrap_or_default()
    }

    /// 00:00 WIB of this date.
    #[must_use]
    pub const fn midnight(self) -> Timestamp {
        Timestamp(self.0 as i64 * Timestamp::DAY - WIB_OFFSET)
    }

    /// The year, which is also the fiscal year (1 January to 31 December).
    #[must_use]
    pub fn year(self) -> i16 {
        self.to_jiff().year()
    }

    /// Day of the week, 1 = Monday to 7 = Sunday (ISO 8601).
    #[must_use]
    pub const fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday, the fourth day.
        match self.0.rem_euclid(7) {
            0 => 4,
            1 => 5,
            2 => 6,
            3 => 7,
            4 => 1,
            5 => 2,
            _ => 3,
        }
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_jiff().fmt(f)
    }
}

impl Serialize for CivilDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CivilDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a date looks like 2026-11-22"))
    }
}

/// Time of day in Jakarta, microseconds since midnight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct CivilTime(#[n(0)] pub Micros);

impl CivilTime {
    /// Hour, 0–23.
    #[must_use]
    pub const fn hour(self) -> i64 {
        self.0 / Timestamp::HOUR
    }
    /// Minute, 0–59.
    #[must_use]
    pub const fn minute(self) -> i64 {
        self.0 / Timestamp::MINUTE % 60
    }
    /// Second, 0–59.
    #[must_use]
    pub const fn second(self) -> i64 {
        self.0 / Timestamp::SECOND % 60
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jakarta_turns_the_day_at_17_utc() {
        let before = Timestamp::parse("2026-11-30T16:59:59.999999Z").unwrap();
        assert_eq!(before.jakarta_date().to_string(), "2026-11-30");
        assert_eq!(before.plus(1).jakarta_date().to_string(), "2026-12-01");
        assert_eq!(before.plus(1).jakarta_date().midnight(), before.plus(1));
    }

    #[test]
    fn the_service_day_runs_from_four_to_four() {
        let at = |text| Timestamp::parse(text).unwrap().service_day().to_string();
        assert_eq!(at("2026-11-22T03:59:59+07:00"), "2026-11-21");
        assert_eq!(at("2026-11-22T04:00:00+07:00"), "2026-11-22");
    }

    #[test]
    fn six_months_end_the_day_before_the_same_day() {
        let table = [
            ("2026-02-02", "2026-08-01"),
            ("2026-01-01", "2026-06-30"),
            ("2026-08-31", "2027-02-28"),
            ("2027-08-29", "2028-02-28"),
        ];
        for (first, last) in table {
            let date = |text| CivilDate::parse(text).unwrap();
            assert_eq!(date(first).last_of_months(6), date(last), "{first}");
        }
    }

    #[test]
    fn a_month_has_five_weeks_at_most() {
        let week = |text| CivilDate::parse(text).unwrap().week_of_month();
        assert_eq!(
            ["2026-11-01", "2026-11-07", "2026-11-08", "2026-11-28", "2026-11-29"].map(week),
            [1, 1, 2, 4, 5]
        );
    }

    #[test]
    fn weekdays_follow_iso_8601() {
        assert_eq!(CivilDate::parse("2026-11-22").unwrap().weekday(), 7);
        assert_eq!(CivilDate::parse("2026-11-23").unwrap().weekday(), 1);
        assert_eq!(CivilDate::parse("1969-12-31").unwrap().weekday(), 3);
    }

    #[test]
    fn dates_beyond_the_calendar_give_its_ends() {
        assert_eq!(CivilDate(i32::MAX).year(), 9999);
        assert_eq!(CivilDate(i32::MIN).year(), -9999);
    }

    #[test]
    fn instants_print_in_wib() {
        let at = Timestamp::parse("2026-11-22T00:30:00Z").unwrap();
        assert_eq!(at.to_string(), "2026-11-22T07:30:00+07:00");
        assert_eq!(at.plus(5).to_string(), "2026-11-22T07:30:00.000005+07:00");
    }
}
