//! Recovery: a torn entry is copied aside and its place made zero again.
//!
//! Owns the one write that is not an append. It works from the back to the front in steps of one disk sector, each
//! durable before the next, so that a kill in the middle leaves a shorter tear and not damage. Never touches an entry
//! that is whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use base::{Clock as _, SystemClock};

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
pub(crate) fn set_aside(dir: &Path, tear: &Tear) -> io::Result<TornTail> {
    let file = OpenOptions::new().read(true).write(true).open(&tear.file)?;
    let mut bytes = vec![0u8; length(tear.bytes)];
    file.read_exact_at(&mut bytes, tear.offset)?;
    let kept = keep(dir, tear, &bytes)?;
    let mut end = tear.offset + last_non_zero(&bytes).map_or(0, |last| distance(last) + 1);
    while end > tear.offset {
        let start = ((end - 1) / SECTOR_BYTES * SECTOR_BYTES).max(tear.offset);
        file.write_all_at(&vec![0; length(end - start)], start)?;
        file.sync_data()?;
        end = start;
    }
    Ok(TornTail { tear: tear.clone(), kept })
}

fn keep(dir: &Path, tear: &Tear, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut time = SystemClock::new(0).now().0;
    loop {
        let path = dir.join(format!("torn-{}-{time}.bin", tear.seq));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => time += 1,
            opened => {
                let mut copy = opened?;
                copy.write_all(bytes)?;
                copy.sync_all()?;
                File::open(dir)?.sync_all()?;
                return Ok(path);
            }
        }
    }
}
