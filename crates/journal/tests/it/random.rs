//! Random batches through memory and segment files.

use std::sync::Arc;
use std::time::Duration;

use base::{CivilDate, Timestamp};
use journal::{
    Appended, Draft, Embedded, EmbeddedOptions, Entry, Head, Journal, KeyRing, Memory, Movement, Sealer,
    verify,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// A record: value, and movement with the day it belongs to.
type Record = (Vec<u8>, Option<(i32, Vec<u8>)>);
/// An entry: how much later it is, and its records.
type Batch = (i64, Vec<Record>);

fn record() -> impl Strategy<Value = Record> {
    let bytes = |most| vec(prop_oneof![Just(0u8), any::<u8>()], 0..most);
    (bytes(200), proptest::option::of((20_000..20_004i32, bytes(80))))
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    vec((0..5_000i64, vec(record(), 0..20)), 1..12)
}

fn draft(at: i64, records: &[Record], epoch: bool) -> Draft {
    let mut draft = Draft::new();
    draft.clear(Timestamp(at));
    for (value, movement) in records {
        let movement = movement.as_ref().filter(|_| !epoch);
        draft.push(value, movement.map(|(day, plain)| Movement { date: CivilDate(*day), plain }));
    }
    draft
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_goes_in_comes_out_of_memory_and_of_segment_files(batches in batches()) {
        let dir = tempfile::tempdir().unwrap();
        let keys = Arc::new(KeyRing::in_memory([9; 32]));
        let mut sealer = Sealer::new(Arc::clone(&keys));
        let mut memory = Memory::new();
        let mut embedded = Embedded::open(dir.path(), EmbeddedOptions::small(), None).unwrap().0;
        let (mut head, mut at) = (Head::EMPTY, 0);
        for (place, (later, records)) in batches.iter().enumerate() {
            at += later;
            let sealed = sealer.seal(&draft(at, records, place == 0), &head).unwrap();
            head = sealed.head;
            prop_assert!(embedded.wait_for_space(Duration::from_secs(60)));
            prop_assert!(matches!(memory.append(&sealed), Appended::Durable));
            prop_assert!(matches!(embedded.append(&sealed), Appended::Durable));
        }
        drop(embedded);
        let (embedded, recovery) = Embedded::open(dir.path(), EmbeddedOptions::small(), None).unwrap();
        prop_assert_eq!(recovery.head, head);
        let (mut left, mut right) = (memory.reader(1).unwrap(), embedded.reader(1).unwrap());
        let mut at = 0;
        for (place, (later, records)) in batches.iter().enumerate() {
            at += later;
            let (bytes, same) = (left.next().unwrap().unwrap(), right.next().unwrap().unwrap());
            prop_assert_eq!(&bytes, &same);
            let entry = Entry::parse(&bytes).unwrap();
            prop_assert_eq!(entry.at(), Timestamp(at));
            let found: Vec<Record> = entry.records().map(|record| {
                let open = |m| keys.open_movement(entry.seq(), record.index, m).unwrap().unwrap();
                (record.value.to_vec(), record.movement.as_ref().map(|m| (m.date.0, open(m))))
            }).collect();
            let expected: Vec<Record> = records.iter().map(|(value, movement)| {
                (value.clone(), movement.clone().filter(|_| place > 0))
            }).collect();
            prop_assert_eq!(found, expected);
        }
        prop_assert!(left.next().unwrap().is_none() && right.next().unwrap().is_none());
        let verified = verify(dir.path(), |_| Ok::<(), std::convert::Infallible>(())).unwrap();
        prop_assert_eq!(verified.entries, batches.len() as u64);
        prop_assert_eq!(verified.records, batches.iter().map(|(_, records)| records.len() as u64).sum::<u64>());
    }

    #[test]
    fn whatever_bytes_an_entry_has_reading_them_ends_in_an_answer(
        at in 0..400usize,
        replaced in vec(any::<u8>(), 1..60),
    ) {
        let mut sealer = Sealer::new(Arc::new(KeyRing::in_memory([9; 32])));
        let record = |n: u8| (vec![n; 30], Some((20_000, vec![n; 20])));
        let epoch = sealer.seal(&draft(1, &[], true), &Head::EMPTY).unwrap();
        let sealed = sealer.seal(&draft(2, &[record(1), record(2), record(3)], false), &epoch.head).unwrap();
        let mut bytes = sealed.bytes.clone();
        let end = bytes.len() - 8;
        let at = at.min(end - 1);
        let length = replaced.len().min(end - at);
        bytes[at..at + length].copy_from_slice(&replaced[..length]);
        // With checksums that agree, the structure is all that stands between wrong bytes and a reader.
        let header = crc32fast::hash(&bytes[..132]).to_le_bytes();
        bytes[132..136].copy_from_slice(&header);
        let body = crc32fast::hash(&[&bytes[..132], &bytes[136..end]].concat()).to_le_bytes();
        bytes[end..end + 4].copy_from_slice(&body);
        if let Ok(entry) = Entry::parse_unchecked_hashes(&bytes) {
            prop_assert_eq!(entry.records().count(), entry.record_count() as usize);
            prop_assert!(entry.check_hashes().is_err() || bytes == sealed.bytes);
        }
    }
}
