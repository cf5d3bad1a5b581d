//! The time of an entry: never decreasing, and never further ahead than steady progress allows.

use std::sync::Arc;

use base::{Clock, Micros, Timestamp};

/// How far the wall clock may run ahead of steady progress before an operator has to look.
const AHEAD_MAX: Micros = Timestamp::SECOND;

/// Turns a wall clock into entry times.
pub struct Steady {
    clock: Arc<dyn Clock>,
    last: Timestamp,
    wall: Timestamp,
    monotonic: Micros,
}

impl Steady {
    /// Starts at the wall clock as it is now; the caller has checked that it is not behind the last entry.
    pub fn new(clock: Arc<dyn Clock>, last: Timestamp) -> Self {
        let (wall, monotonic) = (clock.now(), clock.monotonic());
        Self { clock, last, wall, monotonic }
    }

    /// The next entry's time, and whether the wall clock made a step. A step is not followed: time goes on by steady
    /// progress until [`Steady::accept`].
    pub fn next(&mut self) -> (Timestamp, bool) {
        let (now, monotonic) = (self.clock.now(), self.clock.monotonic());
        let expected = self.wall.plus(monotonic - self.monotonic);
        let stepped = now.since(expected).saturating_abs() > AHEAD_MAX;
        let at = if stepped { expected } else { now };
        if !stepped {
            // Slow drift is followed: the next step is measured from here.
            self.wall = now;
            self.monotonic = monotonic;
        }
        self.last = self.last.max(at);
        (self.last, stepped)
    }

    /// An operator has looked: the wall clock counts from here.
    pub fn accept(&mut self) {
        self.wall = self.clock.now();
        self.monotonic = self.clock.monotonic();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[derive(Default)]
    struct Hands {
        wall: AtomicI64,
        steady: AtomicI64,
    }

    impl Hands {
        fn pass(&self, wall: i64, steady: i64) {
            self.wall.fetch_add(wall, Ordering::Relaxed);
            self.steady.fetch_add(steady, Ordering::Relaxed);
        }
    }

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            Timestamp(self.wall.load(Ordering::Relaxed))
        }
        fn monotonic(&self) -> Micros {
            self.steady.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn drift_is_followed_a_step_is_not_until_accepted() {
        let hands = Arc::new(Hands::default());
        let mut steady = Steady::new(hands.clone(), Timestamp(0));
        hands.pass(10_500_000, 10_000_000);
        assert_eq!(steady.next(), (Timestamp(10_500_000), false));
        hands.pass(5_000_000, 1_000_000);
        assert_eq!(steady.next(), (Timestamp(11_500_000), true));
        hands.pass(1_000_000, 1_000_000);
        assert_eq!(steady.next(), (Timestamp(12_500_000), true), "time goes on by steady progress");
        steady.accept();
        assert_eq!(steady.next(), (Timestamp(16_500_000), false));
    }

    #[test]
    fn time_never_goes_back() {
        let hands = Arc::new(Hands::default());
        let mut steady = Steady::new(hands.clone(), Timestamp(0));
        hands.pass(1_000_000, 1_000_000);
        assert_eq!(steady.next().0, Timestamp(1_000_000));
        hands.pass(-800_000, 0);
        assert_eq!(steady.next(), (Timestamp(1_000_000), false));
        hands.pass(-5_000_000, 0);
        assert_eq!(steady.next(), (Timestamp(1_000_000), true));
    }
}
