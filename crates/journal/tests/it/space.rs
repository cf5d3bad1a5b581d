//! When space runs out.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use journal::{
    AppendError, Appended, Disk, DiskSpace, EmbeddedOptions, Journal, OpenError, SpaceSource, Wanted,
};

use crate::desk::Desk;

/// A disk with room for so many more segments.
struct SmallDisk {
    segments: AtomicU64,
}

impl SpaceSource for SmallDisk {
    fn prepare(&self, disk: &dyn Disk, path: &Path, bytes: u64, wanted: &Wanted) -> io::Result<()> {
        let room = self.segments.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if room.is_err() {
            // Half a segment is there when the disk is full, as on a real one.
            std::fs::write(path, vec![0; 1_000])?;
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        DiskSpace.prepare(disk, path, bytes, wanted)
    }
}

fn desk_on(disk: &Arc<SmallDisk>) -> Desk {
    let space = Arc::clone(disk) as Arc<dyn SpaceSource>;
    let mut desk = Desk::new();
    desk.options = EmbeddedOptions { space, retry_pause: Duration::ZERO, ..EmbeddedOptions::small() };
    desk
}

#[test]
fn a_full_disk_is_said_before_anything_is_decided_and_room_helps() {
    let disk = Arc::new(SmallDisk { segments: AtomicU64::new(2) });
    let mut desk = desk_on(&disk);
    let (mut journal, _) = desk.open(None).unwrap();
    let soon = Duration::from_millis(200);
    while journal.wait_for_space(soon) {
        desk.append(&mut journal, &[&[1; 300_000]]);
    }
    let appended = desk.sealed.len();
    assert!(
        (8..=13).contains(&appended),
        "two segments hold about thirteen, two full entries short: {appended}"
    );
    assert!(!journal.has_space());
    assert!(journal.space_failure().is_some());
    drop(journal);

    let (mut journal, recovery) = desk.open(None).unwrap();
    assert_eq!(recovery.entries, appended as u64, "it opens with a full disk");
    assert!(!journal.wait_for_space(soon));
    disk.segments.store(5, Ordering::SeqCst);
    for _ in 0..8 {
        desk.append(&mut journal, &[&[2; 300_000]]);
    }
    assert_eq!(journal.space_failure(), None);
    drop(journal);
    assert_eq!(desk.verify().unwrap().entries, appended as u64 + 8);
}

#[test]
fn an_append_without_space_writes_nothing_and_may_come_again() {
    let disk = Arc::new(SmallDisk { segments: AtomicU64::new(1) });
    let mut desk = desk_on(&disk);
    let (mut journal, _) = desk.open(None).unwrap();
    let mut chain = journal::conformance::Chain::new();
    let refused = loop {
        let sealed = chain.next(&[&[1; 700_000]]).unwrap();
        match journal.append(&sealed) {
            Appended::Durable => desk.sealed.push(sealed),
            Appended::Failed(error) => {
                assert_eq!(error, AppendError::NoSpace);
                break sealed;
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(journal.head().seq, 2);
    assert_eq!(desk.verify().unwrap().entries, 2);
    disk.segments.store(1, Ordering::SeqCst);
    assert!(journal.wait_for_space(Duration::from_secs(60)));
    assert!(matches!(journal.append(&refused), Appended::Durable));
}

#[test]
fn a_journal_without_its_first_segment_does_not_start() {
    let desk = desk_on(&Arc::new(SmallDisk { segments: AtomicU64::new(0) }));
    assert!(matches!(desk.open(None), Err(OpenError::Space { .. })));
    let left = std::fs::read_dir(desk.dir()).unwrap().count();
    assert_eq!(left, 0, "half a segment does not stay");
}

#[test]
fn a_segment_left_unfinished_by_a_kill_is_removed() {
    let desk = Desk::with_entries(2);
    let unfinished = desk.dir().join("segment-000000000099.reserving");
    std::fs::write(&unfinished, [0; 5_000]).unwrap();
    assert_eq!(desk.verify().unwrap().entries, 2);
    desk.open(None).unwrap();
    assert!(!unfinished.exists());
}

#[test]
fn segments_too_small_for_two_full_entries_are_refused() {
    let mut desk = Desk::new();
    desk.options.segment_bytes = 1_000_000;
    assert!(matches!(desk.open(None), Err(OpenError::SegmentBytes(1_000_000))));
}

#[test]
fn segments_of_another_size_go_on_where_small_ones_ended() {
    let mut desk = Desk::with_two_segments();
    desk.options.segment_bytes = 3 * 1024 * 1024;
    let (mut journal, _) = desk.open(None).unwrap();
    for _ in 0..9 {
        desk.append(&mut journal, &[&[3; 700_000]]);
    }
    drop(journal);
    assert_eq!(desk.verify().unwrap().entries, 17);
    desk.open(None).unwrap();
}
