//! Recovery: a torn entry is copied aside and its place made zero again.
//!
//! Owns the writes that are not appends. Making zero works from the back to the front in steps of one disk sector, each
//! durable before the next, so that a kill in the middle leaves a shorter tear and not damage. What is whole is written
//! again as it is, byte for byte. Never changes an entry that is whole.

use std::io;
use std::path::{Path, PathBuf};

use base::{Clock as _, SystemClock};

use super::disk::{Access, Disk};
use super::finding::Tear;
use super::reserve::Reserved;
use super::walk::Walked;
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
    let last = tear.offset + last_non_zero(&bytes).map_or(0, distance);
    // One sector more than shows: a try whose flush failed before has left zeros there that are not durable.
    let mut end = (after_sector(last) + SECTOR_BYTES).min(file.bytes()?);
    while end > tear.offset {
        let start = ((end - 1) / SECTOR_BYTES * SECTOR_BYTES).max(tear.offset);
        file.write_all_at(&vec![0; length(end - start)], start)?;
        file.sync_data()?;
        end = start;
    }
    Ok(TornTail { tear: tear.clone(), kept })
}

/// Where the sector ends in which a byte stands.
const fn after_sector(at: u64) -> u64 {
    (at / SECTOR_BYTES + 1) * SECTOR_BYTES
}

/// Writes the end of the journal again: the last entry, or the header of a segment that holds none, and zeros to the end
/// of its sector.
///
/// The process before may have ended with its last write in the system's memory only, because it was killed, or because
/// its flush failed. After a failed flush the system takes what it holds for written: it reads as whole, and a
/// further flush writes nothing. It is about to be called the head, so it must be durable first; likewise the zeros where
/// a tear began.
pub(crate) fn write_again(segment: &Reserved, walked: &Walked) -> io::Result<()> {
    let start = if walked.last < walked.end { walked.last } else { 0 };
    let mut bytes = vec![0u8; length(walked.end - start)];
    segment.file.read_exact_at(&mut bytes, start)?;
    let end = after_sector(walked.end).min(segment.bytes);
    bytes.resize(length(end - start), 0);
    segment.file.write_all_at(&bytes, start)?;
    segment.file.sync_all()
}

/// Makes the beginning of the next segment zero again: a header that was cut off there may have been set aside by a process
/// whose flush failed.
pub(crate) fn write_zeros_again(segment: &Reserved) -> io::Result<()> {
    segment.file.write_all_at(&vec![0; length(SECTOR_BYTES)], 0)?;
    segment.file.sync_data()
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
