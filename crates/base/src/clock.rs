//! Where time comes from. The engine never asks; the edges do, through [`Clock`].

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use crate::{Micros, Timestamp};

/// A source of time.
pub trait Clock: Send + Sync {
    /// The city's wall clock.
    fn now(&self) -> Timestamp;
    /// Microseconds of steady progress since some fixed moment; never goes back, and goes on while the machine sleeps.
    fn monotonic(&self) -> Micros;
    /// The clock that callers make their ids by: the machine's, whatever week the city lives in.
    fn callers_now(&self) -> Timestamp {
        self.now()
    }
}

/// The machine's clock, shifted by a fixed offset (a demonstration city may live in another week).
#[derive(Debug)]
pub struct SystemClock {
    offset: Micros,
    start: Micros,
}

impl SystemClock {
    /// A clock that shows the machine's time plus `offset`.
    #[must_use]
    pub fn new(offset: Micros) -> Self {
        Self { offset, start: since_boot() }
    }

    /// City time minus machine time.
    #[must_use]
    pub const fn offset(&self) -> Micros {
        self.offset
    }
}

/// Time since the machine was started, its sleep included: a process that was asleep with it has to notice.
fn since_boot() -> Micros {
    let passed = clock_gettime(ClockId::Boottime);
    passed.tv_sec.saturating_mul(Timestamp::SECOND).saturating_add(passed.tv_nsec / 1_000)
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(wall.as_micros()).unwrap_or(i64::MAX)).plus(self.offset)
    }

    fn monotonic(&self) -> Micros {
        since_boot().saturating_sub(self.start)
    }

    fn callers_now(&self) -> Timestamp {
        self.now().plus(-self.offset)
    }
}

/// A clock that moves only when told: for tests, simulation and the filling of history.
#[derive(Debug)]
pub struct ManualClock {
    now: AtomicI64,
    start: i64,
    offset: Micros,
}

impl ManualClock {
    /// A clock standing at `at`.
    #[must_use]
    pub const fn new(at: Timestamp) -> Self {
        Self::ahead(at, 0)
    }

    /// A clock standing at `at`, `offset` ahead of the clock that callers make their ids by.
    #[must_use]
    pub const fn ahead(at: Timestamp, offset: Micros) -> Self {
        Self { now: AtomicI64::new(at.0), start: at.0, offset }
    }

    /// Moves the clock to `at`.
    pub fn set(&self, at: Timestamp) {
        self.now.store(at.0, Ordering::SeqCst);
    }

    /// Moves the clock on by `span`.
    pub fn advance(&self, span: Micros) {
        self.now.fetch_add(span, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Micros {
        self.now.load(Ordering::SeqCst).saturating_sub(self.start)
    }

    fn callers_now(&self) -> Timestamp {
        self.now().plus(-self.offset)
    }
}
