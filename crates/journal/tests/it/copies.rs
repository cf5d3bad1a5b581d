//! Copies of a journal, and journals repaired from them.

use std::fs;
use std::path::{Path, PathBuf};

use journal::{EmbeddedOptions, RepairError, SegmentCopy, read_files, repair};

use crate::desk::{Desk, FIRST_ENTRY};

/// The same files elsewhere, with room beside them for what is set aside.
struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn of(desk: &Desk) -> Self {
        let place = Self { root: tempfile::tempdir().unwrap() };
        fs::create_dir(place.journal()).unwrap();
        for from in desk.segments() {
            fs::copy(&from, place.journal().join(from.file_name().unwrap())).unwrap();
        }
        place
    }

    fn journal(&self) -> PathBuf {
        self.root.path().join("journal")
    }

    /// What lies beside the journal.
    fn beside(&self) -> Vec<String> {
        let names = fs::read_dir(self.root.path()).unwrap();
        let mut names: Vec<String> =
            names.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name != "journal");
        names
    }

    fn repair(&self, copy: &Path) -> Result<journal::Repaired, RepairError> {
        repair(&self.journal(), read_files(copy).unwrap().0, &EmbeddedOptions::small())
    }

    fn holds(&self, entries: u64) {
        assert_eq!(verified(&self.journal()), entries);
        let (journal, recovery) =
            journal::Embedded::open(&self.journal(), EmbeddedOptions::small(), None).unwrap();
        assert_eq!((recovery.entries, recovery.torn), (entries, None));
        drop(journal);
    }
}

fn verified(dir: &Path) -> u64 {
    journal::verify(dir, |_| Ok::<(), std::convert::Infallible>(())).unwrap().entries
}

/// A copy of the first so many entries.
fn copy_of(desk: &Desk, entries: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut copy = SegmentCopy::begin(dir.path(), &EmbeddedOptions::small()).unwrap();
    desk.sealed.iter().take(entries).for_each(|sealed| copy.append(&sealed.bytes).unwrap());
    assert_eq!(copy.finish().unwrap().entries, entries as u64);
    dir
}

