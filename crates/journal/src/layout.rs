//! How an entry lies in bytes: header, leaves, padding, trailer. All numbers little-endian.
//!
//! ```text
//! header, 136 bytes                           leaves, one after the other            end
//!   0  magic "JK1E"                             0  kind: 1 value, 2 movement           zeros up to a multiple of 8
//!   4  format                  u32              1  length of what follows, blind       CRC-32 of all but CRCs u32
//!   8  seq                     u64                 or date included         u24        mark "1KJE"
//!  16  at, microseconds UTC    i64              4  value:    blind, 16 bytes; value
//!  24  records                 u32                 movement: date, i32; ciphertext and tag
//!  28  leaves                  u32
//!  32  bytes of the leaves     u32            The CRC finds a wrong byte; the hashes bind the content. The mark's
//!  36  hash of the entry before, 32           last byte has several bits set, so one flipped bit cannot make a
//!  68  Merkle root, 32                        whole entry look like a torn one.
//! 100  entry hash = SHA-256(bytes 0–99), 32
//! 132  CRC-32 of bytes 0–131   u32
//! ```
//!
//! Owns sizes and field order of the header. Never touches a file.

use base::Timestamp;

use crate::bytes::Fields;
use crate::hash::{self, Hash};
use crate::log::Head;

/// Most bytes an entry has, on every backend, all overhead counted.
pub const ENTRY_BYTES_MAX: usize = 768 * 1024;

/// Bytes of an entry's header.
pub const HEADER_BYTES: usize = 136;

/// Version of the entry format this crate writes and reads.
pub(crate) const FORMAT: u32 = 1;
/// First bytes of every entry.
pub(crate) const MAGIC: [u8; 4] = *b"JK1E";
/// Last bytes of every entry.
pub(crate) const END: [u8; 4] = *b"1KJE";
/// CRC and mark.
pub(crate) const TRAILER_BYTES: usize = 8;
/// Kind, length.
pub(crate) const LEAF_HEAD_BYTES: usize = 4;
/// AES(key, seq ‖ index), so that a sibling in a receipt cannot be guessed.
pub(crate) const BLIND_BYTES: usize = 16;
/// The date whose key encrypts a movement.
pub(crate) const DATE_BYTES: usize = 4;
/// The tag of AES-256-GCM.
pub(crate) const TAG_BYTES: usize = 16;
/// Kind of a value leaf.
pub(crate) const KIND_VALUE: u8 = 1;
/// Kind of a movement leaf; it belongs to the value leaf before it.
pub(crate) const KIND_MOVEMENT: u8 = 2;

const HASHED_BYTES: usize = 100;
const CHECKED_BYTES: usize = 132;

/// Bytes a value leaf takes.
pub(crate) const fn value_leaf_bytes(value: usize) -> usize {
    value.saturating_add(LEAF_HEAD_BYTES + BLIND_BYTES)
}

/// Bytes a movement leaf takes.
pub(crate) const fn movement_leaf_bytes(plain: usize) -> usize {
    plain.saturating_add(LEAF_HEAD_BYTES + DATE_BYTES + TAG_BYTES)
}

/// Bytes of an entry whose leaves take `leaves` bytes.
pub(crate) const fn entry_bytes(leaves: usize) -> usize {
    HEADER_BYTES.saturating_add(leaves).div_ceil(8).saturating_mul(8).saturating_add(TRAILER_BYTES)
}

/// The CRC of a whole entry, given all of it before the trailer. It goes on from the header's CRC instead of running
/// over it: what follows its own CRC always leaves the same remainder, whatever it says.
pub(crate) fn checksum(body: &[u8]) -> u32 {
    let (checked, rest) = body.split_at_checked(CHECKED_BYTES).unwrap_or_default();
    let mut checksum = crc32fast::Hasher::new();
    checksum.update(checked);
    checksum.update(rest.get(HEADER_BYTES - CHECKED_BYTES..).unwrap_or_default());
    checksum.finalize()
}

/// What stands in an entry's header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Header {
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) records: u32,
    pub(crate) leaves: u32,
    pub(crate) leaves_bytes: u32,
    pub(crate) previous: Hash,
    pub(crate) root: Hash,
    pub(crate) hash: Hash,
}

/// Why bytes are not an entry's header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HeaderFault {
    Short,
    Magic,
    Checksum,
    Format(u32),
    Length,
}

impl Header {
    /// Encodes the header; `hash` is computed, whatever the field says.
    pub(crate) fn encode(&self) -> ([u8; HEADER_BYTES], Hash) {
        let mut bytes = [0u8; HEADER_BYTES];
        let mut put = Put { bytes: &mut bytes, at: 0 };
        put.put(&MAGIC);
        put.put(&FORMAT.to_le_bytes());
        put.put(&self.seq.to_le_bytes());
        put.put(&self.at.0.to_le_bytes());
        put.put(&self.records.to_le_bytes());
        put.put(&self.leaves.to_le_bytes());
        put.put(&self.leaves_bytes.to_le_bytes());
        put.put(&self.previous.0);
        put.put(&self.root.0);
        let hash = hash::digest(put.written());
        put.put(&hash.0);
        let checksum = crc32fast::hash(put.written());
        put.put(&checksum.to_le_bytes());
        (bytes, hash)
    }

