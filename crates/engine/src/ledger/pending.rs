//! Transfers on hold: each is posted, voided or expires exactly once.

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode};

use crate::Leg;
use crate::snapshot::{Rows, Table, misplaced};

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

    pub(super) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { open, deadlines: _, next } = self;
        out.row(Table::NextPending, next)?;
        out.all(Table::Pendings, open)
    }

    pub(super) fn take(&mut self, table: Table, d: &mut Decoder<'_>) -> Result<(), Error> {
        if table == Table::NextPending {
            self.next = d.decode()?;
            return Ok(());
        }
        let (number, pending): (u64, Pending) = d.decode()?;
        if number >= self.next {
            return Err(misplaced());
        }
        self.keep_open(number, pending);
        Ok(())
    }

    pub(super) fn insert(&mut self, number: u64, pending: Pending) {
        assert!(number == self.next, "holds are numbered in order");
        self.next += 1;
        self.keep_open(number, pending);
    }

    fn keep_open(&mut self, number: u64, pending: Pending) {
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
