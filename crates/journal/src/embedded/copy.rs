//! Fresh segment files, filled with entries that stand elsewhere already: a copy of a journal.
//!
//! Owns writing them in order, each held against the one before it. Flushes once per segment, because nobody is answered
//! from a copy. Never makes an entry, and never writes beside the files of another journal.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::finding::{WalkError, walking};
use super::options::EmbeddedOptions;
use super::reserve::{self, Plan, Reserved};
use super::segment::{self, FIRST_ENTRY};
use crate::bytes::distance;
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
}

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
        Self { dir: dir.to_path_buf(), plan: options.plan(), ordinal, active: None, end: 0, copied }
    }

    /// The last entry written.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.copied.head
    }

    /// Writes the next entry, after every hash of it was computed again.
    ///
    /// # Errors
    /// [`CopyError`]; the copy is then to be thrown away.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), CopyError> {
        let head = self.copied.head;
        let entry = Entry::parse(bytes).map_err(|damage| CopyError::Entry { head: head.seq, damage })?;
        if !entry.follows(&head) {
            return Err(CopyError::NotNext { seq: entry.seq(), head: head.seq });
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

    /// Flushes what is full and makes the next segment.
    fn roll(&mut self, full: Option<Reserved>) -> Result<Reserved, CopyError> {
        full.iter().try_for_each(flush)?;
        self.ordinal += 1;
        let path = segment::path(&self.dir, self.ordinal);
        let made = reserve::make(&self.dir, self.ordinal, &self.plan, &AtomicBool::new(false));
        let next = made.map_err(walking("make", &path))?;
        let header = segment::header(next.ordinal, next.bytes, &self.copied.head);
        next.file.write_all_at(&header, 0).map_err(walking("write", &path))?;
        self.end = FIRST_ENTRY;
        Ok(next)
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
