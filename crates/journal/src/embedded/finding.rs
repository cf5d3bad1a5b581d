//! What a walk over the segment files can find wrong, and how it is said.
//!
//! Owns the words. Never decides whether something is wrong.

use std::path::PathBuf;

use crate::entry::Damage;

/// A wrong byte: where, and what should be there. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file:?} at byte {offset}, entry {seq}: {finding}{}. Nothing was changed. Keep this file, and \
         repair the journal: `jakone journal repair --from COPY --data DIR`", followed(.followed_by))]
pub struct Damaged {
    /// The segment file.
    pub file: PathBuf,
    /// Offset of the entry, header or byte in the file.
    pub offset: u64,
    /// The entry that stands there or should stand there.
    pub seq: u64,
    /// What is wrong.
    pub finding: Finding,
    /// A later entry that is whole: then this is corruption in the middle, not a write that was cut off.
    pub followed_by: Option<u64>,
}

fn followed(by: &Option<u64>) -> String {
    by.map(|seq| format!("; the whole entry {seq} follows, so the damage lies inside the journal"))
        .unwrap_or_default()
}

/// What is wrong with a place in the segment files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// A segment's header is altered, or is another segment's.
    #[error("the segment's header is not what it must be")]
    SegmentHeader,
    /// A segment file is missing between two others or before the first.
    #[error("the segment file is missing")]
    SegmentMissing,
    /// No entry stands where one must.
    #[error("the entry is missing")]
    Missing,
    /// The entry itself is wrong.
    #[error("the entry is damaged: {0}")]
    Entry(Damage),
    /// A whole entry stands here that is not the next one.
    #[error("a whole entry stands here that does not follow the one before it")]
    NotNext,
    /// The entry's time lies before that of the one before it.
    #[error("the entry is older than the one before it")]
    Older,
    /// Bytes after the last entry, or in a reserved segment, that are neither zero nor a cut-off write.
    #[error("bytes that must be zero are not")]
    NotZero,
}

/// A last entry that was cut off while it was written: nobody was ever told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tear {
    /// The number the entry would have had.
    pub seq: u64,
    /// The segment file.
    pub file: PathBuf,
    /// Where it begins.
    pub offset: u64,
    /// Bytes from there to its announced end, or of the header when the cut fell into it.
    pub bytes: u64,
}

impl std::fmt::Display for Tear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "entry {} was cut off at byte {} of {:?}", self.seq, self.offset, self.file)
    }
}

/// Why a walk over the segment files stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
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
}

/// Names an operation for the error it may end in.
pub(crate) fn walking(
    action: &'static str,
    path: &std::path::Path,
) -> impl FnOnce(std::io::Error) -> WalkError {
    let path = path.to_path_buf();
    move |source| WalkError::Io { action, path, source }
}
