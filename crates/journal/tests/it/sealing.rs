//! Sealing and reading entries.

use std::sync::Arc;

use base::{CivilDate, Timestamp};
use journal::{Damage, Draft, Entry, Head, KeyError, KeyRing, Movement, Sealed, Sealer};

const DAY: CivilDate = CivilDate(20_778);
const PLACE: &[u8] = b"Bundaran HI, 07:31:05";

fn draft(at: i64, records: &[(&[u8], Option<&[u8]>)]) -> Draft {
    let mut draft = Draft::new();
    draft.clear(Timestamp(at));
    for (value, plain) in records {
        draft.push(value, plain.map(|plain| Movement { date: DAY, plain }));
    }
    draft
}

/// An epoch entry and one with movement, sealed under the ring.
fn two_entries(keys: &Arc<KeyRing>) -> [Sealed; 2] {
    let mut sealer = Sealer::new(Arc::clone(keys));
    let epoch = sealer.seal(&draft(10, &[(b"epoch", None)]), &Head::EMPTY).unwrap();
    let taps: &[(&[u8], Option<&[u8]>)] =
        &[(b"first tap", Some(PLACE)), (b"a transfer", None), (b"", Some(b"")), (b"last", Some(b"Blok M"))];
    let second = sealer.seal(&draft(20, taps), &epoch.head).unwrap();
    [epoch, second]
}

fn ring() -> Arc<KeyRing> {
    Arc::new(KeyRing::in_memory([3; 32]))
}

/// Puts the right CRCs on altered bytes, as someone who forges an entry would.
fn with_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    let header = crc32fast::hash(&bytes[..132]).to_le_bytes();
    bytes[132..136].copy_from_slice(&header);
    let end = bytes.len() - 8;
    let body = crc32fast::hash(&[&bytes[..132], &bytes[136..end]].concat()).to_le_bytes();
    bytes[end..end + 4].copy_from_slice(&body);
    bytes
}

#[test]
fn the_same_draft_keys_and_predecessor_give_the_same_bytes() {
    assert_eq!(two_entries(&ring()), two_entries(&ring()));
    let other = two_entries(&Arc::new(KeyRing::in_memory([4; 32])));
    assert_ne!(two_entries(&ring())[1].bytes, other[1].bytes);
}

#[test]
fn every_record_comes_back_with_its_movement() {
    let keys = ring();
    let [epoch, second] = two_entries(&keys);
    let entry = Entry::parse(&second.bytes).unwrap();
    assert_eq!((entry.head(), entry.previous_hash()), (second.head, epoch.head.hash));
    assert_eq!((entry.seq(), entry.at(), entry.record_count()), (2, Timestamp(20), second.records));
    let values: Vec<&[u8]> = entry.records().map(|record| record.value).collect();
    assert_eq!(values, [b"first tap".as_slice(), b"a transfer", b"", b"last"]);
    let opened: Vec<Option<Vec<u8>>> = entry
        .records()
        .map(|record| record.movement.map(|m| keys.open_movement(2, record.index, &m).unwrap().unwrap()))
        .collect();
    assert_eq!(opened, [Some(PLACE.to_vec()), None, Some(vec![]), Some(b"Blok M".to_vec())]);
    assert!(
        !second.bytes.windows(PLACE.len()).any(|bytes| bytes == PLACE),
        "movement is readable in the entry"
    );
}

#[test]
fn equal_values_have_leaves_that_differ() {
    let sealed =
        Sealer::new(ring()).seal(&draft(1, &[(b"same", None), (b"same", None)]), &Head::EMPTY).unwrap();
    let leaf = 4 + 16 + 4;
    assert_ne!(sealed.bytes[136..136 + leaf], sealed.bytes[136 + leaf..136 + 2 * leaf]);
}

#[test]
fn an_entry_without_records_is_an_entry() {
    let sealed = Sealer::new(ring()).seal(&draft(1, &[]), &Head::EMPTY).unwrap();
    assert_eq!(Entry::parse(&sealed.bytes).unwrap().records().count(), 0);
}

#[test]
fn every_flipped_bit_of_an_entry_is_found_without_hashing() {
    let [_, sealed] = two_entries(&ring());
    for bit in 0..sealed.bytes.len() * 8 {
        let mut wrong = sealed.bytes.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert!(Entry::parse_unchecked_hashes(&wrong).is_err(), "bit {bit}");
    }
}

