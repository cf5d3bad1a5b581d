//! Snapshots: a start from one comes to the state of a cold replay, or does not use it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{Clock, ManualClock, Timestamp};
use engine::{Position, Record, state_digest};
use fixtures::moment;
use journal::{Cover, Embedded, EmbeddedOptions, Hash, Head, Journal, KeyRing, Memory, OpenError};
use runtime::{Class, ReplayError, Replayed, Runtime, Snapshots, replay, replay_from};

use crate::city::{City, SEED, accepted, any_fault, bounded, options, replayed_digest};

/// A city that keeps snapshots in a directory of its own.
struct Kept {
    city: City,
    dir: tempfile::TempDir,
}

impl Kept {
    fn new() -> Self {
        Self { city: City::new(), dir: tempfile::tempdir().unwrap() }
    }

    fn snapshots(&self) -> Snapshots {
        Snapshots::at(&self.dir.path().join("snapshots"))
    }

    /// Some hours of taps, each in an entry of its own.
    fn live(&mut self, hours: u64) {
        let first = self.city.journal.head().seq;
        for seq in first..first + hours {
            self.city.clock.advance(Timestamp::HOUR);
            let tap = self.city.clerk.tap((1, seq), self.city.siti.medium, self.city.clock.now());
            accepted(&self.city.send(Class::Upload, tap));
        }
    }

    fn restored(&self) -> Result<Replayed, ReplayError> {
        replay_from(&self.snapshots(), |from| self.city.journal.reader(from), &self.city.keys, 0, 0)
    }

    /// The job: from the newest snapshot to the head, and a new one of that.
    fn snapshot(&self) -> PathBuf {
        let replayed = self.restored().unwrap();
        let manifest = self.snapshots().write(&replayed).unwrap();
        assert_eq!(manifest.head(), self.city.journal.head());
        assert_eq!(manifest.digest(), state_digest(&replayed.engine.state));
        self.snapshots().list().unwrap().swap_remove(0).path
    }

    /// What a start comes to, from which snapshot, and that it is what a cold replay comes to.
    fn begins_at(&self) -> Option<u64> {
        let replayed = self.restored().unwrap();
        assert_eq!(replayed.head, self.city.journal.head());
        let cold = replay(self.city.journal.reader(1).unwrap(), &self.city.keys, 0, 0).unwrap();
        assert_eq!(state_digest(&replayed.engine.state), state_digest(&cold.engine.state));
        assert_eq!(replayed.genesis, cold.genesis);
        assert_eq!(replayed.records == cold.records, replayed.snapshot.is_none());
        replayed.snapshot
    }
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_start_from_a_snapshot_and_its_tail_comes_to_the_state_of_a_cold_replay() {
    bounded(|| {
        let mut kept = Kept::new();
        assert_eq!(kept.begins_at(), None, "there is none yet, not even a directory");
        for _ in 0..4 {
            kept.live(30);
            kept.snapshot();
            let at = kept.city.journal.head().seq;
            assert_eq!(kept.begins_at(), Some(at), "without a tail");
            kept.live(7);
            assert_eq!(kept.begins_at(), Some(at));
        }
        // The runtime that starts from it decides on as ever.
        let replayed = kept.restored().unwrap();
        let City { runtime, journal, keys, clock, .. } = kept.city;
        runtime.shutdown().unwrap();
        let shown = Arc::clone(&clock) as Arc<dyn Clock>;
        let again = Box::new(journal.clone());
        let again = Runtime::go_on(replayed, again, Arc::clone(&keys), shown, options(any_fault)).unwrap();
        let engine = again.shutdown().unwrap();
        assert_eq!(state_digest(&engine.state), replayed_digest(&journal, &keys));
    });
}

#[test]
fn two_are_kept_for_their_owner_alone_and_nothing_unfinished() {
    use std::os::unix::fs::PermissionsExt as _;
    bounded(|| {
        let mut kept = Kept::new();
        let mut heads = Vec::new();
        for _ in 0..4 {
            kept.live(2);
            let path = kept.snapshot();
            heads.push(kept.city.journal.head().seq);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::write(path.with_extension("unfinished"), "cut off").unwrap();
        }
        kept.live(1);
        kept.snapshot();
        heads.push(kept.city.journal.head().seq);
        let listed: Vec<u64> = kept.snapshots().list().unwrap().iter().map(|one| one.seq).collect();
        assert_eq!(listed, [heads[4], heads[3]]);
        let files = fs::read_dir(kept.dir.path().join("snapshots")).unwrap().count();
        assert_eq!(files, 2);
        let newest = kept.snapshots().list().unwrap().swap_remove(0).manifest.unwrap();
        let cover = kept.snapshots().cover().unwrap().unwrap();
        assert_eq!((cover, cover.seq), (newest.cover(), kept.city.journal.head().seq));
    });
}

#[test]
fn a_damaged_snapshot_is_skipped_for_the_older_one_and_then_for_a_cold_replay() {
    bounded(|| {
        let mut kept = Kept::new();
        kept.live(5);
        let older = kept.snapshot();
        let at_older = kept.city.journal.head().seq;
        kept.live(5);
        let newer = kept.snapshot();
        kept.live(5);
        let sound = fs::read(&newer).unwrap();
        // In the manifest, in a piece, in the last sum; and a file that ends too early or late.
        for at in [3, 20, 60, sound.len() / 2, sound.len() - 1] {
            flip(&newer, at);
            assert_eq!(kept.begins_at(), Some(at_older), "byte {at}");
            fs::write(&newer, &sound).unwrap();
        }
        for other in [&sound[..0], &sound[..100], &sound[..sound.len() - 1], &[&sound[..], &[0]].concat()] {
            fs::write(&newer, other).unwrap();
            assert_eq!(kept.begins_at(), Some(at_older), "{} bytes", other.len());
        }
        flip(&older, 400);
        assert_eq!(kept.begins_at(), None);
        // The next job puts a sound one in their place.
        kept.snapshot();
        assert_eq!(kept.begins_at(), Some(kept.city.journal.head().seq));
    });
}

#[test]
fn no_wrong_byte_goes_unnoticed() {
    bounded(|| {
        let mut kept = Kept::new();
        kept.live(2);
        let path = kept.snapshot();
        let sound = fs::read(&path).unwrap();
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 1;
            fs::write(&path, bytes).unwrap();
            let found = kept.snapshots().list().unwrap().swap_remove(0);
            assert!(found.state(0).is_err(), "byte {at} of {}", sound.len());
        }
    });
}

