//! The journal is the state: same commands, same bytes; same bytes, same state, with or without old keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{CivilDate, Clock, ManualClock, Timestamp};
use engine::journeys::first_kept_date;
use engine::{Body, Envelope, Event, HeldReason, state_digest};
use fixtures::moment;
use journal::{Entry, Journal, KeyRing, Memory};
use runtime::{Class, Runtime};

use crate::city::{
    City, Clerk, SEED, accepted, any_fault, bounded, entries, no_fault, options, records, replayed_digest,
};

/// Plays the same commands in groups of `group` on a fresh journal and answers every entry.
fn played(group: usize, seed: [u8; 32], step: i64) -> Vec<Arc<[u8]>> {
    let journal = Memory::new();
    let clock = Arc::new(ManualClock::new(moment("2026-11-23T06:00")));
    let keys = Arc::new(KeyRing::in_memory(seed));
    let shown = Arc::clone(&clock) as Arc<dyn Clock>;
    let runtime = Runtime::start(Box::new(journal.clone()), keys, shown, options(no_fault)).unwrap();
    let mut clerk = Clerk::predictable(clock.clone(), 1);
    let mut script: Vec<Envelope> = clerk.content();
    let people: Vec<_> = (0..5).map(|n| clerk.person(n, 10_000)).collect();
    script.extend(people.iter().flat_map(|(_, opening)| opening.clone()));
    for seq in 1..=20 {
        let (person, _) = people[usize::try_from(seq).unwrap() % people.len()];
        let at = clock.now().plus(i64::try_from(seq).unwrap() * Timestamp::SECOND);
        script.push(clerk.ask(person.medium, "station_1"));
        script.push(clerk.tap((1, seq), person.medium, at));
        script.push(clerk.tap((1, seq), person.medium, at));
        script.push(clerk.block(person.medium, seq));
    }
    for commands in script.chunks(group) {
        clock.advance(step);
        runtime.handle().submit_blocking(Class::Office, commands.to_vec()).unwrap();
    }
    runtime.shutdown().unwrap();
    entries(&journal)
}

#[test]
fn the_same_commands_under_the_same_clock_keys_and_batches_give_the_same_bytes() {
    bounded(|| {
        for group in [1, 7, 1_000] {
            let (first, second) = (played(group, SEED, 1_000_000), played(group, SEED, 1_000_000));
            assert!(first.len() > 2);
            assert!(first == second, "groups of {group}");
        }
        // What the bytes depend on: other keys, times or batches give others.
        let first = played(7, SEED, 1_000_000);
        for other in [played(7, [8; 32], 1_000_000), played(7, SEED, 1_000_001), played(8, SEED, 1_000_000)] {
            assert!(first != other);
        }
    });
}

#[test]
fn a_replay_gives_the_state_of_the_shutdown_and_a_new_start_goes_on_from_there() {
    bounded(|| {
        let mut city = City::new();
        for seq in 1..=50 {
            city.clock.advance(Timestamp::MINUTE);
            let tap = city.clerk.tap((1, seq), city.siti.medium, city.clock.now());
            accepted(&city.send(Class::Upload, tap));
        }
        let engine = city.runtime.shutdown().unwrap();
        let digest = state_digest(&engine.state);
        assert_eq!(replayed_digest(&city.journal, &city.keys), digest);
        assert_eq!(engine.state.position.seq, city.journal.head().seq);
        fixtures::books(&engine.state).unwrap();

        let epoch = engine.state.epoch;
        let keys = Arc::clone(&city.keys);
        let again =
            Runtime::start(Box::new(city.journal.clone()), keys, city.clock, options(no_fault)).unwrap();
        let mut state = again.handle().read_blocking(|engine| engine.state.clone()).unwrap().value;
        assert_ne!(state_digest(&state), digest, "the epoch entry is part of the state");
        assert_eq!(state.epoch, epoch + 1);
        // Without the epoch entry it is the state of before.
        (state.epoch, state.position) = (epoch, engine.state.position);
        assert_eq!(state_digest(&state), digest);
        let engine = again.shutdown().unwrap();
        assert_eq!(state_digest(&engine.state), replayed_digest(&city.journal, &city.keys));
    });
}

/// A ring that has the keys of `days` but those that `destroyed` names.
fn ring(days: &[CivilDate], destroyed: impl Fn(CivilDate) -> bool) -> KeyRing {
    let ring = KeyRing::in_memory(SEED);
    for date in days {
        ring.day_or_create(*date).unwrap();
        if destroyed(*date) {
            ring.destroy_day(*date).unwrap();
        }
    }
    ring
}

