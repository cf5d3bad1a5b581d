//! The embedded backend: the city's own segment files in one directory, and nothing else there.
//!
//! Owns appending: one write and one flush per entry into space that was written before. Never retries a failed
//! flush, never appends past what is reserved, never lets two processes in (an exclusive lock on the directory).
//!
//! Files: `segment-*.journal` (see [`segment`]), `segment-*.reserving` while the next one is written with zeros, and
//! `torn-SEQ-TIME.bin`, the copies of entries that were cut off and set aside.

mod copy;
mod disk;
mod files;
mod finding;
mod open;
mod options;
mod read;
mod recover;
mod repair;
mod reserve;
mod segment;
mod tail;
mod verify;
mod walk;
mod window;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

pub use copy::{Copied, CopyError, SegmentCopy};
pub use disk::{Access, Disk, DiskFile, DiskLock, SystemDisk};
pub use files::read_files;
pub use finding::{Damaged, Finding, Tear, WalkError};
pub use open::{Cover, OpenError, Recovery};
pub use options::EmbeddedOptions;
pub use recover::TornTail;
pub use repair::{RepairError, Repaired, repair};
pub use reserve::{DiskSpace, Reserving, SpaceSource, Wanted};
pub use verify::{Verification, VerifyError, verify, verify_on};

use crate::bytes::{distance, length};
use crate::entry::Entry;
use crate::layout::ENTRY_BYTES_MAX;
use crate::log::{AppendError, Appended, Head, Journal, ReadError, Reader};
use crate::offer::{Offered, offered};
use crate::seal::Sealed;
use finding::walking;
use read::{EmbeddedReader, Published};
use reserve::{Reserved, Reserver};
use segment::{FIRST_ENTRY, SegmentAt};

/// The journal in segment files.
pub struct Embedded {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    head: Head,
    active: Option<Reserved>,
    /// Where the next entry goes in the active segment.
    end: u64,
    reserver: Reserver,
    published: Arc<RwLock<Published>>,
    failed: bool,
    /// Held as long as the journal is open; released by the operating system when the process ends. The last field, so
    /// that it is given back when everything else has ended.
    _lock: Box<dyn DiskLock>,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("dir", &self.dir).field("head", &self.head).finish_non_exhaustive()
    }
}

impl Embedded {
    /// Opens the journal in `dir` (`DIR/journal`), which is made when it does not exist: locks it, walks over every
    /// byte, compares with `cover`, and sets a torn last entry aside.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do; nothing was changed then.
    pub fn open(
        dir: &Path,
        options: EmbeddedOptions,
        cover: Option<Cover>,
    ) -> Result<(Self, Recovery), OpenError> {
        let (mut journal, recovery, reserving) = Self::open_stepped(dir, options, cover)?;
        journal.reserver.spawn(reserving).map_err(walking("start the reserving thread of", dir))?;
        Ok((journal, recovery))
    }

    /// As [`Embedded::open`], without the thread that makes segments: the caller takes its turns. For simulation.
    ///
    /// # Errors
    /// As [`Embedded::open`].
    pub fn open_stepped(
        dir: &Path,
        options: EmbeddedOptions,
        cover: Option<Cover>,
    ) -> Result<(Self, Recovery, Reserving), OpenError> {
        let opened = open::open(dir, &options, cover)?;
        let walked = opened.walked;
        let recovery = Recovery {
            head: walked.head,
            entries: walked.entries,
            records: walked.records,
            torn: opened.torn,
        };
        let published = Published { head: walked.head, segments: walked.segments, end: walked.end };
        let journal = Self {
            disk: options.disk,
            dir: dir.to_path_buf(),
            head: walked.head,
            active: opened.active,
            end: walked.end,
            reserver: opened.reserver,
            published: Arc::new(RwLock::new(published)),
            failed: false,
            _lock: opened.lock,
        };
        Ok((journal, recovery, opened.reserving))
    }

    /// Why no further segment could be reserved, if the last try failed.
    #[must_use]
    pub fn space_failure(&self) -> Option<String> {
        self.reserver.failure().map(ToString::to_string)
    }

    /// Bytes left in the active segment.
    fn left(&self) -> u64 {
        self.active.as_ref().map_or(0, |active| active.bytes.saturating_sub(self.end))
    }

