//! Nobody hears of what may be undone.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;

use base::MediumSerial;
use engine::{Refusal, Step};
use journal::Sealed;
use runtime::{Busy, Class};

use crate::city::{
    City, Clerk, accepted, answers, bounded, is_silent, one, pass_engine, reading, refused, stays_silent,
};
use crate::faulty::Fate;

#[test]
fn accepted_refused_and_repeated_answers_and_reads_wait_until_their_position_is_durable() {
    bounded(|| {
        let mut city = City::new();
        city.control.close();
        let (durable, tried) = (city.handle.durable().seq, city.control.tried());
        let top_up = city.clerk.top_up(city.siti, 5_000);
        let unknown = city.clerk.ask(MediumSerial(99), "stop_1");
        let mut first = city.enqueue(Class::Ask, &top_up);
        city.control.wait_tried(tried + 1);
        let mut repeated = city.enqueue(Class::Ask, &top_up);
        let mut refusal = city.enqueue(Class::Ask, &unknown);
        let read = pass_engine(&city.handle);
        assert_eq!(read.seen.recv().unwrap().seq, durable + 2, "all of it is decided");
        assert!(is_silent(&mut first) && is_silent(&mut repeated) && is_silent(&mut refusal));
        assert!(stays_silent(&read.released));
        assert_eq!(city.handle.durable().seq, durable);

        city.control.pass();
        let first = one(answers(first));
        accepted(&first);
        assert_eq!(first.position.seq, durable + 1);
        city.control.wait_tried(tried + 2);
        assert!(is_silent(&mut repeated) && is_silent(&mut refusal), "their entry is not durable yet");
        assert!(stays_silent(&read.released));

        city.control.pass();
        let (repeated, refusal) = (one(answers(repeated)), one(answers(refusal)));
        assert!(matches!(repeated.step, Step::Repeated(position) if position == first.position));
        assert_eq!(refused(&refusal), Refusal::MediumUnknown);
        assert_eq!(refusal.position.seq, durable + 2);
        let read = read.released.recv().unwrap().unwrap();
        assert_eq!((read.position, read.value), (refusal.position, refusal.position));
        assert_eq!(city.control.durable(), durable + 2);
    });
}

#[test]
fn a_repeated_answer_and_a_read_without_an_entry_of_their_own_wait_for_the_entry_they_saw() {
    bounded(|| {
        let mut city = City::new();
        city.control.close();
        let tried = city.control.tried();
        let top_up = city.clerk.top_up(city.siti, 5_000);
        let mut first = city.enqueue(Class::Ask, &top_up);
        city.control.wait_tried(tried + 1);
        let mut repeated = city.enqueue(Class::Block, &top_up);
        let read = pass_engine(&city.handle);
        let seen = read.seen.recv().unwrap();
        assert!(is_silent(&mut first) && is_silent(&mut repeated) && stays_silent(&read.released));

        city.control.open();
        let repeated = one(answers(repeated));
        assert!(city.control.durable() >= repeated.position.seq);
        assert_eq!(repeated.position, seen);
        assert_eq!(one(answers(first)).position, seen);
        assert_eq!(read.released.recv().unwrap().unwrap().position, seen);
        assert_eq!(city.control.tried(), tried + 1, "nothing was written for a repetition");
    });
}

#[test]
fn the_next_batch_is_decided_while_the_one_before_is_written() {
    bounded(|| {
        let mut city = City::new();
        city.control.close();
        let (durable, tried) = (city.handle.durable().seq, city.control.tried());
        let (one_more, another) = (city.clerk.top_up(city.siti, 1), city.clerk.top_up(city.siti, 2));
        let first = city.enqueue(Class::Ask, &one_more);
        city.control.wait_tried(tried + 1);
        let second = city.enqueue(Class::Ask, &another);
        let decided = pass_engine(&city.handle).seen.recv().unwrap();
        assert_eq!((decided.seq, city.control.durable()), (durable + 2, durable));
        assert_eq!(city.control.tried(), tried + 1, "no entry is sent before its predecessor is durable");
        city.control.open();
        assert_eq!(one(answers(first)).position.seq, durable + 1);
        assert_eq!(one(answers(second)).position, decided);
    });
}