/// Twelve days of asks and of taps, some late, some with a clock nobody can believe.
fn twelve_days(city: &mut City) {
    let mut seq = 0;
    let mut tap = |city: &mut City, at: Timestamp| {
        seq += 1;
        let tap = city.clerk.tap((1, seq), city.siti.medium, at);
        accepted(&city.send(Class::Upload, tap));
    };
    for day in 0..12 {
        for _ in 0..3 {
            city.clock.advance(Timestamp::HOUR);
            let now = city.clock.now();
            let ask = city.clerk.ask(city.siti.medium, "stop_1");
            accepted(&city.send(Class::Ask, ask));
            tap(city, now);
        }
        let now = city.clock.now();
        if day >= 3 {
            tap(city, now.plus(-3 * Timestamp::DAY));
            tap(city, now.plus(-20 * Timestamp::DAY));
            tap(city, now.plus(2 * Timestamp::DAY));
        }
        city.clock.advance(21 * Timestamp::HOUR);
    }
}

#[test]
fn a_replay_without_the_keys_older_than_the_horizon_gives_the_same_state() {
    bounded(|| {
        let mut city = City::new();
        twelve_days(&mut city);
        let engine = city.runtime.shutdown().unwrap();
        let digest = state_digest(&engine.state);
        let days = city.keys.days().unwrap();
        let horizon = first_kept_date(city.journal.head().at, engine.state.parameters.rerate_horizon);
        let (old, kept): (Vec<CivilDate>, Vec<CivilDate>) = days.iter().partition(|date| **date < horizon);
        assert!(old.len() >= 3 && kept.len() >= 6, "{old:?} {kept:?}");

        let forgetful = ring(&days, |date| date < horizon);
        assert_eq!(replayed_digest(&city.journal, &forgetful), digest);
        let (all, left) = (records(&city.journal, &city.keys), records(&city.journal, &forgetful));
        let read = |records: &[engine::Record]| {
            records.iter().filter(|record| record.envelope.body.movement().is_some()).count()
        };
        assert!(read(&left) < read(&all), "something was forgotten");
        let held = |reason| {
            let held = |event: &Event| matches!(event, Event::TapHeld(why, _) if *why == reason);
            left.iter().any(|record| record.outcome.iter().flatten().any(held))
        };
        assert!(held(HeldReason::Future) && held(HeldReason::TooLate));

        // A new process on the forgetful ring decides on from the same state.
        let forgetful = Arc::new(forgetful);
        let journal = Box::new(city.journal.clone());
        let again = Runtime::start(journal, Arc::clone(&forgetful), city.clock, options(any_fault)).unwrap();
        let engine = again.shutdown().unwrap();
        assert_eq!(state_digest(&engine.state), replayed_digest(&city.journal, &city.keys));
    });
}

#[test]
fn a_key_within_the_horizon_is_part_of_the_state() {
    bounded(|| {
        let mut city = City::new();
        twelve_days(&mut city);
        let engine = city.runtime.shutdown().unwrap();
        let digest = state_digest(&engine.state);
        let days = city.keys.days().unwrap();
        let traced: BTreeSet<CivilDate> = engine.state.journeys.days().map(|(date, _)| *date).collect();
        assert!(traced.len() >= 6);
        for date in traced {
            let without = ring(&days, |other| other == date);
            assert_ne!(replayed_digest(&city.journal, &without), digest, "{date}");
        }
    });
}

#[test]
fn taps_keep_their_place_out_of_the_readable_part() {
    bounded(|| {
        let mut city = City::new();
        let tap = city.clerk.tap((1, 1), city.siti.medium, city.clock.now());
        let at = accepted(&city.send(Class::Upload, tap));
        assert!(at.shown.unwrap().open);
        let last = entries(&city.journal).pop().unwrap();
        let entry = Entry::parse(&last).unwrap();
        let stored = entry.records().nth(1).unwrap();
        assert!(!last.windows(6).any(|window| window == b"stop_1"));
        let movement = city.keys.open_movement(entry.seq(), 1, &stored.movement.unwrap()).unwrap().unwrap();
        assert!(movement.windows(6).any(|window| window == b"stop_1"));
        let records = records(&city.journal, &city.keys);
        assert!(matches!(&records.last().unwrap().envelope.body, Body::Tap(tap) if tap.movement.is_some()));
    });
}