#[test]
fn a_snapshot_that_has_seen_more_than_the_journal_or_something_else_refuses_the_start() {
    bounded(|| {
        let mut kept = Kept::new();
        kept.live(3);
        kept.snapshot();
        let seen = kept.city.journal.head();
        let refusal = |journal: &Memory, kept: &Kept| {
            let refused = replay_from(&kept.snapshots(), |from| journal.reader(from), &kept.city.keys, 0, 0);
            let error = refused.err().unwrap();
            let ReplayError::SnapshotNotOnJournal { seq, .. } = &error else { panic!("{error}") };
            assert_eq!(*seq, seen.seq);
            assert!(error.to_string().contains("jakone journal repair --from COPY"), "{error}");
        };
        // A journal that lost its last entries.
        let mut shorter = Memory::new();
        let mut reader = kept.city.journal.reader(1).unwrap();
        for _ in 1..seen.seq {
            let bytes = reader.next().unwrap().unwrap();
            append(&mut shorter, &bytes);
        }
        refusal(&shorter, &kept);
        append(&mut shorter, &reader.next().unwrap().unwrap());
        assert!(replay_from(&kept.snapshots(), |from| shorter.reader(from), &kept.city.keys, 0, 0).is_ok());
        // Another city's journal, and an empty one.
        let mut other = Kept::new();
        other.live(10);
        refusal(&other.city.journal, &kept);
        refusal(&Memory::new(), &kept);
    });
}

fn append(journal: &mut Memory, bytes: &[u8]) {
    let head = journal::Entry::parse(bytes).unwrap().head();
    let records = journal::Entry::parse(bytes).unwrap().record_count();
    let sealed = journal::Sealed { bytes: bytes.to_vec(), head, records };
    assert!(matches!(journal.append(&sealed), journal::Appended::Durable));
}

#[test]
fn a_torn_entry_that_a_snapshot_has_seen_is_damage_and_not_a_tear() {
    bounded(|| {
        let dir = tempfile::tempdir().unwrap();
        let files = dir.path().join("journal");
        let snapshots = Snapshots::at(&dir.path().join("snapshots"));
        let keys = Arc::new(KeyRing::in_memory(SEED));
        let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let open = |cover: Option<Cover>| Embedded::open(&files, EmbeddedOptions::small(), cover);
        let (journal, _) = open(None).unwrap();
        let shown = clock as Arc<dyn Clock>;
        let runtime =
            Runtime::start(Box::new(journal), Arc::clone(&keys), shown, options(any_fault)).unwrap();
        runtime.shutdown().unwrap();
        let (journal, _) = open(None).unwrap();
        snapshots.write(&replay_from(&snapshots, |from| journal.reader(from), &keys, 0, 0).unwrap()).unwrap();
        drop(journal);
        // The epoch's entry loses its end, as a write that was cut off would have left it.
        let segment = first_segment(&files);
        let mut bytes = fs::read(&segment).unwrap();
        let last = bytes.iter().rposition(|byte| *byte != 0).unwrap();
        bytes[last - 20..=last].fill(0);
        fs::write(&segment, bytes).unwrap();
        let refused = open(snapshots.cover().unwrap());
        assert!(matches!(refused, Err(OpenError::TornButSeen { .. })), "{refused:?}");
        assert!(open(None).unwrap().1.torn.is_some(), "nobody else has seen it");
    });
}

fn first_segment(dir: &Path) -> PathBuf {
    let mut files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "journal"));
    files.sort();
    files.swap_remove(0)
}

