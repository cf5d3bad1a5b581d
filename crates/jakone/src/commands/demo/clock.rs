//! The clock of a city that is being founded: its history sets it on, then it goes on by itself.

use std::sync::OnceLock;

use base::{Clock, ManualClock, Micros, SystemClock, Timestamp};

/// Two clocks, one after the other; steady progress goes on from one to the other.
#[derive(Debug)]
pub struct FoundingClock {
    history: ManualClock,
    wall: SystemClock,
    /// Steady progress of both when the history was over.
    over: OnceLock<(Micros, Micros)>,
}

impl FoundingClock {
    /// A clock that stands at the beginning of a history, `offset` ahead of its callers' clocks.
    pub fn new(begin: Timestamp, offset: Micros) -> Self {
        let (history, wall) = (ManualClock::ahead(begin, offset), SystemClock::new(offset));
        Self { history, wall, over: OnceLock::new() }
    }

    /// Sets it on within the history.
    pub fn set(&self, at: Timestamp) {
        self.history.set(at);
    }

    /// The history is over: from here on it shows the machine's time in the city's week.
    pub fn go_on(&self) {
        self.history.set(self.wall.now().max(self.history.now()));
        self.over.get_or_init(|| (self.history.monotonic(), self.wall.monotonic()));
    }
}

impl Clock for FoundingClock {
    fn now(&self) -> Timestamp {
        if self.over.get().is_some() { self.wall.now() } else { self.history.now() }
    }

    fn monotonic(&self) -> Micros {
        match self.over.get() {
            Some((history, wall)) => history + self.wall.monotonic() - wall,
            None => self.history.monotonic(),
        }
    }

    fn callers_now(&self) -> Timestamp {
        if self.over.get().is_some() { self.wall.callers_now() } else { self.history.callers_now() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_where_it_is_set_and_then_goes_on_without_a_step() {
        let offset = -2 * Timestamp::DAY;
        let wall = SystemClock::new(offset);
        let clock = FoundingClock::new(wall.now().plus(-Timestamp::DAY), offset);
        let before = (clock.now(), clock.monotonic());
        assert_eq!(clock.now(), before.0, "it stands");
        clock.go_on();
        let passed = (clock.now().since(before.0), clock.monotonic() - before.1);
        assert!((passed.0 - passed.1).abs() < Timestamp::SECOND, "{passed:?}");
        assert!(
            passed.0 >= Timestamp::DAY
                && clock.callers_now().since(clock.now()) >= -offset - Timestamp::SECOND
        );
    }
}
