//! Encryption of one field of one row, and the blind index that finds an encrypted number again.
//!
//! AES-256-GCM with a random 96-bit nonce per value; the associated data names table, column and row, so a value moved
//! elsewhere does not open. Random nonces bound one key to about 2³² values, far above all fields of the city.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use uuid::Uuid;

use crate::keys::OfficeKeys;

/// Form of a stored value: this byte, nonce, ciphertext, tag.
const VERSION: u8 = 1;

/// Bytes of a blind index.
pub(crate) const INDEX_LENGTH: usize = 16;

/// Why a field could not be sealed or opened. Says where, never what.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CipherError {
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

/// A column that is encrypted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field(pub(crate) &'static str);

/// A person's name.
pub(crate) const NAME: Field = Field("residents_individual.name");
/// A person's identity number.
pub(crate) const NIK: Field = Field("residents_individual.nik");
/// A person's mobile number.
pub(crate) const PHONE: Field = Field("residents_individual.phone");
/// A household's family card number.
pub(crate) const FAMILY_CARD: Field = Field("residents_household.number");

/// The keys, ready for use.
pub(crate) struct Cipher {
    key: LessSafeKey,
    index: hmac::Key,
}

impl Cipher {
    /// `None` only if a key had not 32 bytes, which its type rules out.
    pub(crate) fn new(keys: &OfficeKeys) -> Option<Self> {
        let key = UnboundKey::new(&AES_256_GCM, &keys.encryption).ok()?;
        Some(Self { key: LessSafeKey::new(key), index: keys.index.clone() })
    }

    pub(crate) fn seal(&self, field: Field, row: Uuid, text: &str) -> Result<Vec<u8>, CipherError> {
        let failed = || CipherError::Seal { field: field.0, row };
        let mut nonce = [0u8; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| failed())?;
        let mut sealed = text.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place(field, row), &mut sealed)
            .map_err(|_| failed())?;
        let mut stored = Vec::with_capacity(1 + NONCE_LEN + sealed.len());
        stored.push(VERSION);
        stored.extend_from_slice(&nonce);
        stored.append(&mut sealed);
        Ok(stored)
    }

    pub(crate) fn open(&self, field: Field, row: Uuid, stored: &[u8]) -> Result<String, CipherError> {
        self.opened(field, row, stored).ok_or(CipherError::Open { field: field.0, row })
    }

    fn opened(&self, field: Field, row: Uuid, stored: &[u8]) -> Option<String> {
        let rest = stored.strip_prefix(&[VERSION])?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = self.key.open_in_place(nonce, place(field, row), &mut sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    /// The same 16 bytes for the same text of the same field, and nothing about the text without the key.
    pub(crate) fn blind_index(&self, field: Field, text: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.index);
        context.update(field.0.as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        context.sign().as_ref().iter().take(INDEX_LENGTH).copied().collect()
    }
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
        assert_eq!(cipher.open(NAME, ROW, &one).unwrap(), "Sumarni");
        assert!(!one.windows(7).any(|window| window == b"Sumarni"));
    }

    #[test]
    fn a_value_moved_altered_or_under_another_key_does_not_open() {
        let cipher = cipher();
        let sealed = cipher.seal(NAME, ROW, "Sumarni").unwrap();
        assert!(cipher.open(NIK, ROW, &sealed).is_err());
        assert!(cipher.open(NAME, Uuid::from_u128(8), &sealed).is_err());
        assert!(self::cipher().open(NAME, ROW, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(cipher.open(NAME, ROW, &altered).is_err(), "byte {at}");
        }
        assert!(cipher.open(NAME, ROW, &[]).is_err());
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
