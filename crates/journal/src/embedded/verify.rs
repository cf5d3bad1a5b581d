//! Verification from outside: no lock, no repair, no running system.
//!
//! Owns the read-only entry point. Says what recovery would say, changes nothing, and names a torn last entry instead
//! of refusing it: after a kill that is how a sound journal looks.

use std::path::Path;

use super::disk::{Disk, SystemDisk};
use super::finding::{Tear, WalkError};
use super::walk::{Manner, Stop, walk};
use crate::entry::Entry;
use crate::log::Head;

/// What a verified journal holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The last whole entry.
    pub head: Head,
    /// How many entries.
    pub entries: u64,
    /// How many records.
    pub records: u64,
    /// Segments in use.
    pub segments: usize,
    /// Segments reserved, found zero throughout.
    pub reserved: usize,
    /// A last entry that was cut off; the next start sets it aside.
    pub tear: Option<Tear>,
}

/// Why a verification did not end well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError<E> {
    /// The journal is damaged or cannot be read.
    #[error(transparent)]
    Journal(WalkError),
    /// The visitor refused an entry.
    #[error("the visitor refused an entry: {0}")]
    Visitor(E),
}

/// Walks over the whole journal in `dir`: segment headers, CRCs, leaves, Merkle roots, chain, times, and zeros after
/// the last entry and in reserved segments. Each entry is shown to `visit`, which may replay it.
///
/// Safe beside a running writer: what the writer appends during the walk may or may not be seen.
///
/// # Errors
/// [`VerifyError::Journal`] at the first wrong byte; [`VerifyError::Visitor`] with what the visitor returned.
pub fn verify<E>(
    dir: &Path,
    visit: impl FnMut(&Entry<'_>) -> Result<(), E>,
) -> Result<Verification, VerifyError<E>> {
    verify_on(&SystemDisk, dir, visit)
}

/// As [`verify`], on another file system.
///
/// # Errors
/// As [`verify`].
pub fn verify_on<E>(
    disk: &dyn Disk,
    dir: &Path,
    mut visit: impl FnMut(&Entry<'_>) -> Result<(), E>,
) -> Result<Verification, VerifyError<E>> {
    let walked =
        walk(disk, dir, Manner { hashes: true, live: true }, &mut visit).map_err(|stop| match stop {
            Stop::Wrong(error) => VerifyError::Journal(error),
            Stop::Visitor(error) => VerifyError::Visitor(error),
        })?;
    Ok(Verification {
        head: walked.head,
        entries: walked.entries,
        records: walked.records,
        segments: walked.segments.len(),
        reserved: walked.reserved.len(),
        tear: walked.tear,
    })
}
