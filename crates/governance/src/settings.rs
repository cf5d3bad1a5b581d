//! Limits of signing in and of grants: content, dated, read once.

use std::sync::OnceLock;

use base::{CivilDate, Micros, Timestamp};
use serde::Deserialize;

const CONTENT: &str = include_str!("../../../content/access.yaml");

#[derive(Deserialize)]
struct File {
    limits: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    valid_from: String,
    idle_minutes: Micros,
    lasting_hours: Micros,
    failures: i32,
    pause_minutes: Micros,
    recovery_hours: Micros,
    password_length_min: usize,
    resident_idle_minutes: Micros,
    code_minutes: Micros,
    code_tries: i32,
    codes_max: u64,
    asks_max: u64,
    grant_ending_days: i32,
    grant_days: i32,
    letter_ending_days: i32,
    audit_review_days: i32,
}

/// Limits of signing in and of grants, as `content/access.yaml` has them with their basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long a session may stand idle.
    pub idle: Micros,
    /// How long a session may last in all.
    pub lasting: Micros,
    /// Failures in a row after which a user is paused.
    pub failures: i32,
    /// How long such a pause is.
    pub pause: Micros,
    /// How long a code of recovery can be used.
    pub recovery: Micros,
    /// Shortest password that somebody may choose, in characters.
    pub password_length_min: usize,
    /// How long a resident's session may stand idle.
    pub resident_idle: Micros,
    /// How long a code sent to a phone is valid.
    pub code_lasting: Micros,
    /// How often a code may be typed.
    pub code_tries: i32,
    /// Codes sent to one holder within a window.
    pub codes_max: u64,
    /// How long that window is.
    pub codes_window: Micros,
    /// Asks for a code from everybody within a window, which bounds the table.
    pub asks_max: u64,
    /// How many days before its end a grant is brought to mind.
    pub grant_ending_days: i32,
    /// How long a grant lasts where nobody says otherwise, in days.
    pub grant_days: i32,
    /// How many days before its end a letter is brought to mind.
    pub letter_ending_days: i32,
    /// After how many days the audit should be taken out again.
    pub audit_review_days: i32,
}

impl Settings {
    /// Those in force on a day; the first ones before that. None where the content cannot be read, which a test keeps from
    /// shipping.
    #[must_use]
    pub fn on(day: CivilDate) -> Option<Self> {
        let all = all();
        all.iter().rfind(|(from, _)| *from <= day).or_else(|| all.first()).map(|(_, settings)| *settings)
    }
}

fn all() -> &'static [(CivilDate, Settings)] {
    static ALL: OnceLock<Vec<(CivilDate, Settings)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let rows = serde_saphyr::from_str::<File>(CONTENT).map(|file| file.limits).unwrap_or_default();
        rows.into_iter().filter_map(|row| Some((CivilDate::parse(&row.valid_from)?, read(&row)))).collect()
    })
}

const fn read(row: &Row) -> Settings {
    Settings {
        idle: row.idle_minutes * Timestamp::MINUTE,
        lasting: row.lasting_hours * Timestamp::HOUR,
        failures: row.failures,
        pause: row.pause_minutes * Timestamp::MINUTE,
        recovery: row.recovery_hours * Timestamp::HOUR,
        password_length_min: row.password_length_min,
        resident_idle: row.resident_idle_minutes * Timestamp::MINUTE,
        code_lasting: row.code_minutes * Timestamp::MINUTE,
        code_tries: row.code_tries,
        codes_max: row.codes_max,
        codes_window: Timestamp::HOUR,
        asks_max: row.asks_max,
        grant_ending_days: row.grant_ending_days,
        grant_days: row.grant_days,
        letter_ending_days: row.letter_ending_days,
        audit_review_days: row.audit_review_days,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_in_order_and_says_what_it_rests_on() {
        let rows = CONTENT.matches("- valid_from:").count();
        assert_eq!(all().len(), rows);
        assert!(all().is_sorted_by(|(one, _), (next, _)| one < next));
        assert_eq!(CONTENT.matches("legal_basis:").count(), rows);
        let day = CivilDate::parse("2026-11-22").unwrap();
        assert_eq!(Settings::on(day).unwrap().idle, 30 * Timestamp::MINUTE);
    }
}
