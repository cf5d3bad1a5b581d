//! Transfers on hold: each is posted, voided or expires exactly once.

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use minicbor::{Decode, Encode};

use crate::Leg;

/// A transfer on hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Pending {
    /// What would move.
    #[n(0)]
    pub leg: Leg,
    /// When it lapses; never, if it backs an instruction to the outside.
    #[n(1)]
    pub deadline: Option<Timestamp>,
}

/// All transfers on hold, by number and by deadline. A number below [`Pendings::next`] that is not here is resolved.
#[derive(Clone, Debug, Default)]
pub struct Pendings {
    open: BTreeMap<u64, Pending>,
    deadlines: BTreeSet<(Timestamp, u64)>,
    next: u64,
}

impl Pendings {
    /// The number that the next hold will have.
    #[must_use]
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// The open hold of a number.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<&Pending> {
        self.open.get(&number)
    }

    /// Open holds in order of number.
    pub fn iter(&self) -> impl Iterator<Item = (&u64, &Pending)> {
        self.open.iter()
    }

    /// Numbers whose deadline has come, earliest first.
    pub fn due(&self, at: Timestamp) -> impl Iterator<Item = u64> {
        self.deadlines.iter().take_while(move |(deadline, _)| *deadline <= at).map(|(_, number)| *number)
    }

    pub(super) fn insert(&mut self, number: u64, pending: Pending) {
        assert!(number == self.next, "holds are numbered in order");
        self.next += 1;
        if let Some(deadline) = pending.deadline {
            self.deadlines.insert((deadline, number));
        }
        self.open.insert(number, pending);
    }

    pub(super) fn remove(&mut self, number: u64) -> Pending {
        let pending = self.open.remove(&number);
        assert!(pending.is_some(), "a hold is resolved once");
        let pending = pending.unwrap_or_else(|| unreachable!());
        if let Some(deadline) = pending.deadline {
            self.deadlines.remove(&(deadline, number));
        }
        pending
    }
}
