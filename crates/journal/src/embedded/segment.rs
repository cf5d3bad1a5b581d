//! Segment files: their names and their headers.
//!
//! ```text
//! segment-000000000001.journal            header, 128 bytes
//!   header, 128 bytes                       0  magic "JK1SEGMT"
//!   entries, each at a multiple of 8        8  format                       u32
//!   zeros to the end                       12  ordinal of the segment       u64
//!                                          20  size of the file             u64
//! A reserved segment is all zero.          28  seq of its first entry       u64
//!                                          36  hash of the entry before     32
//!                                          68  zeros
//!                                         124  CRC-32 of bytes 0–123        u32
//! ```
//!
//! Owns the names of the files in the journal's directory and the header's layout. Never opens a file. A header says
//! nothing about the city: which city it is stands in the genesis entry, and the hashes bind it.

use std::io;
use std::path::{Path, PathBuf};

use super::disk::Disk;
use crate::bytes::Fields;
use crate::layout::{FORMAT, Put};
use crate::log::Head;

/// Bytes of a segment's header.
pub(crate) const SEGMENT_HEADER_BYTES: usize = 128;
/// Where the first entry of a segment stands.
pub(crate) const FIRST_ENTRY: u64 = 128;

const MAGIC: [u8; 8] = *b"JK1SEGMT";
const CHECKED_BYTES: usize = 124;

/// A segment in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SegmentAt {
    pub(crate) ordinal: u64,
    pub(crate) bytes: u64,
    pub(crate) first_seq: u64,
}

/// The header a segment gets when its first entry follows `head`: all of it is known in advance.
pub(crate) fn header(ordinal: u64, bytes: u64, head: &Head) -> [u8; SEGMENT_HEADER_BYTES] {
    let mut encoded = [0u8; SEGMENT_HEADER_BYTES];
    let mut put = Put { bytes: &mut encoded, at: 0 };
    put.put(&MAGIC);
    put.put(&FORMAT.to_le_bytes());
    put.put(&ordinal.to_le_bytes());
    put.put(&bytes.to_le_bytes());
    put.put(&head.seq.saturating_add(1).to_le_bytes());
    put.put(&head.hash.0);
    put.at = CHECKED_BYTES;
    let checksum = crc32fast::hash(put.written());
    put.put(&checksum.to_le_bytes());
    encoded
}

/// The first seq a header names, if the bytes are a header at all (magic and CRC agree).
pub(crate) fn first_seq(bytes: &[u8]) -> Option<u64> {
    let bytes = bytes.first_chunk::<SEGMENT_HEADER_BYTES>()?;
    let checksum = bytes.last_chunk::<4>().copied().map(u32::from_le_bytes);
    let mut fields = Fields(bytes);
    let magic: [u8; 8] = fields.array()?;
    fields.slice(20)?;
    let seq = fields.u64()?;
    (magic == MAGIC && checksum == bytes.get(..CHECKED_BYTES).map(crc32fast::hash)).then_some(seq)
}

/// The file of a segment.
pub(crate) fn path(dir: &Path, ordinal: u64) -> PathBuf {
    dir.join(format!("segment-{ordinal:012}.journal"))
}

/// The file of a segment that is still being written with zeros.
pub(crate) fn unfinished_path(dir: &Path, ordinal: u64) -> PathBuf {
    dir.join(format!("segment-{ordinal:012}.reserving"))
}

/// The ordinals of the segment files in `dir`, ascending; a directory that is not there has none.
pub(crate) fn list(disk: &dyn Disk, dir: &Path) -> io::Result<Vec<u64>> {
    numbered(disk, dir, ".journal")
}

/// The ordinals of segment files that were being written when a process ended.
pub(crate) fn list_unfinished(disk: &dyn Disk, dir: &Path) -> io::Result<Vec<u64>> {
    numbered(disk, dir, ".reserving")
}

fn numbered(disk: &dyn Disk, dir: &Path, extension: &str) -> io::Result<Vec<u64>> {
    let mut ordinals = Vec::new();
    let names = match disk.names(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(ordinals),
        names => names?,
    };
    for name in names {
        let digits = name.to_str().and_then(|name| name.strip_prefix("segment-")?.strip_suffix(extension));
        ordinals.extend(digits.and_then(|digits| digits.parse::<u64>().ok()));
    }
    ordinals.sort_unstable();
    Ok(ordinals)
}
