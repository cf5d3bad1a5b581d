//! The same taps come one by one online and once more in an offline batch: whatever the order, each is posted once.

use base::{DeviceNumber, PrincipalId, Timestamp};
use engine::{Envelope, Step};
use fixtures::{City, books};

/// All orders of `0..count`.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for order in orders(count - 1) {
        for place in 0..count {
            let mut longer = order.clone();
            longer.insert(place, count - 1);
            all.push(longer);
        }
    }
    all
}

/// All ways to merge two streams of `each` items: bit `n` set means that step `n` comes from the second.
fn merges(each: u32) -> impl Iterator<Item = u32> {
    (0u32..1 << (2 * each)).filter(move |mask| mask.count_ones() == each)
}

/// Figures that must not depend on the order: purse, debt, every account by its key, transfers, what was received.
#[derive(PartialEq, Debug)]
struct Outcome {
    purse: i64,
    debt: i64,
    accounts: Vec<(engine::AccountKey, u64, u64)>,
    transfers: [u64; engine::Unit::ALL.len()],
    received: engine::devices::Received,
    traces: usize,
    decided: usize,
}

struct Case {
    purse: u64,
    places: [&'static str; 4],
    benefit: bool,
    /// Whether the batch carries the ids of the online deliveries, or ids of its own.
    same_ids: bool,
}

fn play(case: &Case, offline: &[usize], mask: u32, city: &mut City) -> Outcome {
    let taps = deliveries(case, city);
    let (mut online, mut batch) = (0..4, offline.iter().copied());
    let mut decided = 0;
    for step in 0..8 {
        let from_batch = mask >> step & 1 == 1;
        let number = if from_batch { batch.next() } else { online.next() }.unwrap();
        let envelope = if from_batch { &taps.1[number] } else { &taps.0[number] };
        city.wait(Timestamp::SECOND);
        match city.submit(envelope) {
            Step::Decided(Ok(_)) => decided += 1,
            Step::Repeated(_) | Step::RepeatedFact => {}
            other => panic!("{other:?}"),
        }
    }
    let books = books(city.state()).unwrap();
    let ledger = &city.state().ledger;
    let mut accounts: Vec<_> =
        ledger.accounts().iter().map(|one| (one.key, one.debits, one.credits)).collect();
    accounts.sort_unstable();
    Outcome {
        purse: city.balance("siti"),
        debt: city.debt("siti"),
        accounts,
        transfers: books.transfers,
        received: city.state().devices.get(DeviceNumber(5), 1).unwrap().clone(),
        traces: city.state().journeys.of(0).len(),
        decided,
    }
}

/// The four taps as they come online and as they come in the batch.
fn deliveries(case: &Case, city: &mut City) -> (Vec<Envelope>, Vec<Envelope>) {
    let mut taps = (Vec::new(), Vec::new());
    let now = city.now();
    for (minutes, place) in (-40..).step_by(10).zip(case.places) {
        let body = city.tap_body(DeviceNumber(5), "siti", place, now.plus(minutes * Timestamp::MINUTE));
        let online = city.envelope(body.clone());
        let mut offline = city.envelope(body);
        offline.principal = PrincipalId(2);
        if case.same_ids {
            offline = online.clone();
        }
        taps.0.push(online);
        taps.1.push(offline);
    }
    taps
}

fn city(case: &Case) -> City {
    let mut city = City::new().resident("siti").card();
    if case.purse > 0 {
        city = city.purse(case.purse);
    }
    if case.benefit {
        city = city.entitled("free_bus");
    }
    city.wait(Timestamp::HOUR);
    city
}

fn every_interleaving(case: &Case) -> Outcome {
    let mut first: Option<Outcome> = None;
    let mut count = 0;
    for offline in orders(4) {
        for mask in merges(4) {
            let outcome = play(case, &offline, mask, &mut city(case));
            assert_eq!(outcome.decided, 4, "each tap is decided once: {offline:?} {mask:08b}");
            count += 1;
            match &first {
                None => first = Some(outcome),
                Some(first) => assert_eq!(&outcome, first, "batch {offline:?}, merge {mask:08b}"),
            }
        }
    }
    assert_eq!(count, 24 * 70);
    first.unwrap()
}

#[test]
fn every_interleaving_posts_each_tap_once() {
    let places = ["stop_1", "station_1", "stop_2", "museum_1"];
    let case = Case { purse: 100_000, places, benefit: false, same_ids: false };
    let outcome = every_interleaving(&case);
    assert_eq!((outcome.purse, outcome.debt), (100_000 - 3_500 - 10_000 - 3_500 - 5_000, 0));
    assert_eq!(outcome.received.contiguous, 4);
}

#[test]
fn every_interleaving_posts_each_tap_once_when_both_carry_the_same_ids() {
    let places = ["stop_1", "station_1", "stop_2", "museum_1"];
    let case = Case { purse: 100_000, places, benefit: true, same_ids: true };
    let outcome = every_interleaving(&case);
    assert_eq!((outcome.purse, outcome.debt), (100_000 - 10_000 - 5_000, 0));
}

#[test]
fn every_interleaving_takes_the_same_debt_from_a_purse_that_is_short() {
    // Two and a half fares: which tap is cut depends on the order, what is owed does not.
    let case = Case {
        purse: 8_750,
        places: ["stop_1", "stop_2", "stop_1", "stop_2"],
        benefit: false,
        same_ids: false,
    };
    let outcome = every_interleaving(&case);
    assert_eq!((outcome.purse, outcome.debt), (0, 4 * 3_500 - 8_750));
}

/// The oracle of the tests above: without the terminal's numbers every delivery would be a tap of its own.
#[test]
fn deliveries_that_differ_in_their_number_are_different_taps() {
    let mut city = City::new().resident("siti").card().purse(100_000);
    for _ in 0..8 {
        city.tap("siti", "stop_1");
    }
    assert_eq!(city.balance("siti"), 100_000 - 8 * 3_500);
}