#[test]
fn an_append_of_unknown_fate_is_sent_again_with_the_same_bytes_and_nothing_new_is_decided_on_top() {
    bounded(|| {
        let mut city = City::new();
        city.control.close();
        city.control.next([Fate::UnknownLost, Fate::UnknownWritten]);
        let tried = city.control.tried();
        let (top_up, later) = (city.clerk.top_up(city.siti, 5_000), city.clerk.top_up(city.siti, 6_000));
        let mut first = city.enqueue(Class::Ask, &top_up);
        city.control.wait_tried(tried + 1);
        city.control.pass();
        city.control.wait_tried(tried + 2);
        let mut second = city.enqueue(Class::Ask, &later);
        let control = city.control.clone();
        let look = reading(&city.handle, move |_, say| say.send(control.durable()).unwrap());
        assert!(stays_silent(&look.seen), "while the fate is unknown the engine decides nothing");
        city.control.pass();
        city.control.wait_tried(tried + 3);
        assert!(is_silent(&mut first) && is_silent(&mut second));
        city.control.open();

        let (first, second) = (one(answers(first)), one(answers(second)));
        assert!(look.seen.recv().unwrap() >= first.position.seq);
        assert_eq!(second.position.seq, first.position.seq + 1);
        let attempts = city.control.attempts();
        let of_first: Vec<&Sealed> =
            attempts.iter().filter(|sealed| sealed.head.seq == first.position.seq).collect();
        assert_eq!(of_first.len(), 3);
        assert!(of_first.iter().all(|sealed| **sealed == *of_first[0]), "the same bytes each time");
        assert_eq!(city.handle.durable().seq, second.position.seq);
        let engine = city.runtime.shutdown().unwrap();
        fixtures::books(&engine.state).unwrap();
        assert_eq!(
            engine::state_digest(&engine.state),
            crate::city::replayed_digest(&city.journal, &city.keys)
        );
    });
}

#[test]
fn no_answer_is_ever_ahead_of_the_journal_under_load_and_doubt() {
    bounded(|| {
        const CALLERS: u32 = 4;
        const EACH: usize = 60;
        let city = City::new();
        let (done, ended) = channel();
        // Every third append is of unknown fate at first, half of them written, half lost.
        for number in 0..CALLERS {
            let (handle, control, done) = (city.handle.clone(), city.control.clone(), done.clone());
            let mut clerk = Clerk::new(city.clock.clone(), 10 + number);
            let siti = city.siti;
            std::thread::spawn(move || {
                for round in 0..EACH {
                    if round % 10 == 0 {
                        control.next(
                            [Fate::UnknownLost, Fate::UnknownWritten].into_iter().take(1 + round % 20 / 10),
                        );
                    }
                    let commands = vec![
                        clerk.top_up(siti, 1),
                        clerk.ask(MediumSerial(99), "stop_1"),
                        clerk.ask(siti.medium, "stop_1"),
                    ];
                    let class = Class::ALL[round % Class::ALL.len()];
                    for answer in handle.submit_blocking(class, commands.clone()).unwrap() {
                        assert!(control.durable() >= answer.position.seq);
                        assert!(matches!(answer.step, Step::Decided(_)));
                    }
                    let repeated = one(handle.submit_blocking(class, commands[..1].to_vec()));
                    assert!(matches!(repeated.step, Step::Repeated(_)));
                    assert!(control.durable() >= repeated.position.seq);
                    let read = handle.read_blocking(|engine| engine.state.position).unwrap();
                    assert_eq!(read.position, read.value);
                    assert!(control.durable() >= read.position.seq);
                }
                done.send(()).unwrap();
            });
        }
        drop(done);
        assert_eq!(ended.iter().count(), CALLERS as usize, "every caller came through");
        let mut bytes: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
        let mut last = 0;
        for sealed in city.control.attempts() {
            assert!(sealed.head.seq == last || sealed.head.seq == last + 1);
            last = sealed.head.seq;
            let first = bytes.entry(last).or_insert_with(|| sealed.bytes.clone());
            assert_eq!(*first, sealed.bytes, "an entry is sent again with the same bytes or not at all");
        }
        let engine = city.runtime.shutdown().unwrap();
        let top_ups = u64::from(CALLERS) * EACH as u64;
        assert_eq!(fixtures::books(&engine.state).unwrap().transfers[0], top_ups + 1);
    });
}

#[test]
fn dropping_the_waiting_place_does_not_withdraw_the_command() {
    bounded(|| {
        let mut city = City::new();
        city.control.close();
        let top_up = city.clerk.top_up(city.siti, 5_000);
        drop(city.enqueue(Class::Purchase, &top_up));
        city.control.open();
        let again = city.send(Class::Purchase, top_up);
        assert!(matches!(again.step, Step::Repeated(_)));
    });
}

#[test]
fn a_read_that_panics_harms_its_caller_only() {
    bounded(|| {
        let mut city = City::new();
        let handle = city.handle.clone();
        let caller = std::thread::spawn(move || {
            handle.read_blocking(|_| -> u32 { panic!("a mistake in a page") }).map(|read| read.value)
        });
        assert!(caller.join().is_err(), "the panic reaches the thread that asked");
        let top_up = city.clerk.top_up(city.siti, 5_000);
        accepted(&city.send(Class::Purchase, top_up));
        assert_eq!(city.handle.submit_blocking(Class::Ask, Vec::new()).map(|none| none.len()), Ok(0));
        assert_ne!(city.handle.read_blocking(|_| ()).map(|read| read.value), Err(Busy::Stopped));
    });
}
