//! Sealing: a draft becomes the bytes of an entry.
//!
//! Owns the order of work (blind, leaf, movement, Merkle root, chain, CRC) and the rule that no nonce repeats. Pure
//! apart from a day's key made at its first use. Never writes the entry anywhere.

use std::sync::Arc;

use aes::Aes256;
use aes::cipher::{Array, BlockCipherEncrypt as _, KeyInit as _};
use base::CivilDate;
use ring::aead::LessSafeKey;

use crate::draft::{Draft, Drafted, Movement};
use crate::hash::{self, Hash, Tree};
use crate::keys::{KeyError, KeyRing, Place};
use crate::layout;
use crate::layout::{
    BLIND_BYTES, DATE_BYTES, END, HEADER_BYTES, Header, KIND_MOVEMENT, KIND_VALUE, TAG_BYTES,
};
use crate::layout::{ENTRY_BYTES_MAX, TRAILER_BYTES};
use crate::log::Head;

/// An entry, ready to append. Never changes again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// The journal's position once this entry is durable.
    pub head: Head,
    /// The entry from its first byte to its last; a multiple of 8 and at most [`crate::ENTRY_BYTES_MAX`].
    pub bytes: Vec<u8>,
    /// How many records it holds.
    pub records: u32,
}

/// Seals drafts, one after the other. One per process; see the invariants of the crate.
pub struct Sealer {
    keys: Arc<KeyRing>,
    blind: Option<Aes256>,
    days: Vec<(CivilDate, Arc<LessSafeKey>)>,
    destroyed: u64,
    sealed: Option<u64>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("sealed", &self.sealed).finish_non_exhaustive()
    }
}

/// Day keys held ready; a batch rarely spans more dates than today and the last days' late taps.
const DAYS_READY_MAX: usize = 16;

impl Sealer {
    /// A sealer that has sealed nothing yet.
    #[must_use]
    pub fn new(keys: Arc<KeyRing>) -> Self {
        Self { keys, blind: None, days: Vec::new(), destroyed: 0, sealed: None }
    }

    /// Seals a draft as the entry after `previous`. A movement whose date's key is already destroyed is born
    /// forgotten: its leaf keeps the date and holds nothing.
    ///
    /// # Errors
    /// [`KeyError::EntryTooLarge`], [`KeyError::TimeWentBack`], [`KeyError::MovementBeforeEpoch`],
    /// [`KeyError::SealedBefore`] when the caller broke a rule of the journal; otherwise when a key cannot be had.
    pub fn seal(&mut self, draft: &Draft, previous: &Head) -> Result<Sealed, KeyError> {
        let seq = self.admit(draft, previous)?;
        self.forget_destroyed();
        let mut blinds = Blinds::new(self.blind()?, seq);
        let mut bytes = Vec::with_capacity(draft.sealed_bytes());
        bytes.extend_from_slice(&[0; HEADER_BYTES]);
        let mut tree = Tree::new();
        let mut index = 0u32;
        for Drafted { value, movement } in draft.records() {
            let leaf = value_leaf(&mut bytes, &blinds.next(), value)?;
            tree.push(leaf);
            if let Some(Movement { date, plain }) = movement {
                let place = Place { seq, index, date, value_leaf: leaf };
                tree.push(self.movement_leaf(&mut bytes, &place, plain)?);
            }
            index = index.saturating_add(1);
        }
        let header = Header {
            seq,
            at: draft.at(),
            records: index,
            leaves: tree.leaves(),
            leaves_bytes: length(bytes.len() - HEADER_BYTES)?,
            previous: previous.hash,
            root: tree.root(),
            hash: Hash::ZERO,
        };
        let hash = finish(&mut bytes, &header);
        self.sealed = Some(seq);
        Ok(Sealed { head: Head { seq, hash, at: draft.at() }, bytes, records: index })
    }

    /// Checks what must hold before a nonce is used, and returns the entry's number.
    fn admit(&self, draft: &Draft, previous: &Head) -> Result<u64, KeyError> {
        let seq = previous.seq.checked_add(1).ok_or(KeyError::Exhausted { seq: previous.seq })?;
        if draft.sealed_bytes() > ENTRY_BYTES_MAX {
            return Err(KeyError::EntryTooLarge { bytes: draft.sealed_bytes() });
        }
        if previous.seq > 0 && draft.at() < previous.at {
            return Err(KeyError::TimeWentBack { seq });
        }
        match self.sealed {
            None if draft.has_movement() => Err(KeyError::MovementBeforeEpoch),
            Some(sealed) if seq <= sealed => Err(KeyError::SealedBefore { seq }),
            _ => Ok(seq),
        }
    }

    fn forget_destroyed(&mut self) {
        let destroyed = self.keys.destroyed();
        if self.destroyed != destroyed || self.days.len() > DAYS_READY_MAX {
            self.days.clear();
            self.destroyed = destroyed;
        }
    }

