//! Writes that were cut off: recovered, kept aside, refused when someone has seen the entry.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use journal::{Appended, Cover, Journal, OpenError};

use crate::desk::{Desk, FIRST_ENTRY};

/// A journal of three small entries; the last can be cut.
struct Cut {
    desk: Desk,
    start: u64,
    whole: Vec<u8>,
}

impl Cut {
    fn new() -> Self {
        let desk = Desk::with_entries(3);
        let (start, whole) = (desk.offset(3), desk.sealed[2].bytes.clone());
        Self { desk, start, whole }
    }

    /// Leaves so many bytes of the last entry and zeros behind them.
    fn keep(&self, bytes: usize) {
        self.desk.write(1, self.start, &self.whole[..bytes]);
        self.desk.write(1, self.start + bytes as u64, &vec![0; self.whole.len() - bytes]);
    }

    fn stands(&self) -> Vec<u8> {
        self.desk.read(1, self.start, self.whole.len())
    }
}

#[test]
fn a_write_cut_at_every_byte_is_recovered_and_kept_aside() {
    let cut = Cut::new();
    for bytes in 0..cut.whole.len() {
        cut.keep(bytes);
        let visible = cut.whole[..bytes].iter().any(|byte| *byte != 0);
        let named = cut.desk.verify().unwrap();
        assert_eq!((named.head.seq, named.tear.is_some()), (2, visible), "{bytes} bytes");
        let (mut journal, recovery) = cut.desk.open(Some(cut.desk.cover(2))).unwrap();
        assert_eq!((recovery.head, recovery.entries), (cut.desk.sealed[1].head, 2), "{bytes} bytes");
        assert_eq!(recovery.torn.is_some(), visible, "{bytes} bytes");
        if let Some(torn) = recovery.torn {
            assert_eq!((torn.tear.seq, torn.tear.offset), (3, cut.start));
            let kept = fs::read(&torn.kept).unwrap();
            let length = kept.len().min(bytes);
            assert_eq!(kept[..length], cut.whole[..length], "the copy holds what was written");
            assert!(kept[length..].iter().all(|byte| *byte == 0));
            assert!(
                cut.whole[length..bytes].iter().all(|byte| *byte == 0),
                "nothing written is missing in it"
            );
            fs::remove_file(torn.kept).unwrap();
        }
        assert!(cut.stands().iter().all(|byte| *byte == 0), "its place is zero again");
        // The same entry goes there again: byte for byte what an uncut run would have left.
        assert!(matches!(journal.append(&cut.desk.sealed[2]), Appended::Durable));
        drop(journal);
        assert_eq!(cut.stands(), cut.whole);
    }
}

#[test]
fn a_cut_entry_that_was_seen_is_refused_and_left_as_it_is() {
    let cut = Cut::new();
    for bytes in (0..cut.whole.len()).step_by(5).chain([cut.whole.len() - 1]) {
        cut.keep(bytes);
        let before = cut.stands();
        let refused = cut.desk.open(Some(cut.desk.cover(3)));
        match &refused {
            Err(OpenError::TornButSeen { tear, cover }) => assert_eq!((tear.seq, cover.seq), (3, 3)),
            Err(OpenError::Behind { .. }) => assert!(before.iter().all(|byte| *byte == 0)),
            other => panic!("{bytes} bytes: {other:?}"),
        }
        assert!(refused.unwrap_err().to_string().contains("jakone journal repair --from COPY"));
        assert_eq!(cut.stands(), before);
    }
    assert!(cut.desk.torn_files().is_empty());
}

#[test]
fn a_wrong_byte_behind_the_cut_is_damage() {
    let cut = Cut::new();
    let length = cut.whole.len() as u64;
    // Ends of header, first value leaf, second value leaf, its movement leaf, third value leaf.
    let ends = [136, 136 + 70, 136 + 70 + 41, 136 + 70 + 41 + 42, 136 + 70 + 41 + 42 + 53];
    for (place, end) in ends.iter().enumerate() {
        let start = if place == 0 { 10 } else { ends[place - 1] + 5 };
        for bytes in [start, (start + end) / 2] {
            cut.keep(bytes);
            for behind in (*end as u64..length).chain([length + 1, length + 300]) {
                cut.desk.flip(1, cut.start + behind, 0x80);
                let found = cut.desk.verify();
                assert!(found.is_err(), "cut at {bytes}, wrong byte at {behind}: {found:?}");
                cut.desk.flip(1, cut.start + behind, 0x80);
            }
        }
        assert!(cut.desk.verify().unwrap().tear.is_some(), "without the wrong byte it is a tear");
    }
    cut.keep(150);
    cut.desk.flip(1, cut.start + length - 1, 0x80);
    assert!(matches!(cut.desk.open(None), Err(OpenError::Journal(_))));
    assert!(cut.desk.torn_files().is_empty());
}

