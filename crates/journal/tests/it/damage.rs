//! Wrong bytes: each is found by opening and by verification, and nothing is changed.

use std::fs;

use journal::conformance::Chain;
use journal::{Damage, Damaged, Finding, Hash, Head, OpenError, ReadError, VerifyError, WalkError};

use crate::desk::{Desk, FIRST_ENTRY};

fn opening_finds(desk: &Desk) -> Option<Damaged> {
    match desk.open(None) {
        Ok(_) => None,
        Err(OpenError::Journal(WalkError::Damaged(damaged))) => Some(damaged),
        Err(other) => panic!("{other}"),
    }
}

fn verification_finds(desk: &Desk) -> Option<Damaged> {
    match desk.verify() {
        Ok(_) => None,
        Err(VerifyError::Journal(WalkError::Damaged(damaged))) => Some(damaged),
        Err(other) => panic!("{other}"),
    }
}

/// Both find the same.
fn both_find(desk: &Desk, what: &str) -> Damaged {
    let found = opening_finds(desk).unwrap_or_else(|| panic!("opening misses {what}"));
    assert_eq!(verification_finds(desk).as_ref(), Some(&found), "verification differs on {what}");
    assert!(found.to_string().contains("jakone journal repair --from COPY"), "{found}");
    found
}

/// Offsets in the entry of three records that `Desk::with_two_segments` writes into its second segment.
fn regions_of_an_entry(desk: &Desk, seq: usize) -> Vec<(&'static str, u64)> {
    let entry = &desk.sealed[seq - 1].bytes;
    let leaf = |value: u64| 4 + 16 + value;
    let first = 136;
    let second = first + leaf(21);
    let movement = second + leaf(13);
    let third = movement + 4 + 4 + 18 + 16;
    let padding = third + leaf(5);
    let end = entry.len() as u64;
    assert!(padding < end - 8, "the entry has padding");
    vec![
        ("magic", 0),
        ("format", 4),
        ("seq", 8),
        ("at", 16),
        ("records", 24),
        ("leaves", 28),
        ("bytes of the leaves", 32),
        ("previous hash", 36),
        ("previous hash, last byte", 67),
        ("Merkle root", 68),
        ("entry hash", 131),
        ("header CRC", 132),
        ("header CRC, last byte", 135),
        ("kind of a value leaf", first),
        ("length of a value leaf", first + 1),
        ("length of a value leaf, highest byte", first + 3),
        ("blind", first + 4),
        ("blind, last byte", first + 19),
        ("value", first + 20),
        ("value, last byte", second - 1),
        ("kind of a movement leaf", movement),
        ("length of a movement leaf", movement + 1),
        ("date of a movement", movement + 4),
        ("ciphertext", movement + 8),
        ("tag", third - 1),
        ("last value", padding - 1),
        ("padding", padding),
        ("CRC", end - 8),
        ("CRC, last byte", end - 5),
        ("mark", end - 4),
        ("mark, last byte", end - 1),
    ]
}

#[test]
fn a_flipped_bit_in_every_region_of_an_entry_is_found() {
    let desk = Desk::with_two_segments();
    let mut start = FIRST_ENTRY;
    for seq in 6..=8 {
        for (region, offset) in regions_of_an_entry(&desk, seq) {
            for bits in [0x01, 0x08, 0x80] {
                desk.flip(2, start + offset, bits);
                let found = both_find(&desk, &format!("{bits:#x} in the {region} of entry {seq}"));
                assert_eq!((found.seq, found.offset), (seq as u64, start), "{region}");
                let follows = (seq < 8).then_some(seq as u64 + 1);
                assert_eq!(found.followed_by, follows, "{region} of entry {seq}");
                desk.flip(2, start + offset, bits);
            }
        }
        start += desk.sealed[seq - 1].bytes.len() as u64;
    }
    assert_eq!(opening_finds(&desk), None, "put back, all is well");
}

#[test]
fn every_flipped_bit_of_a_small_last_entry_is_found() {
    let desk = Desk::with_entries(2);
    let (start, length) = (desk.offset(2), desk.sealed[1].bytes.len() as u64);
    for byte in 0..length {
        // One bit per byte, another each time; the unit tests turn every bit of an entry.
        let bits = 1 << (byte % 8);
        desk.flip(1, start + byte, bits);
        let found = verification_finds(&desk).unwrap_or_else(|| panic!("{bits:#x} at byte {byte}"));
        assert_eq!(found.offset, start);
        desk.flip(1, start + byte, bits);
    }
}

