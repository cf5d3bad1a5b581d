//! Movement can be forgotten: without the keys of the days before the re-rate horizon a replay gives the same state.

use base::{CivilDate, CommandId, DeviceNumber, Timestamp};
use engine::journeys::first_kept_date;
use engine::{Ask, Body, Movement, Parameter, Step, state_digest};
use fixtures::{City, code, moment, replay};

fn digest_without(city: &City, keys: impl Fn(CivilDate) -> bool) -> [u8; 32] {
    state_digest(&replay(city.records(), keys).unwrap())
}

/// The oldest date whose key must still exist.
fn oldest_key(city: &City) -> CivilDate {
    first_kept_date(city.now(), city.state().parameters.rerate_horizon)
}

/// Three weeks: every day rides, asks, a ride that comes late and one whose clock is wrong.
fn three_weeks() -> City {
    let mut city = City::new()
        .resident("siti")
        .card()
        .purse(100_000)
        .resident("budi")
        .card()
        .entitled("free_bus")
        .resident("tono")
        .card();
    for day in 0..21 {
        city.tap("siti", "stop_1");
        city.tap("budi", "stop_2");
        city.tap("tono", "station_1");
        let _ = city.ask("siti", "station_1");
        let _ = city.ask("tono", "museum_1");
        let now = city.now();
        for (device, back) in [(7, 26), (8, 24 * 6), (9, 24 * 30), (10, -24)] {
            let late = now.plus(-back * Timestamp::HOUR);
            let tap = city.tap_body(DeviceNumber(device), "siti", "stop_2", late);
            city.must(tap);
        }
        if day % 3 == 0 {
            city.top_up("tono", 12_000);
        }
        city.wait(Timestamp::DAY);
        city.tick();
    }
    city
}

#[test]
fn a_replay_without_the_keys_of_days_past_the_horizon_gives_the_same_state() {
    let city = three_weeks();
    let kept = oldest_key(&city);
    let withheld = city.records().iter().filter(|one| one.movement.as_ref().is_some_and(|m| m.0 < kept));
    assert!(withheld.count() > 80, "there is something to forget");
    let live = state_digest(city.state());
    assert_eq!(digest_without(&city, |_| true), live);
    assert_eq!(digest_without(&city, |date| date >= kept), live);
}

#[test]
fn a_replay_without_a_key_within_the_horizon_gives_another_state() {
    let city = three_weeks();
    let live = state_digest(city.state());
    let kept = oldest_key(&city);
    let dates: std::collections::BTreeSet<CivilDate> =
        city.records().iter().filter_map(|one| one.movement.as_ref().map(|m| m.0)).collect();
    let within: Vec<&CivilDate> = dates.iter().filter(|date| **date >= kept).collect();
    assert!(within.len() >= 7, "{within:?}");
    for missing in within {
        assert_ne!(digest_without(&city, |date| date != *missing), live, "{missing} was not missed");
    }
}

#[test]
fn the_last_day_of_the_horizon_leaves_the_state_with_the_first_tick_after_it() {
    let mut city = City::new().resident("siti").card().purse(100_000);
    city.set_clock(moment("2026-11-23T23:30"));
    city.tap("siti", "stop_1");
    // Seven days after the last microsecond of the service day of the 23rd.
    city.set_clock(moment("2026-12-01T03:59:59.999999"));
    city.tick();
    assert_eq!(city.state().journeys.of(0).len(), 1);
    assert_eq!(oldest_key(&city).to_string(), "2026-11-23");
    city.wait(1);
    city.tick();
    assert_eq!(city.state().journeys.of(0).len(), 0);
    assert_eq!(oldest_key(&city).to_string(), "2026-11-24");
    let live = state_digest(city.state());
    assert_eq!(digest_without(&city, |date| date >= oldest_key(&city)), live);
}

#[test]
fn the_horizon_can_be_changed_and_what_falls_out_of_it_can_be_forgotten() {
    for horizon in [2, 60] {
        let mut city = three_weeks();
        city.must(Body::SetParameter(Parameter::RerateHorizon, horizon * Timestamp::DAY));
        city.tick();
        city.tap("siti", "stop_1");
        let live = state_digest(city.state());
        let kept = oldest_key(&city);
        assert_eq!(digest_without(&city, |date| date >= kept), live, "{horizon} days");
    }
}

#[test]
fn an_ask_is_forgotten_in_time_whatever_is_learnt_about_the_callers_clock() {
    // An ask's place is part of what its id is remembered by: the id must leave the window before the key goes.
    for days in [-10, -1, 1, 10] {
        let mut city = City::new().resident("siti").card().purse(100_000);
        let _ = city.ask("siti", "stop_1");
        let asked = city.now().jakarta_date();
        city.wait(Timestamp::MINUTE);
        let changed = city.send(Body::SetParameter(Parameter::IdClockOffset, days * Timestamp::DAY));
        assert_eq!(changed.is_ok(), days < 0, "the callers' clock never goes back");
        city.must(Body::SetParameter(Parameter::RerateHorizon, 2 * Timestamp::DAY));
        city.set_clock(asked.plus_days(3).midnight().plus(4 * Timestamp::HOUR));
        city.tick();
        let kept = oldest_key(&city);
        assert!(asked < kept);
        assert_eq!(digest_without(&city, |date| date >= kept), state_digest(city.state()), "{days} days");
    }
}

#[test]
fn the_key_of_a_tap_is_its_own_days_unless_its_clock_cannot_be_believed() {
    let mut city = City::new().resident("siti").card().purse(100_000);
    let cases = [
        ("2026-11-23T07:59", "2026-11-23"),
        ("2026-11-22T23:59:59", "2026-11-22"),
        ("2026-11-16T04:00", "2026-11-16"),
        // Of the service day of the 22nd, but its movement is under the key of its own date.
        ("2026-11-23T03:59:59", "2026-11-23"),
        // Held: too late, and from the future.
        ("2026-11-16T03:59:59", "2026-11-23"),
        ("2026-11-24T08:00", "2026-11-23"),
    ];
    for (shows, key) in cases {
        let tap = city.tap_body(DeviceNumber(1), "siti", "stop_1", moment(shows));
        city.must(tap);
        let (date, _) = city.records().last().unwrap().movement.clone().expect("a tap moves");
        assert_eq!(date.to_string(), key, "{shows}");
    }
}

#[test]
fn the_key_of_an_ask_is_the_citys_day_whatever_the_terminal_shows() {
    let mut city = City::new().resident("siti").card().purse(100_000);
    let medium = city.medium("siti");
    let movement = Movement::new(code("stop_1"), moment("2026-11-01T08:00"));
    let mut envelope = city.envelope(Body::Ask(Ask { medium, movement: Some(movement) }));
    envelope.id = CommandId::new(city.now(), 77);
    assert!(matches!(city.submit(&envelope), Step::Decided(Ok(_))));
    let (date, _) = city.records().last().unwrap().movement.clone().unwrap();
    assert_eq!(date, city.now().jakarta_date());
}
