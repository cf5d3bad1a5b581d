//! The edges of the two memories that are too long for a table: 64 ranges per terminal, so many ids at once.

use base::{CommandId, DeviceNumber, MediumSerial, PrincipalId, Timestamp};
use engine::{Amount, Body, Channel, Envelope, Movement, Parameter, Step, Tap, TopUp};
use fixtures::{City, code};

fn tap(city: &mut City, seq: u64) -> Step {
    let movement = Some(Movement::new(code("stop_1"), city.now()));
    let tap = Tap {
        device: DeviceNumber(9),
        epoch: 1,
        seq,
        medium: MediumSerial(0),
        counter: None,
        opened: true,
        refused: None,
        movement,
    };
    let envelope = city.envelope(Body::Tap(tap));
    city.submit(&envelope)
}

fn decided(step: &Step) -> bool {
    matches!(step, Step::Decided(Ok(_)))
}

#[test]
fn beyond_64_gaps_the_terminal_is_asked_for_the_missing_ones_and_loses_nothing() {
    let mut city = City::new().resident("siti").card().purse(1_000_000);
    for range in 1..=64 {
        assert!(decided(&tap(&mut city, 2 * range)), "range {range}");
    }
    let records = city.records().len();
    for _ in 0..3 {
        assert!(matches!(tap(&mut city, 1_000), Step::Gap), "the 65th gap");
    }
    assert_eq!(
        city.records().len(),
        records + 3,
        "a gap is answered before deciding: only the ticks were written"
    );
    // Numbers that join a range still fit, on either side and in between.
    assert!(decided(&tap(&mut city, 129)));
    assert!(decided(&tap(&mut city, 1)));
    assert_eq!(city.state().devices.get(DeviceNumber(9), 1).unwrap().contiguous, 2);
    // One gap fewer: the number that had to wait fits now, the next one does not.
    assert!(decided(&tap(&mut city, 1_000)));
    assert!(matches!(tap(&mut city, 2_000), Step::Gap));
    for missing in (3..128).step_by(2) {
        assert!(decided(&tap(&mut city, missing)), "{missing}");
    }
    let received = city.state().devices.get(DeviceNumber(9), 1).unwrap();
    assert_eq!((received.contiguous, received.ranges.as_slice()), (129, &[(1_000, 1_000)][..]));
    assert_eq!(city.balance("siti"), 1_000_000 - 130 * 3_500, "each of 130 taps was paid once");
    assert!(matches!(tap(&mut city, 1_000), Step::RepeatedFact));
}

#[test]
fn the_greatest_number_a_terminal_can_send_is_a_number_like_others() {
    let mut city = City::new().resident("siti").card().purse(1_000_000);
    for seq in [u64::MAX, 1, u64::MAX - 1] {
        assert!(decided(&tap(&mut city, seq)), "{seq}");
        assert!(matches!(tap(&mut city, seq), Step::RepeatedFact), "{seq}");
    }
}

fn top_up(city: &mut City, made: Timestamp, random: u128) -> Envelope {
    let holder = Some(city.holder("siti"));
    let body = Body::TopUp(TopUp { medium: None, holder, bank: code("bank_a"), amount: Amount(1) });
    Envelope {
        id: CommandId::new(made, random),
        principal: PrincipalId(3),
        channel: Channel::Api,
        ..city.envelope(body)
    }
}

#[test]
fn the_floor_rises_by_count_and_drops_the_oldest_second_first() {
    let mut city = City::new().resident("siti");
    city.wait(Timestamp::DAY);
    city.must(Body::SetParameter(Parameter::IdWindowCount, 1_024));
    city.wait(2 * Timestamp::MINUTE);
    let start = city.now().plus(-Timestamp::MINUTE);
    // 16 seconds of 100 ids each, all sent in one entry.
    let made = |n: u32| start.plus(i64::from(n / 100) * Timestamp::SECOND);
    let all: Vec<Envelope> =
        (0..1_600).map(|n| top_up(&mut city, made(n), u128::from(n) + 1_000_000)).collect();
    assert!(city.entry(&all).iter().all(decided));
    assert!(city.state().window.len() > 1_600);
    city.tick();
    assert_eq!(city.state().window.len(), 1_000, "whole seconds fall out until the rest fits: ten are left");
    let step = |city: &mut City, n: usize| city.submit(&all[n]);
    assert!(matches!(step(&mut city, 0), Step::Expired));
    assert!(matches!(step(&mut city, 599), Step::Expired));
    assert!(matches!(step(&mut city, 600), Step::Repeated(_)));
    assert!(matches!(step(&mut city, 1_599), Step::Repeated(_)));
    // The floor never sinks again, and fresh ids are welcome.
    let old = top_up(&mut city, made(599), 7);
    assert!(matches!(city.submit(&old), Step::Expired));
    let fresh = top_up(&mut city, made(600), 8);
    assert!(decided(&city.submit(&fresh)));
    assert_eq!(city.balance("siti"), 1_601);
}

#[test]
fn facts_with_ids_far_ahead_cannot_close_the_window_for_everybody() {
    let mut city = City::new().resident("siti").card().purse(100_000_000);
    city.must(Body::SetParameter(Parameter::IdWindowCount, 1_024));
    let ahead = city.now().plus(400 * Timestamp::DAY);
    let now = city.now();
    let taps: Vec<Envelope> = (0..2_000u128)
        .map(|n| {
            let body = city.tap_body(DeviceNumber(9), "siti", "stop_1", now);
            Envelope { id: CommandId::new(ahead, n), ..city.envelope(body) }
        })
        .collect();
    assert!(city.entry(&taps).iter().all(decided));
    city.tick();
    let made = city.now();
    let fresh = top_up(&mut city, made, 9);
    let step = city.submit(&fresh);
    assert!(decided(&step), "an honest caller is still heard, but: {step:?}");
    assert!(matches!(city.submit(&taps[5]), Step::RepeatedFact), "and the facts are still known");
}