#[test]
fn keys_destroyed_before_the_snapshot_do_not_matter() {
    bounded(|| {
        let mut kept = Kept::new();
        kept.live(24 * 12);
        kept.snapshot();
        let at = kept.city.journal.head();
        kept.live(3);
        let digest = replayed_digest(&kept.city.journal, &kept.city.keys);
        let days = kept.city.keys.days().unwrap();
        let today = kept.city.clock.now().jakarta_date();
        // Even the days that could still be rated again: their taps are in the snapshot.
        let forgetful = KeyRing::in_memory(SEED);
        for date in days {
            forgetful.day_or_create(date).unwrap();
            if date < today {
                forgetful.destroy_day(date).unwrap();
            }
        }
        let restored =
            replay_from(&kept.snapshots(), |from| kept.city.journal.reader(from), &forgetful, 0, 0).unwrap();
        assert_eq!(restored.snapshot, Some(at.seq));
        assert_eq!(state_digest(&restored.engine.state), digest);
        assert_ne!(replayed_digest(&kept.city.journal, &forgetful), digest, "a cold replay misses them");
    });
}

#[test]
fn forgetting_a_day_takes_the_snapshots_that_may_tell_of_it() {
    bounded(|| {
        let mut kept = Kept::new();
        kept.live(24 * 9);
        kept.snapshot();
        kept.live(24 * 3);
        kept.snapshot();
        let froms: Vec<_> = kept.snapshots().list().unwrap();
        let [newer, older] = [0, 1].map(|n: usize| froms[n].manifest.as_ref().unwrap().movement_from());
        assert_eq!(newer.plus_days(-3), older);
        assert_eq!(kept.snapshots().forget_before(older).unwrap(), 0);
        assert_eq!(kept.snapshots().forget_before(newer).unwrap(), 1);
        assert_eq!(kept.begins_at(), Some(kept.city.journal.head().seq));
        assert_eq!(kept.snapshots().forget_before(newer.plus_days(1)).unwrap(), 1);
        assert_eq!(kept.begins_at(), None);
    });
}

/// The golden journals of the engine, and the golden snapshots beside them: of its state after so many entries.
const GOLDEN: [(&str, &str, u64); 4] = [
    ("../engine/tests/golden/v1.txt", "tests/golden/schema-1-v1.snapshot", u64::MAX),
    ("../engine/tests/golden/v2.txt", "tests/golden/schema-1-v2-busy.snapshot", 101),
    ("../engine/tests/golden/v2.txt", "tests/golden/schema-1-v2.snapshot", u64::MAX),
    ("../engine/tests/golden/v3.txt", "tests/golden/schema-1-v3.snapshot", u64::MAX),
];

/// What a golden journal replays to, up to an entry.
fn golden_state(file: &str, last: u64) -> Replayed {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let mut replayed = Replayed::nothing(0, 0);
    let mut entry: Vec<Record> = Vec::new();
    let head_of = |seq, at| Head { seq, hash: Hash([u8::try_from(seq % 251).unwrap(); 32]), at };
    let mut apply = |entry: &mut Vec<Record>| {
        let Some(first) = entry.first().filter(|record| record.position.seq <= last) else { return };
        replayed.apply(head_of(first.position.seq, first.at), entry).unwrap();
        entry.clear();
    };
    for line in text.lines().filter(|line| line.starts_with("record ")) {
        let words: Vec<&str> = line.split(' ').collect();
        let position: Position = words[1].parse().unwrap();
        let movement = words.get(5).map(|word| hex::decode(word).unwrap());
        let value = hex::decode(words[3]).unwrap();
        let at = Timestamp(words[2].parse().unwrap());
        if position.index == 0 {
            apply(&mut entry);
        }
        entry.push(Record::decode(position, at, &value, movement.as_deref()).unwrap());
    }
    apply(&mut entry);
    replayed
}

/// Snapshots of this release are read by every later one. A release with another schema adds files of its own and keeps
/// these.
#[test]
fn the_golden_snapshots_are_read_as_they_were_written() {
    bounded(|| {
        for (journal, file, last) in GOLDEN {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            let replayed = golden_state(journal, last);
            let dir = tempfile::tempdir().unwrap();
            let snapshots = Snapshots::at(dir.path());
            let written = snapshots.write(&replayed).unwrap();
            let [found] = &snapshots.list().unwrap()[..] else { panic!() };
            let bytes = fs::read(&found.path).unwrap();
            if std::env::var_os("JAKONE_BLESS").is_some_and(|value| value == "1") && !path.exists() {
                fs::write(&path, &bytes).unwrap();
            }
            let golden = fs::read(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
            fs::write(&found.path, &golden).unwrap();
            let [found] = &snapshots.list().unwrap()[..] else { panic!() };
            let (manifest, state) = found.state(0).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert_eq!(state_digest(&state), state_digest(&replayed.engine.state), "{file}");
            assert_eq!((manifest.head(), manifest.genesis()), (written.head(), written.genesis()), "{file}");
            assert_eq!(manifest.digest(), written.digest());
            if manifest.schema() == engine::SNAPSHOT_SCHEMA {
                assert!(golden == bytes, "{file}: a change of the bytes is a new schema");
            }
        }
    });
}
