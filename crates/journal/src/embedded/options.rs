//! How the embedded journal is set up.
//!
//! Owns the bounds of a segment's size and the defaults.

use std::sync::Arc;
use std::time::Duration;

use super::disk::{Disk, SystemDisk};
use super::reserve::{DiskSpace, Plan, SpaceSource};

/// Smallest segment: it must hold two full entries, or `has_space` could never say yes.
pub(crate) const SEGMENT_BYTES_MIN: u64 = 2 * 1024 * 1024;
/// Largest segment.
pub(crate) const SEGMENT_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// How the embedded journal is set up.
#[derive(Clone)]
pub struct EmbeddedOptions {
    /// Size of new segments in bytes, 2 MiB to 1 GiB. Segments that exist keep theirs.
    pub segment_bytes: u64,
    /// How many segments are kept reserved ahead of the one in use.
    pub reserve_ahead: usize,
    /// Whether opening recomputes leaf hashes too. Off where the caller's replay checks them on a second core.
    pub check_hashes: bool,
    /// How long after a failed reservation the next try comes.
    pub retry_pause: Duration,
    /// The file system.
    pub disk: Arc<dyn Disk>,
    /// Where the space of new segments comes from.
    pub space: Arc<dyn SpaceSource>,
}

impl Default for EmbeddedOptions {
    /// Segments of 32 MiB, two reserved ahead, everything checked, the machine's disk.
    fn default() -> Self {
        Self {
            segment_bytes: 32 * 1024 * 1024,
            reserve_ahead: 2,
            check_hashes: true,
            retry_pause: Duration::from_millis(500),
            disk: Arc::new(SystemDisk),
            space: Arc::new(DiskSpace),
        }
    }
}

impl EmbeddedOptions {
    /// The smallest footprint, for tests: segments of 2 MiB, one reserved ahead.
    #[must_use]
    pub fn small() -> Self {
        Self { segment_bytes: SEGMENT_BYTES_MIN, reserve_ahead: 1, ..Self::default() }
    }

    pub(crate) fn plan(&self) -> Plan {
        Plan {
            bytes: self.segment_bytes,
            ahead: self.reserve_ahead.max(1),
            retry_pause: self.retry_pause,
            disk: Arc::clone(&self.disk),
            space: Arc::clone(&self.space),
        }
    }
}

impl std::fmt::Debug for EmbeddedOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedOptions")
            .field("segment_bytes", &self.segment_bytes)
            .field("reserve_ahead", &self.reserve_ahead)
            .field("check_hashes", &self.check_hashes)
            .field("retry_pause", &self.retry_pause)
            .finish_non_exhaustive()
    }
}
