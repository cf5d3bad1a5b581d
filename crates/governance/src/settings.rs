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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle: 30 * Timestamp::MINUTE,
            lasting: 12 * Timestamp::HOUR,
            failures: 5,
            pause: 15 * Timestamp::MINUTE,
            recovery: 24 * Timestamp::HOUR,
        }
    }
}
