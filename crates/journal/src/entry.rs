//! Reading an entry: structure, checksums and hashes.
//!
//! Owns the checks that say whether bytes are a whole, unaltered entry, and the iterator over its records. Never
//! decrypts (that is [`crate::KeyRing::open_movement`]) and never looks at the entries around it.

use base::{CivilDate, Timestamp};

use crate::bytes::Fields;
use crate::hash::{self, Hash, Tree};
use crate::layout;
use crate::layout::{
    BLIND_BYTES, END, HEADER_BYTES, Header, HeaderFault, KIND_MOVEMENT, KIND_VALUE, TRAILER_BYTES,
};
use crate::log::Head;

/// What is wrong with the bytes of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// No header stands here.
    #[error("no entry begins here")]
    NoHeader,
    /// The header's own CRC does not agree with it.
    #[error("the header's checksum does not agree with it")]
    HeaderChecksum,
    /// Another version of the format.
    #[error("format {0} is not known to this version; use the version that wrote it or a later one")]
    Format(u32),
    /// The announced length is impossible or the bytes end before it.
    #[error("the announced length does not fit")]
    Length,
    /// The mark at the end is missing.
    #[error("the mark at its end is missing")]
    End,
    /// The CRC over the whole entry does not agree with it.
    #[error("its checksum does not agree with it")]
    Checksum,
    /// The leaf at this offset in the entry is malformed.
    #[error("the leaf at byte {0} of the entry is malformed")]
    Leaf(usize),
    /// The announced numbers of records and leaves are not what is there.
    #[error("it announces another number of records than it holds")]
    Count,
    /// Bytes that fill up to a multiple of eight are not zero.
    #[error("its padding is not zero")]
    Padding,
    /// The leaves do not have the Merkle root in the header.
    #[error("its leaves do not have its Merkle root")]
    MerkleRoot,
    /// The header does not have the hash it states.
    #[error("its header does not have its hash")]
    EntryHash,
}

impl From<HeaderFault> for Damage {
    fn from(fault: HeaderFault) -> Self {
        match fault {
            HeaderFault::Short | HeaderFault::Magic => Self::NoHeader,
            HeaderFault::Checksum => Self::HeaderChecksum,
            HeaderFault::Format(format) => Self::Format(format),
            HeaderFault::Length => Self::Length,
        }
    }
}

/// A whole entry, read in place.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    header: Header,
    bytes: &'a [u8],
    leaves: &'a [u8],
}

/// One command with its outcome, as the engine encoded it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'a> {
    /// Place in the entry, from 0.
    pub index: u32,
    /// The value leaf's content.
    pub value: &'a [u8],
    /// The movement leaf, if there is one.
    pub movement: Option<SealedMovement<'a>>,
}

/// Where and when a tap was made, encrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SealedMovement<'a> {
    /// The date whose key opens it.
    pub date: CivilDate,
    /// Ciphertext and tag; empty when the key was destroyed before it was sealed.
    pub ciphertext: &'a [u8],
    /// The value leaf it belongs to, as stored: part of what the cipher authenticates.
    pub(crate) value_leaf: &'a [u8],
}