#[test]
fn a_flipped_bit_in_a_segment_header_is_found() {
    let desk = Desk::with_two_segments();
    for ordinal in [1, 2] {
        for byte in 0..FIRST_ENTRY {
            let bits = 1 << (byte % 8);
            desk.flip(ordinal, byte, bits);
            let found = both_find(&desk, &format!("{bits:#x} at byte {byte} of segment {ordinal}"));
            assert_eq!((found.finding, found.offset), (Finding::SegmentHeader, 0));
            assert!(found.followed_by.is_some());
            desk.flip(ordinal, byte, bits);
        }
    }
}

#[test]
fn a_flipped_bit_in_the_zeros_is_found() {
    let desk = Desk::with_two_segments();
    let size = desk.options.segment_bytes;
    let end_of_first = FIRST_ENTRY + desk.sealed[..5].iter().map(|s| s.bytes.len() as u64).sum::<u64>();
    let end_of_second = FIRST_ENTRY + desk.sealed[5..].iter().map(|s| s.bytes.len() as u64).sum::<u64>();
    let places = [
        ("just after the last entry", 2, end_of_second),
        ("in what would be its header", 2, end_of_second + 20),
        ("later", 2, end_of_second + 5_000),
        ("at the end of the segment", 2, size - 1),
        ("after the last entry of a full segment", 1, end_of_first),
        ("at the end of a full segment", 1, size - 1),
        ("at the start of a reserved segment", 3, 0),
        ("in its header", 3, 50),
        ("where its first entry will be", 3, FIRST_ENTRY),
        ("in its middle", 3, size / 2),
        ("at its end", 3, size - 1),
    ];
    for (place, ordinal, offset) in places {
        for bits in [0x01, 0x02, 0x10, 0x80] {
            desk.flip(ordinal, offset, bits);
            let found = both_find(&desk, &format!("{bits:#x} {place}"));
            assert_eq!(found.file, desk.segment(ordinal), "{place}");
            desk.flip(ordinal, offset, bits);
        }
    }
}

#[test]
fn a_forged_value_with_right_checksums_is_found() {
    let desk = Desk::with_entries(3);
    let mut forged = desk.sealed[1].bytes.clone();
    forged[160] ^= 1;
    let end = forged.len() - 8;
    let checksum = crc32fast::hash(&[&forged[..132], &forged[136..end]].concat()).to_le_bytes();
    forged[end..end + 4].copy_from_slice(&checksum);
    desk.write(1, desk.offset(2), &forged);
    let found = both_find(&desk, "a forged value");
    assert_eq!(found.finding, Finding::Entry(Damage::MerkleRoot));
    let mut trusting = desk;
    trusting.options.check_hashes = false;
    assert_eq!(opening_finds(&trusting), None, "with hashes left to the caller's replay");
}

#[test]
fn a_bad_entry_followed_by_a_whole_one_is_corruption_whatever_it_looks_like() {
    let desk = Desk::with_entries(4);
    let (start, length) = (desk.offset(3), desk.sealed[2].bytes.len());
    for kept in [0, 1, 100, 136, 200, length - 1] {
        desk.write(1, start, &desk.sealed[2].bytes[..kept]);
        desk.write(1, start + kept as u64, &vec![0; length - kept]);
        let found = both_find(&desk, "a zeroed entry in the middle");
        assert_eq!((found.followed_by, found.seq), (Some(4), 3), "{kept} bytes kept");
    }
    assert!(desk.torn_files().is_empty());
}

#[test]
fn a_torn_entry_with_a_used_segment_after_it_is_corruption() {
    let desk = Desk::with_two_segments();
    let start = desk.offset(5);
    desk.write(1, start + 1_000, &vec![0; desk.sealed[4].bytes.len() - 1_000]);
    let found = both_find(&desk, "an entry torn in a segment that was left");
    assert_eq!(found.followed_by, Some(6));
}

#[test]
fn an_entry_in_another_place_is_found() {
    let desk = Desk::with_entries(4);
    assert_eq!(desk.sealed[1].bytes.len(), desk.sealed[2].bytes.len());
    desk.write(1, desk.offset(3), &desk.sealed[1].bytes);
    let found = both_find(&desk, "entry 2 in the place of entry 3");
    assert_eq!((found.finding, found.followed_by), (Finding::NotNext, Some(4)));
}

#[test]
fn an_entry_of_another_journal_is_found() {
    let desk = Desk::with_entries(3);
    let mut other = Chain::new();
    let [_, _, foreign] = [(); 3].map(|()| other.next(&[b"of another city"]).unwrap().bytes);
    desk.write(1, desk.offset(3), &vec![0; desk.sealed[2].bytes.len()]);
    desk.write(1, desk.offset(3), &foreign[..64]);
    let found = both_find(&desk, "a beginning of a foreign entry");
    assert_eq!(found.finding, Finding::Entry(Damage::HeaderChecksum));
}