#[test]
fn an_entry_cut_or_prolonged_anywhere_is_refused() {
    let [_, sealed] = two_entries(&ring());
    for length in 0..sealed.bytes.len() {
        assert!(Entry::parse(&sealed.bytes[..length]).is_err(), "{length} bytes");
    }
    assert!(Entry::parse(&[sealed.bytes.as_slice(), &[0; 8]].concat()).is_err());
}

#[test]
fn a_forged_entry_with_right_checksums_fails_by_its_hashes() {
    let [_, sealed] = two_entries(&ring());
    let forged = |byte: usize| {
        let mut bytes = sealed.bytes.clone();
        bytes[byte] ^= 1;
        with_checksums(bytes)
    };
    let (blind, value, root, seq, previous) = (140, 156, 68, 8, 36);
    let movement = 136 + (4 + 16 + 9) + 4 + 4 + 5;
    for (byte, expected) in [
        (blind, Damage::MerkleRoot),
        (value, Damage::MerkleRoot),
        (movement, Damage::MerkleRoot),
        (root, Damage::MerkleRoot),
        (seq, Damage::EntryHash),
        (16, Damage::EntryHash),
        (previous, Damage::EntryHash),
        (100, Damage::EntryHash),
    ] {
        let bytes = forged(byte);
        let entry = Entry::parse_unchecked_hashes(&bytes).unwrap();
        assert_eq!(entry.check_hashes(), Err(expected), "byte {byte}");
        assert_eq!(Entry::parse(&bytes).unwrap_err(), expected, "byte {byte}");
    }
    let leaves = u32::from_le_bytes(*sealed.bytes[32..36].first_chunk().unwrap()) as usize;
    let padding = 136 + leaves;
    assert!(padding < sealed.bytes.len() - 8, "the entry has padding");
    for (byte, expected) in
        [(padding, Damage::Padding), (24, Damage::Count), (28, Damage::Count), (4, Damage::Format(0))]
    {
        assert_eq!(Entry::parse_unchecked_hashes(&forged(byte)).unwrap_err(), expected, "byte {byte}");
    }
    let malformed = Entry::parse_unchecked_hashes(&forged(136)).unwrap_err();
    assert_eq!(malformed, Damage::Leaf(136), "a kind of leaf that does not exist");
}

#[test]
fn a_movement_opens_only_where_it_was_sealed() {
    let keys = ring();
    let [_, second] = two_entries(&keys);
    let entry = Entry::parse(&second.bytes).unwrap();
    let movements: Vec<_> = entry.records().filter_map(|r| r.movement.map(|m| (r.index, m))).collect();
    let (index, first) = movements[0];
    let tampered = |result| matches!(result, Err(KeyError::Tampered { .. }));
    assert!(tampered(keys.open_movement(3, index, &first)), "another entry");
    assert!(tampered(keys.open_movement(2, index + 1, &first)), "another record");
    keys.day_or_create(DAY.plus_days(1)).unwrap();
    let mut elsewhere = first;
    elsewhere.date = DAY.plus_days(1);
    assert!(tampered(keys.open_movement(2, index, &elsewhere)), "another date");
    let mut beside = movements[2].1;
    beside.ciphertext = first.ciphertext;
    assert!(tampered(keys.open_movement(2, index, &beside)), "beside another value");
    for bit in 0..first.ciphertext.len() * 8 {
        let mut bytes = first.ciphertext.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let mut altered = first;
        altered.ciphertext = &bytes;
        assert!(tampered(keys.open_movement(2, index, &altered)), "bit {bit}");
    }
    let mut empty = first;
    empty.ciphertext = &[];
    assert!(tampered(keys.open_movement(2, index, &empty)), "nothing where something was");
}

#[test]
fn a_destroyed_day_opens_for_nobody_and_the_hashes_still_hold() {
    let keys = ring();
    let [_, second] = two_entries(&keys);
    keys.destroy_day(DAY).unwrap();
    let entry = Entry::parse(&second.bytes).unwrap();
    for record in entry.records() {
        if let Some(movement) = record.movement {
            assert_eq!(keys.open_movement(2, record.index, &movement).unwrap(), None);
        }
    }
}

