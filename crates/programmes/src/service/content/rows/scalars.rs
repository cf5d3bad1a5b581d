//! Times of day and kilometres as people write them.

use base::{CivilTime, Timestamp};
use serde::{Deserialize, Deserializer};

/// Farthest distance in kilometres.
const KILOMETRES_MAX: u32 = 1_000;

/// A time of day written `05:30` or `06:59:59`; `24:00` ends a day.
#[derive(Debug, Clone, Copy)]
pub struct ClockTime(pub CivilTime);

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = clock_time(&text);
        time.map(Self)
            .ok_or_else(|| serde::de::Error::custom("a time of day looks like \"05:30\" or \"06:59:59\""))
    }
}

fn clock_time(text: &str) -> Option<CivilTime> {
    let mut micros = 0;
    let mut parts = 0;
    for (part, (unit, below)) in
        text.split(':').zip([(Timestamp::HOUR, 25), (Timestamp::MINUTE, 60), (Timestamp::SECOND, 60)])
    {
        let number: i64 = digits(part, 2)?.into();
        micros += (number < below).then_some(number)? * unit;
        parts += 1;
    }
    let whole = parts >= 2 && parts == text.split(':').count() && micros <= Timestamp::DAY;
    whole.then_some(CivilTime(micros))
}

/// A distance in metres, written in kilometres: `25` or `1.9`, at most three decimals.
#[derive(Debug, Clone, Copy)]
pub struct Kilometres(pub u32);

impl<'de> Deserialize<'de> for Kilometres {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let said =
            || serde::de::Error::custom("kilometres look like 25 or 1.9, at most 1000 with three decimals");
        metres(&text).map(Self).ok_or_else(said)
    }
}

fn metres(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if whole.is_empty() || part.is_empty() || part.len() > 3 || whole.len() > 4 {
        return None;
    }
    let whole = digits(whole, whole.len())?;
    let part = digits(&format!("{part:0<3}"), 3)?;
    let metres = whole * 1_000 + part;
    (metres <= KILOMETRES_MAX * 1_000).then_some(metres)
}

/// A number of so many digits and nothing else.
fn digits(text: &str, length: usize) -> Option<u32> {
    let only = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    only.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read_to_the_second_and_nothing_else_is() {
        assert_eq!(clock_time("05:30"), Some(CivilTime(330 * Timestamp::MINUTE)));
        assert_eq!(clock_time("06:59:59"), Some(CivilTime(7 * Timestamp::HOUR - Timestamp::SECOND)));
        assert_eq!(clock_time("24:00"), Some(CivilTime(Timestamp::DAY)));
        for wrong in
            ["5:30", "05", "05:60", "24:01", "25:00", "05:30:60", "05:30:00:00", "", "aa:bb", "+5:30"]
        {
            assert_eq!(clock_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn kilometres_are_read_without_rounding() {
        assert_eq!((metres("25"), metres("1.9"), metres("0.005")), (Some(25_000), Some(1_900), Some(5)));
        for wrong in ["", ".5", "1.", "1.2345", "-1", "1e3", "1001", "12345"] {
            assert_eq!(metres(wrong), None, "{wrong}");
        }
    }
}
