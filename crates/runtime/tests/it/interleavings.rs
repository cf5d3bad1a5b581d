//! A terminal sends its taps one by one while it has a network and again in batches afterwards: in whatever order
//! they arrive, each tap is posted once.

use std::collections::BTreeMap;

use base::{Clock as _, MediumSerial};
use engine::{Body, Envelope, Event, Step};
use runtime::Class;

use crate::city::{City, Waiting, all_accepted, answers, bounded, records};

/// What a tap costs at the place of these tests.
const FARE: i64 = 3_500;

/// Taps of a terminal.
const TAPS: u64 = 4;

/// Every order of the numbers below `count`.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let place = |order: &Vec<usize>, at: usize| {
        let mut longer = order.clone();
        longer.insert(at, count - 1);
        longer
    };
    shorter.iter().flat_map(|order| (0..count).map(move |at| place(order, at))).collect()
}

/// The uploads of one terminal: each tap online, then two offline batches that cover all of them, and the first batch
/// again with the ids it had, as after an answer that was lost.
fn uploads(city: &mut City, device: u32, medium: MediumSerial) -> Vec<(Class, Vec<Envelope>)> {
    let at = city.clock.now();
    let mut tap = |seq| city.clerk.tap((device, seq), medium, at);
    let mut all: Vec<(Class, Vec<Envelope>)> =
        [1, 2].map(|seq| (Class::Purchase, vec![tap(seq)])).into_iter().collect();
    let first: Vec<Envelope> = (1..=2).map(&mut tap).collect();
    let second: Vec<Envelope> = (2..=TAPS).map(&mut tap).collect();
    all.push((Class::Upload, first.clone()));
    all.push((Class::Upload, second));
    all.push((Class::Upload, first));
    all
}

fn check(steps: &[Step]) -> usize {
    let posted = steps.iter().filter(|step| matches!(step, Step::Decided(Ok(_)))).count();
    let known = steps.iter().filter(|step| matches!(step, Step::Repeated(_) | Step::RepeatedFact)).count();
    assert_eq!(posted + known, steps.len(), "{steps:?}");
    posted
}

#[test]
fn every_interleaving_of_online_and_offline_uploads_posts_each_tap_once() {
    bounded(|| {
        let mut city = City::new();
        let orders = orders(5);
        assert_eq!(orders.len(), 120);
        // Each order three times: one upload after the other, all at once, and all at once while the engine is held.
        let mut terminals = 0;
        for order in &orders {
            for manner in 0..3 {
                let (person, opening) = city.clerk.person(1 + terminals, 100_000);
                terminals += 1;
                all_accepted(&city.handle.submit_blocking(Class::Office, opening).unwrap());
                let uploads = uploads(&mut city, terminals, person.medium);
                let held = (manner == 2).then(|| crate::city::hold_engine(&city.handle));
                let mut waiting: Vec<Waiting> = Vec::new();
                let mut steps = Vec::new();
                for upload in order {
                    let (class, commands) = uploads[*upload].clone();
                    let answer = city.handle.enqueue(class, commands).unwrap();
                    if manner == 0 {
                        steps.extend(answers(answer).unwrap().into_iter().map(|answer| answer.step));
                    } else {
                        waiting.push(answer);
                    }
                }
                drop(held);
                for answer in waiting {
                    steps.extend(answers(answer).unwrap().into_iter().map(|answer| answer.step));
                }
                assert_eq!(check(&steps), 4, "{order:?}, manner {manner}");
            }
        }
        let engine = city.runtime.shutdown().unwrap();
        for (index, holder) in engine.state.holders.all().iter().enumerate().skip(1) {
            let purse = engine.state.ledger.account(holder.purse.unwrap()).unwrap();
            assert_eq!(purse.balance(), 100_000 - 4 * FARE, "holder {index}");
        }
        fixtures::books(&engine.state).unwrap();
        let mut posted: BTreeMap<(u32, u64), usize> = BTreeMap::new();
        for record in records(&city.journal, &city.keys) {
            if let Body::Tap(tap) = &record.envelope.body {
                let priced = record.outcome.iter().flatten();
                let priced = priced.filter(|event| matches!(event, Event::TapPriced(_))).count();
                *posted.entry((tap.device.0, tap.seq)).or_default() += priced;
            }
        }
        assert_eq!(posted.len(), 360 * 4);
        assert!(posted.values().all(|times| *times == 1));
    });
}
