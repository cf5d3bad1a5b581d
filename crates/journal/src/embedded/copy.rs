//! Fresh segment files, filled with entries that stand elsewhere already: a copy of a journal.
//!
//! Owns writing them in order, each held against the one before it, and finding where a copy ends that was begun before.
//! Flushes once per segment, or when it is told to, because nobody is answered from a copy. Never makes an entry, and never
//! writes beside the files of another journal.

use std::fs::File;
use std::path::{Path, PathBuf};

use base::Timestamp;

use super::disk::{Disk as _, DiskLock, SystemDisk};
use super::finding::{WalkError, walking};
use super::open::{self, OpenError};
use super::options::EmbeddedOptions;
use super::reserve::{self, Plan, Reserved, Wanted};
use super::segment::{self, FIRST_ENTRY, SEGMENT_HEADER_BYTES};
use super::tail;
use super::window::Window;
use crate::bytes::{distance, length};
use crate::entry::{Damage, Entry};
use crate::log::Head;

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Its last entry.
    pub head: Head,
    /// How many entries were written.
    pub entries: u64,
    /// How many records they hold.
    pub records: u64,
}

/// Why a copy was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The operating system refused.
    #[error(transparent)]
    Files(#[from] WalkError),
    /// Another process writes there.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Something lies there already.
    #[error("{dir:?} is not empty; a journal is copied into an empty directory only")]
    NotEmpty {
        /// The directory.
        dir: PathBuf,
    },
    /// What was offered is not a whole entry.
    #[error("what follows entry {head} is not a whole entry: {damage}")]
    Entry {
        /// The last entry written.
        head: u64,
        /// What is wrong with the next.
        damage: Damage,
    },
    /// What was offered is not the next entry.
    #[error("entry {seq} does not follow entry {head}")]
    NotNext {
        /// The entry offered.
        seq: u64,
        /// The last entry written.
        head: u64,
    },
}

/// Segment files that are being filled.
pub struct SegmentCopy {
    dir: PathBuf,
    plan: Plan,
    /// The segment in use, or the one before the first.
    ordinal: u64,
    active: Option<Reserved>,
    end: u64,
    copied: Copied,
    /// Whether what stands after the last whole entry was not looked at yet: a copy that was begun before may have been cut
    /// off anywhere.
    is_uncut: bool,
    /// Where several processes may copy to the same place.
    _lock: Option<Box<dyn DiskLock>>,
}

/// Zeros are written so many at a time.
const ZEROS: usize = 1024 * 1024;

impl std::fmt::Debug for SegmentCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentCopy").field("dir", &self.dir).field("copied", &self.copied).finish()
    }
}

impl SegmentCopy {
    /// Begins a copy in `dir`, which is made when it does not exist.
    ///
    /// # Errors
    /// [`CopyError::NotEmpty`]; when the directory cannot be made.
    pub fn begin(dir: &Path, options: &EmbeddedOptions) -> Result<Self, CopyError> {
        std::fs::create_dir_all(dir).map_err(walking("make", dir))?;
        let mut files = std::fs::read_dir(dir).map_err(walking("list", dir))?;
        if files.next().is_some() {
            return Err(CopyError::NotEmpty { dir: dir.to_path_buf() });
        }
        Ok(Self::after(dir, options, 0, Head::EMPTY))
    }

    /// Goes on after segments that are full already, the last of which is `ordinal` and ends with `head`.
    pub(crate) fn after(dir: &Path, options: &EmbeddedOptions, ordinal: u64, head: Head) -> Self {
        let copied = Copied { head, entries: 0, records: 0 };
        let (dir, plan) = (dir.to_path_buf(), options.plan());
        Self { dir, plan, ordinal, active: None, end: 0, copied, is_uncut: false, _lock: None }
    }

    /// Goes on after the last whole entry of a copy that was begun before; where there is none, begins one. Keeps every other
    /// process that resumes it away. Reads the last segment alone, because the ones before were flushed when they were full.
    ///
    /// Changes nothing: what is not whole is made zero by the first [`SegmentCopy::append`].
    ///
    /// # Errors
    /// [`CopyError::Open`] while another process has it; when the files cannot be read.
    pub fn resume(dir: &Path, options: &EmbeddedOptions) -> Result<Self, CopyError> {
        let lock = open::lock(&SystemDisk, dir)?;
        let mut copy = Self::after(dir, options, 0, Head::EMPTY);
        (copy.is_uncut, copy._lock) = (true, Some(lock));
        let files = segment::list(&SystemDisk, dir).map_err(walking("list", dir))?;
        for ordinal in files.into_iter().rev() {
            if let Some((head, end)) = end_of(dir, ordinal)? {
                let path = segment::path(dir, ordinal);
                let active = reserve::open(&SystemDisk, dir, ordinal).map_err(walking("open", &path))?;
                (copy.ordinal, copy.active, copy.end) = (ordinal, Some(active), end);
                copy.copied.head = head;
                break;
            }
        }
        Ok(copy)
    }

