//! A moving window over a segment file.
//!
//! Owns one read buffer. Never writes, and never shows a byte at or past its limit, so that what is cached was final
//! when it was read.

use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Access, Disk, DiskFile};
use crate::bytes::{distance, last_non_zero, length};

const READ_BYTES: usize = 1024 * 1024;

/// A window over a file.
pub(crate) struct Window {
    file: Box<dyn DiskFile>,
    pub(crate) path: PathBuf,
    /// Bytes from here on are not read.
    pub(crate) limit: u64,
    start: u64,
    buffer: Vec<u8>,
}

impl Window {
    /// Opens a file for reading, up to its present size.
    pub(crate) fn open(disk: &dyn Disk, path: &Path) -> io::Result<Self> {
        let file = disk.open(path, Access::Read)?;
        let limit = file.bytes()?;
        Ok(Self { file, path: path.to_path_buf(), limit, start: 0, buffer: Vec::new() })
    }

    /// The bytes from `at` on, at most `wanted`, fewer only at the limit.
    pub(crate) fn slice(&mut self, at: u64, wanted: usize) -> io::Result<&[u8]> {
        let wanted = wanted.min(length(self.limit.saturating_sub(at)));
        let inside = at.checked_sub(self.start).map(length);
        let cached = inside.is_some_and(|from| from.saturating_add(wanted) <= self.buffer.len());
        if !cached {
            self.fill(at, wanted)?;
        }
        let from = length(at.saturating_sub(self.start));
        Ok(self.buffer.get(from..from.saturating_add(wanted)).unwrap_or_default())
    }

    fn fill(&mut self, at: u64, wanted: usize) -> io::Result<()> {
        let bytes = wanted.max(READ_BYTES).min(length(self.limit.saturating_sub(at)));
        self.buffer.resize(bytes, 0);
        self.start = at;
        let read = self.file.read_exact_at(&mut self.buffer, at);
        if read.is_err() {
            self.buffer.clear();
        }
        read
    }

    /// Where the last byte that is not zero stands in `from..limit`.
    pub(crate) fn last_non_zero(&mut self, from: u64) -> io::Result<Option<u64>> {
        let mut end = self.limit;
        while end > from {
            let start = end.saturating_sub(distance(READ_BYTES)).max(from);
            let bytes = self.slice(start, length(end - start))?;
            if let Some(place) = last_non_zero(bytes) {
                return Ok(Some(start + distance(place)));
            }
            end = start;
        }
        Ok(None)
    }
}
