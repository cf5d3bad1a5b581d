//! Reading beside the writer.
//!
//! Owns a reader's place. Sees only what is durable: the writer publishes each entry after its flush. Never takes the
//! writer's lock for longer than a copy of a few numbers.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use super::disk::Disk;
use super::finding::{Damaged, Finding, WalkError, walking};
use super::segment::{self, FIRST_ENTRY, SegmentAt};
use super::tail;
use super::window::Window;
use crate::bytes::distance;
use crate::entry::Entry;
use crate::hash::Hash;
use crate::log::{Head, ReadError, Reader};

/// What is durable, as the writer last published it.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) head: Head,
    pub(crate) segments: Vec<SegmentAt>,
    /// End of the last entry in the last segment.
    pub(crate) end: u64,
}

impl Published {
    /// The segment that holds `seq`, its end, and whether it is the last.
    fn segment_of(&self, seq: u64) -> Option<(SegmentAt, u64)> {
        let after = self.segments.partition_point(|segment| segment.first_seq <= seq);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        Some((*segment, if after == self.segments.len() { self.end } else { segment.bytes }))
    }
}

/// Reads a journal's entries in order.
pub(crate) struct EmbeddedReader {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    published: Arc<RwLock<Published>>,
    next_seq: u64,
    place: Option<ReadPlace>,
}

struct ReadPlace {
    ordinal: u64,
    window: Window,
    offset: u64,
    /// Number and hash of the entry before `offset`; the hash is unknown at a segment's first entry.
    before: (u64, Option<Hash>),
}

impl From<WalkError> for ReadError {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Io { action, path, source } => Self::Io { action, path, source },
            WalkError::Damaged(damaged) => Self::Damaged(damaged),
        }
    }
}

impl EmbeddedReader {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        published: Arc<RwLock<Published>>,
        from_seq: u64,
    ) -> Result<Self, ReadError> {
        let head = published.read().unwrap_or_else(PoisonError::into_inner).head.seq;
        if from_seq > head.saturating_add(1) {
            return Err(ReadError::Beyond { from_seq, head });
        }
        Ok(Self { disk, dir, published, next_seq: from_seq.max(1), place: None })
    }

    fn read(&mut self) -> Result<Option<Arc<[u8]>>, ReadError> {
        let found = {
            let published = self.published.read().unwrap_or_else(PoisonError::into_inner);
            if published.head.seq < self.next_seq { None } else { published.segment_of(self.next_seq) }
        };
        let Some((segment, end)) = found else {
            return Ok(None);
        };
        let mut place = self.place(segment)?;
        place.window.limit = end;
        loop {
            let (bytes, seq) = place.step()?;
            if seq >= self.next_seq {
                self.next_seq = seq + 1;
                self.place = Some(place);
                return Ok(Some(bytes));
            }
        }
    }

    /// The place in this segment: where the reader stands, or the segment's start.
    fn place(&mut self, segment: SegmentAt) -> Result<ReadPlace, ReadError> {
        let last = self.place.take();
        let hash = match last {
            Some(place) if place.ordinal == segment.ordinal => return Ok(place),
            Some(place) if place.before.0 + 1 == segment.first_seq => place.before.1,
            _ => None,
        };
        let path = segment::path(&self.dir, segment.ordinal);
        let window = Window::open(&*self.disk, &path).map_err(walking("open", &path))?;
        let before = (segment.first_seq.saturating_sub(1), hash);
        Ok(ReadPlace { ordinal: segment.ordinal, window, offset: FIRST_ENTRY, before })
    }
}

impl ReadPlace {
    /// Reads the entry at the offset and moves past it.
    fn step(&mut self) -> Result<(Arc<[u8]>, u64), ReadError> {
        let (offset, expected) = (self.offset, self.before.0 + 1);
        let file = self.window.path.clone();
        let wrong = |finding| Damaged { file, offset, seq: expected, finding, followed_by: None };
        let bytes = tail::announced(&mut self.window, offset)?;
        let entry = match Entry::parse_unchecked_hashes(bytes) {
            Ok(entry) => entry,
            Err(damage) => return Err(wrong(Finding::Entry(damage)).into()),
        };
        let follows = self.before.1.is_none_or(|hash| hash == entry.previous_hash());
        if entry.seq() != expected || !follows {
            return Err(wrong(Finding::NotNext).into());
        }
        self.before = (entry.seq(), Some(entry.head().hash));
        self.offset += distance(bytes.len());
        Ok((Arc::from(bytes), expected))
    }
}

impl Reader for EmbeddedReader {
    fn next(&mut self) -> Result<Option<Arc<[u8]>>, ReadError> {
        self.read()
    }
}
