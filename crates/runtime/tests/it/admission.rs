//! Bounded queues in strict classes; bulk never in the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Clock, ManualClock, PrincipalId};
use engine::{AccountKey, Amount, Body, Envelope, Hold, Leg, OpenAccount, Parameter, Refusal, Step, Unit};
use fixtures::moment;
use journal::{Entry, KeyRing};
use runtime::{Busy, Class, Limits};

use crate::city::{
    City, Clerk, Waiting, accepted, all_accepted, answers, bounded, entries, hold_engine, is_silent,
    no_fault, one, options, pass_engine, reading, refused,
};
use crate::clocks::Stoppable;

fn limited(waiting_max: usize, waiting_per_principal_max: usize) -> City {
    let mut options = options(no_fault);
    // The city's own setup comes in one job, which may enter an empty queue whatever its size.
    options.limits = Limits { waiting_max, waiting_per_principal_max };
    City::with(options)
}

fn top_ups(city: &mut City, count: usize) -> Vec<Envelope> {
    (0..count).map(|_| city.clerk.top_up(city.siti, 1)).collect()
}

#[test]
fn urgent_classes_go_first_whatever_came_first() {
    bounded(|| {
        let mut city = City::new();
        let release = hold_engine(&city.handle);
        let mut waiting: Vec<(Class, Waiting)> = Vec::new();
        for _ in 0..2 {
            for class in Class::ALL.into_iter().rev() {
                let commands = top_ups(&mut city, 3);
                waiting.push((class, city.handle.enqueue(class, commands).unwrap()));
            }
        }
        assert_eq!(city.handle.waiting(), [6; 6]);
        release.send(()).unwrap();
        let mut order = BTreeMap::new();
        for (class, waiting) in waiting {
            for answer in answers(waiting).unwrap() {
                accepted(&answer);
                order.insert(answer.position, class);
            }
        }
        let order: Vec<Class> = order.into_values().collect();
        assert_eq!(order.len(), 36);
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(city.handle.waiting(), [0; 6]);
    });
}

#[test]
fn a_tap_of_a_day_whose_key_cannot_be_written_is_refused_before_it_is_decided() {
    bounded(|| {
        let dir = tempfile::tempdir().unwrap();
        let keys = Arc::new(KeyRing::open(dir.path()).unwrap());
        let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let shown = Arc::clone(&clock);
        let mut city = City::sealed(options(no_fault), clock, shown, keys);
        let at = city.clock.now();
        // What stands where the key would be written, as a full disk would.
        let in_the_way = dir.path().join(format!("day-{}.unfinished", at.jakarta_date()));
        std::fs::create_dir(&in_the_way).unwrap();
        let (top_up, tap) = (city.clerk.top_up(city.siti, 1), city.clerk.tap((1, 1), city.siti.medium, at));
        let job = vec![top_up, tap];
        let full = city.handle.submit_blocking(Class::Upload, job.clone());
        assert_eq!(full.map(|_| ()), Err(Busy::JournalFull));
        let other = city.clerk.top_up(city.siti, 2);
        accepted(&city.send(Class::Upload, other));
        std::fs::remove_dir(&in_the_way).unwrap();
        let answers = city.handle.submit_blocking(Class::Upload, job).unwrap();
        assert!(matches!(answers[0].step, Step::Repeated(_)), "what came before it was decided, once");
        accepted(&answers[1]);
    });
}

#[test]
fn bulk_that_is_held_waits_and_nothing_else_does() {
    bounded(|| {
        let mut city = City::new();
        city.handle.hold_bulk(true);
        let (bulk, office) = (city.clerk.top_up(city.siti, 1), city.clerk.top_up(city.siti, 2));
        let mut waiting = city.enqueue(Class::Bulk, &bulk);
        accepted(&city.send(Class::Office, office));
        assert!(is_silent(&mut waiting) && city.handle.waiting()[Class::Bulk as usize] == 1);
        city.handle.hold_bulk(false);
        accepted(&one(answers(waiting)));
        city.handle.hold_bulk(true);
        let bulk = city.clerk.top_up(city.siti, 3);
        let admitted = city.enqueue(Class::Bulk, &bulk);
        city.runtime.shutdown().unwrap();
        accepted(&one(answers(admitted)));
    });
}

