//! Repair: what is damaged or missing at the end of the segment files comes from a copy.
//!
//! Owns the decision whether a copy may be used: its chain has to be this journal's own up to the damage, and nothing that
//! stands whole after the damage may be lost. Builds the files beside the old ones and exchanges the two directories in one
//! step of the file system. Never deletes or changes an old file.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use base::{Clock as _, SystemClock};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::copy::{CopyError, SegmentCopy};
use super::disk::SystemDisk;
use super::finding::{Damaged, Finding, WalkError, walking};
use super::open::{self, OpenError};
use super::options::EmbeddedOptions;
use super::segment::{self, FIRST_ENTRY};
use super::tail;
use super::walk::{ENTRY_BYTES_MIN, Walked, walk_as_far};
use super::window::Window;
use crate::bytes::distance;
use crate::entry::Entry;
use crate::hash::Hash;
use crate::layout::{HEADER_BYTES, MAGIC};
use crate::log::{Head, ReadError, Reader};

/// What a repair did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The last entry before the damage, or the last one there was.
    pub sound: Head,
    /// What was damaged; none where entries were only missing.
    pub damage: Option<Damaged>,
    /// The last entry now.
    pub head: Head,
    /// Entries that came from the copy.
    pub from_copy: u64,
    /// Entries after the damage that the copy did not have and that joined on.
    pub from_after: u64,
    /// Where the old files lie; none where nothing was to be repaired.
    pub set_aside: Option<PathBuf>,
}

/// Why a journal was not repaired. Its files are as they were.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepairError {
    /// Another process has the journal.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The files could not be read or made.
    #[error(transparent)]
    Files(#[from] WalkError),
    /// The copy could not be read.
    #[error("the copy cannot be read: {0}")]
    Copy(#[from] ReadError),
    /// An entry of the copy is not whole or does not follow the one before.
    #[error(transparent)]
    Entry(#[from] CopyError),
    /// The copy is of another journal, or went another way.
    #[error("entry {seq} has the hash {own} here and {other} in the copy: the copy is of another journal")]
    Differs {
        /// The entry.
        seq: u64,
        /// Its hash here.
        own: Hash,
        /// Its hash in the copy.
        other: Hash,
    },
    /// The copy ends too early.
    #[error(
        "with this copy the journal would end at entry {ends}, but entry {needed} was written here: a longer copy is needed"
    )]
    Short {
        /// Where the journal would end.
        ends: u64,
        /// The entry that would be lost.
        needed: u64,
    },
}

/// Repairs the segment files in `dir` from a copy that is read from its first entry on. No other process may have the journal
/// open. Where the copy has nothing that is missing here, nothing is changed.
///
/// # Errors
/// [`RepairError`]; nothing was changed then.
pub fn repair(dir: &Path, copy: Box<dyn Reader>, options: &EmbeddedOptions) -> Result<Repaired, RepairError> {
    let lock = open::lock(&SystemDisk, dir)?;
    let (walked, damage) = walk_as_far(&SystemDisk, dir)?;
    let building = beside(dir, "repairing");
    remove(&building)?;
    let built = Build { dir, building: &building, walked: &walked, options }.build(copy, damage.as_ref());
    let built = match built {
        Ok(built) => built,
        Err(error) => {
            remove(&building)?;
            return Err(error);
        }
    };
    let mut repaired = Repaired {
        sound: walked.head,
        damage,
        head: built.head,
        from_copy: built.from_copy,
        from_after: built.from_after,
        set_aside: None,
    };
    if repaired.damage.is_none() && built.head.seq == walked.head.seq {
        remove(&building)?;
        return Ok(repaired);
    }
    repaired.set_aside = Some(exchange(dir, &building)?);
    drop(lock);
    Ok(repaired)
}

/// The files as they will be.
struct Built {
    head: Head,
    from_copy: u64,
    from_after: u64,
}

struct Build<'b> {
    dir: &'b Path,
    building: &'b Path,
    walked: &'b Walked,
    options: &'b EmbeddedOptions,
}