    fn blind(&mut self) -> Result<Aes256, KeyError> {
        if let Some(blind) = &self.blind {
            return Ok(blind.clone());
        }
        let cipher = Aes256::new(&Array::from(self.keys.blind()?));
        Ok(self.blind.insert(cipher).clone())
    }

    fn movement_leaf(&mut self, bytes: &mut Vec<u8>, place: &Place, plain: &[u8]) -> Result<Hash, KeyError> {
        let start = bytes.len();
        let key = match self.day(place.date) {
            Ok(key) => Some(key),
            Err(KeyError::Destroyed { .. }) => None,
            Err(error) => return Err(error),
        };
        let content = if key.is_some() { plain.len() + TAG_BYTES } else { 0 };
        leaf_head(bytes, KIND_MOVEMENT, DATE_BYTES + content)?;
        bytes.extend_from_slice(&place.date.0.to_le_bytes());
        if let Some(key) = key {
            let text = bytes.len();
            bytes.extend_from_slice(plain);
            let tag = place.seal(key, bytes.get_mut(text..).unwrap_or_default())?;
            bytes.extend_from_slice(&tag);
        }
        Ok(hash::leaf(bytes.get(start..).unwrap_or_default()))
    }

    fn day(&mut self, date: CivilDate) -> Result<&LessSafeKey, KeyError> {
        let position = match self.days.iter().position(|(ready, _)| *ready == date) {
            Some(position) => position,
            None => {
                self.days.push((date, self.keys.key_or_create(date)?));
                self.days.len() - 1
            }
        };
        self.days.get(position).map(|(_, key)| &**key).ok_or(KeyError::Destroyed { date })
    }
}

/// The blinds of an entry's records in order, some at a time: the cipher works on several blocks at once as fast as
/// on one.
struct Blinds {
    cipher: Aes256,
    seq: u64,
    index: u64,
    ready: [Block; BLINDS_READY],
    used: usize,
}

type Block = Array<u8, aes::cipher::consts::U16>;

const BLINDS_READY: usize = 32;

impl Blinds {
    fn new(cipher: Aes256, seq: u64) -> Self {
        Self { cipher, seq, index: 0, ready: [Block::default(); BLINDS_READY], used: BLINDS_READY }
    }

    /// AES(key, seq ‖ index) for the next index.
    fn next(&mut self) -> [u8; BLIND_BYTES] {
        if self.used == BLINDS_READY {
            for (block, index) in self.ready.iter_mut().zip(self.index..) {
                *block = Array::from((u128::from(self.seq) << 64 | u128::from(index)).to_be_bytes());
            }
            self.cipher.encrypt_blocks(&mut self.ready);
            self.used = 0;
        }
        let blind = self.ready.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        self.index += 1;
        blind.into()
    }
}

fn value_leaf(bytes: &mut Vec<u8>, blind: &[u8; BLIND_BYTES], value: &[u8]) -> Result<Hash, KeyError> {
    let start = bytes.len();
    leaf_head(bytes, KIND_VALUE, BLIND_BYTES + value.len())?;
    bytes.extend_from_slice(blind);
    bytes.extend_from_slice(value);
    Ok(hash::leaf(bytes.get(start..).unwrap_or_default()))
}

fn leaf_head(bytes: &mut Vec<u8>, kind: u8, content: usize) -> Result<(), KeyError> {
    let [low, middle, high, over] = length(content)?.to_le_bytes();
    if over != 0 {
        return Err(KeyError::EntryTooLarge { bytes: content });
    }
    bytes.extend_from_slice(&[kind, low, middle, high]);
    Ok(())
}

fn length(bytes: usize) -> Result<u32, KeyError> {
    u32::try_from(bytes).map_err(|_| KeyError::EntryTooLarge { bytes })
}

/// Pads, puts the header in front and the trailer behind, and returns the entry's hash.
fn finish(bytes: &mut Vec<u8>, header: &Header) -> Hash {
    bytes.resize(header.total_bytes() - TRAILER_BYTES, 0);
    let (encoded, hash) = header.encode();
    if let Some(target) = bytes.first_chunk_mut::<HEADER_BYTES>() {
        *target = encoded;
    }
    bytes.extend_from_slice(&layout::checksum(bytes).to_le_bytes());
    bytes.extend_from_slice(&END);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blind_of_every_record_is_its_seq_and_index_encrypted() {
        let cipher = Aes256::new(&Array::from([6; 32]));
        let mut blinds = Blinds::new(cipher.clone(), 0x0102_0304_0506_0708);
        for index in 0..100u8 {
            let mut block = Array::from([1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, index]);
            cipher.encrypt_block(&mut block);
            assert_eq!(Array::from(blinds.next()), block, "index {index}");
        }
    }
}