#[test]
fn urgent_work_passes_what_waited_for_room_in_a_full_batch() {
    bounded(|| {
        let mut city = City::new();
        city.control.close();
        let tried = city.control.tried();
        let first = city.clerk.top_up(city.siti, 1);
        let first = city.enqueue(Class::Upload, &first);
        city.control.wait_tried(tried + 1);
        // More than one entry holds: the rest waits for the writer, at the head of its class.
        let large = top_ups(&mut city, 20_000);
        let large = city.handle.enqueue(Class::Upload, large).unwrap();
        while [0, 20_000].contains(&city.handle.waiting()[Class::Upload as usize]) {
            std::thread::yield_now();
        }
        let later = city.clerk.top_up(city.siti, 1);
        let later = city.enqueue(Class::Upload, &later);
        let block = city.clerk.block(city.siti.medium, 2);
        let block = city.enqueue(Class::Block, &block);
        city.control.open();
        let first = one(answers(first)).position.seq;
        let block = one(answers(block));
        accepted(&block);
        assert_eq!(block.position.seq, first + 2, "right after the batch that was full already");
        let large = answers(large).unwrap();
        all_accepted(&large);
        assert!(large.is_sorted_by_key(|answer| answer.position), "a cut job keeps its order");
        let end = large.last().unwrap().position;
        assert!(end > block.position);
        assert!(end < one(answers(later)).position, "and its place before what came after it");
    });
}

#[test]
fn a_full_queue_refuses_its_class_only_and_before_anything_is_decided() {
    bounded(|| {
        let mut city = limited(10, 1_000);
        let release = hold_engine(&city.handle);
        let ten = top_ups(&mut city, 10);
        let ten = city.handle.enqueue(Class::Upload, ten).unwrap();
        let one_more = city.clerk.top_up(city.siti, 1);
        let refused = city.handle.enqueue(Class::Upload, vec![one_more.clone()]);
        assert_eq!(refused.map(|_| ()), Err(Busy::QueueFull));
        let office = city.enqueue(Class::Office, &one_more);
        // A job larger than the queue enters when it is empty; otherwise it could never run.
        let large = top_ups(&mut city, 50);
        let large = city.handle.enqueue(Class::Purchase, large).unwrap();
        let after_large = city.handle.enqueue(Class::Purchase, vec![one_more.clone()]);
        assert_eq!(after_large.map(|_| ()), Err(Busy::QueueFull));
        release.send(()).unwrap();
        assert_eq!(answers(ten).unwrap().len(), 10);
        assert_eq!(answers(large).unwrap().len(), 50);
        accepted(&one(answers(office)));
        assert!(matches!(city.send(Class::Upload, one_more).step, Step::Repeated(_)), "there is room again");
    });
}

#[test]
fn reads_are_bounded_too() {
    bounded(|| {
        let mut city = limited(2, 1_000);
        let release = hold_engine(&city.handle);
        let two = top_ups(&mut city, 2);
        let two = city.handle.enqueue(Class::Ask, two).unwrap();
        assert_eq!(city.handle.read_blocking(|_| ()).map(|_| ()), Err(Busy::QueueFull));
        release.send(()).unwrap();
        assert_eq!(answers(two).unwrap().len(), 2);
    });
}

#[test]
fn a_principal_with_too_much_waiting_is_refused_and_others_are_not() {
    bounded(|| {
        let mut city = limited(1_000, 100);
        let mut other = Clerk::new(city.clock.clone(), 2);
        let release = hold_engine(&city.handle);
        let waiting: Vec<Waiting> = [Class::Upload, Class::Office]
            .into_iter()
            .map(|class| {
                let half = top_ups(&mut city, 50);
                city.handle.enqueue(class, half).unwrap()
            })
            .collect();
        let one_more = city.clerk.top_up(city.siti, 1);
        for class in [Class::Upload, Class::Purchase, Class::Office] {
            let refused = city.handle.enqueue(class, vec![one_more.clone()]);
            assert_eq!(refused.map(|_| ()), Err(Busy::PrincipalLimit));
        }
        let of_other = other.top_up(city.siti, 1);
        let of_other = city.enqueue(Class::Upload, &of_other);
        release.send(()).unwrap();
        for waiting in waiting {
            assert_eq!(answers(waiting).unwrap().len(), 50);
        }
        accepted(&one(answers(of_other)));
        accepted(&city.send(Class::Upload, one_more));
    });
}