impl<'a> Entry<'a> {
    /// Reads an entry and checks everything: CRCs, structure, leaf hashes, Merkle root, entry hash. `bytes` is the
    /// whole entry and nothing more.
    ///
    /// # Errors
    /// [`Damage`] names the first thing that is wrong.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Damage> {
        let entry = Self::parse_unchecked_hashes(bytes)?;
        entry.check_hashes()?;
        Ok(entry)
    }

    /// Reads an entry and checks CRCs and structure, not the hashes: replay checks those on a second core with
    /// [`Entry::check_hashes`].
    ///
    /// # Errors
    /// [`Damage`] names the first thing that is wrong.
    pub fn parse_unchecked_hashes(bytes: &'a [u8]) -> Result<Self, Damage> {
        let header = Header::decode(bytes)?;
        if bytes.len() != header.total_bytes() {
            return Err(Damage::Length);
        }
        let (body, trailer) = bytes.split_at_checked(bytes.len() - TRAILER_BYTES).ok_or(Damage::Length)?;
        let mut trailer = Fields(trailer);
        let checksum = trailer.u32();
        if trailer.array() != Some(END) {
            return Err(Damage::End);
        }
        if checksum != Some(layout::checksum(body)) {
            return Err(Damage::Checksum);
        }
        let mut rest = Fields(body.get(HEADER_BYTES..).ok_or(Damage::Length)?);
        let leaves = usize::try_from(header.leaves_bytes).ok().and_then(|length| rest.slice(length));
        let entry = Self { header, bytes, leaves: leaves.ok_or(Damage::Length)? };
        if rest.0.iter().any(|byte| *byte != 0) {
            return Err(Damage::Padding);
        }
        entry.check_structure()?;
        Ok(entry)
    }

    fn check_structure(&self) -> Result<(), Damage> {
        let mut rest = Fields(self.leaves);
        let (mut leaves, mut records) = (0u32, 0u32);
        let mut movement_may_follow = false;
        while !rest.0.is_empty() {
            let malformed = Damage::Leaf(HEADER_BYTES + self.leaves.len() - rest.0.len());
            let leaf = Leaf::take(&mut rest).ok_or(malformed)?;
            movement_may_follow = match leaf.content {
                Content::Value(_) => {
                    records = records.saturating_add(1);
                    true
                }
                Content::Movement { .. } if movement_may_follow => false,
                Content::Movement { .. } => return Err(malformed),
            };
            leaves = leaves.saturating_add(1);
        }
        if (leaves, records) == (self.header.leaves, self.header.records) {
            Ok(())
        } else {
            Err(Damage::Count)
        }
    }

    /// Checks that leaves, Merkle root and entry hash agree.
    ///
    /// # Errors
    /// [`Damage::MerkleRoot`] or [`Damage::EntryHash`].
    pub fn check_hashes(&self) -> Result<(), Damage> {
        let mut tree = Tree::new();
        let mut rest = Fields(self.leaves);
        while let Some(leaf) = Leaf::take(&mut rest) {
            tree.push(hash::leaf(leaf.stored));
        }
        if tree.root() != self.header.root {
            return Err(Damage::MerkleRoot);
        }
        match Header::computed_hash(self.bytes) {
            Some(hash) if hash == self.header.hash => Ok(()),
            _ => Err(Damage::EntryHash),
        }
    }

    /// The journal's position at this entry.
    #[must_use]
    pub fn head(&self) -> Head {
        self.header.head()
    }

    /// Whether it is the one right after `head`: by number, chain and time.
    #[must_use]
    pub fn follows(&self, head: &Head) -> bool {
        let in_time = head.seq == 0 || self.at() >= head.at;
        self.seq() == head.seq.saturating_add(1) && self.previous_hash() == head.hash && in_time
    }

    /// Its number.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.header.seq
    }

    /// The one instant of all its records.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.header.at
    }

    /// Hash of the entry before it.
    #[must_use]
    pub fn previous_hash(&self) -> Hash {
        self.header.previous
    }

    /// Root of the tree over its leaves.
    #[must_use]
    pub fn merkle_root(&self) -> Hash {
        self.header.root
    }

    /// How many records it holds.
    #[must_use]
    pub fn record_count(&self) -> u32 {
        self.header.records
    }

    /// The bytes it was read from.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its leaves in order.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = Leaf<'a>> + use<'a> {
        let mut rest = Fields(self.leaves);
        std::iter::from_fn(move || Leaf::take(&mut rest))
    }

    /// Its header as decoded.
    pub(crate) const fn header(&self) -> &Header {
        &self.header
    }

    /// Its records in order.
    #[must_use]
    pub fn records(&self) -> Records<'a> {
        Records { rest: Fields(self.leaves), index: 0 }
    }
}

/// The records of an entry, in order.
#[derive(Clone)]
pub struct Records<'a> {
    rest: Fields<'a>,
    index: u32,
}

impl std::fmt::Debug for Records<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").field("next_index", &self.index).finish_non_exhaustive()
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let leaf = Leaf::take(&mut self.rest)?;
        let Content::Value(value) = leaf.content else {
            return None;
        };
        let mut after = self.rest;
        let movement = match Leaf::take(&mut after).map(|next| next.content) {
            Some(Content::Movement { date, ciphertext }) => {
                self.rest = after;
                Some(SealedMovement { date, ciphertext, value_leaf: leaf.stored })
            }
            _ => None,
        };
        let index = self.index;
        self.index = index.saturating_add(1);
        Some(Record { index, value, movement })
    }
}

/// A leaf as stored.
pub(crate) struct Leaf<'a> {
    pub(crate) stored: &'a [u8],
    content: Content<'a>,
}

enum Content<'a> {
    Value(&'a [u8]),
    Movement { date: CivilDate, ciphertext: &'a [u8] },
}

impl<'a> Leaf<'a> {
    /// A leaf that fills these bytes to their end.
    pub(crate) fn whole(stored: &'a [u8]) -> Option<Self> {
        let mut rest = Fields(stored);
        let leaf = Self::take(&mut rest)?;
        rest.0.is_empty().then_some(leaf)
    }

    /// The value in it; none in a movement leaf.
    pub(crate) const fn value(&self) -> Option<&'a [u8]> {
        match self.content {
            Content::Value(value) => Some(value),
            Content::Movement { .. } => None,
        }
    }

    /// Takes the next leaf, if one stands there.
    pub(crate) fn take(rest: &mut Fields<'a>) -> Option<Self> {
        let start = rest.0;
        let [kind, low, middle, high] = rest.array()?;
        let length = usize::try_from(u32::from_le_bytes([low, middle, high, 0])).ok()?;
        let mut body = Fields(rest.slice(length)?);
        let content = match kind {
            KIND_VALUE => {
                body.slice(BLIND_BYTES)?;
                Content::Value(body.0)
            }
            KIND_MOVEMENT => {
                let date = CivilDate(i32::from_le_bytes(body.array()?));
                Content::Movement { date, ciphertext: body.0 }
            }
            _ => return None,
        };
        let stored = start.get(..start.len() - rest.0.len())?;
        Some(Self { stored, content })
    }
}
