//! The bearer token: 256 random bits, printed with a prefix so that scanners for leaked secrets find it.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::problems::{Problem, TOKEN_INVALID, TOKEN_MISSING};

const PREFIX: &str = "jakone_";

/// A client's token. Its text leaves only through [`Token::reveal`]; it prints as dots.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

/// Why a request carries no usable token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No `Authorization: Bearer`.
    #[error("the request carries no bearer token")]
    Missing,
    /// What follows is not one of our tokens.
    #[error("the bearer token has not the form of one")]
    Malformed,
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Missing => Self::new(TOKEN_MISSING),
            TokenError::Malformed => Self::new(TOKEN_INVALID),
        }
    }
}

impl Token {
    /// A fresh token.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret)?;
        Ok(Self(secret))
    }

    /// Reads the printed form.
    ///
    /// # Errors
    /// [`TokenError::Malformed`] when the text is not one.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let digits = text.strip_prefix(PREFIX).ok_or(TokenError::Malformed)?;
        let mut secret = [0u8; 32];
        hex::decode_to_slice(digits, &mut secret).map_err(|_| TokenError::Malformed)?;
        Ok(Self(secret))
    }

    /// The token of a request's `Authorization` header.
    ///
    /// # Errors
    /// [`TokenError`] when there is none or it is malformed.
    pub fn of_headers(headers: &HeaderMap) -> Result<Self, TokenError> {
        let line = headers.get(AUTHORIZATION).ok_or(TokenError::Missing)?;
        let line = line.to_str().map_err(|_| TokenError::Malformed)?;
        let (scheme, rest) = line.split_once(' ').ok_or(TokenError::Missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(TokenError::Missing);
        }
        Self::parse(rest.trim())
    }

    /// Another token, for one purpose: always the same from this one, and named by nobody who has not got it.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(purpose).finalize().into())
    }

    /// The text to hand to the client, once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", hex::encode(self.0))
    }

    /// What is kept of it: enough to know it again, worth nothing to who reads it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    pub(super) fn matches(&self, stored: &[u8]) -> bool {
        self.hash().ct_eq(stored).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_print_and_parse_and_hides_in_logs() {
        let token = Token::generate().unwrap();
        assert_eq!(Token::parse(&token.reveal()), Ok(token.clone()));
        assert!(!format!("{token:?}").contains(&hex::encode(token.0)));
        for wrong in ["", "jakone_", "jakone_00", &"0".repeat(64), &format!("jakone_{}", "g".repeat(64))] {
            assert_eq!(Token::parse(wrong), Err(TokenError::Malformed), "{wrong}");
        }
    }

    #[test]
    fn a_derived_token_is_the_same_for_the_same_purpose_and_another_for_another() {
        let (token, other) = (Token::generate().unwrap(), Token::generate().unwrap());
        assert_eq!(token.derive("a"), token.derive("a"));
        assert_ne!(token.derive("a"), token.derive("b"));
        assert_ne!(token.derive("a"), other.derive("a"));
        assert_ne!(token.derive("a"), token);
    }

    #[test]
    fn the_header_is_read_as_rfc_6750_writes_it() {
        let token = Token::generate().unwrap();
        let read =
            |line: &str| Token::of_headers(&HeaderMap::from_iter([(AUTHORIZATION, line.parse().unwrap())]));
        assert_eq!(read(&format!("Bearer {}", token.reveal())), Ok(token.clone()));
        assert_eq!(read(&format!("bearer {}", token.reveal())), Ok(token));
        assert_eq!(read("Basic abc"), Err(TokenError::Missing));
        assert_eq!(read("Bearer abc"), Err(TokenError::Malformed));
        assert_eq!(Token::of_headers(&HeaderMap::new()), Err(TokenError::Missing));
    }
}
