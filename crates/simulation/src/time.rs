//! Time: one steady progress for all, and a wall clock for each machine that can be set wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base::{Clock, Micros, Timestamp};

/// When every simulated city begins: Tuesday, 24 November 2026, 05:00 in Jakarta.
pub const BEGIN: Timestamp = Timestamp(1_795_471_200_000_000);

/// What asking for the time takes.
const ASKING: Micros = 5;

/// Steady progress since the beginning, microseconds. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicI64>);

impl Progress {
    /// Lets time pass.
    pub fn pass(&self, span: Micros) {
        self.0.fetch_add(span, Ordering::Relaxed);
    }

    /// How much has passed.
    pub fn passed(&self) -> Micros {
        self.0.load(Ordering::Relaxed)
    }

    /// What a right clock shows.
    pub fn now(&self) -> Timestamp {
        BEGIN.plus(self.passed())
    }
}

/// The clock of one machine.
#[derive(Debug)]
pub struct MachineClock {
    progress: Progress,
    wrong_by: AtomicI64,
}

impl MachineClock {
    /// A clock that is right.
    pub fn new(progress: Progress) -> Self {
        Self { progress, wrong_by: AtomicI64::new(0) }
    }

    /// The wall clock jumps.
    pub fn jump(&self, span: Micros) {
        self.wrong_by.fetch_add(span, Ordering::Relaxed);
    }

    /// Somebody sets it right, or as far ahead as it must be not to lie before `at_least`.
    pub fn set(&self, at_least: Timestamp) {
        let ahead = at_least.since(self.progress.now()).max(0);
        self.wrong_by.store(ahead, Ordering::Relaxed);
    }
}

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        self.progress.now().plus(self.wrong_by.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Micros {
        // Each look takes a moment, so that work which looks often enough is seen to take time.
        self.progress.pass(ASKING);
        self.progress.passed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_city_begins_on_a_tuesday_at_five() {
        assert_eq!(Timestamp::parse("2026-11-24T05:00:00+07:00"), Some(BEGIN));
    }
}
