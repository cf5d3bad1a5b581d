//! The keys of the journal: one for blinds, one per Jakarta date for movement.
//!
//! Owns which key encrypts what, and the additional data that ties a ciphertext to its place. Never decides when a
//! day is forgotten; [`KeyRing::destroy_day`] does what it is told and cannot be undone.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base::CivilDate;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::entry::SealedMovement;
use crate::hash::{self, Hash};
use crate::layout::TAG_BYTES;
use crate::vault::{Lookup, Secret, Vault};

/// Why a key could not be had or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The operating system refused a file operation.
    #[error("cannot {action} {path:?}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A key file has the wrong size, mark or checksum.
    #[error("the key file {path:?} is damaged; put it back from a backup, or destroy its day")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The operating system has no randomness to give.
    #[error("no randomness for a new key: {source}")]
    Random {
        /// Why.
        source: getrandom::Error,
    },
    /// The date's key was destroyed; a destroyed day never gets another one.
    #[error("the movement key of {date} was destroyed and is never made again")]
    Destroyed {
        /// The date.
        date: CivilDate,
    },
    /// The journal holds movement of a date whose key is neither there nor marked as destroyed. Going on would give
    /// another state, and a new key for the date could never open what stands there.
    #[error(
        "the movement key of {date} is missing: put keys/day-{date}.key back from a backup, or, if it is lost for good, \
         make an empty file keys/day-{date}.destroyed"
    )]
    Lost {
        /// The date.
        date: CivilDate,
    },
    /// A movement is not what was sealed at this place.
    #[error(
        "the movement of record {index} in entry {seq} was altered: it does not open under the key of {date}"
    )]
    Tampered {
        /// The entry.
        seq: u64,
        /// The record in it.
        index: u32,
        /// Whose key was tried.
        date: CivilDate,
    },
    /// The cipher refused to work; its inputs are larger than it takes.
    #[error("the cipher refused record {index} of entry {seq}")]
    Cipher {
        /// The entry.
        seq: u64,
        /// The record in it.
        index: u32,
    },
    /// A draft past [`crate::ENTRY_BYTES_MAX`] or with a record past the length field.
    #[error(
        "an entry of {bytes} bytes is larger than the {} allowed; ask `fits` before pushing",
        crate::ENTRY_BYTES_MAX
    )]
    EntryTooLarge {
        /// Its size once sealed.
        bytes: usize,
    },
    /// The draft is older than the entry before it.
    #[error("entry {seq} would be older than the one before it; time in the journal never goes back")]
    TimeWentBack {
        /// The entry.
        seq: u64,
    },
    /// A sealer's first entry holds movement: its nonces might be those of a torn entry.
    #[error("the first entry of a process holds no movement: append the epoch entry first")]
    MovementBeforeEpoch,
    /// The seq was sealed before by this sealer.
    #[error("entry {seq} was sealed before; send the same bytes again instead of sealing others")]
    SealedBefore {
        /// The entry.
        seq: u64,
    },
    /// There is no number left.
    #[error("the journal has no number left after {seq}")]
    Exhausted {
        /// The last entry.
        seq: u64,
    },
}

/// The journal's keys. Shared between the sealer and readers; see the module text of the crate.
pub struct KeyRing {
    vault: Mutex<Vault>,
    days: RwLock<BTreeMap<CivilDate, Day>>,
    /// Counts destroyed days, so that a sealer knows when to forget the contexts it holds.
    destroyed: AtomicU64,
}

/// A day's key, ready to use, or the knowledge that there is none.
#[derive(Clone)]
pub(crate) enum Day {
    Present(Arc<LessSafeKey>),
    Absent,
    Destroyed,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyRing")
    }
}

impl KeyRing {
    /// The ring whose keys are files in `dir` (`DIR/keys`). Nothing is read or made before it is needed.
    ///
    /// # Errors
    /// [`KeyError::Io`] when something other than a directory stands there or it cannot be listed.
    pub fn open(dir: &Path) -> Result<Self, KeyError> {
        let vault = Vault::Files(dir.to_path_buf());
        vault.days()?;
        Ok(Self::with(vault))
    }

    /// A ring whose keys follow from a seed: for tests, simulation and benches.
    #[must_use]
    pub fn in_memory(seed: [u8; 32]) -> Self {
        Self::with(Vault::Derived { seed, created: Default::default(), destroyed: Default::default() })
    }

    fn with(vault: Vault) -> Self {
        Self { vault: Mutex::new(vault), days: RwLock::default(), destroyed: AtomicU64::new(0) }
    }

    /// Makes sure that a date has a key, made and flushed now if there is none.
    ///
    /// # Errors
    /// [`KeyError::Destroyed`] when the date's key was destroyed; otherwise when it cannot be read or made.
    pub fn day_or_create(&self, date: CivilDate) -> Result<(), KeyError> {
        self.key_or_create(date).map(|_| ())
    }