/// The third entry as sealed after another second one, in the place of the right one.
fn with_third_after(head: Head) -> (Desk, Vec<u8>) {
    let desk = Desk::with_entries(3);
    let third = Chain::after(head).next(&[b"sealed elsewhere", b"b"]).unwrap();
    assert_eq!(third.head.seq, 3);
    desk.write(1, desk.offset(3), &vec![0; desk.sealed[2].bytes.len()]);
    desk.write(1, desk.offset(3), &third.bytes);
    (desk, third.bytes)
}

#[test]
fn a_whole_entry_that_follows_another_one_is_found_also_when_it_is_torn() {
    let second = Desk::with_entries(2).sealed[1].head;
    let (desk, third) = with_third_after(Head { hash: Hash([5; 32]), ..second });
    assert_eq!(both_find(&desk, "another predecessor").finding, Finding::NotNext);
    for kept in [136, 180] {
        desk.write(1, desk.offset(3) + kept, &vec![0; third.len() - kept as usize]);
        both_find(&desk, "a torn entry of another journal");
    }
}

#[test]
fn a_whole_entry_older_than_the_one_before_it_is_found_also_when_it_is_torn() {
    let second = Desk::with_entries(2).sealed[1].head;
    let (desk, third) = with_third_after(Head { at: second.at.plus(-1_001), ..second });
    assert_eq!(both_find(&desk, "an older entry").finding, Finding::Older);
    desk.write(1, desk.offset(3) + 150, &vec![0; third.len() - 150]);
    both_find(&desk, "an older entry, torn");
    let (fine, _) = with_third_after(Head { at: second.at.plus(-1_000), ..second });
    assert_eq!(opening_finds(&fine), None, "the same time is allowed");
}

#[test]
fn damage_changes_nothing_on_disk() {
    let desk = Desk::with_two_segments();
    desk.flip(2, FIRST_ENTRY + 150, 1);
    let before: Vec<Vec<u8>> = desk.segments().iter().map(|path| fs::read(path).unwrap()).collect();
    both_find(&desk, "a flipped bit");
    let after: Vec<Vec<u8>> = desk.segments().iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(before == after);
}

#[test]
fn a_reader_stops_at_a_byte_that_changed_under_it() {
    let desk = Desk::with_entries(3);
    let (journal, _) = desk.open(None).unwrap();
    desk.flip(1, desk.offset(2) + 170, 4);
    let mut reader = journal::Journal::reader(&journal, 1).unwrap();
    assert!(reader.next().unwrap().is_some());
    assert!(reader.next().is_err());
}

#[test]
fn a_reader_stops_where_an_entry_was_exchanged_for_another_whole_one() {
    let desk = Desk::with_entries(3);
    let (journal, _) = desk.open(None).unwrap();
    // As long as the other although its second record has no movement.
    let values: [&[u8]; 3] = [&[9; 50], b"a value with movement", &[0xC3; 33 + 42]];
    let exchanged = Chain::after(desk.sealed[0].head).next(&values).unwrap();
    assert_eq!(exchanged.bytes.len(), desk.sealed[1].bytes.len());
    desk.write(1, desk.offset(2), &exchanged.bytes);
    let mut reader = journal::Journal::reader(&journal, 1).unwrap();
    assert!(reader.next().unwrap().is_some() && reader.next().unwrap().is_some());
    let Err(ReadError::Damaged(damaged)) = reader.next() else {
        panic!("entry 3 does not follow this entry 2")
    };
    assert_eq!((damaged.seq, damaged.finding), (3, Finding::NotNext));
}

#[test]
fn a_reader_checks_the_chain_from_segment_to_segment() {
    let desk = Desk::with_two_segments();
    let (journal, _) = desk.open(None).unwrap();
    let mut sixth = Chain::after(Head { hash: Hash([8; 32]), ..desk.sealed[4].head });
    let values: [&[u8]; 3] = [b"in the second segment", b"with movement", &[7; 5 + 42]];
    let exchanged = sixth.next(&values).unwrap();
    assert_eq!(exchanged.bytes.len(), desk.sealed[5].bytes.len());
    desk.write(2, FIRST_ENTRY, &exchanged.bytes);
    let mut reader = journal::Journal::reader(&journal, 1).unwrap();
    for _ in 0..5 {
        assert!(reader.next().unwrap().is_some());
    }
    assert!(matches!(reader.next(), Err(ReadError::Damaged(_))));
}
