//! Taps that come in any order give the same fares: purse, debt, what each operator is owed and what benefits gave up, with
//! top-ups and a revocation in between. Quotas are used in the order of the journal and stay out of it.

use base::{DeviceNumber, MediumSerial, Timestamp};
use engine::ledger::Kind;
use engine::{Body, Grant, IssueMedium, Movement, Part, Revoke, SetMedium, Tap, Unit};
use fixtures::{City, books, code, date, moment};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// One ride: when it begins, what it is, how long and how far it goes, whether its ends are missing, with which medium.
#[derive(Clone, Debug)]
struct Ride {
    begins: i64,
    kind: u8,
    seconds: i64,
    kilometres: u32,
    lost: u8,
    medium: u32,
    delays: (i64, i64),
}

fn ride() -> impl Strategy<Value = Ride> {
    let delay = || prop_oneof![Just(0i64), 0..200_000i64];
    (0..57_600i64, 0..8u8, 60..14_000i64, 1..20u32, 0..10u8, 0..2u32, (delay(), delay())).prop_map(
        |(begins, kind, seconds, kilometres, lost, medium, delays)| Ride {
            begins,
            kind,
            seconds,
            kilometres,
            lost,
            medium,
            delays,
        },
    )
}

/// One thing that reaches the engine: when it happened, when it arrives at the earliest, what it is.
#[derive(Clone, Debug)]
enum Arrival {
    Tap { medium: u32, movement: Movement, seq: u64 },
    TopUp(u64),
    Revoke,
}

/// The taps of a ride: when they happen, and how much later they are heard of.
fn taps(ride: &Ride) -> Vec<(Timestamp, i64, Movement)> {
    let begins = moment("2026-11-24T04:00").plus(ride.begins * Timestamp::SECOND);
    let ends = begins.plus(ride.seconds * Timestamp::SECOND);
    let (from, to) = match ride.kind {
        0 => ("m_1", "m_3"),
        1 => ("m_2", "m_3"),
        2 => ("m_2", "m_2"),
        3 => ("tram", "tram"),
        4 => ("busway", "busway"),
        single => {
            let place = ["feeder", "busway", "shuttle"][usize::from(single - 5)];
            return vec![(begins, ride.delays.0, Movement::new(code(place), begins))];
        }
    };
    let enter = Movement { part: Part::In, ..Movement::new(code(from), begins) };
    let metres = (ride.kind > 2).then_some(ride.kilometres * 1_000 - 1);
    let leave = Movement { part: Part::Out, metres, ..Movement::new(code(to), ends) };
    let both = [(begins, ride.delays.0, enter), (ends, ride.delays.1, leave)];
    let kept = |index: usize| usize::from(ride.lost) != index;
    both.into_iter().enumerate().filter(|(index, _)| kept(*index)).map(|(_, tap)| tap).collect()
}

/// A city in which everything arrives at its time, and what is left of the money when the day is closed.
fn play(arrivals: &[(Timestamp, Arrival)]) -> Vec<(Kind, u32, u32, i64)> {
    let mut city = City::rich().resident("siti").card();
    let holder = city.holder("siti");
    let (medium, kind) = (MediumSerial(1), code("card"));
    city.must(Body::IssueMedium(IssueMedium { medium, holder, kind, assurance: 2, replaces: None }));
    city.must(Body::ActivateMedium(SetMedium { medium, version: 1, reason: None }));
    let (from, to) = (date("2026-11-23"), date("2027-05-22"));
    city.must(Body::Grant(Grant { holder, benefit: code("travel_free"), from, to, version: 1 }));
    city.must(Body::Grant(Grant { holder, benefit: code("midday"), from, to, version: 1 }));
    city.set_clock(moment("2026-11-24T04:00"));
    for (at, arrival) in arrivals {
        city.set_clock(city.now().max(*at));
        match arrival {
            Arrival::TopUp(amount) => {
                city.top_up("siti", *amount);
            }
            Arrival::Revoke => {
                city.must(Body::Revoke(Revoke { holder, benefit: code("travel_free"), version: 2 }));
            }
            Arrival::Tap { medium, movement, seq } => {
                city.must(Body::Tap(Tap {
                    device: DeviceNumber(1),
                    epoch: 1,
                    seq: *seq,
                    medium: MediumSerial(*medium),
                    counter: None,
                    opened: true,
                    refused: None,
                    movement: Some(movement.clone()),
                }));
            }
        }
    }
    city.set_clock(moment("2026-11-29T04:00"));
    city.tick();
    books(city.state()).unwrap();
    let accounts = city.state().ledger.accounts().iter().filter(|account| account.key.unit == Unit::Rupiah);
    let mut all: Vec<_> = accounts
        .map(|account| (account.key.kind, account.key.owner, account.key.sub, account.balance()))
        // An account that was opened for what was given back again says nothing.
        .filter(|(_, _, _, balance)| *balance != 0)
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn any_order_of_arrival_gives_the_same_fares() {
    let cases = std::env::var("JAKONE_CASES").map_or(160, |text| text.parse().expect("a number of cases"));
    let seed: u64 = std::env::var("JAKONE_SEED").map_or(733, |text| text.parse().expect("a number"));
    let mut bytes = [0u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let top_ups = prop::collection::vec((1..30_000u64, 0..57_600i64, 0..200_000i64), 0..4);
    let given = (prop::collection::vec(ride(), 1..12), top_ups, 0..57_600i64);
    let tried = runner.run(&given, |(rides, top_ups, revoked)| {
        let start = moment("2026-11-24T04:00");
        let (mut prompt, mut late) = (Vec::new(), Vec::new());
        let all = rides.iter().flat_map(|ride| taps(ride).into_iter().map(move |tap| (ride, tap)));
        for (seq, (ride, tap)) in (1u64..).zip(all) {
            let (at, delay, movement) = tap;
            let tap = Arrival::Tap { medium: ride.medium, movement, seq };
            prompt.push((at, tap.clone()));
            late.push((at.plus(delay * Timestamp::SECOND), tap));
        }
        for (amount, at, delay) in top_ups {
            let at = start.plus(at * Timestamp::SECOND);
            prompt.push((at, Arrival::TopUp(amount)));
            late.push((at.plus(delay * Timestamp::SECOND), Arrival::TopUp(amount)));
        }
        // The revocation itself stands where it stands: from its instant on it counts.
        let revoked = start.plus(revoked * Timestamp::SECOND + 1);
        prompt.push((revoked, Arrival::Revoke));
        late.push((revoked, Arrival::Revoke));
        prompt.sort_by_key(|(at, _)| *at);
        late.sort_by_key(|(at, _)| *at);
        prop_assert_eq!(play(&prompt), play(&late));
        Ok(())
    });
    if let Err(error) = tried {
        panic!("JAKONE_SEED={seed} JAKONE_CASES={cases} cargo test -p engine any_order\n{error}");
    }
}
