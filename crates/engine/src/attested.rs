//! How much of the office's audit has been laid down, as one running hash.
//!
//! Owns the count and the chain. Never knows what a line says.

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

/// The lines laid down so far.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Attested {
    /// How many.
    #[n(0)]
    pub lines: u64,
    /// SHA-256 over the chain before the last line and that line's digest; zeros before the first.
    #[n(1)]
    pub chain: ByteArray<32>,
}

impl Default for Attested {
    fn default() -> Self {
        Self { lines: 0, chain: [0; 32].into() }
    }
}

impl Attested {
    /// With further lines laid down.
    #[must_use]
    pub fn after<'d>(&self, digests: impl Iterator<Item = &'d [u8; 32]>) -> Self {
        digests.fold(self.clone(), |before, digest| {
            let chain = Sha256::new_with_prefix(*before.chain).chain_update(digest).finalize();
            Self { lines: before.lines.saturating_add(1), chain: <[u8; 32]>::from(chain).into() }
        })
    }
}