    /// The last entry written.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.copied.head
    }

    /// Writes the next entry, after every hash of it was computed again.
    ///
    /// # Errors
    /// [`CopyError`]; the copy is then to be thrown away, or resumed.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), CopyError> {
        let head = self.copied.head;
        let entry = Entry::parse(bytes).map_err(|damage| CopyError::Entry { head: head.seq, damage })?;
        if !entry.follows(&head) {
            return Err(CopyError::NotNext { seq: entry.seq(), head: head.seq });
        }
        if self.is_uncut {
            self.cut()?;
            self.is_uncut = false;
        }
        let active = match self.active.take() {
            Some(active) if active.bytes.saturating_sub(self.end) >= distance(bytes.len()) => active,
            full => self.roll(full)?,
        };
        active.file.write_all_at(bytes, self.end).map_err(walking("write", &active.path))?;
        self.end += distance(bytes.len());
        self.active = Some(active);
        self.copied.head = entry.head();
        self.copied.entries += 1;
        self.copied.records += u64::from(entry.record_count());
        Ok(())
    }

    /// Makes zero what stands after the last whole entry, and removes segments in which no entry is whole.
    fn cut(&self) -> Result<(), WalkError> {
        let files = segment::list(&SystemDisk, &self.dir).map_err(walking("list", &self.dir))?;
        for ordinal in files.into_iter().filter(|ordinal| *ordinal > self.ordinal) {
            let path = segment::path(&self.dir, ordinal);
            SystemDisk.remove(&path).map_err(walking("remove", &path))?;
        }
        SystemDisk.sync_dir(&self.dir).map_err(walking("flush", &self.dir))?;
        let Some(active) = &self.active else { return Ok(()) };
        let mut window = Window::open(&SystemDisk, &active.path).map_err(walking("open", &active.path))?;
        let last = window.last_non_zero(self.end).map_err(walking("read", &active.path))?;
        let (mut at, stop) = (self.end, last.map_or(self.end, |last| last + 1));
        while at < stop {
            let zeros = vec![0u8; length(stop - at).min(ZEROS)];
            active.file.write_all_at(&zeros, at).map_err(walking("write", &active.path))?;
            at += distance(zeros.len());
        }
        active.file.sync_data().map_err(walking("flush", &active.path))
    }

    /// Flushes what is full and makes the next segment.
    fn roll(&mut self, full: Option<Reserved>) -> Result<Reserved, CopyError> {
        full.iter().try_for_each(flush)?;
        self.ordinal += 1;
        let path = segment::path(&self.dir, self.ordinal);
        let made = reserve::make(&self.dir, self.ordinal, &self.plan, &Wanted::at_once());
        let next = made.map_err(walking("make", &path))?;
        let header = segment::header(next.ordinal, next.bytes, &self.copied.head);
        next.file.write_all_at(&header, 0).map_err(walking("write", &path))?;
        self.end = FIRST_ENTRY;
        Ok(next)
    }

    /// Makes durable what was appended so far.
    ///
    /// # Errors
    /// When the file in use cannot be flushed; the copy is then to be resumed.
    pub fn flush(&self) -> Result<(), CopyError> {
        let Some(active) = &self.active else { return Ok(()) };
        Ok(active.file.sync_data().map_err(walking("flush", &active.path))?)
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// When the last file or the directory cannot be flushed; the copy is then to be thrown away.
    pub fn finish(self) -> Result<Copied, CopyError> {
        self.active.iter().try_for_each(flush)?;
        let dir = File::open(&self.dir).and_then(|dir| dir.sync_all());
        dir.map_err(walking("flush", &self.dir))?;
        Ok(self.copied)
    }
}

fn flush(segment: &Reserved) -> Result<(), WalkError> {
    segment.file.sync_all().map_err(walking("flush", &segment.path))
}

/// The last entry of a segment of which everything before it is whole too, and where it ends; none if not even the header and
/// the first entry are.
fn end_of(dir: &Path, ordinal: u64) -> Result<Option<(Head, u64)>, WalkError> {
    let path = segment::path(dir, ordinal);
    let mut window = Window::open(&SystemDisk, &path).map_err(walking("open", &path))?;
    let bytes = window.limit;
    let header = window.slice(0, SEGMENT_HEADER_BYTES).map_err(walking("read", &path))?.to_vec();
    let (mut last, mut end) = (None, FIRST_ENTRY);
    while let Ok(entry) = Entry::parse(tail::announced(&mut window, end)?) {
        let follows = match &last {
            Some(last) => entry.follows(last),
            None => {
                let (seq, hash) = (entry.seq().saturating_sub(1), entry.previous_hash());
                header == segment::header(ordinal, bytes, &Head { seq, hash, at: Timestamp(0) })
            }
        };
        if !follows {
            break;
        }
        end += distance(entry.bytes().len());
        last = Some(entry.head());
    }
    Ok(last.map(|head| (head, end)))
}