    /// Decodes a header and checks its own CRC and announced length; hashes are not checked.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let bytes = bytes.first_chunk::<HEADER_BYTES>().ok_or(HeaderFault::Short)?;
        let mut fields = Fields(bytes);
        if fields.array() != Some(MAGIC) {
            return Err(HeaderFault::Magic);
        }
        let stored = bytes.last_chunk::<4>().copied().map(u32::from_le_bytes);
        if stored != bytes.get(..CHECKED_BYTES).map(crc32fast::hash) {
            return Err(HeaderFault::Checksum);
        }
        let format = fields.u32().ok_or(HeaderFault::Short)?;
        if format != FORMAT {
            return Err(HeaderFault::Format(format));
        }
        let header = Self::fields(&mut fields).ok_or(HeaderFault::Short)?;
        if header.total_bytes() > ENTRY_BYTES_MAX { Err(HeaderFault::Length) } else { Ok(header) }
    }

    fn fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            seq: fields.u64()?,
            at: Timestamp(fields.i64()?),
            records: fields.u32()?,
            leaves: fields.u32()?,
            leaves_bytes: fields.u32()?,
            previous: Hash(fields.array()?),
            root: Hash(fields.array()?),
            hash: Hash(fields.array()?),
        })
    }

    /// Bytes of the whole entry, from its first to its last.
    pub(crate) fn total_bytes(&self) -> usize {
        entry_bytes(usize::try_from(self.leaves_bytes).unwrap_or(usize::MAX))
    }

    /// The position after this entry.
    pub(crate) const fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash, at: self.at }
    }

    /// The hash the fields say it must have.
    pub(crate) fn computed_hash(bytes: &[u8]) -> Option<Hash> {
        bytes.get(..HASHED_BYTES).map(hash::digest)
    }

    /// Whether `found` can be the first bytes of the header that follows `head`: what is known in advance must
    /// agree, and so must as much of the CRC as is there.
    pub(crate) fn is_beginning(found: &[u8], head: &Head) -> bool {
        let known = Self {
            seq: head.seq.saturating_add(1),
            previous: head.hash,
            at: Timestamp(0),
            records: 0,
            leaves: 0,
            leaves_bytes: 0,
            root: Hash::ZERO,
            hash: Hash::ZERO,
        };
        let (expected, _) = known.encode();
        let agrees = |from: usize, to: usize| {
            let end = to.min(found.len());
            from >= end || found.get(from..end) == expected.get(from..end)
        };
        let checksum = found.get(..CHECKED_BYTES).is_none_or(|checked| {
            let stored = found.get(CHECKED_BYTES..).unwrap_or_default();
            crc32fast::hash(checked).to_le_bytes().starts_with(stored)
        });
        found.len() < HEADER_BYTES && agrees(0, 16) && agrees(36, 68) && checksum
    }
}

/// Writes fields one after the other into a fixed buffer.
pub(crate) struct Put<'a> {
    pub(crate) bytes: &'a mut [u8],
    pub(crate) at: usize,
}

impl Put<'_> {
    /// Appends a field; what does not fit is a mistake of this crate and is dropped, which every decoder refuses.
    pub(crate) fn put(&mut self, field: &[u8]) {
        let end = self.at + field.len();
        if let Some(target) = self.bytes.get_mut(self.at..end) {
            target.copy_from_slice(field);
        }
        self.at = end;
    }

    /// What was written so far.
    pub(crate) fn written(&self) -> &[u8] {
        self.bytes.get(..self.at).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            seq: 7,
            at: Timestamp(1_795_000_000_000_000),
            records: 3,
            leaves: 4,
            leaves_bytes: 400,
            previous: Hash([7; 32]),
            root: Hash([9; 32]),
            hash: Hash::ZERO,
        }
    }

    #[test]
    fn a_header_survives_encode_and_decode() {
        let (bytes, hash) = header().encode();
        assert_eq!(Header::decode(&bytes), Ok(Header { hash, ..header() }));
        assert_eq!(Header::computed_hash(&bytes), Some(hash));
    }

    #[test]
    fn every_flipped_bit_of_a_header_is_noticed() {
        let (bytes, _) = header().encode();
        for bit in 0..HEADER_BYTES * 8 {
            let mut wrong = bytes;
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(Header::decode(&wrong).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn every_beginning_of_the_next_header_is_recognised_and_no_other() {
        let (bytes, _) = header().encode();
        let head = Head { seq: 6, hash: Hash([7; 32]), at: Timestamp(0) };
        for length in 0..HEADER_BYTES {
            assert!(Header::is_beginning(&bytes[..length], &head), "{length} bytes");
        }
        let (other_seq, other_hash) = (Head { seq: 5, ..head }, Head { hash: Hash([8; 32]), ..head });
        assert!(!Header::is_beginning(&bytes[..16], &other_seq));
        assert!(!Header::is_beginning(&bytes[..37], &other_hash));
        let mut wrong = bytes;
        wrong[80] ^= 1;
        assert!(!Header::is_beginning(&wrong[..134], &head), "the part of the CRC that is there disagrees");
    }
}
