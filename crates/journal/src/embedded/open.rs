//! Opening the segment files: lock, walk, compare with what others have seen, recover.
//!
//! Owns the decision whether a journal may be used. Changes nothing before that decision is made. Never appends.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, DiskLock};
use super::finding::{Tear, WalkError, walking};
use super::options::{EmbeddedOptions, SEGMENT_BYTES_MAX, SEGMENT_BYTES_MIN};
use super::recover::{self, TornTail};
use super::reserve::{self, Reserved, Reserver, Reserving, Wanted};
use super::segment;
use super::walk::{Manner, Stop, Walked, walk};
use crate::entry::Entry;
use crate::hash::Hash;
use crate::log::Head;

/// The highest position some consumer of the journal has seen: a projection's cursor, a snapshot, a checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cover {
    /// The entry it has seen.
    pub seq: u64,
    /// That entry's hash.
    pub hash: Hash,
}

/// What opening found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The last entry.
    pub head: Head,
    /// How many entries there are.
    pub entries: u64,
    /// How many records.
    pub records: u64,
    /// The torn last entry that was set aside, if there was one.
    pub torn: Option<TornTail>,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it.
    #[error("the journal in {dir:?} is in use by another process; stop that one first")]
    Locked {
        /// The journal's directory.
        dir: PathBuf,
    },
    /// It cannot be read, or a byte is not what was written.
    #[error(transparent)]
    Journal(#[from] WalkError),
    /// It ends before an entry that was seen.
    #[error("the journal ends at entry {}, but entry {} was seen by a projection, snapshot or checkpoint: entries \
             are missing. Repair the journal: `jakone journal repair --from COPY --data DIR`", .head.seq, .cover.seq)]
    Behind {
        /// Where it ends.
        head: Head,
        /// What was seen.
        cover: Cover,
    },
    /// It holds another entry than the one that was seen.
    #[error("entry {} has the hash {found}, but a projection, snapshot or checkpoint has seen {}: this is another \
             journal, or it was put back from an older copy and went on. Keep it: move the directory `journal` aside, and \
             take the right one from a copy that has this entry: `jakone journal repair --from COPY --data DIR`",
             .cover.seq, .cover.hash)]
    Differs {
        /// What was seen.
        cover: Cover,
        /// The hash that is there.
        found: Hash,
    },
    /// The last entry is torn although someone has seen it: it was whole once.
    #[error("{tear}, but entry {} was seen by a projection, snapshot or checkpoint: this is damage, not a write that was \
             cut off. Repair the journal: `jakone journal repair --from COPY --data DIR`", .cover.seq)]
    TornButSeen {
        /// The torn entry.
        tear: Tear,
        /// What was seen.
        cover: Cover,
    },
    /// There is no space for the first segment.
    #[error("no space for a segment in {dir:?}: {source}")]
    Space {
        /// The journal's directory.
        dir: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Segments of that size cannot work.
    #[error("a segment has {SEGMENT_BYTES_MIN} to {SEGMENT_BYTES_MAX} bytes; {0} were asked for")]
    SegmentBytes(u64),
}

/// A journal that may be used.
pub(crate) struct Opened {
    pub(crate) lock: Box<dyn DiskLock>,
    pub(crate) walked: Walked,
    pub(crate) active: Option<Reserved>,
    pub(crate) reserver: Reserver,
    pub(crate) reserving: Reserving,
    pub(crate) torn: Option<TornTail>,
}

