//! How long a restart takes, from a snapshot and its tail, and by cold replay.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use base::{Clock, ManualClock, Timestamp};
use engine::state_digest;
use fixtures::moment;
use journal::{Embedded, EmbeddedOptions, Journal as _, KeyRing};
use runtime::{Class, Replayed, Runtime, Snapshots, replay_from};
use rustix::time::{ClockId, clock_gettime};

use crate::city::{Clerk, Person, SEED, no_fault, options};

/// Commands per job.
const JOB: usize = 8_192;

fn number(variable: &str, otherwise: u32) -> u32 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// Milliseconds that all threads of this process have computed: on a machine shared with others, what counts.
fn computed() -> i64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (start, before) = (Instant::now(), computed());
    let done = work();
    println!("{:>8} ms, computing {:>8} ms  {what}", start.elapsed().as_millis(), computed() - before);
    done
}

/// Bytes of all files of a directory that hold something.
fn megabytes(dir: &Path) -> u64 {
    let files = std::fs::read_dir(dir).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>() >> 20
}

/// Opens the journal and comes to its end.
fn restart(dir: &Path, keys: &KeyRing, snapshots: &Snapshots) -> Replayed {
    let files = EmbeddedOptions { check_hashes: false, ..EmbeddedOptions::default() };
    let opened = timed("the journal's files are walked over", || {
        Embedded::open(&dir.join("journal"), files, snapshots.cover().unwrap()).unwrap()
    });
    let (journal, recovery) = opened;
    let replayed = timed("the state is there", || {
        replay_from(snapshots, |from| journal.reader(from), keys, 0, 0).unwrap()
    });
    println!("             {} of {} records applied", replayed.records, recovery.records);
    replayed
}

/// `cargo test --release -p runtime --test it -- --ignored --nocapture time_of_a_restart`; `JAKONE_HOLDERS` and
/// `JAKONE_TAIL` say how many holders there are, each with a medium and a purse, and how many taps after the snapshot.
#[test]
#[ignore = "a measurement, for a release build"]
fn time_of_a_restart() {
    let (holders, tail) = (number("JAKONE_HOLDERS", 1_000_000), number("JAKONE_TAIL", 100_000));
    let dir = tempfile::tempdir().unwrap();
    let keys = Arc::new(KeyRing::in_memory(SEED));
    let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
    let snapshots = Snapshots::at(&dir.path().join("snapshots"));
    let mut clerk = Clerk::new(clock.clone(), 1);
    let run = |work: &mut dyn FnMut(&Runtime)| {
        let (journal, _) =
            Embedded::open(&dir.path().join("journal"), EmbeddedOptions::default(), None).unwrap();
        let replayed =
            replay_from(&snapshots, |from| journal.reader(from), &keys, 0x5EED, holders as usize).unwrap();
        let shown = Arc::clone(&clock) as Arc<dyn Clock>;
        let runtime =
            Runtime::go_on(replayed, Box::new(journal), Arc::clone(&keys), shown, options(no_fault)).unwrap();
        work(&runtime);
        runtime.shutdown().unwrap()
    };
    timed("the city is there", || {
        run(&mut |runtime| {
            runtime.handle().submit_blocking(Class::Office, clerk.content()).unwrap();
            for first in (0..holders).step_by(JOB / 4) {
                clock.advance(Timestamp::SECOND / 10);
                let people = first..holders.min(first + u32::try_from(JOB / 4).unwrap());
                let job = people.flat_map(|n| clerk.person(n, 50_000).1).collect();
                runtime.handle().submit_blocking(Class::Upload, job).unwrap();
            }
        });
    });
    println!("             {} MB of segment files", megabytes(&dir.path().join("journal")));
    let cold = restart(dir.path(), &keys, &snapshots);
    timed("a snapshot is written", || snapshots.write(&cold).unwrap());
    let bytes = snapshots.list().unwrap()[0].path.metadata().unwrap().len();
    println!("             {} MB", bytes >> 20);
    drop(cold);
    run(&mut |runtime| {
        for seq in (1..=u64::from(tail)).step_by(JOB) {
            clock.advance(Timestamp::SECOND);
            let numbers = seq..(seq + JOB as u64).min(u64::from(tail) + 1);
            let person = |n: u64| {
                let n = u32::try_from(n * 7_919 % u64::from(holders)).unwrap();
                Person {
                    medium: base::MediumSerial(n),
                    holder: base::HolderNumber::new(u64::from(n)).unwrap(),
                }
            };
            let job = numbers.map(|n| clerk.tap((1, n), person(n).medium, clock.now())).collect();
            runtime.handle().submit_blocking(Class::Upload, job).unwrap();
        }
    });
    println!("from the snapshot, with a tail of {tail} taps:");
    let warm = restart(dir.path(), &keys, &snapshots);
    println!("by cold replay:");
    let cold = restart(dir.path(), &keys, &Snapshots::at(&dir.path().join("none")));
    assert_eq!(state_digest(&warm.engine.state), state_digest(&cold.engine.state));
}
