//! The time of entries, and what happens when the wall clock cannot be believed.

use std::sync::Arc;

use base::{Clock, ManualClock, Timestamp};
use fixtures::moment;
use journal::Entry;
use runtime::{Busy, Class, Runtime, StartError};

use crate::city::{
    City, Clerk, accepted, answers, any_fault, bounded, entries, hold_engine, no_fault, one, options,
};
use crate::clocks::Hands;

const HOUR: i64 = Timestamp::HOUR;

/// A city whose wall clock can step, and a clerk whose own clock never does.
fn stepping() -> (City, Arc<Hands>, Clerk) {
    let shown = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
    let hands = Hands::new(Arc::clone(&shown));
    let city = City::on(options(no_fault), Arc::clone(&hands) as Arc<dyn Clock>, shown);
    let steady = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
    (city, hands, Clerk::new(steady, 2))
}

fn times(city: &City) -> Vec<Timestamp> {
    entries(&city.journal).iter().map(|bytes| Entry::parse(bytes).unwrap().at()).collect()
}

#[test]
fn a_step_of_the_wall_clock_stops_value_commands_but_not_blocks_until_it_is_accepted() {
    bounded(|| {
        let (city, hands, mut clerk) = stepping();
        let before = *times(&city).last().unwrap();
        hands.pass(Timestamp::SECOND);
        hands.step(HOUR);
        for class in [Class::Ask, Class::Purchase, Class::Upload, Class::Office, Class::Bulk] {
            let refused = city.handle.submit_blocking(class, vec![clerk.top_up(city.siti, 1)]);
            assert_eq!(refused.map(|_| ()), Err(Busy::ClockStepped), "{class:?}");
        }
        assert!(city.handle.clock_stepped());
        accepted(&city.send(Class::Block, clerk.block(city.siti.medium, 2)));
        assert_eq!(*times(&city).last().unwrap(), before.plus(Timestamp::SECOND), "time goes on steadily");
        assert!(city.handle.read_blocking(|_| ()).is_ok(), "the state can be read");

        city.handle.accept_clock();
        assert!(!city.handle.clock_stepped());
        accepted(&city.send(Class::Purchase, clerk.top_up(city.siti, 1)));
        assert_eq!(*times(&city).last().unwrap(), before.plus(HOUR + Timestamp::SECOND));
    });
}

#[test]
fn a_step_that_goes_away_by_itself_ends_the_stop() {
    bounded(|| {
        for step in [HOUR, -HOUR] {
            let (city, hands, mut clerk) = stepping();
            hands.pass(2 * HOUR);
            hands.step(step);
            let mut later = Clerk::new(Arc::new(ManualClock::new(hands.now().plus(-step))), 3);
            let refused = city.handle.submit_blocking(Class::Purchase, vec![clerk.top_up(city.siti, 1)]);
            assert_eq!(refused.map(|_| ()), Err(Busy::ClockStepped));
            hands.step(-step);
            accepted(&city.send(Class::Purchase, later.top_up(city.siti, 1)));
            assert!(!city.handle.clock_stepped());
        }
    });
}

#[test]
fn a_step_back_that_is_accepted_never_takes_the_entries_back() {
    bounded(|| {
        let (city, hands, mut clerk) = stepping();
        hands.step(-HOUR);
        let refused = city.handle.submit_blocking(Class::Purchase, vec![clerk.top_up(city.siti, 1)]);
        assert_eq!(refused.map(|_| ()), Err(Busy::ClockStepped));
        city.handle.accept_clock();
        for _ in 0..3 {
            accepted(&city.send(Class::Purchase, clerk.top_up(city.siti, 1)));
            hands.pass(40 * Timestamp::MINUTE);
        }
        let times = times(&city);
        assert!(times.is_sorted(), "{times:?}");
        assert_eq!(times[times.len() - 1], moment("2026-11-23T08:20"));
        assert_eq!(
            times[times.len() - 2],
            moment("2026-11-23T08:00"),
            "it stands until the clock has caught up"
        );
    });
}

#[test]
fn small_steps_are_followed_and_entry_times_never_decrease() {
    bounded(|| {
        let (city, hands, mut clerk) = stepping();
        for step in [300_000, -900_000, 0, 700_000, -100, -500_000, 999_999] {
            hands.pass(1_000);
            hands.step(step);
            accepted(&city.send(Class::Purchase, clerk.top_up(city.siti, 1)));
        }
        let times = times(&city);
        assert!(times.is_sorted(), "{times:?}");
        assert_eq!(times.len(), 10);
        assert_eq!(*times.last().unwrap(), hands.now());
    });
}

#[test]
fn work_that_waited_while_the_clock_stepped_is_told_so_and_can_be_sent_again() {
    bounded(|| {
        let (city, hands, mut clerk) = stepping();
        let release = hold_engine(&city.handle);
        let top_up = clerk.top_up(city.siti, 5_000);
        let waiting = city.enqueue(Class::Purchase, &top_up);
        hands.step(HOUR);
        release.send(()).unwrap();
        assert_eq!(answers(waiting).map(|_| ()), Err(Busy::ClockStepped));
        city.handle.accept_clock();
        // Meanwhile an hour has passed for the city, but the id is still within the window.
        accepted(&one(city.handle.submit_blocking(Class::Purchase, vec![top_up])));
    });
}

#[test]
fn a_clock_behind_the_last_entry_is_a_failed_start_and_one_at_it_is_not() {
    bounded(|| {
        let mut city = City::new();
        city.clock.advance(HOUR);
        let top_up = city.clerk.top_up(city.siti, 1);
        accepted(&city.send(Class::Purchase, top_up));
        city.runtime.shutdown().unwrap();
        let last = moment("2026-11-23T09:00");
        for (now, starts) in [(last.plus(-1), false), (last.plus(-HOUR), false), (last, true)] {
            let clock = Arc::new(ManualClock::new(now));
            let keys = Arc::clone(&city.keys);
            let started = Runtime::start(Box::new(city.journal.clone()), keys, clock, options(any_fault));
            match started {
                Ok(runtime) => {
                    assert!(starts);
                    assert_eq!(runtime.handle().durable().at, last);
                    runtime.shutdown().unwrap();
                }
                Err(StartError::ClockBehind { now: shown, last: entry }) => {
                    assert!(!starts);
                    assert_eq!((shown, entry), (now, last));
                }
                Err(other) => panic!("{other}"),
            }
        }
    });
}
