//! What ends a runtime, and who hears of it: answers never, callers `Stopped`, the process its fault.

use std::sync::{Arc, Mutex};

use base::{Clock, ManualClock};
use engine::Parameter;
use fixtures::moment;
use journal::{Journal, Memory};
use runtime::{Busy, Class, Fault, Runtime, StartError};
use tokio::sync::oneshot::error::TryRecvError;

use crate::city::{
    City, Clerk, Waiting, accepted, answers, any_fault, bounded, entries, hold_engine, is_silent, keys, one,
    options, pass_engine,
};
use crate::clocks::Stoppable;
use crate::faulty::{Fate, Faulty};

/// Declares an `on_fault` that keeps what it heard: it is a plain function, so each test has its own.
macro_rules! ear {
    ($hear:ident, $heard:ident) => {
        static $heard: Mutex<Vec<String>> = Mutex::new(Vec::new());
        fn $hear(fault: &Fault) {
            $heard.lock().unwrap().push(fault.to_string());
        }
    };
}

/// Lets one append come to `fate` with another batch behind it, and checks that nobody heard an answer.
fn stop_by(fate: Fate, on_fault: fn(&Fault)) {
    let mut city = City::with(options(on_fault));
    city.control.close();
    city.control.next([fate]);
    let tried = city.control.tried();
    let (durable, before) = (city.handle.durable(), entries(&city.journal));
    let (top_up, other) = (city.clerk.top_up(city.siti, 5_000), city.clerk.top_up(city.siti, 6_000));
    let mut written = city.enqueue(Class::Ask, &top_up);
    city.control.wait_tried(tried + 1);
    let mut behind = city.enqueue(Class::Ask, &other);
    let mut repeated = city.enqueue(Class::Ask, &top_up);
    let read = pass_engine(&city.handle);
    read.seen.recv().unwrap();
    assert!(is_silent(&mut written) && is_silent(&mut behind) && is_silent(&mut repeated));

    city.control.open();
    for waiting in [written, behind, repeated] {
        assert_eq!(answers(waiting).unwrap_err(), Busy::Stopped);
    }
    assert_eq!(read.released.recv().unwrap().unwrap_err(), Busy::Stopped);
    let handle = city.handle.clone();
    drop(city.runtime.shutdown());
    assert_eq!(handle.submit_blocking(Class::Block, vec![top_up.clone()]).unwrap_err(), Busy::Stopped);
    assert_eq!(handle.read_blocking(|_| ()).map(|read| read.value), Err(Busy::Stopped));
    assert!(handle.reader(1).is_err());
    assert_eq!(handle.durable(), durable);
    assert_eq!(entries(&city.journal), before, "nothing was written");

    // A new process finds what was durable, and decides the same command afresh.
    let runtime = Runtime::start(Box::new(city.journal), keys(), city.clock, options(any_fault)).unwrap();
    accepted(&one(runtime.handle().submit_blocking(Class::Purchase, vec![top_up])));
}

#[test]
fn a_failed_append_stops_everything_before_anybody_hears_an_answer() {
    ear!(hear, HEARD);
    bounded(|| stop_by(Fate::Failed, hear));
    assert_eq!(HEARD.lock().unwrap().len(), 1);
    assert!(HEARD.lock().unwrap()[0].starts_with("the journal could not be written: there is no space"));
}

#[test]
fn a_fenced_append_stops_everything_before_anybody_hears_an_answer() {
    ear!(hear, HEARD);
    bounded(|| stop_by(Fate::Fenced, hear));
    assert_eq!(*HEARD.lock().unwrap(), ["another process writes this journal; this one stops"]);
}

#[test]
fn a_journal_that_panics_stops_everything_before_anybody_hears_an_answer() {
    ear!(hear, HEARD);
    bounded(|| stop_by(Fate::Panic, hear));
    assert_eq!(HEARD.lock().unwrap().len(), 1);
}

#[test]
fn a_process_whose_journal_was_taken_over_is_fenced() {
    ear!(hear, HEARD);
    bounded(|| {
        let mut city = City::with(options(hear));
        let newer = Runtime::start(
            Box::new(city.journal.clone()),
            Arc::clone(&city.keys),
            Arc::clone(&city.clock) as Arc<dyn Clock>,
            options(any_fault),
        )
        .unwrap();
        let before = entries(&city.journal);
        let late = city.clerk.top_up(city.siti, 5_000);
        let heard = city.handle.submit_blocking(Class::Purchase, vec![late.clone()]);
        assert_eq!(heard.map(|_| ()), Err(Busy::Stopped));
        drop(city.runtime.shutdown());
        assert_eq!(entries(&city.journal), before, "the old process wrote nothing");
        accepted(&one(newer.handle().submit_blocking(Class::Purchase, vec![late])));
        newer.shutdown().unwrap();
    });
    assert_eq!(*HEARD.lock().unwrap(), ["another process writes this journal; this one stops"]);
}

