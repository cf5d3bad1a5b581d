//! What the engine does with its own faults, and with bytes that are not what was written.

use engine::{Body, Epoch, Record, Refusal, Step, state_digest};
use fixtures::{City, books, code, replay};

/// The deciding of this command overflows once the last epoch has the greatest number: the one place where a test
/// can reach a fault of the engine without touching the product.
fn faulty(city: &mut City) -> Step {
    let epoch = Epoch { number: 7, node: code("node_b"), build: code("build_2"), config: 0 };
    let envelope = city.envelope(Body::Epoch(epoch));
    city.submit(&envelope)
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "arithmetic overflows silently in a release build")]
fn a_panic_while_deciding_becomes_the_outcome_internal_and_the_engine_goes_on() {
    let mut city = City::new().resident("siti").card().purse(10_000);
    let known = city.state().epoch;
    city.engine().state.epoch = u64::MAX;
    let records = city.records().len();
    let step = faulty(&mut city);
    assert!(matches!(step, Step::Decided(Err(refused)) if refused == Refusal::Internal), "{step:?}");
    assert_eq!(city.records().len(), records + 2, "the fault is an outcome like any other: it is recorded");
    assert!(city.engine().events().is_empty(), "nothing happened");
    city.engine().state.epoch = known;

    assert_eq!(city.tap("siti", "stop_1").charged, 3_500, "the next command is decided as ever");
    books(city.state()).unwrap();
    let replayed = replay(city.records(), |_| true).unwrap();
    assert_eq!(state_digest(&replayed), state_digest(city.state()), "the fault replays as a refusal");
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "arithmetic overflows silently in a release build")]
fn a_preview_of_a_fault_is_internal_too_and_changes_nothing() {
    let mut city = City::new();
    city.engine().state.epoch = u64::MAX;
    let before = state_digest(city.state());
    let epoch = Epoch { number: 7, node: code("node_b"), build: code("build_2"), config: 0 };
    let envelope = city.envelope(Body::Epoch(epoch));
    let now = city.now();
    assert_eq!(city.engine().preview(now, &envelope), Err(Refusal::Internal.into()));
    assert_eq!(state_digest(city.state()), before);
}

#[test]
fn a_refused_command_leaves_no_events_behind() {
    // The first leg is fine, the second is not: what the first had already told must not be heard by anybody.
    let mut city = City::new().resident("siti").card().purse(10_000);
    let purse = city.account(engine::ledger::Kind::Purse, 0, 0).unwrap();
    let float = city.account(engine::ledger::Kind::FloatExpected, 0, 0).unwrap();
    let leg = engine::Leg { debit: purse, credit: float, amount: engine::Amount(6_000) };
    let refused = city.send(Body::Transfer(vec![leg, leg]));
    assert_eq!(refused, Err(Refusal::AccountOverdraft.into()));
    assert!(city.engine().events().is_empty(), "{:?}", city.engine().events());
}

#[test]
#[should_panic(expected = "time never goes back")]
fn a_record_from_the_past_ends_the_process() {
    let mut city = City::new();
    let earlier = city.now().plus(-1);
    let envelope = city.envelope(Body::Tick);
    let position = city.state().position;
    city.engine().step(position, earlier, &envelope);
}

#[test]
fn every_cut_or_lengthened_record_is_noticed() {
    let mut city = City::new().resident("siti").card().purse(10_000).entitled("free_bus");
    city.tap("siti", "stop_1");
    city.ask("siti", "station_1").unwrap();
    for kept in city.records() {
        let movement = kept.movement.as_ref().map(|(_, bytes)| bytes.as_slice());
        let decode = |value: &[u8]| Record::decode(kept.position, kept.at, value, movement);
        assert!(decode(&kept.value).is_ok(), "{}", kept.position);
        for length in 0..kept.value.len() {
            assert!(decode(&kept.value[..length]).is_err(), "{} cut to {length} bytes", kept.position);
        }
        let longer = [kept.value.as_slice(), &[0]].concat();
        assert!(decode(&longer).is_err(), "{} with a byte too much", kept.position);
    }
}

#[test]
fn a_command_an_event_or_a_refusal_of_a_newer_release_stops_the_reader() {
    let mut city = City::new();
    city.tick();
    let tick = city.records().last().unwrap();
    // Map of 7; the tick is written [2], an accepted outcome without events 7: [].
    let body = tick.value.windows(3).position(|part| part == [6, 0x82, 2]).expect("the tick");
    let decode = |value: &[u8]| Record::decode(tick.position, tick.at, value, None);
    let changed = |at: usize, to: &[u8]| {
        let mut value = tick.value[..at].to_vec();
        value.extend_from_slice(to);
        value.extend_from_slice(&tick.value[at + to.len()..]);
        value
    };
    assert!(decode(&tick.value).is_ok());
    assert!(decode(&changed(body + 2, &[23])).is_err(), "a command nobody knows");
    assert!(decode(&changed(tick.value.len() - 2, &[9])).is_err(), "a field nobody knows");
    let newer_event = [&tick.value[..tick.value.len() - 1], &[0x81, 0x82, 0x18, 200, 0x80]].concat();
    assert!(decode(&newer_event).is_err(), "an event nobody knows");
    let newer_refusal = [&tick.value[..tick.value.len() - 2], &[8, 0x18, 200]].concat();
    assert!(decode(&newer_refusal).is_err(), "a refusal nobody knows");
    let known_refusal = [&tick.value[..tick.value.len() - 2], &[8, 0x18, 31]].concat();
    assert_eq!(
        decode(&known_refusal).unwrap().outcome,
        Err(Refusal::Internal.into()),
        "the check above checks"
    );
}
