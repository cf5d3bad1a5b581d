//! A right in the words of today: whether it can be used, what is left of it, and when it comes back.

use base::CivilTime;
use engine::{Unit, Verdict};

use super::decision::quantity;
use super::words::Words;
use crate::service::{Left, RightToday};

/// A right of today in words.
pub struct Told {
    /// Whether it can be used at some time today.
    pub is_usable: bool,
    /// The state in a word or two.
    pub state: String,
    /// What there is to know about today: hours, what is left, or why not and when again.
    pub today: String,
}

/// Tells a right.
pub fn tell(words: &Words<'_>, right: &RightToday) -> Told {
    let is_usable = right.is_usable();
    let state = words.t(if is_usable { "acceptance-right-usable" } else { "acceptance-right-not-today" });
    Told { is_usable, state, today: today(words, right) }
}

fn today(words: &Words<'_>, right: &RightToday) -> String {
    let mut sentences = Vec::new();
    match right.verdict {
        Verdict::NotLowest | Verdict::PriceUnchanged | Verdict::TimeNotCovered => {
            if let Some(left) = right.left {
                sentences.push(self::left(words, left));
            }
            if !right.hours.is_empty() {
                let spans: Vec<String> = right.hours.iter().map(|span| hours(words, *span)).collect();
                sentences.push(words.with("acceptance-right-hours", &[("hours", spans.join(", "))]));
            }
        }
        Verdict::QuotaExhausted => sentences.extend(right.left.map(|left| self::left(words, left))),
        Verdict::AssuranceTooLow => {
            let level = right.definition.assurance_min.to_string();
            sentences.push(words.with("acceptance-right-assurance", &[("level", level)]));
        }
        verdict => {
            let key = match verdict {
                Verdict::DayNotCovered => "day",
                Verdict::HomeNotCovered => "home",
                Verdict::CategoryNotCovered => "category",
                Verdict::CalendarMissing => "calendar",
                Verdict::BudgetExhausted => "budget",
                _ => "other",
            };
            sentences.push(words.t(&format!("acceptance-right-today-{key}")));
        }
    }
    if sentences.is_empty() {
        sentences.push(words.t("acceptance-right-all-day"));
    }
    sentences.join(" ")
}

/// What is left of a quota, or when there is more.
fn left(words: &Words<'_>, left: Left) -> String {
    let format = words.format();
    let (key, date) = if left.amount == 0 { ("none", left.until.plus_days(1)) } else { ("some", left.until) };
    let values = [
        ("left", counted(words, left.unit, left.amount)),
        ("limit", counted(words, left.unit, left.limit)),
        ("date", format.date(date)),
    ];
    words.with(&format!("acceptance-right-left-{key}"), &values)
}

/// An amount with its unit.
fn counted(words: &Words<'_>, unit: Unit, amount: u64) -> String {
    let number = quantity(words, unit, i64::try_from(amount).unwrap_or(i64::MAX));
    match unit {
        Unit::Rupiah => number,
        Unit::Ride | Unit::Package | Unit::Visit => {
            words.with(&format!("acceptance-unit-{}", crate::service::unit_name(unit)), &[("count", number)])
        }
    }
}

/// `05.00 sampai 06.59.59 WIB`: the last moment is part of it.
fn hours(words: &Words<'_>, (from, until): (CivilTime, CivilTime)) -> String {
    let minute = |time: CivilTime| format!("{:02}.{:02}", time.hour(), time.minute());
    let end = if until.0 >= base::Timestamp::DAY { "24.00".into() } else { minute(until) };
    words.with("acceptance-right-span", &[("from", minute(from)), ("until", end)])
}
