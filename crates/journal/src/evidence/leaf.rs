//! One record of an entry with what ties it to the entry's hash, and nothing of the records beside it.
//!
//! Owns the proof of a value leaf, and of the movement leaf behind it, in the tree of the entry's leaves. Shows hashes of
//! the other leaves only; their blinds keep them from being guessed. Never opens a movement: a cipher of this kind does not
//! bind its text to one key, so what somebody decrypts proves nothing to others.

use base::Timestamp;

use super::proof::{ProofError, leads_to};
use super::tree::{EntryTree, MemoryNodes};
use crate::entry::{Entry, Leaf};
use crate::hash::{self, Hash};
use crate::layout::Header;

/// What an entry's hash is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashedHeader {
    /// Its number.
    pub seq: u64,
    /// Its time.
    pub at: Timestamp,
    /// How many records it holds.
    pub records: u32,
    /// How many leaves they make.
    pub leaves: u32,
    /// Bytes of the leaves.
    pub leaves_bytes: u32,
    /// Hash of the entry before it.
    pub previous: Hash,
    /// Root of the tree over its leaves.
    pub root: Hash,
}

impl HashedHeader {
    /// The entry's hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let Self { seq, at, records, leaves, leaves_bytes, previous, root } = *self;
        Header { seq, at, records, leaves, leaves_bytes, previous, root, hash: Hash::ZERO }.encode().1
    }
}

/// A leaf as stored, with its way to the entry's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafProof {
    /// Kind, length, blind or date, content.
    pub stored: Vec<u8>,
    /// Its place among the entry's leaves, from 0.
    pub index: u32,
    /// The hashes beside its way to the root, from below.
    pub path: Vec<Hash>,
}

impl LeafProof {
    fn check(&self, header: &HashedHeader) -> Result<(), ProofError> {
        let (leaf, leaves) = (hash::leaf(&self.stored), u64::from(header.leaves));
        leads_to(leaf, u64::from(self.index), leaves, &self.path, &header.root)
    }
}

/// One record, tied to its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProof {
    /// What the entry's hash is made of.
    pub header: HashedHeader,
    /// The value leaf.
    pub value: LeafProof,
    /// The movement leaf behind it, sealed as it is.
    pub movement: Option<LeafProof>,
}

/// Why a record is not shown to be in an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordProofError {
    /// The bytes are no leaf of that kind.
    #[error("the {0} leaf is no leaf of that kind")]
    Form(&'static str),
    /// The leaf is not in the entry.
    #[error("the {0} leaf is not in the entry: {1}")]
    Absent(&'static str, #[source] ProofError),
    /// The movement belongs to another value.
    #[error("the movement leaf does not stand behind the value leaf")]
    Apart,
}

impl RecordProof {
    /// Takes the record `index` out of an entry; none if there are not so many.
    #[must_use]
    pub fn of(entry: &Entry<'_>, index: u32) -> Option<Self> {
        let mut tree = EntryTree::new(MemoryNodes::default(), 0);
        let (mut values, mut value, mut movement) = (0u32, None, None);
        for (place, leaf) in (0u32..).zip(entry.leaves()) {
            tree.push(hash::leaf(leaf.stored)).ok()?;
            if leaf.value().is_some() {
                values += 1;
                value = if values == index.checked_add(1)? { Some((place, leaf.stored)) } else { value };
            } else if values == index.checked_add(1)? {
                movement = Some((place, leaf.stored));
            }
        }
        let proof = |(place, stored): (u32, &[u8])| {
            let path = tree.inclusion(u64::from(place), tree.size()).ok()?;
            Some(LeafProof { stored: stored.to_vec(), index: place, path })
        };
        let movement = movement.map(proof);
        let Header { seq, at, records, leaves, leaves_bytes, previous, root, .. } = *entry.header();
        let header = HashedHeader { seq, at, records, leaves, leaves_bytes, previous, root };
        Some(Self { header, value: proof(value?)?, movement: movement.flatten() })
    }

    /// Checks that the leaves are in the entry with this header, and answers the value.
    ///
    /// # Errors
    /// [`RecordProofError`] says what is not so.
    pub fn verify(&self) -> Result<&[u8], RecordProofError> {
        let value = Leaf::whole(&self.value.stored).and_then(|leaf| leaf.value());
        let value = value.ok_or(RecordProofError::Form("value"))?;
        self.value.check(&self.header).map_err(|error| RecordProofError::Absent("value", error))?;
        let Some(movement) = &self.movement else { return Ok(value) };
        match Leaf::whole(&movement.stored) {
            Some(leaf) if leaf.value().is_none() => {}
            _ => return Err(RecordProofError::Form("movement")),
        }
        movement.check(&self.header).map_err(|error| RecordProofError::Absent("movement", error))?;
        if self.value.index.checked_add(1) == Some(movement.index) {
            Ok(value)
        } else {
            Err(RecordProofError::Apart)
        }
    }
}
