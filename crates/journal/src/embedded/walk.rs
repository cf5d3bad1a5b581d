//! One walk over all segment files, from the first byte to the last.
//!
//! Owns the order in which things are checked: segment header, entry, chain, and, where entries end, the zeros that
//! must follow. Used by recovery and by verification, so both find the same. Never writes.

use std::convert::Infallible;
use std::path::Path;

use super::disk::Disk;
use super::finding::{Damaged, Finding, Tear, WalkError, walking};
use super::segment::{self, FIRST_ENTRY, SEGMENT_HEADER_BYTES, SegmentAt};
use super::tail;
use super::window::Window;
use crate::bytes::{distance, length};
use crate::entry::{Damage, Entry};
use crate::layout::{HEADER_BYTES, Header};
use crate::log::Head;

/// What a walk saw.
#[derive(Debug)]
pub(crate) struct Walked {
    pub(crate) head: Head,
    pub(crate) entries: u64,
    pub(crate) records: u64,
    /// Segments in use, in order.
    pub(crate) segments: Vec<SegmentAt>,
    /// Where the last entry stands in the last of them; `end`, if it holds none.
    pub(crate) last: u64,
    /// Where the next entry goes in the last of them.
    pub(crate) end: u64,
    /// Ordinals and sizes of the reserved segments.
    pub(crate) reserved: Vec<(u64, u64)>,
    pub(crate) tear: Option<Tear>,
}

/// Why a walk stopped: something is wrong, or the visitor had enough.
pub(crate) enum Stop<E> {
    Wrong(WalkError),
    Visitor(E),
}

impl<E> From<WalkError> for Stop<E> {
    fn from(error: WalkError) -> Self {
        Self::Wrong(error)
    }
}

impl<E> From<Damaged> for Stop<E> {
    fn from(damaged: Damaged) -> Self {
        Self::Wrong(damaged.into())
    }
}

/// How to walk.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// Check leaf hashes and Merkle roots too.
    pub(crate) hashes: bool,
    /// Another process may be appending: look again before calling something wrong.
    pub(crate) live: bool,
}

/// Walks over all segments in `dir` and shows each entry to `visit`.
pub(crate) fn walk<E>(
    disk: &dyn Disk,
    dir: &Path,
    manner: Manner,
    visit: &mut dyn FnMut(&Entry<'_>) -> Result<(), E>,
) -> Result<Walked, Stop<E>> {
    let files = segment::list(disk, dir).map_err(walking("list", dir))?;
    if let Some(missing) = first_missing(&files) {
        Err(gone(dir, missing, 0))?;
    }
    let mut walker = Walker { disk, dir, files, manner, visit, walked: Walked::nothing() };
    let mut outcome = walker.run();
    // A writer beside us may have appended between two looks; whatever is still wrong without progress is wrong.
    while manner.live && (matches!(outcome, Err(Stop::Wrong(_))) || walker.walked.tear.is_some()) {
        let before = walker.walked.head.seq;
        outcome = walker.run();
        if walker.walked.head.seq == before {
            break;
        }
    }
    outcome.map(|()| walker.walked)
}

/// Walks as far as everything is whole, for whoever goes on from there. Answers how far that is, and what is wrong then.
/// Segments after a missing one are not walked over. Not for use beside a running writer.
pub(crate) fn walk_as_far(disk: &dyn Disk, dir: &Path) -> Result<(Walked, Option<Damaged>), WalkError> {
    let mut files = segment::list(disk, dir).map_err(walking("list", dir))?;
    let missing = first_missing(&files);
    files.truncate(missing.map_or(files.len(), |ordinal| length(ordinal - 1)));
    let mut visit = |_: &Entry<'_>| -> Result<(), Infallible> { Ok(()) };
    let manner = Manner { hashes: true, live: false };
    let mut walker = Walker { disk, dir, files, manner, visit: &mut visit, walked: Walked::nothing() };
    let damaged = match walker.run() {
        Ok(()) => None,
        Err(Stop::Wrong(WalkError::Damaged(damaged))) => Some(damaged),
        Err(Stop::Wrong(error)) => return Err(error),
        Err(Stop::Visitor(never)) => match never {},
    };
    let walked = walker.walked;
    let missing = missing.map(|ordinal| gone(dir, ordinal, walked.head.seq + 1));
    Ok((walked, damaged.or(missing)))
}

/// The first ordinal that has no file although a later one has.
fn first_missing(files: &[u64]) -> Option<u64> {
    (1u64..).zip(files).find(|(expected, ordinal)| expected != *ordinal).map(|(expected, _)| expected)
}

fn gone(dir: &Path, ordinal: u64, seq: u64) -> Damaged {
    let file = segment::path(dir, ordinal);
    Damaged { file, offset: 0, seq, finding: Finding::SegmentMissing, followed_by: None }
}

impl Walked {
    const fn nothing() -> Self {
        Self {
            head: Head::EMPTY,
            entries: 0,
            records: 0,
            segments: Vec::new(),
            last: 0,
            end: 0,
            reserved: Vec::new(),
            tear: None,
        }
    }
}

struct Walker<'w, E> {
    disk: &'w dyn Disk,
    dir: &'w Path,
    files: Vec<u64>,
    manner: Manner,
    visit: &'w mut dyn FnMut(&Entry<'_>) -> Result<(), E>,
    walked: Walked,
}

