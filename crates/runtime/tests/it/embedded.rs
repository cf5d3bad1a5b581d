//! The real journal from start to start, in a directory of its own.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::{Clock, ManualClock, Timestamp};
use engine::state_digest;
use fixtures::moment;
use journal::{Disk, DiskSpace, Embedded, EmbeddedOptions, Entry, Journal, KeyRing, SpaceSource, Wanted};
use runtime::{Busy, Class, Runtime};

use crate::city::{Clerk, accepted, all_accepted, bounded, no_fault, one, options, replayed_digest};

/// Space on the disk, until it is full.
#[derive(Default)]
struct Space {
    full: AtomicBool,
}

impl SpaceSource for Space {
    fn prepare(&self, disk: &dyn Disk, path: &Path, bytes: u64, wanted: &Wanted) -> io::Result<()> {
        if self.full.load(Ordering::SeqCst) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        DiskSpace.prepare(disk, path, bytes, wanted)
    }
}

fn open(dir: &Path, space: &Arc<Space>) -> (Embedded, Arc<KeyRing>) {
    let space = Arc::clone(space) as Arc<dyn SpaceSource>;
    let small = EmbeddedOptions { retry_pause: Duration::from_millis(1), space, ..EmbeddedOptions::small() };
    let (journal, recovery) = Embedded::open(&dir.join("journal"), small, None).unwrap();
    assert!(recovery.torn.is_none());
    (journal, Arc::new(KeyRing::open(&dir.join("keys")).unwrap()))
}

fn start(dir: &Path, space: &Arc<Space>, clock: &Arc<ManualClock>) -> Runtime {
    let (journal, keys) = open(dir, space);
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Runtime::start(Box::new(journal), keys, clock, options(no_fault)).unwrap()
}

#[test]
fn a_city_on_disk_is_the_same_after_every_start() {
    bounded(|| {
        let dir = tempfile::tempdir().unwrap();
        let (space, clock) = (Arc::default(), Arc::new(ManualClock::new(moment("2026-11-23T08:00"))));
        let mut clerk = Clerk::new(clock.clone(), 1);
        let (siti, opening) = clerk.person(0, 100_000);
        let mut setup: Option<Vec<_>> = Some(clerk.content().into_iter().chain(opening).collect());
        let mut expected = None;
        for start_number in 1..=4 {
            let runtime = start(dir.path(), &space, &clock);
            let handle = runtime.handle();
            let found = handle.read_blocking(|engine| engine.state.clone()).unwrap().value;
            assert_eq!(found.epoch, start_number);
            if let Some((digest, epoch, position)) = expected {
                let mut found = found;
                (found.epoch, found.position) = (epoch, position);
                assert_eq!(state_digest(&found), digest);
            }
            if let Some(setup) = setup.take() {
                let answers = handle.submit_blocking(Class::Office, setup).unwrap();
                all_accepted(&answers);
            }
            for seq in 1..=25 {
                let tap = clerk.tap((1, start_number * 100 + seq), siti.medium, clock.now());
                accepted(&one(handle.submit_blocking(Class::Upload, vec![tap])));
            }
            let engine = runtime.shutdown().unwrap();
            expected = Some((state_digest(&engine.state), engine.state.epoch, engine.state.position));
            let (journal, keys) = open(dir.path(), &space);
            assert_eq!(replayed_digest(&journal, &keys), state_digest(&engine.state));
            fixtures::books(&engine.state).unwrap();
        }
        let whole = |_: &Entry<'_>| Ok::<(), Infallible>(());
        let found = journal::verify(&dir.path().join("journal"), whole).unwrap();
        assert!(found.entries > 100);
    });
}

#[test]
fn a_full_disk_is_said_at_admission_loses_nothing_and_ends_when_there_is_space() {
    bounded(|| {
        let dir = tempfile::tempdir().unwrap();
        let space: Arc<Space> = Arc::default();
        let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let runtime = start(dir.path(), &space, &clock);
        let handle = runtime.handle();
        let mut clerk = Clerk::new(clock.clone(), 1);
        let (siti, opening) = clerk.person(0, 1);
        let setup = clerk.content().into_iter().chain(opening).collect();
        all_accepted(&handle.submit_blocking(Class::Office, setup).unwrap());
        space.full.store(true, Ordering::SeqCst);
        let (mut sent, mut full) = (Vec::new(), None);
        // What is reserved already holds some tens of thousands.
        while full.is_none() && sent.len() < 200_000 {
            let commands: Vec<_> = (0..2_000).map(|_| clerk.top_up(siti, 1)).collect();
            sent.extend(commands.iter().cloned());
            full = handle.submit_blocking(Class::Upload, commands).err();
        }
        assert_eq!(full, Some(Busy::JournalFull));
        assert!(handle.read_blocking(|_| ()).is_ok(), "the state can be read");

        space.full.store(false, Ordering::SeqCst);
        clock.advance(Timestamp::SECOND);
        let last = sent.split_off(sent.len() - 2_000);
        let answers = loop {
            match handle.submit_blocking(Class::Upload, last.clone()) {
                Ok(answers) => break answers,
                Err(busy) => assert_eq!(busy, Busy::JournalFull),
            }
            std::thread::yield_now();
        };
        assert_eq!(answers.len(), 2_000);
        let engine = runtime.shutdown().unwrap();
        let purse = engine.state.holders.get(0).unwrap().purse.unwrap();
        let balance = engine.state.ledger.account(purse).unwrap().balance();
        assert_eq!(balance, 1 + i64::try_from(sent.len() + last.len()).unwrap(), "each counts once");
        let (journal, keys) = open(dir.path(), &space);
        assert_eq!(replayed_digest(&journal, &keys), state_digest(&engine.state));
        assert!(journal.head().seq > 0);
    });
}
