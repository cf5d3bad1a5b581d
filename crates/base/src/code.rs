//! Short names of published things (`tj.brt`, `bank_dki`): inline, copyable, cheap to hash and compare.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A code: 1 to 63 bytes of `a-z`, `0-9`, `.`, `_` and `-`. Stored inline, so commands need no allocation.
#[derive(Clone, Copy, Eq, PartialOrd, Ord)]
pub struct Code {
    bytes: [u8; Code::LENGTH_MAX],
    length: u8,
}

/// Why a text is not a [`Code`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a code is 1 to {} characters of a-z, 0-9, '.', '_' and '-'; got {text:?}", Code::LENGTH_MAX)]
pub struct CodeError {
    /// The text that was refused, cut to 64 characters.
    pub text: String,
}

impl Code {
    /// Longest code in bytes.
    pub const LENGTH_MAX: usize = 63;

    /// Parses a code.
    ///
    /// # Errors
    /// [`CodeError`] when the text is empty, longer than [`Code::LENGTH_MAX`] or holds another character.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let refused = || CodeError { text: text.chars().take(64).collect() };
        let mut bytes = [0u8; Self::LENGTH_MAX];
        let source = text.as_bytes();
        let target = bytes.get_mut(..source.len()).ok_or_else(refused)?;
        let allowed = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
        if source.is_empty() || !source.iter().all(allowed) {
            return Err(refused());
        }
        target.copy_from_slice(source);
        let length = u8::try_from(source.len()).map_err(|_| refused())?;
        Ok(Self { bytes, length })
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII enters through `parse`, so neither step can fail; an empty text is the harmless answer.
        let bytes = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// Lengths first: most codes that differ differ in them.
impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length && self.bytes == other.bytes
    }
}

/// Its letters alone: the room behind them is the same in all codes that are equal.
impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.bytes.get(..usize::from(self.length)).unwrap_or_default());
        state.write_u8(self.length);
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl std::str::FromStr for Code {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl<C> minicbor::Encode<C> for Code {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(self.as_str())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Code {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        Self::parse(d.str()?).map_err(|error| minicbor::decode::Error::message(error).at(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_keeps_its_text_and_refuses_what_is_not_one() {
        assert_eq!(Code::parse("tj.brt").unwrap().as_str(), "tj.brt");
        for wrong in ["", "Tj", "a b", "ä", &"a".repeat(64)] {
            assert!(Code::parse(wrong).is_err(), "{wrong:?} was accepted");
        }
        assert_eq!(Code::parse(&"a".repeat(63)).unwrap().as_str().len(), 63);
    }
}
