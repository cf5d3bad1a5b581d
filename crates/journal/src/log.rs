//! The journal as its users see it: a head, an append, a reader.
//!
//! Owns the port that every backend implements and the meaning of its answers (the conformance suite says it in
//! tests). Never knows where bytes are kept.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base::Timestamp;

use crate::embedded::Damaged;
use crate::entry::Damage;
use crate::hash::Hash;
use crate::seal::Sealed;
use crate::server::WrongEntry;

/// A position: the last entry, its hash and its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Number of the last entry; 0 before the first (genesis is 1).
    pub seq: u64,
    /// Its hash; all zero before the first.
    pub hash: Hash,
    /// Its time; 1970-01-01 before the first.
    pub at: Timestamp,
}

impl Head {
    /// Nothing was written yet.
    pub const EMPTY: Self = Self { seq: 0, hash: Hash::ZERO, at: Timestamp(0) };
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.seq, self.hash)
    }
}

/// What became of an entry.
#[derive(Debug)]
#[must_use]
pub enum Appended {
    /// It is durable; answers may go out.
    Durable,
    /// Another leader's entry stands at this seq: exit, hand out nothing.
    Fenced,
    /// Nobody knows yet: send the same bytes again, decide nothing new.
    Unknown,
    /// It failed and is not tried again: exit; recovery tells what is there.
    Failed(AppendError),
}

/// Why an append failed for good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// Writing or flushing failed; whether the bytes are on the disk is unknown, so the process must end.
    #[error("cannot {action} {path:?}: {reason}; the process must end and recover")]
    Storage {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// No segment is reserved, or the server's disk is full; nothing was written. `has_space` says so before anything
    /// is decided.
    #[error("there is no space for the entry; ask `has_space` before deciding")]
    NoSpace,
    /// The server that keeps the journal refused the entry for good, so the process must end.
    #[error("{server} refused to {action}: {reason}; the process must end and recover")]
    Refused {
        /// What was tried.
        action: &'static str,
        /// Which server, without its password.
        server: String,
        /// What it said.
        reason: String,
    },
    /// The entry is not the next one; nothing was written.
    #[error("entry {seq} cannot follow entry {head}")]
    Gap {
        /// The entry offered.
        seq: u64,
        /// The last entry.
        head: u64,
    },
    /// The bytes are not an entry or not the one `head` names; nothing was written.
    #[error("the bytes are not the entry they are offered as: {0}")]
    Malformed(Damage),
    /// The entry's time lies before that of the last one; nothing was written.
    #[error("entry {seq} is older than the one before it")]
    TimeWentBack {
        /// The entry offered.
        seq: u64,
    },
    /// An append failed before; only a new start may write again.
    #[error("an earlier append failed; the process must end and recover")]
    FailedBefore,
}

/// Why reading failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The operating system refused.
    #[error("cannot {action} {path:?}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A byte is not what was written.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The server that keeps the journal cannot be read at the moment, or refused.
    #[error(
        "cannot {action} at {server}: {reason}; see that the server is up and can be reached, then read again"
    )]
    Server {
        /// What was tried.
        action: &'static str,
        /// Which server, without its password.
        server: String,
        /// What it said, or that it said nothing.
        reason: String,
    },
    /// A server gave back what was not written.
    #[error(transparent)]
    Wrong(#[from] WrongEntry),
    /// The journal does not reach that far: the asker has seen entries this journal does not have.
    #[error("entry {from_seq} was asked for, but the journal ends at {head}")]
    Beyond {
        /// What was asked for.
        from_seq: u64,
        /// The last entry.
        head: u64,
    },
}

/// A durable, ordered, hash-chained log. One writer owns it; readers run beside it.
pub trait Journal: Send {
    /// The last durable entry.
    fn head(&self) -> Head;

    /// Appends an entry and waits until it is durable. An entry already there with the same hash is `Durable`, one
    /// with another hash is `Fenced`: so an `Unknown` is resolved by asking again.
    fn append(&mut self, sealed: &Sealed) -> Appended;

    /// Whether a batch may be decided: there is room, reserved and written before, for two full entries: the one
    /// being written and the one being decided. False means answer 503 `journal_full`.
    fn has_space(&mut self) -> bool;

    /// Waits until [`Journal::has_space`] or the time is over, and returns what it says: for bulk work that has
    /// nobody to answer 503 to.
    fn wait_for_space(&mut self, limit: Duration) -> bool {
        let _ = limit;
        self.has_space()
    }

    /// Reads durable entries from `from_seq` on (0 and 1 both mean the first). One past the head is allowed: such a
    /// reader waits for what comes.
    ///
    /// # Errors
    /// [`ReadError::Beyond`] past that; otherwise when the entries before it cannot be read.
    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError>;
}

/// Reads durable entries in order.
pub trait Reader: Send {
    /// The next entry's bytes, checked for structure, CRC and chain (leaf hashes are for
    /// [`crate::Entry::check_hashes`]); `None` at the end, where a later call returns what was appended since.
    ///
    /// # Errors
    /// When a byte is not what was written or cannot be read; the reader is then of no further use.
    fn next(&mut self) -> Result<Option<Arc<[u8]>>, ReadError>;
}
