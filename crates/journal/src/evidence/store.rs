//! The tree's nodes in one file, in the order in which they come to be: a leaf, then every subtree it completes.
//!
//! Owns the file: 32 bytes per node, nothing else, so 64 bytes per entry. Its length says how many leaves it holds; a part
//! of a leaf's nodes at the end, as a kill leaves it, is cut off. Whether the bytes are those that were written is for the
//! caller to see, who knows a signed root of them. A writer appends and flushes; readers run beside it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::tree::Nodes;
use crate::bytes::distance;
use crate::hash::Hash;

const NODE_BYTES: u64 = 32;

/// Bytes collected before they are written.
const PENDING_MAX: usize = 1 << 20;

/// Nodes of a tree in a file.
#[derive(Debug)]
pub struct FileNodes {
    file: File,
    /// Nodes in the file.
    written: u64,
    /// Nodes that are not in the file yet.
    pending: Vec<u8>,
    /// Why the file cannot be written; nothing is kept from then on.
    failed: Option<io::Error>,
}

impl FileNodes {
    /// Opens the file to add to it, made for its owner alone if there is none. A part of a leaf's nodes at its end is cut off.
    ///
    /// # Errors
    /// When the file cannot be opened or cut.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let mut nodes = Self::over(file)?;
        nodes.cut(nodes.leaves())?;
        Ok(nodes)
    }

    /// Opens the file to read.
    ///
    /// # Errors
    /// When the file is not there or cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        Self::over(File::open(path)?)
    }

    fn over(file: File) -> io::Result<Self> {
        let written = file.metadata()?.len() / NODE_BYTES;
        Ok(Self { file, written, pending: Vec::new(), failed: None })
    }

    /// How many leaves are there with every subtree they complete.
    #[must_use]
    pub fn leaves(&self) -> u64 {
        let nodes = self.nodes();
        let mut leaves = nodes / 2;
        // Leaves and the subtrees they complete are fewer than two a leaf, by one per bit of the count.
        while nodes_of(leaves + 1) <= nodes {
            leaves += 1;
        }
        leaves
    }

    /// Keeps the first leaves and what they complete, and forgets what comes after.
    ///
    /// # Errors
    /// When the file cannot be cut; nothing is kept from then on.
    pub fn cut(&mut self, leaves: u64) -> io::Result<()> {
        let nodes = nodes_of(leaves);
        let pending = nodes.saturating_sub(self.written).saturating_mul(NODE_BYTES);
        self.pending.truncate(crate::bytes::length(pending));
        self.written = self.written.min(nodes);
        self.file.set_len(self.written * NODE_BYTES)
    }

    /// Writes what was kept and waits until it is durable.
    ///
    /// # Errors
    /// When it cannot be, now or at an earlier time.
    pub fn flush(&mut self) -> io::Result<()> {
        self.write();
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.file.sync_all(),
        }
    }

    fn nodes(&self) -> u64 {
        self.written + distance(self.pending.len()) / NODE_BYTES
    }

    fn write(&mut self) {
        if self.failed.is_some() || self.pending.is_empty() {
            return;
        }
        match self.file.write_all_at(&self.pending, self.written * NODE_BYTES) {
            Ok(()) => {
                self.written = self.nodes();
                self.pending.clear();
            }
            Err(error) => self.failed = Some(error),
        }
    }
}

impl Nodes for FileNodes {
    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        let place = place(level, index)?;
        let mut hash = [0; 32];
        match place.checked_sub(self.written) {
            None => self.file.read_exact_at(&mut hash, place * NODE_BYTES).ok()?,
            Some(pending) => {
                let start = usize::try_from(pending.checked_mul(NODE_BYTES)?).ok()?;
                hash = *self.pending.get(start..)?.first_chunk::<32>()?;
            }
        }
        Some(Hash(hash))
    }

    fn keep(&mut self, level: u32, index: u64, hash: Hash) {
        if self.failed.is_some() {
            return;
        }
        debug_assert_eq!(place(level, index), Some(self.nodes()), "nodes come in order");
        self.pending.extend_from_slice(&hash.0);
        if self.pending.len() >= PENDING_MAX {
            self.write();
        }
    }
}

/// Nodes of a tree of so many leaves, complete subtrees alone.
fn nodes_of(leaves: u64) -> u64 {
    leaves.saturating_mul(2).saturating_sub(u64::from(leaves.count_ones()))
}

/// Where a node stands: behind all of the leaves before the one that completes it, and behind the smaller subtrees that one
/// completes.
fn place(level: u32, index: u64) -> Option<u64> {
    let leaves = index.checked_add(1)?.checked_mul(1u64.checked_shl(level)?)?;
    nodes_of(leaves - 1).checked_add(u64::from(level))
}
