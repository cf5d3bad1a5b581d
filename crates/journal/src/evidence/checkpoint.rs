//! What the journal was at a moment, said in six lines that can be signed and read aloud.
//!
//! ```text
//! jakarta-one.go.id/journal          whose journal
//! 20852163                           how many entries
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2   root of the tree over their hashes, base64
//! head 5dc9da79a70659a9…             hash of the last one
//! at 1795000000000000                its time, microseconds UTC
//! epoch 17                           the leader that wrote it
//! ```
//!
//! Owns this text (C2SP tlog-checkpoint; the last three lines are its extension lines). Never signs by itself.

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::note::{self, NoteError, NoteKey, NoteSigner};
use crate::hash::Hash;

/// What the journal was at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose journal: one line, the same for good.
    pub origin: String,
    /// How many entries; also the number of the last one.
    pub size: u64,
    /// Root of the tree over their hashes.
    pub root: Hash,
    /// Hash of the last entry.
    pub head: Hash,
    /// Its time.
    pub at: Timestamp,
    /// The epoch of the leader that wrote it.
    pub epoch: u64,
}

/// Why a text is not a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// A line is missing or says something else.
    #[error("this is not a checkpoint of a journal: {0}")]
    Form(&'static str),
    /// The note around it is wrong.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { origin, size, root, head, at, epoch } = self;
        let root = STANDARD.encode(root.0);
        format!("{origin}\n{size}\n{root}\nhead {head}\nat {}\nepoch {epoch}\n", at.0)
    }

    /// Reads the text. Only the very text that [`Checkpoint::text`] writes is taken, so that nothing can be said in two
    /// ways.
    ///
    /// # Errors
    /// [`CheckpointError::Form`] names what is wrong.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split('\n');
        let mut line = |label: &str, missing| {
            lines.next().and_then(|line| line.strip_prefix(label)).ok_or(CheckpointError::Form(missing))
        };
        let origin = line("", "it is empty")?.to_owned();
        let size =
            line("", "no size")?.parse().map_err(|_| CheckpointError::Form("the size is no number"))?;
        let root = STANDARD.decode(line("", "no root")?).ok().and_then(|bytes| bytes.try_into().ok());
        let root = Hash(root.ok_or(CheckpointError::Form("the root is no hash"))?);
        let head =
            Hash::parse(line("head ", "no head")?).ok_or(CheckpointError::Form("the head is no hash"))?;
        let at =
            line("at ", "no time")?.parse().map_err(|_| CheckpointError::Form("the time is no number"))?;
        let epoch = line("epoch ", "no epoch")?
            .parse()
            .map_err(|_| CheckpointError::Form("the epoch is no number"))?;
        let read = Self { origin, size, root, head, at: Timestamp(at), epoch };
        if read.origin.is_empty() || read.text() != text {
            return Err(CheckpointError::Form("it is written in another way than checkpoints are"));
        }
        Ok(read)
    }

    /// Signs it as the one who keeps the journal.
    #[must_use]
    pub fn sign(self, signer: &NoteSigner) -> SignedCheckpoint {
        let line = signer.sign(&self.text(), self.at);
        SignedCheckpoint { checkpoint: self, lines: vec![line] }
    }
}

/// A checkpoint with the signatures under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    lines: Vec<String>,
}

impl SignedCheckpoint {
    /// What it says; believed only after [`SignedCheckpoint::verify`].
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Checks that a key signed it; a witness's signature also says when.
    ///
    /// # Errors
    /// [`NoteError`] when it did not, or something else.
    pub fn verify(&self, key: &NoteKey) -> Result<Option<Timestamp>, NoteError> {
        key.verify(&self.checkpoint.text(), &self.lines)
    }

    /// Puts another signature under it.
    pub(crate) fn add(&mut self, line: String) {
        if !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }

    /// As a signed note.
    #[must_use]
    pub fn to_note(&self) -> String {
        format!("{}\n{}\n", self.checkpoint.text(), self.lines.join("\n"))
    }

    /// Reads a signed note.
    ///
    /// # Errors
    /// [`CheckpointError`] when it is none, or not of a checkpoint.
    pub fn from_note(note: &str) -> Result<Self, CheckpointError> {
        let (text, lines) = note::split(note)?;
        Ok(Self { checkpoint: Checkpoint::parse(text)?, lines })
    }
}