impl<E> Walker<'_, E> {
    /// Walks from where the last run ended.
    fn run(&mut self) -> Result<(), Stop<E>> {
        self.walked.tear = None;
        self.walked.reserved.clear();
        let mut place = self.walked.segments.len();
        if let Some(last) = place.checked_sub(1) {
            // Only after a look that ended early: the segment was entered before, its entries go on at `end`.
            let mut window = self.open(last)?;
            self.entries(&mut window)?;
            self.ending(&mut window, place)?;
        }
        while self.walked.tear.is_none() && place < self.files.len() {
            let mut window = self.open(place)?;
            if !self.enter(&mut window, place)? {
                break;
            }
            place += 1;
            self.entries(&mut window)?;
            self.ending(&mut window, place)?;
        }
        self.reserved(place)
    }

    fn open(&self, place: usize) -> Result<Window, WalkError> {
        let path = segment::path(self.dir, self.ordinal(place));
        Window::open(self.disk, &path).map_err(walking("open", &path))
    }

    fn ordinal(&self, place: usize) -> u64 {
        self.files.get(place).copied().unwrap_or_default()
    }

    /// Reads a segment's header. False when there is none: the segment was not used yet, or its header is damaged,
    /// which the search of the reserved segments tells apart.
    fn enter(&mut self, window: &mut Window, place: usize) -> Result<bool, Stop<E>> {
        let (ordinal, bytes) = (self.ordinal(place), window.limit);
        let path = window.path.clone();
        let found = window.slice(0, SEGMENT_HEADER_BYTES).map_err(walking("read", &path))?;
        let Some(first_seq) = segment::first_seq(found) else {
            return Ok(false);
        };
        if found != segment::header(ordinal, bytes, &self.walked.head).as_slice() {
            let followed_by = (first_seq > self.walked.head.seq + 1).then_some(first_seq);
            let seq = self.walked.head.seq + 1;
            Err(Damaged { file: path, offset: 0, seq, finding: Finding::SegmentHeader, followed_by })?;
        }
        self.walked.segments.push(SegmentAt { ordinal, bytes, first_seq });
        (self.walked.last, self.walked.end) = (FIRST_ENTRY, FIRST_ENTRY);
        Ok(true)
    }

    /// Reads entries from `end` on while they are whole and in order.
    fn entries(&mut self, window: &mut Window) -> Result<(), Stop<E>> {
        loop {
            let bytes = tail::announced(window, self.walked.end)?;
            let Ok(entry) = self.check(bytes) else {
                return Ok(());
            };
            (self.visit)(&entry).map_err(Stop::Visitor)?;
            self.walked.head = entry.head();
            self.walked.entries += 1;
            self.walked.records += u64::from(entry.record_count());
            self.walked.last = self.walked.end;
            self.walked.end += distance(bytes.len());
        }
    }

    fn check<'b>(&self, bytes: &'b [u8]) -> Result<Entry<'b>, Finding> {
        let entry = Entry::parse_unchecked_hashes(bytes).map_err(Finding::Entry)?;
        let head = &self.walked.head;
        if entry.seq() != head.seq + 1 || entry.previous_hash() != head.hash {
            return Err(Finding::NotNext);
        }
        if head.seq > 0 && entry.at() < head.at {
            return Err(Finding::Older);
        }
        if self.manner.hashes {
            entry.check_hashes().map_err(Finding::Entry)?;
        }
        Ok(entry)
    }

    /// Looks at what stands where no further entry does: zeros, a tear, or damage. `next` is the place of the
    /// segment after this one.
    fn ending(&mut self, window: &mut Window, next: usize) -> Result<(), Stop<E>> {
        let end = self.walked.end;
        let path = window.path.clone();
        let Some(last) = window.last_non_zero(end).map_err(walking("read", &path))? else {
            return Ok(());
        };
        if let Some(bytes) = tail::torn_entry(window, end, last, &self.walked.head)? {
            let seq = self.walked.head.seq + 1;
            self.walked.tear = Some(Tear { seq, file: path, offset: end, bytes });
            return Ok(());
        }
        let bytes = tail::announced(window, end)?;
        let finding = match self.check(bytes) {
            Ok(_) | Err(Finding::Entry(Damage::NoHeader)) => Finding::NotZero,
            Err(finding) => finding,
        };
        self.damaged(window, end, next, finding)
    }

    /// Requires every segment from `place` on to be zero throughout; only the first may hold a torn header.
    fn reserved(&mut self, place: usize) -> Result<(), Stop<E>> {
        for reserved in place..self.files.len() {
            let mut window = self.open(reserved)?;
            let (ordinal, bytes) = (self.ordinal(reserved), window.limit);
            self.walked.reserved.push((ordinal, bytes));
            let last = window.last_non_zero(0).map_err(walking("read", &window.path.clone()))?;
            let Some(last) = last else {
                continue;
            };
            let expected = segment::header(ordinal, bytes, &self.walked.head);
            let first = reserved == place && self.walked.tear.is_none();
            if first && tail::torn_segment_header(&mut window, last, &expected)? {
                let (seq, file) = (self.walked.head.seq + 1, window.path.clone());
                let bytes = distance(SEGMENT_HEADER_BYTES);
                self.walked.tear = Some(Tear { seq, file, offset: 0, bytes });
                continue;
            }
            let header = last < FIRST_ENTRY || first;
            let finding = if header { Finding::SegmentHeader } else { Finding::NotZero };
            self.damaged(&mut window, 0, reserved + 1, finding)?;
        }
        Ok(())
    }

    fn damaged(
        &self,
        window: &mut Window,
        offset: u64,
        next: usize,
        finding: Finding,
    ) -> Result<(), Stop<E>> {
        let seq = self.walked.head.seq + 1;
        let mut followed_by = tail::whole_entry_after(window, offset, seq)?;
        for later in next..self.files.len() {
            if followed_by.is_none() {
                followed_by = tail::whole_entry_after(&mut self.open(later)?, 0, seq)?;
            }
        }
        Err(Damaged { file: window.path.clone(), offset, seq, finding, followed_by })?
    }
}

/// Smallest entry.
pub(crate) const ENTRY_BYTES_MIN: usize = crate::layout::entry_bytes(0);

const _: () = assert!(ENTRY_BYTES_MIN > HEADER_BYTES, "an entry is longer than its header");

/// Whether bytes begin with the header of the entry after `head`.
pub(crate) fn is_next(header: &Header, head: &Head) -> bool {
    header.seq == head.seq + 1 && header.previous == head.hash && (head.seq == 0 || header.at >= head.at)
}
