//! Keys in files: made once, kept, destroyed for good.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use base::{CivilDate, Timestamp};
use journal::{Draft, Entry, Head, KeyError, KeyRing, Movement, Sealed, Sealer};

const DAY: CivilDate = CivilDate(20_778);
const DAY_KEY: &str = "day-2026-11-21.key";

fn sealed(keys: &Arc<KeyRing>) -> Sealed {
    let mut sealer = Sealer::new(Arc::clone(keys));
    let mut draft = Draft::new();
    draft.clear(Timestamp(1));
    let epoch = sealer.seal(&draft, &Head::EMPTY).unwrap();
    draft.push(b"tap", Some(Movement { date: DAY, plain: b"Kota" }));
    sealer.seal(&draft, &epoch.head).unwrap()
}

fn opened(keys: &KeyRing, sealed: &Sealed) -> Result<Option<Vec<u8>>, KeyError> {
    let entry = Entry::parse(&sealed.bytes).unwrap();
    let movement = entry.records().next().unwrap().movement.unwrap();
    keys.open_movement(entry.seq(), 0, &movement)
}

#[test]
fn keys_outlive_the_process_that_made_them() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("keys");
    let keys = Arc::new(KeyRing::open(&dir).unwrap());
    assert!(!dir.exists(), "opening makes nothing");
    let first = sealed(&keys);
    assert_eq!(keys.days().unwrap(), [DAY]);
    let again = Arc::new(KeyRing::open(&dir).unwrap());
    assert!(again.has_day(DAY).unwrap());
    assert_eq!(opened(&again, &first).unwrap().unwrap(), b"Kota");
    assert_eq!(sealed(&again), first, "the blind key is the same too");
}

#[test]
fn keys_are_for_their_owner_only() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("keys");
    sealed(&Arc::new(KeyRing::open(&dir).unwrap()));
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(dir.clone()), 0o700);
    assert_eq!(mode(dir.join(DAY_KEY)), 0o600);
    assert_eq!(mode(dir.join("blind.key")), 0o600);
}

#[test]
fn a_destroyed_day_stays_destroyed() {
    let root = tempfile::tempdir().unwrap();
    let keys = Arc::new(KeyRing::open(root.path()).unwrap());
    let tap = sealed(&keys);
    keys.destroy_day(DAY).unwrap();
    assert!(!root.path().join(DAY_KEY).exists());
    for keys in [&keys, &Arc::new(KeyRing::open(root.path()).unwrap())] {
        assert_eq!(opened(keys, &tap).unwrap(), None);
        assert!(!keys.has_day(DAY).unwrap());
        assert!(keys.days().unwrap().is_empty());
        assert!(matches!(keys.day_or_create(DAY), Err(KeyError::Destroyed { date: DAY })));
        keys.destroy_day(DAY).unwrap();
    }
}

#[test]
fn a_kill_between_the_mark_and_the_removal_leaves_the_day_destroyed() {
    let root = tempfile::tempdir().unwrap();
    let keys = Arc::new(KeyRing::open(root.path()).unwrap());
    let tap = sealed(&keys);
    let key = fs::read(root.path().join(DAY_KEY)).unwrap();
    keys.destroy_day(DAY).unwrap();
    fs::write(root.path().join(DAY_KEY), key).unwrap();
    let keys = KeyRing::open(root.path()).unwrap();
    assert_eq!(opened(&keys, &tap).unwrap(), None);
    assert!(keys.days().unwrap().is_empty());
    keys.destroy_day(DAY).unwrap();
    assert!(!root.path().join(DAY_KEY).exists());
}

#[test]
fn all_days_before_a_date_are_destroyed_with_what_a_kill_left_of_one() {
    let root = tempfile::tempdir().unwrap();
    let keys = KeyRing::open(root.path()).unwrap();
    for day in -2..2 {
        keys.day_or_create(DAY.plus_days(day)).unwrap();
    }
    let killed = root.path().join("day-2026-11-19.key");
    let key = fs::read(&killed).unwrap();
    keys.destroy_day(DAY.plus_days(-2)).unwrap();
    fs::write(&killed, key).unwrap();
    assert_eq!(keys.destroy_before(DAY).unwrap(), [DAY.plus_days(-2), DAY.plus_days(-1)]);
    assert!(!killed.exists());
    assert_eq!(keys.days().unwrap(), [DAY, DAY.plus_days(1)]);
    assert!(keys.destroy_before(DAY).unwrap().is_empty());
    assert!(matches!(keys.day_or_create(DAY.plus_days(-1)), Err(KeyError::Destroyed { .. })));
}

#[test]
fn a_day_without_a_key_can_be_destroyed_before_its_first_use() {
    let keys = KeyRing::in_memory([1; 32]);
    keys.destroy_day(DAY).unwrap();
    assert!(matches!(keys.day_or_create(DAY), Err(KeyError::Destroyed { .. })));
    keys.day_or_create(DAY.plus_days(1)).unwrap();
    assert_eq!(keys.days().unwrap(), [DAY.plus_days(1)]);
}

#[test]
fn a_missing_key_is_told_apart_from_a_destroyed_one() {
    let root = tempfile::tempdir().unwrap();
    let tap = sealed(&Arc::new(KeyRing::open(root.path()).unwrap()));
    fs::remove_file(root.path().join(DAY_KEY)).unwrap();
    let lost = opened(&KeyRing::open(root.path()).unwrap(), &tap);
    assert!(matches!(lost, Err(KeyError::Lost { date }) if date == DAY), "{lost:?}");
    fs::write(root.path().join(DAY_KEY).with_extension("destroyed"), []).unwrap();
    assert_eq!(opened(&KeyRing::open(root.path()).unwrap(), &tap).unwrap(), None, "said to be lost for good");
}

#[test]
fn a_key_that_another_process_makes_later_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (early, other) = (KeyRing::open(dir.path()).unwrap(), KeyRing::open(dir.path()).unwrap());
    let date = CivilDate(20_000);
    assert!(!early.has_day(date).unwrap());
    other.day_or_create(date).unwrap();
    assert!(early.has_day(date).unwrap(), "that there was none is not remembered");
}

#[test]
fn every_flipped_bit_of_a_key_file_is_noticed() {
    let root = tempfile::tempdir().unwrap();
    sealed(&Arc::new(KeyRing::open(root.path()).unwrap()));
    let path = root.path().join(DAY_KEY);
    let key = fs::read(&path).unwrap();
    for bit in 0..key.len() * 8 {
        let mut wrong = key.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, wrong).unwrap();
        let found = KeyRing::open(root.path()).unwrap().has_day(DAY);
        assert!(matches!(found, Err(KeyError::Damaged { .. })), "bit {bit}: {found:?}");
    }
    fs::write(&path, &key[..40]).unwrap();
    assert!(KeyRing::open(root.path()).unwrap().has_day(DAY).is_err());
}

#[test]
fn a_key_file_left_unfinished_by_a_kill_counts_for_nothing() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("day-2026-11-21.unfinished"), b"half").unwrap();
    let keys = KeyRing::open(root.path()).unwrap();
    assert!(!keys.has_day(DAY).unwrap() && keys.days().unwrap().is_empty());
    keys.day_or_create(DAY).unwrap();
    assert_eq!(keys.days().unwrap(), [DAY]);
}