#[test]
fn a_job_cut_in_two_while_the_journal_fails_still_hears_that_the_engine_stopped() {
    ear!(hear, HEARD);
    bounded(|| {
        let shown = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let clock = Stoppable::new(Arc::clone(&shown));
        let mut city = City::on(options(hear), Arc::clone(&clock) as Arc<dyn Clock>, shown);
        city.control.close();
        city.control.next([Fate::Failed]);
        let tried = city.control.tried();
        let first = city.clerk.top_up(city.siti, 1);
        let waiting = city.enqueue(Class::Upload, &first);
        city.control.wait_tried(tried + 1);
        // The engine has begun a job too large for one entry when the journal fails.
        let (asking, release) = clock.hold_next();
        let large = (0..20_000).map(|_| city.clerk.top_up(city.siti, 1)).collect();
        let mut cut = city.handle.enqueue(Class::Upload, large).unwrap();
        asking.recv().unwrap();
        city.control.open();
        assert_eq!(answers(waiting).unwrap_err(), Busy::Stopped);
        while HEARD.lock().unwrap().is_empty() {
            std::thread::yield_now();
        }
        release.send(()).unwrap();
        drop(city.runtime.shutdown());
        assert!(matches!(cut.try_recv(), Err(TryRecvError::Closed)), "the caller does not wait for ever");
        assert_eq!(city.handle.waiting(), [0; 6]);
    });
}

#[test]
fn a_panic_of_the_engines_thread_stops_everything() {
    ear!(hear, HEARD);
    bounded(|| {
        let shown = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let clock = Stoppable::new(Arc::clone(&shown));
        let mut city = City::on(options(hear), Arc::clone(&clock) as Arc<dyn Clock>, shown);
        let (asking, release) = clock.hold_next();
        let commands = [city.clerk.top_up(city.siti, 1), city.clerk.top_up(city.siti, 2)];
        let at_hand = city.enqueue(Class::Purchase, &commands[0]);
        asking.recv().unwrap();
        let queued = city.enqueue(Class::Purchase, &commands[1]);
        clock.break_now();
        release.send(()).unwrap();
        assert_eq!(answers(at_hand).unwrap_err(), Busy::Stopped);
        assert_eq!(answers(queued).unwrap_err(), Busy::Stopped);
        let before = city.control.tried();
        drop(city.runtime.shutdown());
        assert_eq!(city.control.tried(), before, "nothing half decided was written");
        let after = city.handle.submit_blocking(Class::Block, vec![commands[0].clone()]);
        assert_eq!(after.map(|_| ()), Err(Busy::Stopped));
    });
    assert_eq!(HEARD.lock().unwrap().len(), 1);
    assert!(HEARD.lock().unwrap()[0].starts_with("the engine stopped"));
}

#[test]
fn a_genesis_the_engine_refuses_is_a_failed_start_and_leaves_the_journal_empty() {
    ear!(hear, HEARD);
    bounded(|| {
        let journal = Memory::new();
        let mut wrong = options(hear);
        wrong.genesis.parameters.push((Parameter::LegsMax, -1));
        let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let started = Runtime::start(Box::new(journal.clone()), keys(), clock, wrong);
        assert!(matches!(started.err(), Some(StartError::First(Fault::Apply))));
        assert_eq!(journal.head().seq, 0);
    });
    assert_eq!(HEARD.lock().unwrap().len(), 1);
}

#[test]
fn a_first_entry_that_cannot_be_written_is_a_failed_start() {
    bounded(|| {
        // Genesis fails; genesis is written and the epoch fails.
        for fates in [vec![Fate::Failed], vec![Fate::Durable, Fate::Fenced]] {
            let (faulty, control) = Faulty::new(Memory::new());
            control.next(fates);
            let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
            let started = Runtime::start(Box::new(faulty), keys(), clock, options(any_fault));
            assert!(matches!(started.err(), Some(StartError::First(_))));
        }
    });
}

#[test]
fn a_shutdown_decides_and_writes_everything_that_was_admitted() {
    bounded(|| {
        let mut city = City::new();
        let release = hold_engine(&city.handle);
        let mut admitted: Vec<Waiting> = Vec::new();
        for class in Class::ALL {
            let command = city.clerk.top_up(city.siti, 1);
            admitted.push(city.enqueue(class, &command));
        }
        let handle = city.handle.clone();
        let runtime = city.runtime;
        let shutdown = std::thread::spawn(move || runtime.shutdown());
        // Nothing more is admitted once the shutdown has begun.
        let mut clerk = Clerk::new(city.clock.clone(), 2);
        loop {
            let command = clerk.top_up(city.siti, 1);
            match handle.enqueue(Class::Purchase, vec![command]) {
                Ok(waiting) => admitted.push(waiting),
                Err(Busy::Stopped) => break,
                Err(_) => {}
            }
            std::thread::yield_now();
        }
        release.send(()).unwrap();
        for waiting in admitted {
            accepted(&one(answers(waiting)));
        }
        let engine = shutdown.join().unwrap().unwrap();
        let digest = crate::city::replayed_digest(&city.journal, &city.keys);
        assert_eq!(engine::state_digest(&engine.state), digest);
    });
}