impl Build<'_> {
    fn build(&self, mut copy: Box<dyn Reader>, damage: Option<&Damaged>) -> Result<Built, RepairError> {
        let kept = self.keep_full()?;
        let sound = self.walked.head;
        let mut copying = (kept == 0).then(|| self.begin(0, Head::EMPTY));
        let mut last = Head::EMPTY;
        while let Some(bytes) = copy.next()? {
            let entry = Entry::parse(&bytes).map_err(|damage| CopyError::Entry { head: last.seq, damage })?;
            if !entry.follows(&last) {
                return Err(CopyError::NotNext { seq: entry.seq(), head: last.seq }.into());
            }
            last = entry.head();
            if last.seq == sound.seq && last.hash != sound.hash {
                return Err(RepairError::Differs { seq: last.seq, own: sound.hash, other: last.hash });
            }
            match &mut copying {
                Some(copying) => copying.append(&bytes)?,
                None if last.seq == kept => copying = Some(self.begin(self.full(), last)),
                None => {}
            }
        }
        let Some(mut copying) = copying else {
            return Err(RepairError::Short { ends: last.seq, needed: sound.seq });
        };
        let after = self.join_own(&mut copying, damage)?;
        let head = copying.finish()?.head;
        if head.seq < after.needed {
            return Err(RepairError::Short { ends: head.seq, needed: after.needed });
        }
        let from_copy = last.seq.saturating_sub(sound.seq);
        Ok(Built { head, from_copy, from_after: after.joined.saturating_sub(sound.seq.max(last.seq)) })
    }

    /// Segments that are full and whole: all but the last one in use.
    fn full(&self) -> u64 {
        let last = self.walked.segments.last().map_or(0, |segment| segment.ordinal);
        last.saturating_sub(1)
    }

    fn begin(&self, ordinal: u64, head: Head) -> SegmentCopy {
        SegmentCopy::after(self.building, self.options, ordinal, head)
    }

    /// Gives the full segments a second name in the new directory. Answers their last entry.
    fn keep_full(&self) -> Result<u64, WalkError> {
        fs::create_dir(self.building).map_err(walking("make", self.building))?;
        for ordinal in 1..=self.full() {
            let (from, to) = (segment::path(self.dir, ordinal), segment::path(self.building, ordinal));
            fs::hard_link(&from, to).map_err(walking("link", &from))?;
        }
        let last = self.walked.segments.last().map_or(1, |segment| segment.first_seq);
        Ok(last.saturating_sub(1))
    }

    /// Appends what stands whole in the old files and comes next, wherever it stands.
    fn join_own(&self, copying: &mut SegmentCopy, damage: Option<&Damaged>) -> Result<After, RepairError> {
        let sound = self.walked.head.seq;
        let mut after = After { needed: sound, joined: 0 };
        // A file that is gone says nothing about what stood in it; any other damage stands where an entry was written.
        if damage.is_some_and(|damage| damage.finding != Finding::SegmentMissing) {
            after.needed = sound + 1;
        }
        let files = segment::list(&SystemDisk, self.dir).map_err(walking("list", self.dir))?;
        for ordinal in files.into_iter().filter(|ordinal| *ordinal > self.full()) {
            let path = segment::path(self.dir, ordinal);
            let mut window = Window::open(&SystemDisk, &path).map_err(walking("open", &path))?;
            whole_entries(&mut window, &mut |entry| {
                after.needed = after.needed.max(entry.seq());
                if entry.follows(&copying.head()) {
                    copying.append(entry.bytes())?;
                    after.joined = entry.seq();
                }
                Ok(())
            })?;
        }
        Ok(after)
    }
}

/// What the old files hold after the damage.
struct After {
    /// The journal must reach this entry.
    needed: u64,
    /// The last entry of the old files that joined on; 0 for none.
    joined: u64,
}

/// Shows every whole entry of a segment, whatever stands between them.
fn whole_entries(
    window: &mut Window,
    visit: &mut dyn FnMut(&Entry<'_>) -> Result<(), RepairError>,
) -> Result<(), RepairError> {
    let path = window.path.clone();
    let Some(last) = window.last_non_zero(0).map_err(walking("read", &path))? else { return Ok(()) };
    let mut place = FIRST_ENTRY;
    while place + distance(ENTRY_BYTES_MIN) <= last + 1 {
        let begins = window.slice(place, HEADER_BYTES).map_err(walking("read", &path))?.starts_with(&MAGIC);
        let mut step = 8;
        if begins && let Ok(entry) = Entry::parse(tail::announced(window, place)?) {
            visit(&entry)?;
            step = distance(entry.bytes().len());
        }
        place += step;
    }
    Ok(())
}

/// A name next to the journal's directory.
fn beside(dir: &Path, suffix: &str) -> PathBuf {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    dir.with_file_name(format!("{name}-{suffix}"))
}

/// Removes what an earlier repair left that did not come to its end. It holds copies and second names only.
fn remove(building: &Path) -> Result<(), WalkError> {
    match fs::remove_dir_all(building) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(walking("remove", building)(error)),
        _ => Ok(()),
    }
}

/// Puts the new directory in the place of the old one, in one step, and the old one beside it under a name of its own.
fn exchange(dir: &Path, building: &Path) -> Result<PathBuf, WalkError> {
    let exchanged = renameat_with(CWD, building, CWD, dir, RenameFlags::EXCHANGE);
    exchanged.map_err(|error| walking("exchange", dir)(error.into()))?;
    let kept = beside(dir, &format!("set-aside-{}", SystemClock::new(0).now().0));
    fs::rename(building, &kept).map_err(walking("rename", building))?;
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent).and_then(|parent| parent.sync_all()).map_err(walking("flush", parent))?;
    Ok(kept)
}
