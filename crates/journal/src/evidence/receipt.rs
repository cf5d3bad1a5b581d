//! A receipt: one record, its entry, and the signed checkpoint that covers the entry.
//!
//! Owns the check that a holder makes alone, with the operator's public key and, where there is one, the witness's. Needs no
//! journal and no server. Never knows what a value says.

use base::Timestamp;

use super::checkpoint::SignedCheckpoint;
use super::leaf::{RecordProof, RecordProofError};
use super::note::{NoteError, NoteKey};
use super::proof::{ProofError, verify_inclusion};
use crate::hash::Hash;

/// Proof that a record is in the journal that a checkpoint speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The record in its entry.
    pub record: RecordProof,
    /// The hashes beside the entry's way to the checkpoint's root, from below.
    pub inclusion: Vec<Hash>,
    /// The checkpoint with the signatures under it.
    pub checkpoint: SignedCheckpoint,
}

/// What a receipt shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven<'a> {
    /// The record's value, as the engine encoded it.
    pub value: &'a [u8],
    /// When the witness signed, if its key was given.
    pub witnessed_at: Option<Timestamp>,
}

/// Why a receipt shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The record is not in the entry.
    #[error(transparent)]
    Record(#[from] RecordProofError),
    /// The entry is not under the checkpoint.
    #[error("the entry is not under the checkpoint: {0}")]
    Entry(#[source] ProofError),
    /// The checkpoint is of a journal of another name than the operator's key.
    #[error("the checkpoint is of the journal {origin}, the key is of {key}")]
    Origin {
        /// Whose checkpoint it is.
        origin: String,
        /// Whose key was given.
        key: String,
    },
    /// A signature is missing or wrong.
    #[error(transparent)]
    Signature(#[from] NoteError),
}

impl Receipt {
    /// Checks everything: leaf in entry, entry under checkpoint, signatures.
    ///
    /// # Errors
    /// [`ReceiptError`] names the first thing that is wrong.
    pub fn verify(&self, operator: &NoteKey, witness: Option<&NoteKey>) -> Result<Proven<'_>, ReceiptError> {
        let value = self.in_checkpoint()?;
        let checkpoint = self.checkpoint.checkpoint();
        if checkpoint.origin != operator.name() {
            let (origin, key) = (checkpoint.origin.clone(), operator.name().to_owned());
            return Err(ReceiptError::Origin { origin, key });
        }
        self.checkpoint.verify(operator)?;
        let witnessed_at = witness.map(|witness| self.checkpoint.verify(witness)).transpose()?.flatten();
        Ok(Proven { value, witnessed_at })
    }

    /// Checks all but the signatures, and answers the value: what whoever writes a receipt makes sure of.
    ///
    /// # Errors
    /// [`ReceiptError`] names the first thing that is wrong.
    pub fn in_checkpoint(&self) -> Result<&[u8], ReceiptError> {
        let value = self.record.verify()?;
        let header = &self.record.header;
        let checkpoint = self.checkpoint.checkpoint();
        // Entry 1 is leaf 0; there is no entry 0, and the largest number is in no tree.
        let index = header.seq.checked_sub(1).unwrap_or(u64::MAX);
        verify_inclusion(&header.hash(), index, checkpoint.size, &self.inclusion, &checkpoint.root)
            .map_err(ReceiptError::Entry)?;
        Ok(value)
    }
}
