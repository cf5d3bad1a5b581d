//! Encryption of one field of one row, and the blind index that finds an encrypted number again.
//!
//! AES-256-GCM with a random 96-bit nonce per value; the associated data names table, column and row, so a value moved
//! elsewhere does not open. Random nonces bound one key to about 2³² values, far above all fields of the city. The keys stand
//! in a file beside the databases; one row of the office tells whether they are the ones its fields were sealed with.

mod key_check;
mod keys;

use std::path::Path;
use std::sync::Arc;

use base::Clock;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use sea_orm::{ActiveValue, EntityTrait};
use uuid::Uuid;

pub use keys::KeyError;

use crate::database::{Database, DatabaseError, View};
use keys::OfficeKeys;

/// The table of the key check.
const KEY_CHECK_TABLE: &str = "platform_key_check";

/// The one row of the key check.
const KEY_CHECK_ID: i16 = 1;

/// Form of a stored value: this byte, nonce, ciphertext, tag.
const VERSION: u8 = 1;

/// Bytes of a blind index.
const INDEX_LENGTH: usize = 16;

/// Why a field could not be sealed or opened. Says where, never what.
#[derive(Debug, thiserror::Error)]
pub enum CipherError {
    /// The value does not open: other key, other place, or altered.
    #[error("{field} of row {row} does not open with the present key")]
    Open {
        /// Table and column.
        field: &'static str,
        /// Row.
        row: Uuid,
    },
    /// The value could not be sealed.
    #[error("{field} of row {row} cannot be sealed")]
    Seal {
        /// Table and column.
        field: &'static str,
        /// Row.
        row: Uuid,
    },
}

/// Why the keys of an office cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CipherOpenError {
    /// The file of keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The row that recognises them.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<sea_orm::DbErr> for CipherOpenError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.into())
    }
}

/// A column that is encrypted: `table.column`.
#[derive(Debug, Clone, Copy)]
pub struct Field(pub &'static str);

/// The keys, ready for use. Cheap to clone.
#[derive(Clone)]
pub struct Cipher(Arc<Keys>);

struct Keys {
    key: LessSafeKey,
    index: hmac::Key,
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher")
    }
}

impl Cipher {
    /// Reads the keys of a data directory (makes them at the first start) and makes sure that they are the ones the office's
    /// fields were sealed with.
    ///
    /// # Errors
    /// [`CipherOpenError::Keys`] when the keys are missing, wrong or unreadable; when the database fails.
    pub async fn open(
        directory: &Path,
        office: &Database,
        clock: &dyn Clock,
    ) -> Result<Self, CipherOpenError> {
        let known = key_check::Entity::find_by_id(KEY_CHECK_ID).one(office.read()).await?;
        let keys = OfficeKeys::open(directory, known.is_none())?;
        match known {
            Some(row) => require_same(directory, &row, &keys)?,
            None => remember(office, &keys, clock).await?,
        }
        let path = OfficeKeys::path(directory);
        Ok(Self::new(&keys).ok_or(KeyError::Malformed { path })?)
    }

    /// Whether the keys of a data directory are the ones its office sealed with; nothing is made or written. An office that has not
    /// sealed anything needs none.
    ///
    /// # Errors
    /// [`CipherOpenError::Keys`] when they are missing, wrong or unreadable; when the office cannot be read.
    pub async fn check(directory: &Path, office: &View) -> Result<(), CipherOpenError> {
        if !office.has_table(KEY_CHECK_TABLE).await? {
            return Ok(());
        }
        let known = key_check::Entity::find_by_id(KEY_CHECK_ID).one(office.connection()).await?;
        let Some(known) = known else { return Ok(()) };
        Ok(require_same(directory, &known, &OfficeKeys::open(directory, false)?)?)
    }

    /// `None` only if a key had not 32 bytes, which its type rules out.
    fn new(keys: &OfficeKeys) -> Option<Self> {
        let key = UnboundKey::new(&AES_256_GCM, &keys.encryption).ok()?;
        Some(Self(Arc::new(Keys { key: LessSafeKey::new(key), index: keys.index.clone() })))
    }

