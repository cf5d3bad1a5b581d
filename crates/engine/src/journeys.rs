//! Taps within the re-rate horizon, by the Jakarta date of the terminal's clock.
//!
//! They are the only part of the state that knows where somebody was. A date leaves the state when the horizon has
//! passed it; from then on its key may be destroyed, and a replay without the key gives the same state.

use std::collections::BTreeMap;

use base::{CivilDate, Code, MediumSerial, Timestamp};
use minicbor::{Decode, Encode};

use crate::{Amount, Position};

/// One tap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Trace {
    /// Where it is recorded.
    #[n(0)]
    pub position: Position,
    /// Index of the holder.
    #[n(1)]
    pub holder: u32,
    /// The medium.
    #[n(2)]
    pub medium: MediumSerial,
    /// The place.
    #[n(3)]
    pub place: Code,
    /// By the terminal's clock.
    #[n(4)]
    pub device_at: Timestamp,
    /// What the holder was asked.
    #[n(5)]
    pub charged: Amount,
}

/// Taps by date.
#[derive(Clone, Debug, Default)]
pub struct Journeys {
    days: BTreeMap<CivilDate, Vec<Trace>>,
}

impl Journeys {
    /// All dates with their taps, oldest first.
    pub fn days(&self) -> impl Iterator<Item = (&CivilDate, &Vec<Trace>)> {
        self.days.iter()
    }

    /// A holder's taps within the horizon, oldest first. Reads all of them: for people, not for decisions.
    #[must_use]
    pub fn of(&self, holder: u32) -> Vec<Trace> {
        let mut taps: Vec<Trace> =
            self.days.values().flatten().filter(|tap| tap.holder == holder).copied().collect();
        taps.sort_by_key(|tap| (tap.device_at, tap.position));
        taps
    }

    pub(crate) fn record(&mut self, tap: Trace) {
        self.days.entry(tap.device_at.jakarta_date()).or_default().push(tap);
    }

    /// Forgets the dates that the horizon has passed.
    pub(crate) fn forget_before(&mut self, date: CivilDate) {
        if self.days.first_key_value().is_some_and(|(oldest, _)| *oldest < date) {
            self.days = self.days.split_off(&date);
        }
    }
}

/// The first date still within the horizon at an instant.
#[must_use]
pub fn first_kept_date(at: Timestamp, horizon: base::Micros) -> CivilDate {
    at.plus(-horizon).jakarta_date()
}
