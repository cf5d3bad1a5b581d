//! Who may answer: the lease of a leader among several machines.
//!
//! Owns the terms and the moment until which reads may be answered. A leader appends at least every [`Terms::tick`]; a
//! standby opens the journal only when it has seen nothing new for [`Terms::silence`]. An entry was begun before anybody
//! saw it, so a lease that is counted from the beginning of the last durable append, and is shorter than the silence,
//! has run out before another can have begun to lead. Never asks who else leads, and never a wall clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base::{Clock, Micros};

/// Whether other machines may take this one's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Leadership {
    /// None can: the journal is this machine's own, behind an exclusive lock. Nothing is written while nothing is asked.
    #[default]
    Alone,
    /// The journal is shared by machines, so each begins as a [`crate::Standby`].
    Shared(Terms),
}

/// How long is waited for whom. The same on every machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
    /// So long after its last entry a leader without work appends a tick.
    pub tick: Duration,
    /// So long after the beginning of its last durable append a leader answers reads.
    pub lease: Duration,
    /// So long a standby sees nothing new before it takes over. Longer than the lease by more than clocks drift apart
    /// within it.
    pub silence: Duration,
}

impl Default for Terms {
    /// A tick after 0.7 s, reads for 2 s, a takeover after 4 s.
    fn default() -> Self {
        Self {
            tick: Duration::from_millis(700),
            lease: Duration::from_secs(2),
            silence: Duration::from_secs(4),
        }
    }
}

impl Leadership {
    /// After how long without an entry a leader appends a tick; never where it is alone.
    pub(crate) const fn tick(self) -> Option<Duration> {
        match self {
            Self::Alone => None,
            Self::Shared(terms) => Some(terms.tick),
        }
    }
}

/// Until when reads may be answered. Its clock goes on while the process is stopped and while the machine sleeps.
pub struct Lease {
    clock: Arc<dyn Clock>,
    /// None: for ever.
    span: Option<Micros>,
    from: AtomicI64,
}

impl Lease {
    /// A lease that has not begun.
    pub fn new(leadership: Leadership, clock: Arc<dyn Clock>) -> Self {
        let span = match leadership {
            Leadership::Alone => None,
            Leadership::Shared(terms) => Some(micros(terms.lease)),
        };
        Self { clock, span, from: AtomicI64::new(i64::MIN) }
    }

    /// The moment an append begins; to be asked before it does.
    pub fn now(&self) -> Micros {
        self.clock.monotonic()
    }

    /// An append that began then is durable.
    pub fn renew(&self, began: Micros) {
        self.from.fetch_max(began, Ordering::SeqCst);
    }

    /// Whether reads may be answered at this moment.
    pub fn holds(&self) -> bool {
        self.span.is_none_or(|span| {
            let from = self.from.load(Ordering::SeqCst);
            self.clock.monotonic().saturating_sub(from) < span
        })
    }
}

pub fn micros(span: Duration) -> Micros {
    Micros::try_from(span.as_micros()).unwrap_or(Micros::MAX)
}

#[cfg(test)]
mod tests {
    use base::{ManualClock, Timestamp};

    use super::*;

    #[test]
    fn a_lease_is_counted_from_the_beginning_of_the_last_durable_append() {
        let clock = Arc::new(ManualClock::new(Timestamp(0)));
        let lease = Lease::new(Leadership::Shared(Terms::default()), Arc::clone(&clock) as Arc<dyn Clock>);
        assert!(!lease.holds(), "nothing was appended yet");
        let began = lease.now();
        clock.advance(1_500_000);
        lease.renew(began);
        assert!(lease.holds());
        clock.advance(499_999);
        assert!(lease.holds());
        clock.advance(1);
        assert!(!lease.holds(), "the append itself took most of it");
        lease.renew(lease.now());
        lease.renew(began);
        assert!(lease.holds(), "an older one takes nothing away");
    }

    #[test]
    fn who_is_alone_may_always_answer() {
        let lease = Lease::new(Leadership::Alone, Arc::new(ManualClock::new(Timestamp(0))));
        assert!(lease.holds());
    }
}
