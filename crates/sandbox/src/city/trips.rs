//! Trips: somebody goes from terminal to terminal. A refused step ends the trip, unless the purse can be filled.

use std::collections::VecDeque;

use base::{Code, MediumSerial, Timestamp};
use engine::{Member, Movement, Part, Refusal};

/// A medium is held to one terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// When.
    pub at: Timestamp,
    /// Index of the place.
    pub stop: usize,
    /// Code of the place as the terminal says it: another one where it is set up wrongly.
    pub place: Code,
    /// Index of the terminal.
    pub device: usize,
    /// Which end.
    pub part: Part,
    /// Metres travelled, where the terminal knows them.
    pub metres: Option<u32>,
    /// Who comes along; empty for the holder alone.
    pub party: Vec<Member>,
    /// Whether the terminal asks.
    pub asks: Asks,
}

/// Whether a terminal asks before it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Where the purse is low or the medium is on its list, and now and then.
    AsNeeded,
    /// Always; this is what is expected, where it is not only a matter of money.
    Always(Option<Refusal>),
    /// Never: somebody opens by hand, or the way out.
    Never,
    /// Always, and what comes of it depends on others.
    Busy,
}

/// Somebody on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trip {
    /// Index of the resident whose medium it is.
    pub resident: u32,
    /// Which of the resident's media.
    pub slot: usize,
    /// Another medium: one that was found, one that was never issued, one not yet active.
    pub medium: Option<MediumSerial>,
    /// When it began.
    pub begins: Timestamp,
    /// What is still to come.
    pub steps: VecDeque<Step>,
    /// Whether the purse was filled because of a refusal.
    pub filled: bool,
}

impl Trip {
    pub(crate) fn new(resident: u32, slot: usize, steps: Vec<Step>) -> Self {
        let begins = steps.first().map_or(Timestamp(0), |first| first.at);
        Self { resident, slot, medium: None, begins, steps: steps.into(), filled: false }
    }

    pub(crate) fn with(mut self, medium: MediumSerial) -> Self {
        self.medium = Some(medium);
        self
    }

    /// Everything happens so much later.
    pub(crate) fn later(&mut self, micros: i64) {
        for step in &mut self.steps {
            step.at = step.at.plus(micros);
        }
    }
}

impl Step {
    pub(crate) fn movement(&self, device_at: Timestamp) -> Movement {
        Movement {
            place: self.place,
            line: None,
            device_at,
            part: self.part,
            metres: self.metres,
            party: self.party.clone(),
        }
    }
}