    /// Whether the date has a key now.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn has_day(&self, date: CivilDate) -> Result<bool, KeyError> {
        Ok(matches!(self.day(date)?, Day::Present(_)))
    }

    /// Destroys a date's key for good: overwritten, removed, and marked so that none is ever made again. What was
    /// sealed under it stays in the journal and opens for nobody. A date without a key is marked too.
    ///
    /// # Errors
    /// When the files cannot be changed; call again until it succeeds.
    pub fn destroy_day(&self, date: CivilDate) -> Result<(), KeyError> {
        let mut vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        vault.destroy_day(date)?;
        self.remember(date, Day::Destroyed);
        self.destroyed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Destroys what is left of every key of a date before this one, oldest first, as [`KeyRing::destroy_day`] does; also
    /// what a kill left of an earlier destruction. Answers the dates.
    ///
    /// # Errors
    /// When the files cannot be listed or changed; call again until it succeeds.
    pub fn destroy_before(&self, date: CivilDate) -> Result<Vec<CivilDate>, KeyError> {
        let left = self.vault.lock().unwrap_or_else(PoisonError::into_inner).left()?;
        let old: Vec<CivilDate> = left.into_iter().filter(|day| *day < date).collect();
        old.iter().try_for_each(|day| self.destroy_day(*day))?;
        Ok(old)
    }

    /// The dates that have a key, oldest first.
    ///
    /// # Errors
    /// When the keys cannot be listed.
    pub fn days(&self) -> Result<Vec<CivilDate>, KeyError> {
        let vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(vault.days()?.into_iter().collect())
    }

    /// Opens a movement: its bytes, or `None` when the day's key is destroyed (or not here, as in a copy made without
    /// keys).
    ///
    /// # Errors
    /// [`KeyError::Tampered`] when it is not what was sealed as record `index` of entry `seq` beside this value;
    /// otherwise when the key cannot be read.
    pub fn open_movement(
        &self,
        seq: u64,
        index: u32,
        movement: &SealedMovement<'_>,
    ) -> Result<Option<Vec<u8>>, KeyError> {
        let key = match self.day(movement.date)? {
            Day::Present(key) => key,
            Day::Destroyed => return Ok(None),
            Day::Absent => return Err(KeyError::Lost { date: movement.date }),
        };
        let place = Place { seq, index, date: movement.date, value_leaf: hash::leaf(movement.value_leaf) };
        let tampered = || KeyError::Tampered { seq, index, date: movement.date };
        let mut bytes = movement.ciphertext.to_vec();
        let opened = key.open_in_place(place.nonce(), Aad::from(place.aad()), &mut bytes);
        let length = opened.map_err(|_| tampered())?.len();
        bytes.truncate(length);
        Ok(Some(bytes))
    }

    /// How many days were destroyed since the ring was opened.
    pub(crate) fn destroyed(&self) -> u64 {
        self.destroyed.load(Ordering::SeqCst)
    }

    /// The key for blinds.
    pub(crate) fn blind(&self) -> Result<Secret, KeyError> {
        self.vault.lock().unwrap_or_else(PoisonError::into_inner).blind_or_create()
    }

    /// A date's key, made when there is none.
    pub(crate) fn key_or_create(&self, date: CivilDate) -> Result<Arc<LessSafeKey>, KeyError> {
        match self.day(date)? {
            Day::Present(key) => return Ok(key),
            Day::Destroyed => return Err(KeyError::Destroyed { date }),
            Day::Absent => {}
        }
        let mut vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        let secret = match vault.day(date)? {
            Lookup::Present(secret) => secret,
            Lookup::Destroyed => return Err(KeyError::Destroyed { date }),
            Lookup::Absent => vault.create_day(date)?,
        };
        let key = Arc::new(context(&secret)?);
        self.remember(date, Day::Present(Arc::clone(&key)));
        Ok(key)
    }

    fn day(&self, date: CivilDate) -> Result<Day, KeyError> {
        if let Some(day) = self.days.read().unwrap_or_else(PoisonError::into_inner).get(&date) {
            return Ok(day.clone());
        }
        let vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        let day = match vault.day(date)? {
            Lookup::Present(secret) => Day::Present(Arc::new(context(&secret)?)),
            // Not remembered: where machines share the keys, another may make it.
            Lookup::Absent => return Ok(Day::Absent),
            Lookup::Destroyed => Day::Destroyed,
        };
        self.remember(date, day.clone());
        Ok(day)
    }

    /// Called with the vault locked, so that what is remembered is what was last done there.
    fn remember(&self, date: CivilDate, day: Day) {
        self.days.write().unwrap_or_else(PoisonError::into_inner).insert(date, day);
    }
}

fn context(secret: &Secret) -> Result<LessSafeKey, KeyError> {
    let key = UnboundKey::new(&AES_256_GCM, secret).map_err(|_| KeyError::Cipher { seq: 0, index: 0 })?;
    Ok(LessSafeKey::new(key))
}

/// Where a movement stands: what its ciphertext is tied to.
pub(crate) struct Place {
    pub(crate) seq: u64,
    pub(crate) index: u32,
    pub(crate) date: CivilDate,
    pub(crate) value_leaf: Hash,
}

impl Place {
    fn nonce(&self) -> Nonce {
        let mut nonce = [0u8; 12];
        if let Some((seq, index)) = nonce.split_first_chunk_mut::<8>() {
            *seq = self.seq.to_be_bytes();
            index.copy_from_slice(&self.index.to_be_bytes());
        }
        Nonce::assume_unique_for_key(nonce)
    }

    /// seq ‖ index ‖ date ‖ hash of the value leaf.
    fn aad(&self) -> [u8; 48] {
        let mut aad = [0u8; 48];
        let mut put = crate::layout::Put { bytes: &mut aad, at: 0 };
        put.put(&self.seq.to_be_bytes());
        put.put(&self.index.to_be_bytes());
        put.put(&self.date.0.to_be_bytes());
        put.put(&self.value_leaf.0);
        aad
    }

    /// Encrypts in place and returns the tag.
    pub(crate) fn seal(&self, key: &LessSafeKey, bytes: &mut [u8]) -> Result<[u8; TAG_BYTES], KeyError> {
        let refused = || KeyError::Cipher { seq: self.seq, index: self.index };
        let tag = key.seal_in_place_separate_tag(self.nonce(), Aad::from(self.aad()), bytes);
        <[u8; TAG_BYTES]>::try_from(tag.map_err(|_| refused())?.as_ref()).map_err(|_| refused())
    }
}