#[test]
fn a_movement_of_a_destroyed_day_is_born_forgotten() {
    let keys = ring();
    let mut sealer = Sealer::new(Arc::clone(&keys));
    let taps: &[(&[u8], Option<&[u8]>)] = &[(b"tap", Some(PLACE))];
    let first = sealer.seal(&draft(1, &[]), &Head::EMPTY).unwrap();
    let second = sealer.seal(&draft(2, taps), &first.head).unwrap();
    assert!(second.bytes.len() > first.bytes.len() + PLACE.len());
    keys.destroy_day(DAY).unwrap();
    let third = sealer.seal(&draft(3, taps), &second.head).unwrap();
    let entry = Entry::parse(&third.bytes).unwrap();
    let movement = entry.records().next().unwrap().movement.unwrap();
    assert_eq!((movement.date, movement.ciphertext), (DAY, &[][..]));
    assert_eq!(keys.open_movement(3, 0, &movement).unwrap(), None);
}

#[test]
fn a_process_begins_with_an_entry_without_movement() {
    let mut sealer = Sealer::new(ring());
    let tap = draft(1, &[(b"tap", Some(PLACE))]);
    assert!(matches!(sealer.seal(&tap, &Head::EMPTY), Err(KeyError::MovementBeforeEpoch)));
    let epoch = sealer.seal(&draft(1, &[(b"epoch", None)]), &Head::EMPTY).unwrap();
    assert!(sealer.seal(&tap, &epoch.head).is_ok());
}

#[test]
fn a_number_is_sealed_once() {
    let mut sealer = Sealer::new(ring());
    let epoch = sealer.seal(&draft(1, &[]), &Head::EMPTY).unwrap();
    let tap = draft(1, &[(b"tap", Some(PLACE))]);
    sealer.seal(&tap, &epoch.head).unwrap();
    let other = draft(2, &[(b"another tap", Some(PLACE))]);
    assert!(matches!(sealer.seal(&other, &epoch.head), Err(KeyError::SealedBefore { seq: 2 })));
}

#[test]
fn an_entry_is_never_older_than_the_one_before_it() {
    let mut sealer = Sealer::new(ring());
    let first = sealer.seal(&draft(100, &[]), &Head::EMPTY).unwrap();
    let earlier = sealer.seal(&draft(99, &[]), &first.head);
    assert!(matches!(earlier, Err(KeyError::TimeWentBack { seq: 2 })));
    assert!(sealer.seal(&draft(100, &[]), &first.head).is_ok());
}

#[test]
fn a_draft_that_does_not_fit_is_refused() {
    let mut sealer = Sealer::new(ring());
    let large = vec![1u8; journal::ENTRY_BYTES_MAX];
    let refused = sealer.seal(&draft(1, &[(&large, None)]), &Head::EMPTY);
    assert!(matches!(refused, Err(KeyError::EntryTooLarge { .. })));
}

#[test]
fn an_entry_is_as_long_as_its_draft_said() {
    let mut sealer = Sealer::new(ring());
    let mut head = sealer.seal(&draft(1, &[]), &Head::EMPTY).unwrap().head;
    let bytes = [0xEE; 40];
    for length in 0..40 {
        let draft = draft(1, &[(&bytes[..length], Some(&bytes[length..])), (b"x", None)]);
        let sealed = sealer.seal(&draft, &head).unwrap();
        assert_eq!(sealed.bytes.len(), draft.sealed_bytes());
        assert_eq!(sealed.bytes.len() % 8, 0);
        head = sealed.head;
    }
}

#[test]
fn the_format_is_the_one_written_by_the_first_release() {
    let [epoch, second] = two_entries(&ring());
    let digest = |sealed: &Sealed| {
        let checksum = *sealed.bytes[..sealed.bytes.len() - 4].last_chunk::<4>().unwrap();
        (sealed.head.hash.to_string(), u32::from_le_bytes(checksum))
    };
    let of_epoch = "df926d9672c51be915197bb8355ceaf69e29e55d845ac168b5ffc7547efe8b85";
    assert_eq!(digest(&epoch), (of_epoch.to_owned(), 2_155_003_328));
    let of_second = "dff47f893b6d48a942a6cab5e7bb3e0fecdbdeb369c26de88588032330170502";
    assert_eq!(digest(&second), (of_second.to_owned(), 2_243_849_339));
}

#[test]
fn the_checksum_of_an_entry_depends_on_its_header() {
    let (left, right) = (two_entries(&ring()), two_entries(&Arc::new(KeyRing::in_memory([4; 32]))));
    assert_eq!(left[1].bytes.len(), right[1].bytes.len());
    let mixed = [&left[1].bytes[..136], &right[1].bytes[136..]].concat();
    assert_eq!(Entry::parse_unchecked_hashes(&mixed).unwrap_err(), Damage::Checksum);
}
