//! Reading segment files from outside, up to where they end at one moment.
//!
//! Owns the read-only entry point for copies. Needs no lock and no running system, and changes nothing; it flushes the file
//! in use, so that nothing is copied that the original could still lose.

use std::convert::Infallible;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, RwLock};

use super::disk::SystemDisk;
use super::finding::{WalkError, walking};
use super::read::{EmbeddedReader, Published};
use super::segment;
use super::walk::{Manner, Stop, walk};
use crate::entry::Entry;
use crate::log::{Head, ReadError, Reader};

/// Walks over every byte of the segment files in `dir` and answers a reader of what is whole, with its last entry. Safe
/// beside a running writer; what comes later is not read.
///
/// # Errors
/// [`ReadError::Damaged`] at the first wrong byte; when the files cannot be read.
pub fn read_files(dir: &Path) -> Result<(Box<dyn Reader>, Head), ReadError> {
    let mut visit = |_: &Entry<'_>| -> Result<(), Infallible> { Ok(()) };
    let walked =
        walk(&SystemDisk, dir, Manner { hashes: true, live: true }, &mut visit).map_err(
            |stop| match stop {
                Stop::Wrong(error) => error,
                Stop::Visitor(never) => match never {},
            },
        )?;
    if let Some(last) = walked.segments.last() {
        let path = segment::path(dir, last.ordinal);
        let flushed: Result<(), WalkError> =
            File::open(&path).and_then(|file| file.sync_data()).map_err(walking("flush", &path));
        flushed?;
    }
    let head = walked.head;
    let published = Published { head, segments: walked.segments, end: walked.end };
    let reader =
        EmbeddedReader::new(Arc::new(SystemDisk), dir.to_path_buf(), Arc::new(RwLock::new(published)), 1)?;
    Ok((Box::new(reader), head))
}