#[test]
fn a_run_over_many_recipients_does_not_use_up_its_principals_other_work() {
    bounded(|| {
        let mut city = limited(100_000, 100);
        let release = hold_engine(&city.handle);
        let run = top_ups(&mut city, 1_000);
        let run = city.handle.enqueue(Class::Bulk, run).unwrap();
        let block = city.clerk.block(city.siti.medium, 2);
        let block = city.enqueue(Class::Block, &block);
        release.send(()).unwrap();
        accepted(&one(answers(block)));
        assert_eq!(answers(run).unwrap().len(), 1_000);
    });
}

#[test]
fn bulk_is_cut_so_that_an_ask_stands_in_the_very_next_entry() {
    bounded(|| {
        const RUN: usize = 30_000;
        let mut city = City::new();
        city.clerk.principal = PrincipalId(9);
        let run = top_ups(&mut city, RUN);
        let mut gate = Clerk::new(city.clock.clone(), 2);
        city.control.close();
        let tried = city.control.tried();
        let run = city.handle.enqueue(Class::Bulk, run).unwrap();
        city.control.wait_tried(tried + 1);
        // The run has filled its time in the entry being written, and will have in the next one.
        let ask = gate.ask(city.siti.medium, "stop_1");
        let ask = city.enqueue(Class::Ask, &ask);
        pass_engine(&city.handle).seen.recv().unwrap();
        city.control.open();
        let run: Vec<u64> = answers(run).unwrap().iter().map(|answer| answer.position.seq).collect();
        let ask = one(answers(ask));
        accepted(&ask);
        assert_eq!(ask.position.seq, run[0] + 1);
        assert_eq!(run.len(), RUN);
        assert!(run[RUN - 1] > run[0] + 1, "the run goes on after the ask");
        let largest =
            entries(&city.journal).iter().map(|bytes| Entry::parse(bytes).unwrap().bytes().len()).max();
        assert!(
            largest.unwrap() < journal::ENTRY_BYTES_MAX / 2,
            "entries end by time, not because they are full"
        );
    });
}

#[test]
fn bulk_that_only_repeats_lets_others_in_as_well() {
    bounded(|| {
        let shown = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let clock = Stoppable::new(Arc::clone(&shown));
        let mut city = City::on(options(no_fault), Arc::clone(&clock) as Arc<dyn Clock>, shown);
        let run = top_ups(&mut city, 30_000);
        let decided = city.handle.submit_blocking(Class::Office, run.clone()).unwrap();
        all_accepted(&decided);
        let (asking, release) = clock.hold_next();
        let again = city.handle.enqueue(Class::Bulk, run).unwrap();
        asking.recv().unwrap();
        // The run has begun; a read that comes now sees most of it still waiting.
        let handle = city.handle.clone();
        let look = reading(&city.handle, move |_, say| say.send(handle.waiting()).unwrap());
        while city.handle.waiting()[Class::Ask as usize] == 0 {
            std::thread::yield_now();
        }
        release.send(()).unwrap();
        assert!(look.seen.recv().unwrap()[Class::Bulk as usize] > 0);
        let again = answers(again).unwrap();
        assert!(again.iter().all(|answer| matches!(answer.step, Step::Repeated(_))));
        assert_eq!(again.len(), 30_000);
    });
}

#[test]
fn a_journal_without_space_is_said_at_admission_and_service_resumes_when_there_is_some() {
    bounded(|| {
        let mut city = City::new();
        let head = city.handle.durable().seq;
        city.journal.limit(Some(usize::try_from(head).unwrap() + 3));
        let mut decided = 0;
        loop {
            let top_up = city.clerk.top_up(city.siti, 1);
            match city.handle.submit_blocking(Class::Block, vec![top_up]) {
                Ok(answers) => decided += answers.len(),
                Err(busy) => {
                    assert_eq!(busy, Busy::JournalFull);
                    break;
                }
            }
        }
        assert!((2..=3).contains(&decided), "{decided}: what has room is decided, and nothing else");
        for class in Class::ALL {
            let top_up = city.clerk.top_up(city.siti, 1);
            let refused = city.handle.enqueue(class, vec![top_up]);
            assert_eq!(refused.map(|_| ()), Err(Busy::JournalFull));
        }
        assert!(city.handle.read_blocking(|_| ()).is_ok(), "the state can be read");
        city.journal.limit(None);
        resume(&mut city);
    });
}