fn wrong(place: &Place, ordinal: u64, at: u64) {
    let path = place.journal().join(format!("segment-{ordinal:012}.journal"));
    let mut bytes = fs::read(&path).unwrap();
    bytes[usize::try_from(at).unwrap()] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_copy_holds_the_same_entries_and_goes_on_as_a_journal() {
    let desk = Desk::with_two_segments();
    let (mut reader, head) = read_files(desk.dir()).unwrap();
    let to = tempfile::tempdir().unwrap();
    let mut copy = SegmentCopy::begin(to.path(), &EmbeddedOptions::small()).unwrap();
    while let Some(bytes) = reader.next().unwrap() {
        copy.append(&bytes).unwrap();
    }
    let copied = copy.finish().unwrap();
    assert_eq!((copied.head, copied.entries), (head, desk.sealed.len() as u64));
    assert_eq!(verified(to.path()), copied.entries);
    assert!(SegmentCopy::begin(to.path(), &EmbeddedOptions::small()).is_err(), "it is not empty");
    let (journal, recovery) = journal::Embedded::open(to.path(), EmbeddedOptions::small(), None).unwrap();
    assert_eq!(recovery.head, head);
    drop(journal);
}

#[test]
fn a_copy_takes_nothing_but_the_next_whole_entry() {
    let desk = Desk::with_entries(3);
    let dir = tempfile::tempdir().unwrap();
    let mut copy = SegmentCopy::begin(dir.path(), &EmbeddedOptions::small()).unwrap();
    assert!(copy.append(&desk.sealed[1].bytes).is_err(), "the second is not the first");
    copy.append(&desk.sealed[0].bytes).unwrap();
    let mut altered = desk.sealed[1].bytes.clone();
    altered[200] ^= 1;
    assert!(copy.append(&altered).is_err());
}

#[test]
fn a_damaged_last_entry_comes_from_the_copy_and_the_old_files_stay() {
    let desk = Desk::with_two_segments();
    let count = desk.sealed.len();
    let copy = copy_of(&desk, count);
    let place = Place::of(&desk);
    wrong(&place, 2, FIRST_ENTRY + 2 * desk.sealed[6].bytes.len() as u64 + 150);
    let repaired = place.repair(copy.path()).unwrap();
    assert_eq!((repaired.sound.seq, repaired.head.seq), (count as u64 - 1, count as u64));
    assert_eq!((repaired.from_copy, repaired.from_after), (1, 0));
    assert!(repaired.damage.is_some() && repaired.set_aside.as_ref().unwrap().is_dir());
    assert_eq!(place.beside().len(), 1, "{:?}", place.beside());
    place.holds(count as u64);
}

#[test]
fn damage_in_the_middle_takes_what_is_damaged_from_the_copy_and_the_rest_from_the_old_files() {
    let desk = Desk::with_two_segments();
    let count = desk.sealed.len() as u64;
    for (ordinal, at, copied) in [(1, desk.offset(2) + 140, 2), (2, FIRST_ENTRY + 60, 6), (2, 30, 5)] {
        let place = Place::of(&desk);
        wrong(&place, ordinal, at);
        let repaired = place.repair(copy_of(&desk, copied).path());
        if ordinal == 2 && at == 30 {
            // A segment's header holds no entry, yet nobody can tell that from the file alone; the next entry joins on.
            let repaired = repaired.unwrap();
            assert_eq!((repaired.from_copy, repaired.from_after), (0, 3));
        } else {
            let repaired = repaired.unwrap();
            assert_eq!(repaired.from_copy, 1, "segment {ordinal} byte {at}");
            assert_eq!(repaired.from_after, count - copied as u64);
        }
        place.holds(count);
    }
}

#[test]
fn a_journal_that_is_too_short_gets_what_is_missing_and_a_lost_one_gets_all() {
    let long = Desk::with_two_segments();
    let count = long.sealed.len();
    let place = Place { root: tempfile::tempdir().unwrap() };
    let short = copy_of(&long, 3);
    fs::create_dir(place.journal()).unwrap();
    for file in fs::read_dir(short.path()).unwrap() {
        let from = file.unwrap().path();
        fs::copy(&from, place.journal().join(from.file_name().unwrap())).unwrap();
    }
    let copy = copy_of(&long, count);
    let repaired = place.repair(copy.path()).unwrap();
    assert_eq!((repaired.sound.seq, repaired.from_copy, repaired.damage), (3, count as u64 - 3, None));
    place.holds(count as u64);
    let again = place.repair(copy.path()).unwrap();
    assert_eq!((again.from_copy, again.set_aside), (0, None), "there is nothing left to repair");
    let lost = Place { root: tempfile::tempdir().unwrap() };
    assert_eq!(lost.repair(copy.path()).unwrap().from_copy, count as u64);
    lost.holds(count as u64);
}

#[test]
fn a_lost_segment_comes_back() {
    let desk = Desk::with_two_segments();
    let place = Place::of(&desk);
    fs::remove_file(place.journal().join("segment-000000000001.journal")).unwrap();
    let repaired = place.repair(copy_of(&desk, 5).path()).unwrap();
    assert_eq!((repaired.sound.seq, repaired.from_copy, repaired.from_after), (0, 5, 3));
    place.holds(8);
}

#[test]
fn a_copy_that_would_lose_an_entry_or_is_of_another_journal_changes_nothing() {
    let desk = Desk::with_two_segments();
    let place = Place::of(&desk);
    wrong(&place, 2, FIRST_ENTRY + desk.sealed[5].bytes.len() as u64 + 150);
    let before = fs::read(place.journal().join("segment-000000000002.journal")).unwrap();
    let short = place.repair(copy_of(&desk, 6).path());
    assert!(matches!(short, Err(RepairError::Short { ends: 6, needed: 8 })), "{short:?}");
    let mut other = Desk::new();
    let mut journal = other.open(None).unwrap().0;
    for _ in 0..9 {
        other.append(&mut journal, &[b"another city"]);
    }
    drop(journal);
    let differs = place.repair(other.dir());
    assert!(matches!(differs, Err(RepairError::Differs { seq: 6, .. })), "{differs:?}");
    let after = fs::read(place.journal().join("segment-000000000002.journal")).unwrap();
    assert!(before == after && place.beside().is_empty());
    let (held, _) = journal::Embedded::open(other.dir(), EmbeddedOptions::small(), None).unwrap();
    let copy = read_files(desk.dir()).unwrap().0;
    let locked = repair(other.dir(), copy, &EmbeddedOptions::small());
    assert!(matches!(locked, Err(RepairError::Open(_))), "a running server keeps its files");
    drop(held);
}

/// The last segment of the copy of a desk with two segments, and where its entries begin.
fn begun(desk: &Desk, entries: usize) -> (tempfile::TempDir, PathBuf) {
    let dir = copy_of(desk, entries);
    let last = dir.path().join("segment-000000000002.journal");
    assert!(last.exists());
    (dir, last)
}

fn resumed(dir: &Path) -> SegmentCopy {
    SegmentCopy::resume(dir, &EmbeddedOptions::small()).unwrap()
}

/// Copies what is missing and holds it against the journal.
fn goes_on(desk: &Desk, dir: &Path) {
    let mut copy = resumed(dir);
    let from = usize::try_from(copy.head().seq).unwrap();
    desk.sealed.iter().skip(from).for_each(|sealed| copy.append(&sealed.bytes).unwrap());
    copy.flush().unwrap();
    drop(copy);
    assert_eq!(verified(dir), desk.sealed.len() as u64);
}

#[test]
fn a_copy_that_was_begun_before_is_resumed_after_its_last_whole_entry() {
    let desk = Desk::with_two_segments();
    let all = desk.sealed.len();
    let fresh = tempfile::tempdir().unwrap();
    assert_eq!(resumed(fresh.path()).head().seq, 0);
    goes_on(&desk, fresh.path());
    let (dir, _) = begun(&desk, all - 1);
    assert_eq!(resumed(dir.path()).head().seq, all as u64 - 1);
    goes_on(&desk, dir.path());
    goes_on(&desk, dir.path());
}

#[test]
fn what_is_not_whole_at_the_end_of_a_copy_is_copied_again_and_changed_by_nothing_before() {
    let desk = Desk::with_two_segments();
    let all = desk.sealed.len();
    let (made, whole) = begun(&desk, all);
    let whole = fs::read(whole).unwrap();
    drop(made);
    let last = desk.sealed.last().unwrap().bytes.len();
    let end = whole.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    // Cut off in an entry, in its header, in the segment's header; of which a sector came late; and a byte gone bad.
    for (from, to) in
        [(end - 9, end), (end - last + 20, end), (40, end), (end - last, end - last + 64), (0, end)]
    {
        let (dir, file) = begun(&desk, all);
        let mut bytes = whole.clone();
        bytes[from..to].fill(0);
        fs::write(&file, &bytes).unwrap();
        let copy = resumed(dir.path());
        assert!(copy.head().seq < all as u64, "{from}..{to}");
        drop(copy);
        assert_eq!(fs::read(&file).unwrap(), bytes, "nothing was appended, so nothing is changed");
        goes_on(&desk, dir.path());
    }
    let (dir, file) = begun(&desk, all);
    let mut bytes = whole;
    let first = usize::try_from(FIRST_ENTRY).unwrap();
    bytes[first + 150] ^= 1;
    fs::write(&file, &bytes).unwrap();
    goes_on(&desk, dir.path());
}

#[test]
fn a_copy_is_resumed_by_one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let copy = resumed(dir.path());
    assert!(SegmentCopy::resume(dir.path(), &EmbeddedOptions::small()).is_err());
    drop(copy);
    resumed(dir.path());
}