    /// Seals a value for one field of one row.
    ///
    /// # Errors
    /// [`CipherError::Seal`] when there is no randomness.
    pub fn seal(&self, field: Field, row: Uuid, text: &str) -> Result<Vec<u8>, CipherError> {
        let failed = || CipherError::Seal { field: field.0, row };
        let mut nonce = [0u8; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| failed())?;
        let mut sealed = text.as_bytes().to_vec();
        self.0
            .key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place(field, row), &mut sealed)
            .map_err(|_| failed())?;
        let mut stored = Vec::with_capacity(1 + NONCE_LEN + sealed.len());
        stored.push(VERSION);
        stored.extend_from_slice(&nonce);
        stored.append(&mut sealed);
        Ok(stored)
    }

    /// Opens what [`Cipher::seal`] made for this field of this row.
    ///
    /// # Errors
    /// [`CipherError::Open`] when it does not open.
    pub fn open_field(&self, field: Field, row: Uuid, stored: &[u8]) -> Result<String, CipherError> {
        self.opened(field, row, stored).ok_or(CipherError::Open { field: field.0, row })
    }

    fn opened(&self, field: Field, row: Uuid, stored: &[u8]) -> Option<String> {
        let rest = stored.strip_prefix(&[VERSION])?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = self.0.key.open_in_place(nonce, place(field, row), &mut sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    /// The same 16 bytes for the same text of the same field, and nothing about the text without the key.
    #[must_use]
    pub fn blind_index(&self, field: Field, text: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.0.index);
        context.update(field.0.as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        context.sign().as_ref().iter().take(INDEX_LENGTH).copied().collect()
    }
}

/// Requires the keys that fields were sealed with.
fn require_same(directory: &Path, known: &key_check::Model, keys: &OfficeKeys) -> Result<(), KeyError> {
    if known.value == keys.check() {
        Ok(())
    } else {
        Err(KeyError::Wrong { path: OfficeKeys::path(directory) })
    }
}

async fn remember(office: &Database, keys: &OfficeKeys, clock: &dyn Clock) -> Result<(), DatabaseError> {
    let (value, created_at) = (&keys.check(), clock.now().0);
    office
        .transact(|txn, _| {
            Box::pin(async move {
                let row = key_check::ActiveModel {
                    id: ActiveValue::Set(KEY_CHECK_ID),
                    value: ActiveValue::Set(value.clone()),
                    created_at: ActiveValue::Set(created_at),
                };
                key_check::Entity::insert(row).exec_without_returning(txn).await?;
                Ok(())
            })
        })
        .await
}

fn place(field: Field, row: Uuid) -> Aad<Vec<u8>> {
    let mut place = field.0.as_bytes().to_vec();
    place.push(b'.');
    place.extend_from_slice(row.as_bytes());
    Aad::from(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Field = Field("residents_individual.name");
    const NIK: Field = Field("residents_individual.nik");
    const FAMILY_CARD: Field = Field("residents_household.number");

    fn cipher() -> Cipher {
        let directory = tempfile::tempdir().unwrap();
        Cipher::new(&OfficeKeys::open(directory.path(), true).unwrap()).unwrap()
    }

    const ROW: Uuid = Uuid::from_u128(7);

    #[test]
    fn a_sealed_name_opens_and_looks_different_every_time() {
        let cipher = cipher();
        let (one, two) =
            (cipher.seal(NAME, ROW, "Sumarni").unwrap(), cipher.seal(NAME, ROW, "Sumarni").unwrap());
        assert_ne!(one, two);
        assert_eq!(cipher.open_field(NAME, ROW, &one).unwrap(), "Sumarni");
        assert!(!one.windows(7).any(|window| window == b"Sumarni"));
    }

    #[test]
    fn a_value_moved_altered_or_under_another_key_does_not_open() {
        let cipher = cipher();
        let sealed = cipher.seal(NAME, ROW, "Sumarni").unwrap();
        assert!(cipher.open_field(NIK, ROW, &sealed).is_err());
        assert!(cipher.open_field(NAME, Uuid::from_u128(8), &sealed).is_err());
        assert!(self::cipher().open_field(NAME, ROW, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(cipher.open_field(NAME, ROW, &altered).is_err(), "byte {at}");
        }
        assert!(cipher.open_field(NAME, ROW, &[]).is_err());
    }

    #[test]
    fn a_blind_index_is_equal_for_equal_numbers_of_one_field_and_one_key() {
        let (cipher, other) = (cipher(), cipher());
        let index = cipher.blind_index(NIK, "3175994112590001");
        assert_eq!(index, cipher.blind_index(NIK, "3175994112590001"));
        assert_eq!(index.len(), INDEX_LENGTH);
        assert_ne!(index, cipher.blind_index(NIK, "3175994112590002"));
        assert_ne!(index, cipher.blind_index(FAMILY_CARD, "3175994112590001"));
        assert_ne!(index, other.blind_index(NIK, "3175994112590001"));
    }
}
