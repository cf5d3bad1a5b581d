//! A thousand cities, in two halves so that two cores share them.

use std::hash::{DefaultHasher, Hash, Hasher};

use simulation::{Report, run, run_told};

/// Cities of each half.
const HALF: u64 = 500;

/// Lives cities; a test over cities without faults would hold too, so each kind of fault must have happened.
fn live(first: u64) {
    let mut sum = Report::default();
    for seed in first..first + HALF {
        match run(seed) {
            Ok(report) => sum.add(&report),
            Err(failure) => panic!("{failure}\nRun it again, step by step: {}", failure.command()),
        }
    }
    println!("{:?}", sum.figures());
    for (name, figure) in sum.figures() {
        assert!(figure > 0, "{name}: never");
    }
}

#[test]
fn five_hundred_cities_keep_what_they_promise() {
    live(0);
}

#[test]
fn five_hundred_more_cities_keep_what_they_promise() {
    live(HALF);
}

#[test]
fn a_seed_gives_the_same_run_every_time() {
    for seed in 0..12 {
        let told = || {
            let mut hash = DefaultHasher::new();
            let report = run_told(seed, &mut |line| line.hash(&mut hash)).unwrap();
            (report.figures(), hash.finish())
        };
        assert_eq!(told(), told(), "seed {seed}");
    }
}
