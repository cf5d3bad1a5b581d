//! A code that many rows have, kept once: eight bytes in a row instead of a code's 64.
//!
//! Owns nothing but the sharing. A row reads, compares and encodes as if it held the code itself.

use std::ops::Deref;
use std::sync::Arc;

use base::Code;
use hashbrown::HashMap;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::state::KeyedState;

/// A code that is kept once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharedCode(Arc<Code>);

impl Deref for SharedCode {
    type Target = Code;
    fn deref(&self) -> &Code {
        &self.0
    }
}

impl<C> Encode<C> for SharedCode {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.encode(encoder, context)
    }
}

impl<'b, C> Decode<'b, C> for SharedCode {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        Code::decode(decoder, context).map(|code| Self(Arc::new(code)))
    }
}

/// The codes that the rows of a table share.
#[derive(Clone, Debug)]
pub struct SharedCodes(HashMap<Code, SharedCode, KeyedState>);

impl SharedCodes {
    /// None yet.
    pub const fn new(keyed: KeyedState) -> Self {
        Self(HashMap::with_hasher(keyed))
    }

    /// The code as all rows have it.
    pub fn share(&mut self, code: Code) -> SharedCode {
        self.0.entry(code).or_insert_with(|| SharedCode(Arc::new(code))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_kept_once_and_reads_as_itself() {
        let code = Code::parse("student").unwrap();
        let mut codes = SharedCodes::new(KeyedState(7));
        let (one, other) = (codes.share(code), codes.share(code));
        assert!(Arc::ptr_eq(&one.0, &other.0));
        assert_eq!(size_of::<Option<SharedCode>>(), 8);
        assert_eq!(minicbor::to_vec(&one).unwrap(), minicbor::to_vec(code).unwrap());
        let read: SharedCode = minicbor::decode(&minicbor::to_vec(code).unwrap()).unwrap();
        assert_eq!(*read, code);
    }
}
