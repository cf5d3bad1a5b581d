//! What each terminal has delivered: the highest contiguous number, and the ranges received above it.

use base::DeviceNumber;
use hashbrown::HashMap;
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode};

use crate::snapshot::{Rows, Table};
use crate::state::KeyedState;

/// The most ranges kept above the contiguous part; beyond that the terminal is asked to send the gap first.
pub const RANGES_MAX: usize = 64;

/// What arrived of one (terminal, epoch).
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Received {
    /// Every number up to this one has arrived.
    #[n(0)]
    pub contiguous: u64,
    /// Ranges above it, ascending, both ends included, never touching.
    #[n(1)]
    pub ranges: Vec<(u64, u64)>,
}

/// Whether a number is new.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Novelty {
    /// Not seen before.
    New,
    /// Received already.
    Seen,
    /// New, but there are too many gaps: send the missing ones first.
    Gap,
}

impl Received {
    /// Whether `seq` is new.
    #[must_use]
    pub fn novelty(&self, seq: u64) -> Novelty {
        if seq <= self.contiguous {
            return Novelty::Seen;
        }
        let place = self.ranges.partition_point(|(_, last)| *last < seq);
        if self.ranges.get(place).is_some_and(|(first, _)| *first <= seq) {
            return Novelty::Seen;
        }
        let touches = seq == self.contiguous + 1
            || self.ranges.get(place).is_some_and(|(first, _)| *first == seq + 1)
            || place
                .checked_sub(1)
                .and_then(|before| self.ranges.get(before))
                .is_some_and(|(_, last)| last + 1 == seq);
        if !touches && self.ranges.len() >= RANGES_MAX { Novelty::Gap } else { Novelty::New }
    }

    pub(crate) fn receive(&mut self, seq: u64) {
        if seq == self.contiguous + 1 && self.ranges.is_empty() {
            self.contiguous = seq;
            return;
        }
        let place = self.ranges.partition_point(|(_, last)| *last < seq);
        self.ranges.insert(place, (seq, seq));
        let mut merged: Vec<(u64, u64)> = Vec::with_capacity(self.ranges.len());
        for (first, last) in self.ranges.drain(..) {
            match merged.last_mut() {
                Some((_, end)) if *end + 1 == first => *end = last,
                _ if first == self.contiguous + 1 => self.contiguous = last,
                _ => merged.push((first, last)),
            }
        }
        self.ranges = merged;
    }
}

/// All terminals by epoch.
#[derive(Clone, Debug)]
pub struct Devices {
    all: HashMap<(DeviceNumber, u32), Received, KeyedState>,
}

impl Devices {
    pub(crate) fn new(keyed: KeyedState) -> Self {
        Self { all: HashMap::with_hasher(keyed) }
    }

    /// What arrived of a (terminal, epoch).
    #[must_use]
    pub fn get(&self, device: DeviceNumber, epoch: u32) -> Option<&Received> {
        self.all.get(&(device, epoch))
    }

    /// How many (terminal, epoch) pairs are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether a number is new.
    #[must_use]
    pub fn novelty(&self, device: DeviceNumber, epoch: u32, seq: u64) -> Novelty {
        self.get(device, epoch).map_or_else(|| Received::default().novelty(seq), |known| known.novelty(seq))
    }

    /// All pairs in order, for the digest.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&(DeviceNumber, u32), &Received)> {
        let mut all: Vec<_> = self.all.iter().collect();
        all.sort_unstable_by_key(|(key, _)| **key);
        all
    }

    /// Writes the table of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { all: _ } = self;
        let rows = self.sorted().into_iter().map(|((device, epoch), received)| (device, epoch, received));
        out.all(Table::Devices, rows)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, d: &mut Decoder<'_>) -> Result<(), Error> {
        let (device, epoch, received) = d.decode()?;
        self.all.insert((device, epoch), received);
        Ok(())
    }

    pub(crate) fn receive(&mut self, device: DeviceNumber, epoch: u32, seq: u64) {
        self.all.entry((device, epoch)).or_default().receive(seq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_order_of_arrival_ends_contiguous() {
        for order in [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [3, 1, 5, 2, 4], [2, 4, 1, 3, 5]] {
            let mut received = Received::default();
            for seq in order {
                assert_eq!(received.novelty(seq), Novelty::New, "{order:?} at {seq}");
                received.receive(seq);
                assert_eq!(received.novelty(seq), Novelty::Seen);
            }
            assert_eq!(received, Received { contiguous: 5, ranges: Vec::new() }, "{order:?}");
        }
    }

    #[test]
    fn too_many_gaps_ask_for_the_missing_ones_and_lose_nothing() {
        let mut received = Received::default();
        for n in 1..=64u64 {
            received.receive(n * 3);
        }
        assert_eq!(received.novelty(1_000), Novelty::Gap);
        assert_eq!(received.novelty(7), Novelty::New, "a number that closes up to a range still fits");
        received.receive(1);
        received.receive(2);
        assert_eq!(received.contiguous, 3);
        assert_eq!(received.novelty(1_000), Novelty::New);
    }
}
