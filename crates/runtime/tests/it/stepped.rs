//! A runtime without threads takes the same turns and answers no earlier.

use std::sync::Arc;

use base::{Clock, ManualClock};
use fixtures::moment;
use journal::{Journal, Memory};
use runtime::{Busy, Class, Stepped, Turn};

use crate::city::{Clerk, all_accepted, any_fault, is_silent, keys, no_fault, options, replayed_digest};
use crate::faulty::{Fate, Faulty};

fn start(journal: impl Journal + 'static, clock: &Arc<ManualClock>) -> Stepped {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Stepped::start(Box::new(journal), keys(), clock, options(no_fault)).unwrap()
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(moment("2026-11-23T08:00")))
}

/// Takes the turns of a writer with one entry at hand.
fn write_one(runtime: &mut Stepped) {
    let turns: Vec<Turn> = (0..3).map(|_| runtime.write()).collect();
    assert_eq!(turns, [Turn::Sealed, Turn::Appended, Turn::Released]);
}

#[test]
fn an_answer_is_out_only_after_the_turn_that_releases_it() {
    let (journal, clock) = (Memory::new(), clock());
    let mut runtime = start(journal.clone(), &clock);
    assert!(!runtime.has_started());
    assert_eq!(runtime.decide(), Turn::HandedOver, "genesis and epoch");
    write_one(&mut runtime);
    assert!(!runtime.has_started());
    write_one(&mut runtime);
    assert!(runtime.has_started());

    let mut clerk = Clerk::new(clock, 1);
    let setup = clerk.content().into_iter().chain(clerk.person(0, 5_000).1).collect();
    let mut waiting = runtime.handle().enqueue(Class::Office, setup).unwrap();
    let turns = [runtime.decide(), runtime.decide(), runtime.decide()];
    assert_eq!(turns, [Turn::Decided, Turn::HandedOver, Turn::Idle]);
    for turn in [Turn::Sealed, Turn::Appended, Turn::Released] {
        assert!(is_silent(&mut waiting));
        assert_eq!(runtime.write(), turn);
    }
    all_accepted(&waiting.try_recv().unwrap().unwrap());
    assert_eq!(engine::state_digest(&runtime.engine().state), replayed_digest(&journal, &keys()));

    runtime.close();
    let refused = runtime.handle().enqueue(Class::Office, Vec::new());
    assert_eq!(refused.map(|_| ()), Err(Busy::Stopped));
    assert_eq!((runtime.decide(), runtime.write()), (Turn::Ended, Turn::Idle));
}

#[test]
fn an_unknown_append_is_sent_again_by_the_next_turn_and_a_failed_one_ends_everything() {
    let clock = clock();
    let (faulty, control) = Faulty::new(Memory::new());
    let mut runtime =
        Stepped::start(Box::new(faulty), keys(), Arc::clone(&clock) as Arc<dyn Clock>, options(any_fault))
            .unwrap();
    control.next([Fate::UnknownWritten, Fate::Durable]);
    assert_eq!(runtime.decide(), Turn::HandedOver);
    let turns: Vec<Turn> = (0..4).map(|_| runtime.write()).collect();
    assert_eq!(turns, [Turn::Sealed, Turn::Unsure, Turn::Appended, Turn::Released]);
    write_one(&mut runtime);

    control.next([Fate::Failed]);
    let top_up = Clerk::new(clock, 1).content().remove(0);
    let waiting = runtime.handle().enqueue(Class::Purchase, vec![top_up]).unwrap();
    assert_eq!((runtime.decide(), runtime.decide()), (Turn::Decided, Turn::HandedOver));
    let turns: Vec<Turn> = (0..3).map(|_| runtime.write()).collect();
    assert_eq!(turns, [Turn::Sealed, Turn::Ended, Turn::Ended]);
    assert_eq!(runtime.decide(), Turn::Ended);
    assert!(crate::city::answers(waiting).is_err());
}