#[test]
fn work_that_was_admitted_before_the_journal_was_full_never_fails_the_runtime() {
    bounded(|| {
        let mut city = City::new();
        let head = city.handle.durable().seq;
        // Room for three entries; what is admitted needs more.
        city.journal.limit(Some(usize::try_from(head).unwrap() + 3));
        let large = top_ups(&mut city, 30_000);
        let large = city.handle.submit_blocking(Class::Upload, large);
        assert_eq!(large.map(|_| ()), Err(Busy::JournalFull));
        assert!(city.handle.durable().seq <= head + 3);
        assert!(city.handle.read_blocking(|_| ()).is_ok());
        city.journal.limit(None);
        resume(&mut city);
        let engine = city.runtime.shutdown().unwrap();
        fixtures::books(&engine.state).unwrap();
    });
}

/// Asks until there is space again; the journal's thread notices by itself.
fn resume(city: &mut City) {
    let top_up = city.clerk.top_up(city.siti, 1);
    let answers = loop {
        match city.handle.submit_blocking(Class::Purchase, vec![top_up.clone()]) {
            Ok(answers) => break answers,
            Err(busy) => assert_eq!(busy, Busy::JournalFull),
        }
        std::thread::yield_now();
    };
    accepted(&answers[0]);
}

/// Opens an account at each bank and lets commands have as many legs as they ever may.
fn two_floats(city: &mut City) -> [engine::ledger::AccountId; 2] {
    let most = city.clerk.command(Body::SetParameter(Parameter::LegsMax, 1_024));
    accepted(&city.send(Class::Office, most));
    let keys = [0, 1].map(|owner| AccountKey {
        kind: engine::ledger::Kind::FloatConfirmed,
        owner,
        sub: 0,
        unit: Unit::Rupiah,
    });
    for key in keys {
        let open = city.clerk.command(Body::OpenAccount(OpenAccount { key }));
        accepted(&city.send(Class::Office, open));
    }
    let found =
        city.handle.read_blocking(move |engine| keys.map(|key| engine.state.ledger.find(&key).unwrap()));
    found.unwrap().value
}

#[test]
fn the_largest_commands_fit_even_when_a_batch_is_nearly_full() {
    bounded(|| {
        let mut city = City::new();
        let [debit, credit] = two_floats(&mut city);
        let leg = Leg { debit, credit, amount: Amount(1_000_000_000_000) };
        let hold = Hold { leg, deadline: Some(city.clock.now().plus(1)) };
        // Nine large commands, so many small ones, and a large one again: the room left for it differs.
        for small in (300..=800).step_by(20) {
            let mut commands = Vec::new();
            for _ in 0..9 {
                commands.push(city.clerk.command(Body::Hold(vec![hold; 1_024])));
            }
            commands.extend(top_ups(&mut city, small));
            commands.push(city.clerk.command(Body::Hold(vec![hold; 1_024])));
            commands.push(city.clerk.command(Body::Transfer(vec![leg; 1_024])));
            let answers = city.handle.submit_blocking(Class::Office, commands).unwrap();
            all_accepted(&answers);
        }
        city.clock.advance(1_000);
        let engine = city.runtime.shutdown().unwrap();
        fixtures::books(&engine.state).unwrap();
    });
}

#[test]
fn a_command_that_no_entry_could_hold_is_refused_at_admission_and_nothing_stops() {
    bounded(|| {
        let mut city = City::new();
        let [debit, credit] = two_floats(&mut city);
        let leg = Leg { debit, credit, amount: Amount(1) };
        let within = city.clerk.command(Body::Transfer(vec![leg; 1_025]));
        assert_eq!(refused(&city.send(Class::Office, within)), Refusal::LegInvalid);
        let mut tariffs =
            fixtures::content::benefit("wide", 1, "bus", engine::PriceRule::Free, moment("2026-12-01T00:00"));
        tariffs.places = vec![fixtures::code("a_place_with_a_name_of_31_bytes"); 40_000];
        let oversized = [
            Body::Transfer(vec![leg; 100_000]),
            Body::Hold(vec![Hold { leg, deadline: None }; 100_000]),
            Body::from(tariffs),
        ];
        for body in oversized {
            let command = city.clerk.command(body);
            let beside = city.clerk.top_up(city.siti, 1);
            let refused = city.handle.submit_blocking(Class::Office, vec![beside, command]);
            assert_eq!(refused.map(|_| ()), Err(Busy::CommandTooLarge));
        }
        let after = city.clerk.top_up(city.siti, 1);
        accepted(&city.send(Class::Purchase, after));
    });
}
