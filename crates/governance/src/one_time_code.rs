//! Codes of six digits that are sent to a phone, and the key under which they are kept.
//!
//! A million codes are tried in no time against a hash that anybody can compute, and a slow hash would only make a thief
//! wait for minutes. So what is kept is an HMAC under a key that exists in this process alone: whoever reads the table
//! learns nothing, and after a restart codes under way are worth nothing, which costs somebody one more message.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secrets::SecretError;

/// How many codes there are.
const COUNT: u32 = 1_000_000;

/// Digits of a code.
const DIGITS: usize = 6;

/// A code. Prints as dots.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode(String);

impl OneTimeCode {
    /// A fresh one, each as likely as any other.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate() -> Result<Self, SecretError> {
        // Numbers above the last whole million are drawn again, so that low codes are no more likely than others.
        let whole = u32::MAX - u32::MAX % COUNT;
        loop {
            let mut bytes = [0u8; 4];
            getrandom::fill(&mut bytes)?;
            let drawn = u32::from_be_bytes(bytes);
            if drawn < whole {
                return Ok(Self(format!("{:06}", drawn % COUNT)));
            }
        }
    }

    /// What somebody typed, spaces and hyphens left out; none where that is no code.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let is_code = plain.len() == DIGITS && plain.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then_some(Self(plain))
    }

    /// The digits, for the message.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(•••)")
    }
}

/// The key of a process.
#[derive(Clone)]
pub struct CodeKey(Hmac<Sha256>);

impl CodeKey {
    /// A fresh one.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate() -> Result<Self, SecretError> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes)?;
        let key = Hmac::new_from_slice(&bytes).map_err(|error| SecretError::Hash(error.to_string()))?;
        Ok(Self(key))
    }

    /// What is kept of a code that somebody asked for: worth nothing for another asker.
    #[must_use]
    pub fn kept(&self, asker: &[u8], code: &OneTimeCode) -> Vec<u8> {
        self.over(asker, code).finalize().into_bytes().to_vec()
    }

    /// Whether this is the code that was kept. Takes as long whatever is wrong.
    #[must_use]
    pub fn matches(&self, asker: &[u8], code: &OneTimeCode, kept: &[u8]) -> bool {
        self.over(asker, code).verify_slice(kept).is_ok()
    }

    fn over(&self, asker: &[u8], code: &OneTimeCode) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(asker);
        mac.update(&[0]);
        mac.update(code.0.as_bytes());
        mac
    }
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeKey(•••)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_six_digits_and_differ() {
        let codes: HashSet<String> =
            (0..1_000).map(|_| OneTimeCode::generate().unwrap().reveal().to_owned()).collect();
        assert!(codes.len() > 990, "{}", codes.len());
        assert!(codes.iter().all(|code| OneTimeCode::typed(code).is_some()));
        assert_eq!(OneTimeCode::typed(" 012-345 ").unwrap().reveal(), "012345");
        for wrong in ["", "12345", "1234567", "12345a", "１２３４５６", "-1234567"] {
            assert_eq!(OneTimeCode::typed(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_code_is_known_again_by_its_asker_and_its_process_alone() {
        let (key, other) = (CodeKey::generate().unwrap(), CodeKey::generate().unwrap());
        let (code, wrong) = (OneTimeCode("012345".into()), OneTimeCode("012346".into()));
        let kept = key.kept(b"a", &code);
        assert!(key.matches(b"a", &code, &kept));
        assert!(!key.matches(b"a", &wrong, &kept) && !key.matches(b"b", &code, &kept));
        assert!(!other.matches(b"a", &code, &kept) && !key.matches(b"a", &code, &[]));
        assert!(!format!("{code:?}{key:?}").contains("012345"));
    }
}
