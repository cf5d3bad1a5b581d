//! What a start writes before anything else.

use std::sync::Arc;
use std::sync::mpsc::channel;

use base::{Clock, ManualClock};
use engine::{Body, Record};
use fixtures::moment;
use journal::{Journal, Memory};
use runtime::{Class, Runtime, StartError};

use crate::city::{City, accepted, any_fault, bounded, keys, no_fault, options, records, stays_silent};
use crate::faulty::Faulty;

fn bodies(records: &[Record], seq: u64) -> Vec<&Body> {
    let of_entry = records.iter().filter(|record| record.position.seq == seq);
    of_entry.map(|record| &record.envelope.body).collect()
}

#[test]
fn an_empty_journal_begins_with_genesis_and_every_start_with_an_epoch_one_higher() {
    bounded(|| {
        let (journal, keys) = (Memory::new(), keys());
        let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let mut starts = Vec::new();
        for _ in 0..4 {
            let clock = Arc::clone(&clock) as Arc<dyn Clock>;
            let before = journal.head().seq;
            let runtime =
                Runtime::start(Box::new(journal.clone()), Arc::clone(&keys), clock, options(no_fault))
                    .unwrap();
            assert_eq!(
                runtime.handle().durable(),
                journal.head(),
                "a start returns when its epoch is durable"
            );
            starts.push(before + 1);
            runtime.shutdown().unwrap();
        }
        assert_eq!(starts, [1, 3, 4, 5]);
        let records = records(&journal, &keys);
        assert!(
            matches!(bodies(&records, 1)[..], [Body::Genesis(genesis)] if **genesis == options(no_fault).genesis)
        );
        for (seq, number) in [(2, 1), (3, 2), (4, 3), (5, 4)] {
            let entry = bodies(&records, seq);
            let [Body::Tick, Body::Epoch(epoch)] = entry[..] else { panic!("{entry:?}") };
            assert_eq!((epoch.number, epoch.node), (number, options(no_fault).node));
        }
        assert_eq!(journal.head().seq, 5);
    });
}

#[test]
fn a_start_returns_only_when_its_epoch_is_durable() {
    bounded(|| {
        let (faulty, control) = Faulty::new(Memory::new());
        control.close();
        let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let (done, started) = channel();
        let thread = std::thread::spawn(move || {
            let runtime = Runtime::start(Box::new(faulty), keys(), clock, options(no_fault)).unwrap();
            done.send(runtime.handle().durable().seq).unwrap();
            runtime.shutdown().unwrap();
        });
        control.wait_tried(1);
        control.pass();
        control.wait_tried(2);
        assert!(stays_silent(&started), "genesis is durable, the epoch is not");
        control.pass();
        assert_eq!(started.recv().unwrap(), 2);
        thread.join().unwrap();
    });
}

#[test]
fn a_journal_of_another_system_is_not_started_on() {
    bounded(|| {
        let mut journal = Memory::new();
        let mut draft = journal::Draft::new();
        draft.clear(moment("2026-11-23T08:00"));
        let mut clerk = crate::city::Clerk::new(Arc::new(ManualClock::new(draft.at())), 1);
        let command = clerk.command(Body::Tick);
        let mut engine = engine::Engine::new(engine::State::new(0));
        let _ = engine.step(engine::Position { seq: 1, index: 0 }, draft.at(), &command);
        draft.push(engine.value(), None);
        let sealed = journal::Sealer::new(keys()).seal(&draft, &journal::Head::EMPTY).unwrap();
        assert!(matches!(journal.append(&sealed), journal::Appended::Durable));
        let clock = Arc::new(ManualClock::new(draft.at()));
        let started = Runtime::start(Box::new(journal.clone()), keys(), clock, options(any_fault));
        assert!(matches!(started.err(), Some(StartError::Replay(runtime::ReplayError::NoGenesis))));
        assert_eq!(journal.head().seq, 1, "nothing was written");
    });
}

#[test]
fn a_start_without_space_says_so_and_writes_nothing() {
    bounded(|| {
        let mut city = City::new();
        let top_up = city.clerk.top_up(city.siti, 1);
        accepted(&city.send(Class::Purchase, top_up));
        city.runtime.shutdown().unwrap();
        let head = city.journal.head();
        city.journal.limit(Some(usize::try_from(head.seq).unwrap() + 1));
        let (journal, keys) = (Box::new(city.journal.clone()), Arc::clone(&city.keys));
        let started = Runtime::start(journal, keys, city.clock, options(any_fault));
        assert!(matches!(started.err(), Some(StartError::NoSpace)));
        assert_eq!(city.journal.head(), head);
    });
}
