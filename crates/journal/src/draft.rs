//! A batch before it is sealed: values and movements in the order they were decided.
//!
//! Owns the buffers of one batch, which are reused from batch to batch, and the arithmetic of what still fits. Never
//! encrypts, hashes or writes.

use base::{CivilDate, Timestamp};

use crate::layout::{ENTRY_BYTES_MAX, entry_bytes, movement_leaf_bytes, value_leaf_bytes};

/// Where and when a tap was made, readable; sealing encrypts it under the key of its date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Movement<'a> {
    /// The tap's date in Jakarta: names the key.
    pub date: CivilDate,
    /// Place, line, device time, as the engine encodes them.
    pub plain: &'a [u8],
}

/// Records collected for the next entry.
#[derive(Debug, Default)]
pub struct Draft {
    at: Timestamp,
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
    leaves_bytes: usize,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    value_bytes: usize,
    movement: Option<(CivilDate, usize)>,
}

/// One record of a draft.
pub(crate) struct Drafted<'a> {
    pub(crate) value: &'a [u8],
    pub(crate) movement: Option<Movement<'a>>,
}

impl Draft {
    /// A draft without records at 1970-01-01.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Empties the draft, keeps its buffers, and sets the time of the next entry.
    pub fn clear(&mut self, at: Timestamp) {
        self.at = at;
        self.bytes.clear();
        self.pieces.clear();
        self.leaves_bytes = 0;
    }

    /// The time of the entry.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Adds a record and returns its index in the entry. Whether it fits is asked before, with [`Draft::fits`];
    /// a draft past the limit is refused when it is sealed.
    pub fn push(&mut self, value: &[u8], movement: Option<Movement<'_>>) -> u32 {
        let index = u32::try_from(self.pieces.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(value);
        self.leaves_bytes = self.leaves_bytes.saturating_add(value_leaf_bytes(value.len()));
        let movement = movement.map(|movement| {
            self.bytes.extend_from_slice(movement.plain);
            self.leaves_bytes = self.leaves_bytes.saturating_add(movement_leaf_bytes(movement.plain.len()));
            (movement.date, movement.plain.len())
        });
        self.pieces.push(Piece { value_bytes: value.len(), movement });
        index
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether a record of so many bytes still fits into one entry. A length of 0 for the movement stands for none.
    #[must_use]
    pub fn fits(&self, value_len: usize, movement_len: usize) -> bool {
        let movement = if movement_len == 0 { 0 } else { movement_leaf_bytes(movement_len) };
        let leaves = self.leaves_bytes.saturating_add(value_leaf_bytes(value_len)).saturating_add(movement);
        entry_bytes(leaves) <= ENTRY_BYTES_MAX
    }

    /// Bytes of the entry this draft becomes.
    #[must_use]
    pub fn sealed_bytes(&self) -> usize {
        entry_bytes(self.leaves_bytes)
    }

    /// Whether any record has a movement.
    pub(crate) fn has_movement(&self) -> bool {
        self.pieces.iter().any(|piece| piece.movement.is_some())
    }

    /// The records in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = Drafted<'_>> {
        let mut rest = self.bytes.as_slice();
        let mut take = move |length: usize| {
            let (taken, after) = rest.split_at_checked(length).unwrap_or_default();
            rest = after;
            taken
        };
        self.pieces.iter().map(move |piece| Drafted {
            value: take(piece.value_bytes),
            movement: piece.movement.map(|(date, length)| Movement { date, plain: take(length) }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cleared_draft_is_empty_and_takes_the_new_time() {
        let mut draft = Draft::new();
        let movement = Movement { date: CivilDate(20_000), plain: b"halte" };
        assert_eq!(draft.push(b"one", None), 0);
        assert_eq!(draft.push(b"two", Some(movement)), 1);
        assert_eq!(draft.len(), 2);
        assert!(draft.has_movement());
        let values: Vec<&[u8]> = draft.records().map(|record| record.value).collect();
        assert_eq!(values, [b"one", b"two"]);
        assert_eq!(draft.records().nth(1).unwrap().movement, Some(movement));
        draft.clear(Timestamp(5));
        assert!(draft.is_empty() && !draft.has_movement());
        assert_eq!(draft.at(), Timestamp(5));
        assert_eq!(draft.sealed_bytes(), entry_bytes(0));
    }

    #[test]
    fn the_limit_counts_all_overhead() {
        let mut draft = Draft::new();
        let value = [1u8; 1_000];
        while draft.fits(value.len(), 60) {
            draft.push(&value, Some(Movement { date: CivilDate(0), plain: &value[..60] }));
        }
        assert!(draft.sealed_bytes() <= ENTRY_BYTES_MAX);
        assert!(draft.sealed_bytes() + 1_000 + 60 + 64 > ENTRY_BYTES_MAX);
        assert!(!Draft::new().fits(ENTRY_BYTES_MAX, 0));
        assert!(!Draft::new().fits(usize::MAX, usize::MAX));
    }
}
