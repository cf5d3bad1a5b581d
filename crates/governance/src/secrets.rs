//! Passwords and codes: hashed with Argon2id (RFC 9106), codes by time (RFC 6238). Secrets print as dots.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base::Timestamp;
use totp_rs::{Builder, Secret, Totp};

/// Characters of a generated password: no letter that is taken for another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Characters of a generated password: 100 bits.
const LENGTH: usize = 20;

/// Longest password looked at, in bytes: hashing is slow, and a longer one is nobody's.
pub const PASSWORD_BYTES_MAX: usize = 256;

/// Why a secret cannot be made or kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The operating system has no randomness to give.
    #[error("no randomness for a secret")]
    Randomness(#[from] getrandom::Error),
    /// The password cannot be hashed.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// A password as somebody typed it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// What was typed.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A fresh one, for somebody who is to sign in.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate() -> Result<Self, SecretError> {
        Self::random::<LENGTH>()
    }

    /// Half of a code that two people hand over.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn half() -> Result<Self, SecretError> {
        Self::random::<{ LENGTH / 2 }>()
    }

    fn random<const N: usize>() -> Result<Self, SecretError> {
        let mut bytes = [0u8; N];
        getrandom::fill(&mut bytes)?;
        let letter =
            |byte: &u8| ALPHABET.get(usize::from(byte % 32)).map_or('a', |letter| char::from(*letter));
        Ok(Self(bytes.iter().map(letter).collect()))
    }

    /// The text to hand over, once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it. Slow on purpose; not for a thread that serves others.
    ///
    /// # Errors
    /// When it cannot be hashed.
    pub fn hash(&self) -> Result<String, SecretError> {
        let hash = Argon2::default().hash_password(self.0.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| SecretError::Hash(error.to_string()))
    }

    /// Whether this is the password that was hashed. As slow as hashing.
    #[must_use]
    pub fn matches(&self, hash: &str) -> bool {
        let Ok(hash) = PasswordHash::new(hash) else { return false };
        self.0.len() <= PASSWORD_BYTES_MAX
            && Argon2::default().verify_password(self.0.as_bytes(), &hash).is_ok()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(•••)")
    }
}

/// The secret that a person's authenticator and we share: 160 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeSecret([u8; 20]);

impl CodeSecret {
    /// The secret of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// A fresh one.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate() -> Result<Self, SecretError> {
        let mut bytes = [0u8; 20];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes, to be kept.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The code of a moment.
    #[must_use]
    pub fn code(&self, at: Timestamp) -> Option<String> {
        Some(self.totp()?.generate(seconds(at)).to_string())
    }

    /// The step whose code this is, where it is that of now or of a step beside it.
    #[must_use]
    pub fn step(&self, code: &str, at: Timestamp) -> Option<i64> {
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        self.totp()?.check(&digits, seconds(at)).and_then(|step| i64::try_from(step).ok())
    }

    /// Base32 as authenticators take it, in groups of four.
    #[must_use]
    pub fn reveal(&self) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bit = |index: usize| self.0.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0);
        let letter = |group: usize| {
            let value = (0..5).fold(0usize, |value, place| value * 2 + usize::from(bit(group * 5 + place)));
            LETTERS.get(value).map_or('A', |letter| char::from(*letter))
        };
        let letters: Vec<char> = (0..32).map(letter).collect();
        letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    fn totp(&self) -> Option<Totp> {
        Builder::new().with_secret(Secret::new_stack(self.0)).build().ok()
    }
}

impl fmt::Debug for CodeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeSecret(•••)")
    }
}

fn seconds(at: Timestamp) -> u64 {
    at.0.div_euclid(Timestamp::SECOND).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of the eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = CodeSecret::new(*b"12345678901234567890");
        let at = |seconds: i64| Timestamp(seconds * Timestamp::SECOND);
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(secret.code(at(second)).as_deref(), Some(code), "{second}");
            assert_eq!(secret.step(code, at(second)), Some(second / 30));
            assert_eq!(secret.step(code, at(second + 30)), Some(second / 30), "a step late is let through");
            assert_eq!(secret.step(code, at(second + 90)), None, "three are not");
        }
        assert_eq!(secret.reveal(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn a_password_is_known_again_and_prints_as_dots() {
        let password = Password::generate().unwrap();
        assert_eq!(password.reveal().len(), LENGTH);
        let hash = password.hash().unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(password.matches(&hash) && !Password::new("guess").matches(&hash));
        assert!(!Password::new("x".repeat(PASSWORD_BYTES_MAX + 1)).matches(&hash));
        assert!(!password.matches("not a hash"));
        let secret = CodeSecret::generate().unwrap();
        for printed in [format!("{password:?}"), format!("{secret:?}")] {
            assert!(!printed.contains(password.reveal()) && printed.contains("•••"), "{printed}");
        }
    }
}
