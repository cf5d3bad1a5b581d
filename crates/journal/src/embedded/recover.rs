//! Recovery: a torn entry is copied aside and its place made zero again.
//!
//! Owns the one write that is not an append. It works from the back to the front in steps of one disk sector, each
//! durable before the next, so that a kill in the middle leaves a shorter tear and not damage. Never touches an entry
//! that is whole.

use std::io;
use std::path::{Path, PathBuf};

use base::{Clock as _, SystemClock};

use super::disk::{Access, Disk};
use super::finding::Tear;
use crate::bytes::{distance, last_non_zero, length};

/// The smallest piece a disk writes as a whole.
const SECTOR_BYTES: u64 = 512;

/// A tear that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// What was cut off.
    pub tear: Tear,
    /// The copy of its bytes; nothing ever deletes it.
    pub kept: PathBuf,
}

/// Copies a tear to a file of its own, then makes its place zero.
pub(crate) fn set_aside(disk: &dyn Disk, dir: &Path, tear: &Tear) -> io::Result<TornTail> {
    let file = disk.open(&tear.file, Access::Write)?;
    let mut bytes = vec![0u8; length(tear.bytes)];
    file.read_exact_at(&mut bytes, tear.offset)?;
    let kept = keep(disk, dir, tear, &bytes)?;
    let mut end = tear.offset + last_non_zero(&bytes).map_or(0, |last| distance(last) + 1);
    while end > tear.offset {
        let start = ((end - 1) / SECTOR_BYTES * SECTOR_BYTES).max(tear.offset);
        file.write_all_at(&vec![0; length(end - start)], start)?;
        file.sync_data()?;
        end = start;
    }
    Ok(TornTail { tear: tear.clone(), kept })
}

fn keep(disk: &dyn Disk, dir: &Path, tear: &Tear, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut time = SystemClock::new(0).now().0;
    loop {
        let path = dir.join(format!("torn-{}-{time}.bin", tear.seq));
        match disk.open(&path, Access::CreateNew) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => time += 1,
            opened => {
                let copy = opened?;
                copy.write_all_at(bytes, 0)?;
                copy.sync_all()?;
                disk.sync_dir(dir)?;
                return Ok(path);
            }
        }
    }
}
