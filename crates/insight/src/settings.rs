//! What the figures are counted by: thresholds and windows, dated, with what they rest on.
//!
//! Owns the file `settings.yaml`. A value is looked up by date, so that a change does not alter what was counted before.

use std::sync::LazyLock;

use base::{CivilDate, Micros, Timestamp};
use engine::Evidence;
use serde::Deserialize;

const FILE: &str = include_str!("../settings.yaml");

/// One value and its grounds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    code: String,
    /// The value.
    pub value: i64,
    valid_from: String,
    /// What it rests on, as it is cited.
    pub legal_basis: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Why, in Indonesian.
    pub reason_id: String,
    /// Why, in English.
    pub reason_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    settings: Vec<Setting>,
}

static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    // The file is compiled in and read by a test.
    let file: Result<File, _> = serde_saphyr::from_str(FILE);
    file.map(|file| file.settings).unwrap_or_else(|error| unreachable!("settings.yaml: {error}"))
});

/// The value in force on a date, or the first one there is.
fn find(code: &str, date: CivilDate) -> &'static Setting {
    let mut of_code = SETTINGS.iter().filter(|setting| setting.code == code);
    let begun = |setting: &&Setting| CivilDate::parse(&setting.valid_from).is_some_and(|from| from <= date);
    let first = of_code.next();
    of_code
        .chain(first)
        .filter(begun)
        .max_by(|one, other| one.valid_from.cmp(&other.valid_from))
        .or(first)
        .unwrap_or_else(|| unreachable!("settings.yaml has no {code}"))
}

/// Fewest people a figure about areas may stand for.
pub fn cell_people_min(date: CivilDate) -> &'static Setting {
    find("cell_people_min", date)
}

/// Longest pause between two rides of one journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    /// After a tap-out.
    pub after_exit: Micros,
    /// After a tap-in whose tap-out is not known.
    pub after_entry: Micros,
}

/// The pauses in force on a date.
pub fn pauses(date: CivilDate) -> Pauses {
    let minutes = |code| find(code, date).value * Timestamp::MINUTE;
    Pauses {
        after_exit: minutes("transfer_after_exit_minutes"),
        after_entry: minutes("transfer_after_entry_minutes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_dated_and_says_why() {
        for setting in SETTINGS.iter() {
            assert!(CivilDate::parse(&setting.valid_from).is_some(), "{setting:?}");
            assert!(setting.reason_id.len() > 20 && setting.reason_en.len() > 20, "{setting:?}");
            assert!(!setting.legal_basis.is_empty() && setting.value > 0, "{setting:?}");
        }
        let day = CivilDate::parse("2026-11-26").unwrap();
        assert!(cell_people_min(day).value >= 5);
        assert!(pauses(day).after_exit < pauses(day).after_entry);
    }
}
