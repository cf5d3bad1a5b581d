//! The proof that one checkpoint continues another, as a text that goes to a witness.
//!
//! ```text
//! old 20852163                       how many entries the earlier checkpoint had
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2   the proof's hashes, base64, from below
//! ```
//!
//! Owns this text (the head of C2SP tlog-witness's request). Never checks the proof; a witness does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::CheckpointError;
use crate::hash::Hash;

/// A proof of consistency with the size it begins at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// How many entries the earlier checkpoint had; none when there is no earlier one.
    pub old: u64,
    /// The hashes.
    pub hashes: Vec<Hash>,
}

impl ConsistencyProof {
    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        let hashes = self.hashes.iter().map(|hash| format!("{}\n", STANDARD.encode(hash.0)));
        format!("old {}\n{}", self.old, hashes.collect::<String>())
    }

    /// Reads the text.
    ///
    /// # Errors
    /// [`CheckpointError::Form`] names what is wrong.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        let old = lines.next().and_then(|line| line.strip_prefix("old ")?.parse().ok());
        let old = old.ok_or(CheckpointError::Form("the proof does not say where it begins"))?;
        let hash = |line: &str| STANDARD.decode(line).ok()?.try_into().ok().map(Hash);
        let hashes = lines.map(hash).collect::<Option<_>>();
        Ok(Self { old, hashes: hashes.ok_or(CheckpointError::Form("a line of the proof is no hash"))? })
    }
}