    /// What stands at a seq that is taken: the same entry is durable, another one fences us.
    fn taken(&self, sealed: &Sealed) -> Appended {
        let found = self.reader(sealed.head.seq).and_then(|mut reader| reader.next());
        match found {
            Ok(Some(bytes)) => match Entry::parse_unchecked_hashes(&bytes) {
                Ok(entry) if entry.head() == sealed.head => Appended::Durable,
                _ => Appended::Fenced,
            },
            Ok(None) => Appended::Fenced,
            Err(error) => {
                let (path, reason) = (self.dir.clone(), error.to_string());
                Appended::Failed(AppendError::Storage { action: "read", path, reason })
            }
        }
    }

    fn write(&mut self, sealed: &Sealed) -> Result<(), AppendError> {
        if self.left() < distance(sealed.bytes.len()) {
            self.roll()?;
        }
        let active = self.active.as_ref().ok_or(AppendError::NoSpace)?;
        write_durably(active, &sealed.bytes, self.end)?;
        self.end += distance(sealed.bytes.len());
        self.head = sealed.head;
        let mut published = self.published.write().unwrap_or_else(PoisonError::into_inner);
        (published.head, published.end) = (self.head, self.end);
        Ok(())
    }

    /// Goes on in the next reserved segment. Its header is durable before its first entry, so that a cut-off write
    /// is always a beginning of what was written last.
    fn roll(&mut self) -> Result<(), AppendError> {
        let next = self.reserver.take().ok_or(AppendError::NoSpace)?;
        write_durably(&next, &segment::header(next.ordinal, next.bytes, &self.head), 0)?;
        self.end = FIRST_ENTRY;
        let mut published = self.published.write().unwrap_or_else(PoisonError::into_inner);
        let first_seq = self.head.seq + 1;
        published.segments.push(SegmentAt { ordinal: next.ordinal, bytes: next.bytes, first_seq });
        published.end = FIRST_ENTRY;
        self.active = Some(next);
        Ok(())
    }
}

/// Writes and flushes. There is no second try: after a failed flush nobody knows what the disk holds.
fn write_durably(segment: &Reserved, bytes: &[u8], at: u64) -> Result<(), AppendError> {
    let failed = |action| {
        let path = segment.path.clone();
        move |error: std::io::Error| AppendError::Storage { action, path, reason: error.to_string() }
    };
    segment.file.write_all_at(bytes, at).map_err(failed("write"))?;
    segment.file.sync_data().map_err(failed("flush"))
}

impl Journal for Embedded {
    fn head(&self) -> Head {
        self.head
    }

    fn append(&mut self, sealed: &Sealed) -> Appended {
        match offered(sealed, &self.head, self.failed) {
            Err(answer) => answer,
            Ok(Offered::Taken) => self.taken(sealed),
            Ok(Offered::Next) => match self.write(sealed) {
                Ok(()) => Appended::Durable,
                Err(error) => {
                    self.failed = error != AppendError::NoSpace;
                    Appended::Failed(error)
                }
            },
        }
    }

    fn has_space(&mut self) -> bool {
        // Asked first in any case: it also orders the next segment.
        let ready = self.reserver.is_ready();
        ready || length(self.left()) >= 2 * ENTRY_BYTES_MAX
    }

    fn wait_for_space(&mut self, limit: Duration) -> bool {
        self.has_space() || self.reserver.wait(limit)
    }

    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        let published = Arc::clone(&self.published);
        Ok(Box::new(EmbeddedReader::new(Arc::clone(&self.disk), self.dir.clone(), published, from_seq)?))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::conformance::Chain;

    #[test]
    fn a_failed_write_ends_all_appending() {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, _) = Embedded::open(dir.path(), EmbeddedOptions::small(), None).unwrap();
        let mut chain = Chain::new();
        assert!(matches!(journal.append(&chain.next(&[b"one"]).unwrap()), Appended::Durable));
        let head = journal.head();
        let active = journal.active.as_mut().unwrap();
        let read_only = Box::new(File::open(&active.path).unwrap());
        let writable = std::mem::replace(&mut active.file, read_only);
        let next = chain.next(&[b"two"]).unwrap();
        let failed = journal.append(&next);
        assert!(
            matches!(failed, Appended::Failed(AppendError::Storage { action: "write", .. })),
            "{failed:?}"
        );
        // Even with a disk that works again: what it holds is for recovery to find out.
        journal.active.as_mut().unwrap().file = writable;
        assert!(matches!(journal.append(&next), Appended::Failed(AppendError::FailedBefore)));
        assert_eq!(journal.head(), head);
        drop(journal);
        let (mut journal, _) = Embedded::open(dir.path(), EmbeddedOptions::small(), None).unwrap();
        assert!(matches!(journal.append(&next), Appended::Durable));
    }
}
