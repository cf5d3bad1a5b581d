//! A witness outside the operator, who signs what continues the last thing it signed and nothing else.
//!
//! Owns that rule. With it nobody can show one history to the city and another to its auditors, as long as both ask
//! for the witness's signature. Never sees an entry.

use base::Timestamp;

use super::checkpoint::SignedCheckpoint;
use super::note::{KeyKind, NoteError, NoteKey, NoteSigner};
use super::proof::{ProofError, verify_consistency};
use crate::hash::Hash;

/// The last checkpoint a witness signed. It must outlive the witness's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// How many entries.
    pub size: u64,
    /// Root of the tree over their hashes.
    pub root: Hash,
}

/// Why a witness does not sign.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// Not the journal it watches.
    #[error("the checkpoint is of {found}, this witness watches {watched}")]
    Origin {
        /// Whose checkpoint it is.
        found: String,
        /// Whose journal is watched.
        watched: String,
    },
    /// The operator did not sign it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// It does not continue what was signed last.
    #[error("the checkpoint of {size} entries does not continue the one of {} that was signed last: {source}. Keep \
             both, and ask the operator", .seen.size)]
    Inconsistent {
        /// Its size.
        size: u64,
        /// What was signed last.
        seen: Seen,
        /// Why not.
        source: ProofError,
    },
    /// What was signed could not be kept.
    #[error("what is about to be signed could not be kept, so it is not signed: {0}")]
    Keep(#[source] std::io::Error),
}

/// A witness of one journal.
#[derive(Debug)]
pub struct Witness {
    origin: String,
    log: NoteKey,
    signer: NoteSigner,
    seen: Option<Seen>,
}

impl Witness {
    /// A witness of the journal `origin`, whose operator signs with `log`; `seen` is what it signed last. Without it the
    /// first checkpoint is believed as it is, so it should be one of which others hold a copy.
    ///
    /// # Errors
    /// [`NoteError::Key`] when the signer's key is not a witness's.
    pub fn new(
        origin: &str,
        log: NoteKey,
        signer: NoteSigner,
        seen: Option<Seen>,
    ) -> Result<Self, NoteError> {
        if signer.key().kind() != KeyKind::Witness {
            return Err(NoteError::Key);
        }
        Ok(Self { origin: origin.to_owned(), log, signer, seen })
    }

    /// What was signed last.
    #[must_use]
    pub const fn seen(&self) -> Option<Seen> {
        self.seen
    }

    /// Signs a checkpoint that continues the last one, given the proof of that. `keep` stores what is seen before the
    /// signature exists; if it fails, nothing is signed.
    ///
    /// # Errors
    /// [`WitnessError`] says why it is not signed; what was seen before stays.
    pub fn cosign(
        &mut self,
        signed: &mut SignedCheckpoint,
        proof: &[Hash],
        now: Timestamp,
        keep: impl FnOnce(Seen) -> std::io::Result<()>,
    ) -> Result<(), WitnessError> {
        let checkpoint = signed.checkpoint();
        if checkpoint.origin != self.origin {
            let (found, watched) = (checkpoint.origin.clone(), self.origin.clone());
            return Err(WitnessError::Origin { found, watched });
        }
        signed.verify(&self.log)?;
        let next = Seen { size: checkpoint.size, root: checkpoint.root };
        if let Some(seen) = self.seen {
            let continues = verify_consistency(seen.size, &seen.root, next.size, &next.root, proof);
            continues.map_err(|source| WitnessError::Inconsistent { size: next.size, seen, source })?;
        }
        keep(next).map_err(WitnessError::Keep)?;
        self.seen = Some(next);
        let line = self.signer.sign(&signed.checkpoint().text(), now);
        signed.add(line);
        Ok(())
    }
}
