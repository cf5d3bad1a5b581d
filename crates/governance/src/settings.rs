//! Limits of signing in.

use base::{Micros, Timestamp};

/// Limits of signing in. Figures: BSSN Regulation 4/2021 asks for limits of sessions and of failed attempts without
/// naming them; these follow OWASP ASVS 4.0 (2.2.1, 3.3.2) for level 2.
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
    /// How long a resident's session may stand idle: phones are lent and left lying.
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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle: 30 * Timestamp::MINUTE,
            lasting: 12 * Timestamp::HOUR,
            failures: 5,
            pause: 15 * Timestamp::MINUTE,
            recovery: 24 * Timestamp::HOUR,
            resident_idle: 15 * Timestamp::MINUTE,
            code_lasting: 5 * Timestamp::MINUTE,
            code_tries: 5,
            codes_max: 3,
            codes_window: Timestamp::HOUR,
            asks_max: 20_000,
        }
    }
}
