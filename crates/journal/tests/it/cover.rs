//! What others have seen, the lock, and identical runs.

use std::fs;

use journal::{Cover, Finding, Hash, Head, OpenError, WalkError};

use crate::desk::Desk;

#[test]
fn a_second_opener_is_refused_until_the_first_is_gone() {
    let desk = Desk::with_entries(1);
    let first = desk.open(None).unwrap();
    assert!(matches!(desk.open(None), Err(OpenError::Locked { .. })));
    assert_eq!(desk.verify().unwrap().entries, 1, "verification needs no lock");
    drop(first);
    desk.open(None).unwrap();
}

#[test]
fn a_journal_that_reaches_what_was_seen_opens() {
    let desk = Desk::with_entries(3);
    for seq in 1..=3 {
        desk.open(Some(desk.cover(seq))).unwrap();
    }
    desk.open(Some(Cover { seq: 0, hash: Hash::ZERO })).unwrap();
}

#[test]
fn a_journal_behind_what_was_seen_is_refused() {
    let desk = Desk::with_entries(3);
    let longer = Desk::with_entries(4);
    let refused = desk.open(Some(longer.cover(4)));
    let Err(OpenError::Behind { head, cover }) = refused else { panic!("{refused:?}") };
    assert_eq!((head.seq, cover.seq), (3, 4));
    let empty = Desk::new().open(Some(longer.cover(1)));
    assert!(matches!(empty, Err(OpenError::Behind { head: Head::EMPTY, .. })), "{empty:?}");
}

#[test]
fn a_journal_other_than_the_one_that_was_seen_is_refused() {
    let desk = Desk::with_entries(3);
    let cover = Cover { hash: Hash([1; 32]), ..desk.cover(2) };
    let refused = desk.open(Some(cover));
    assert!(matches!(refused, Err(OpenError::Differs { .. })), "{refused:?}");
    assert!(refused.unwrap_err().to_string().contains("copy"));
}

#[test]
fn two_runs_of_the_same_entries_leave_the_same_bytes() {
    let (first, second) = (Desk::with_two_segments(), Desk::with_two_segments());
    assert_eq!(first.segments().len(), 3);
    for (left, right) in first.segments().iter().zip(second.segments()) {
        assert_eq!(left.file_name(), right.file_name());
        assert!(fs::read(left).unwrap() == fs::read(&right).unwrap(), "{left:?}");
    }
}

#[test]
fn a_missing_segment_is_noticed() {
    for ordinal in [1, 2] {
        let desk = Desk::with_two_segments();
        fs::remove_file(desk.segment(ordinal)).unwrap();
        let Err(OpenError::Journal(WalkError::Damaged(damaged))) = desk.open(None) else { panic!() };
        assert_eq!(damaged.finding, Finding::SegmentMissing);
        assert!(desk.verify().is_err());
    }
}

#[test]
fn a_shortened_segment_is_noticed() {
    for ordinal in [1, 2] {
        let desk = Desk::with_two_segments();
        let file = fs::OpenOptions::new().write(true).open(desk.segment(ordinal)).unwrap();
        file.set_len(1_500_000).unwrap();
        let Err(OpenError::Journal(WalkError::Damaged(damaged))) = desk.open(None) else { panic!() };
        assert_eq!(damaged.finding, Finding::SegmentHeader);
        assert!(desk.verify().is_err());
    }
}

#[test]
fn segments_roll_over_and_are_read_as_one() {
    let desk = Desk::with_two_segments();
    let (journal, recovery) = desk.open(None).unwrap();
    assert_eq!((recovery.entries, recovery.head), (8, desk.sealed[7].head));
    assert_eq!(recovery.records, 2 * 3 + 3 + 3 * 3);
    let mut reader = journal::Journal::reader(&journal, 1).unwrap();
    for sealed in &desk.sealed {
        assert_eq!(*reader.next().unwrap().unwrap(), *sealed.bytes);
    }
    let verification = desk.verify().unwrap();
    assert_eq!((verification.segments, verification.entries), (2, 8));
    assert!(verification.reserved >= 1);
}

#[test]
fn a_closed_journal_opens_again_at_once_while_processes_are_being_started() {
    let desk = Desk::with_entries(1);
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                // With a directory of its own a process is started the long way, over a copy of this one.
                std::process::Command::new("true").current_dir("/").status().unwrap();
            }
        });
        let opened: Vec<_> = (0..300).map(|_| desk.open(None).map(drop)).collect();
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        let refused = opened.into_iter().find_map(Result::err);
        assert!(refused.is_none(), "{refused:?}");
    });
}