/// Locks, checks and recovers the journal in `dir`.
pub(crate) fn open(dir: &Path, options: &EmbeddedOptions, cover: Option<Cover>) -> Result<Opened, OpenError> {
    if !(SEGMENT_BYTES_MIN..=SEGMENT_BYTES_MAX).contains(&options.segment_bytes) {
        return Err(OpenError::SegmentBytes(options.segment_bytes));
    }
    let disk = &*options.disk;
    let lock = lock(disk, dir)?;
    let mut covered = None;
    let mut walked = look(dir, options, cover, &mut covered)?;
    check_cover(&walked, cover, covered)?;
    let torn = match walked.tear.take() {
        Some(tear) => {
            Some(recover::set_aside(disk, dir, &tear).map_err(walking("set aside the tear in", &tear.file))?)
        }
        None => None,
    };
    remove_unfinished(disk, dir).map_err(walking("clean", dir))?;
    let active = match walked.segments.last() {
        Some(last) => Some(reopen(disk, dir, last.ordinal)?),
        None => None,
    };
    if let Some(last) = &active {
        recover::write_again(last, &walked).map_err(walking("write again the end of", &last.path))?;
    }
    disk.sync_dir(dir).map_err(walking("flush", dir))?;
    let (reserver, reserving) = reserver(dir, options, &walked)?;
    Ok(Opened { lock, walked, active, reserver, reserving, torn })
}

pub(crate) fn lock(disk: &dyn Disk, dir: &Path) -> Result<Box<dyn DiskLock>, OpenError> {
    disk.make_dir(dir).map_err(walking("make", dir))?;
    match disk.lock(dir) {
        Ok(lock) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { dir: dir.to_path_buf() }),
        Err(TryLockError::Error(error)) => Err(walking("lock", dir)(error).into()),
    }
}

fn look(
    dir: &Path,
    options: &EmbeddedOptions,
    cover: Option<Cover>,
    covered: &mut Option<Hash>,
) -> Result<Walked, OpenError> {
    let mut visit = |entry: &Entry<'_>| -> Result<(), Infallible> {
        if cover.is_some_and(|cover| cover.seq == entry.seq()) {
            *covered = Some(entry.head().hash);
        }
        Ok(())
    };
    let manner = Manner { hashes: options.check_hashes, live: false };
    walk(&*options.disk, dir, manner, &mut visit).map_err(|stop| match stop {
        Stop::Wrong(error) => OpenError::Journal(error),
        Stop::Visitor(never) => match never {},
    })
}

fn check_cover(walked: &Walked, cover: Option<Cover>, covered: Option<Hash>) -> Result<(), OpenError> {
    let Some(cover) = cover.filter(|cover| cover.seq > 0) else {
        return Ok(());
    };
    match (covered, &walked.tear) {
        (Some(found), _) if found == cover.hash => Ok(()),
        (Some(found), _) => Err(OpenError::Differs { cover, found }),
        (None, Some(tear)) => Err(OpenError::TornButSeen { tear: tear.clone(), cover }),
        (None, None) => Err(OpenError::Behind { head: walked.head, cover }),
    }
}

/// A segment that was being written with zeros when a process ended was never part of the journal.
fn remove_unfinished(disk: &dyn Disk, dir: &Path) -> io::Result<()> {
    segment::list_unfinished(disk, dir)?
        .into_iter()
        .try_for_each(|ordinal| disk.remove(&segment::unfinished_path(dir, ordinal)))
}

fn reopen(disk: &dyn Disk, dir: &Path, ordinal: u64) -> Result<Reserved, WalkError> {
    reserve::open(disk, dir, ordinal).map_err(walking("open", &segment::path(dir, ordinal)))
}

fn reserver(
    dir: &Path,
    options: &EmbeddedOptions,
    walked: &Walked,
) -> Result<(Reserver, Reserving), OpenError> {
    let plan = options.plan();
    let mut ready = VecDeque::new();
    for (ordinal, _) in &walked.reserved {
        let reserved = reopen(&*options.disk, dir, *ordinal)?;
        if ready.is_empty() {
            recover::write_zeros_again(&reserved).map_err(walking("write again", &reserved.path))?;
        }
        ready.push_back(reserved);
    }
    let used = walked.segments.last().map_or(0, |segment| segment.ordinal);
    let last = walked.reserved.last().map_or(used, |(ordinal, _)| *ordinal);
    let mut next = last + 1;
    if last == 0 {
        // The very first: nothing can be accepted without it, so it is made here and now.
        let space = |source| OpenError::Space { dir: dir.to_path_buf(), source };
        ready.push_back(reserve::make(dir, next, &plan, &Wanted::at_once()).map_err(space)?);
        next += 1;
    }
    Ok(Reserver::new(dir, plan, ready, next))
}