#[test]
fn a_wrong_byte_before_the_cut_is_damage_where_it_is_known_in_advance() {
    let cut = Cut::new();
    for byte in (0..16).chain(36..68) {
        cut.keep(100);
        cut.desk.flip(1, cut.start + byte, 0x10);
        assert!(matches!(cut.desk.open(None), Err(OpenError::Journal(_))), "byte {byte}");
    }
    for byte in 0..136 {
        cut.keep(200);
        cut.desk.flip(1, cut.start + byte, 0x10);
        assert!(matches!(cut.desk.open(None), Err(OpenError::Journal(_))), "byte {byte} of a whole header");
    }
}

#[test]
fn a_segment_header_cut_at_every_byte_is_recovered() {
    let mut desk = Desk::with_a_full_segment();
    assert_eq!(desk.verify().unwrap().segments, 1);
    let (mut journal, _) = desk.open(None).unwrap();
    desk.append(&mut journal, &[b"first of the second"]);
    drop(journal);
    let header = desk.read(2, 0, 128);
    let last = desk.sealed[5].clone();
    let zeros = vec![0; 128 + last.bytes.len()];
    for bytes in 1..=128 {
        desk.write(2, 0, &zeros);
        desk.write(2, 0, &header[..bytes]);
        let torn = bytes < 128;
        let verified = desk.verify().unwrap();
        assert_eq!((verified.head.seq, verified.tear.is_some()), (5, torn), "{bytes} bytes");
        let (mut journal, recovery) = desk.open(Some(desk.cover(5))).unwrap();
        assert_eq!(recovery.torn.is_some(), torn, "{bytes} bytes");
        assert!(matches!(journal.append(&last), Appended::Durable));
        drop(journal);
        assert_eq!(desk.verify().unwrap().head, last.head);
        assert_eq!(desk.read(2, 0, 128), header);
    }
}

#[test]
fn a_cut_first_entry_of_a_segment_is_recovered() {
    let desk = Desk::with_two_segments();
    let sealed = &desk.sealed[5];
    let rest: usize = desk.sealed[5..].iter().map(|sealed| sealed.bytes.len()).sum();
    desk.write(2, FIRST_ENTRY + 150, &vec![0; rest - 150]);
    let (mut journal, recovery) = desk.open(Some(desk.cover(5))).unwrap();
    assert_eq!(recovery.torn.unwrap().tear.seq, 6);
    assert!(matches!(journal.append(sealed), Appended::Durable));
    drop(journal);
    assert_eq!(desk.verify().unwrap().head, sealed.head);
}

#[test]
fn a_large_cut_entry_is_recovered_and_its_place_zeroed() {
    let mut desk = Desk::with_entries(2);
    let (mut journal, _) = desk.open(None).unwrap();
    desk.append(&mut journal, &[&[0xFF; 60_000], &[0xFE; 9_000]]);
    drop(journal);
    let start = desk.offset(3);
    desk.write(1, start + 66_000, &vec![0; desk.sealed[2].bytes.len() - 66_000]);
    let (journal, recovery) = desk.open(None).unwrap();
    drop(journal);
    let torn = recovery.torn.unwrap();
    assert_eq!(fs::read(&torn.kept).unwrap()[..66_000], desk.sealed[2].bytes[..66_000]);
    assert_eq!(desk.verify().unwrap().tear, None);
    assert_eq!(desk.torn_files(), [torn.kept], "it is kept");
}

#[test]
fn the_very_first_entry_may_be_cut() {
    let desk = Desk::with_entries(1);
    desk.write(1, FIRST_ENTRY + 90, &vec![0; desk.sealed[0].bytes.len() - 90]);
    let (_, recovery) = desk.open(Some(Cover { seq: 0, hash: journal::Hash::ZERO })).unwrap();
    assert_eq!((recovery.entries, recovery.torn.unwrap().tear.seq), (0, 1));
}

#[test]
fn verification_beside_a_running_writer_finds_nothing_wrong() {
    let mut desk = Desk::with_entries(1);
    let dir = desk.dir().to_path_buf();
    let (mut journal, _) = desk.open(None).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let (mut looks, mut seen) = (0, 0);
            while !done.load(Ordering::Relaxed) || looks == 0 {
                let found = journal::verify(&dir, |_| Ok::<(), std::convert::Infallible>(())).unwrap();
                assert!(found.head.seq >= seen, "it never sees less than before");
                (looks, seen) = (looks + 1, found.head.seq);
            }
        });
        for number in 0..150u32 {
            desk.append(&mut journal, &[&vec![number as u8 | 1; number as usize * 300], b"x"]);
            if watcher.is_finished() {
                break;
            }
        }
        done.store(true, Ordering::Relaxed);
        watcher.join().unwrap();
    });
}
