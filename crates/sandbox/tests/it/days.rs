//! The shape of days: peaks, free days, home and back, two modes, visits; the same city from the same seed.

use std::collections::BTreeMap;

use base::{Code, Timestamp};
use engine::Part;
use programmes::service::content::{Content, Mode};

use super::world::{Seen, World, date};

/// A Monday.
const MONDAY: &str = "2026-11-16";

/// Taps of the `day`th day of a city, from 0.
fn on(world: &World, day: i32) -> Vec<&Seen> {
    let date = world.city.begins.plus_days(day);
    world.taps.iter().filter(|tap| tap.device_at.jakarta_date() == date).collect()
}

/// Share of the taps in each hour, in a thousand.
fn hours(taps: &[&Seen]) -> BTreeMap<i64, usize> {
    let mut hours = BTreeMap::new();
    for tap in taps {
        *hours.entry(tap.device_at.jakarta_time().hour()).or_insert(0) += 1_000;
    }
    hours.values_mut().for_each(|count| *count /= taps.len());
    hours
}

#[test]
fn on_a_working_day_each_peak_hour_holds_ten_to_fourteen_in_a_hundred() {
    for seed in 0..5 {
        let world = World::lived(seed, 2_000, date(MONDAY), 2);
        for day in 0..2 {
            let taps = on(&world, day);
            assert!((1_500..3_500).contains(&taps.len()), "{} taps", taps.len());
            let hours = hours(&taps);
            let busiest = |range: std::ops::Range<i64>| {
                range.map(|hour| hours.get(&hour).copied().unwrap_or_default()).max().unwrap_or_default()
            };
            for peak in [busiest(5..11), busiest(15..21)] {
                assert!((100..=140).contains(&peak), "seed {seed}: {peak} in a thousand, {hours:?}");
            }
            assert!(busiest(0..5) < 5 && busiest(11..14) < 70, "{hours:?}");
        }
    }
}

#[test]
fn weekends_and_holidays_are_emptier_and_flatter_and_have_more_visitors() {
    // Thursday 24 December 2026 is joint leave, Friday 25 a holiday.
    let world = World::lived(4, 4_000, date("2026-12-21"), 7);
    let inside = |day| {
        let visits = on(&world, day).into_iter().filter(|tap| tap.place.as_str() == "ragunan" && tap.opened);
        visits.filter(|tap| tap.part == Part::In).count()
    };
    let travel = |day| on(&world, day).len();
    for free in [3, 4, 5, 6] {
        assert!(travel(free) * 10 < travel(1) * 7, "day {free}: {} of {}", travel(free), travel(1));
        assert!(hours(&on(&world, free)).values().max() < Some(&125));
        assert!(
            inside(free) > inside(1),
            "day {free}: {} visitors, {} on a working day",
            inside(free),
            inside(1)
        );
    }
    assert!(inside(1) > 0);
    // Only somebody whom a side door let in by hand.
    assert!(inside(0) <= 1, "the zoo is closed on Mondays");
}

/// Rides of one medium, as where each begins and ends.
struct Ride {
    mode: Mode,
    from: Code,
    to: Code,
    begins: Timestamp,
    ends: Timestamp,
}

/// Journeys of a day: rides of a medium of which each begins soon after the one before.
fn journeys(world: &World, day: i32) -> Vec<Vec<Vec<Ride>>> {
    let content = Content::built_in().unwrap();
    let service = |place: Code| content.places.iter().find(|row| row.code == place).map(|row| row.service);
    let mode = |place| {
        let service = content.service(service(place)?)?;
        service.mode.is_transit().then_some(service.mode)
    };
    let mut by_medium: BTreeMap<u32, Vec<&Seen>> = BTreeMap::new();
    for tap in on(world, day).into_iter().filter(|tap| tap.opened && mode(tap.place).is_some()) {
        by_medium.entry(tap.medium).or_default().push(tap);
    }
    let mut all = Vec::new();
    for mut taps in by_medium.into_values() {
        taps.sort_by_key(|tap| tap.device_at);
        let mut journeys: Vec<Vec<Ride>> = Vec::new();
        for tap in taps {
            let last = journeys.last_mut().and_then(|journey| journey.last_mut());
            match (tap.part, last) {
                (Part::Out, Some(ride)) => (ride.to, ride.ends) = (tap.place, tap.device_at),
                (Part::Out, None) => {}
                (Part::In | Part::Single, last) => {
                    let on_foot =
                        last.is_some_and(|last| tap.device_at.since(last.ends) < 40 * Timestamp::MINUTE);
                    let at = tap.device_at;
                    let mode = mode(tap.place).unwrap();
                    let ride = Ride { mode, from: tap.place, to: tap.place, begins: at, ends: at };
                    match journeys.last_mut().filter(|_| on_foot) {
                        Some(journey) => journey.push(ride),
                        None => journeys.push(vec![ride]),
                    }
                }
            }
        }
        all.push(journeys);
    }
    all
}

#[test]
fn at_least_fifteen_in_a_hundred_journeys_use_two_modes_and_most_people_come_home() {
    let world = World::lived(2, 4_000, date(MONDAY), 1);
    let people = journeys(&world, 0);
    let all: Vec<&Vec<Ride>> = people.iter().flatten().collect();
    assert!(all.len() > 1_000, "{} journeys", all.len());
    let two = all.iter().filter(|rides| rides.iter().any(|ride| ride.mode != rides[0].mode)).count();
    assert!(two * 100 >= all.len() * 15, "{two} of {} journeys on two modes", all.len());
    let trains = |ride: &Ride| ride.mode == Mode::Rail;
    assert!(all.iter().any(|rides| rides.iter().any(trains) && !rides.iter().all(trains)), "train and bus");
    let back = people.iter().filter(|journeys| {
        let (Some(first), Some(last)) = (journeys.first(), journeys.last()) else { return false };
        journeys.len() > 1 && first[0].from == last[last.len() - 1].to && first[0].begins < last[0].begins
    });
    let back = back.count();
    assert!(back * 100 > people.len() * 85, "{back} of {} come back to where they began", people.len());
}

#[test]
fn visitors_stay_some_hours_and_some_leave_without_a_tap() {
    let world = World::lived(3, 6_000, date("2026-11-18"), 5);
    let at_zoo = |part| {
        world.taps.iter().filter(move |tap| tap.place.as_str() == "ragunan" && tap.opened && tap.part == part)
    };
    let (enter, leave) = (at_zoo(Part::In).count(), at_zoo(Part::Out).count());
    assert!(enter > 60 && leave * 100 > enter * 70 && leave * 100 < enter * 97, "{enter} in, {leave} out");
    for out in at_zoo(Part::Out) {
        let mut came =
            at_zoo(Part::In).filter(|tap| tap.medium == out.medium && tap.device_at < out.device_at);
        let stayed = out.device_at.since(came.next_back().unwrap().device_at);
        assert!((30 * Timestamp::MINUTE..5 * Timestamp::HOUR).contains(&stayed), "{stayed}");
    }
}

#[test]
fn the_same_seed_says_the_same_and_another_one_something_else() {
    let lived = |seed| World::lived(seed, 400, date(MONDAY), 3).digest();
    assert_eq!(lived(1), lived(1));
    assert_ne!(lived(1), lived(2));
}

#[test]
fn a_small_city_has_some_of_everything_on_one_day() {
    for seed in 0..4 {
        let world = World::lived(seed, 200, date(MONDAY), 1);
        let some = |what: &str, found: bool| assert!(found, "seed {seed} has no {what}");
        for command in [
            "tap",
            "ask",
            "top_up",
            "purchase",
            "refund",
            "void_purchase",
            "disburse",
            "grant",
            "cash_out",
            "revoke",
        ] {
            some(command, world.commands.contains_key(command));
        }
        for refusal in
            ["medium_blocked", "purse_insufficient", "good_not_allowed", "place_closed", "benefit_missing"]
        {
            some(refusal, world.refusals.contains_key(refusal));
        }
        for incident in ["medium_blocked", "place_crowded", "party_invalid", "entry_missing"] {
            some(incident, world.incidents.contains_key(incident));
        }
        for fare in ["flat", "band", "matrix", "begun", "left"] {
            some(fare, world.fares.contains_key(fare));
        }
        some("late upload", world.taps.windows(2).any(|pair| pair[0].device_at > pair[1].device_at));
        some("free and paid", world.free > 10 && world.paid > 10);
        world.agrees();
    }
}

#[test]
fn each_tap_stands_at_a_terminal_of_its_place_and_a_day_is_lived_once() {
    let mut world = World::lived(6, 200, date(MONDAY), 1);
    for tap in &world.taps {
        let device = world.city.devices.iter().find(|device| device.number.0 == tap.device).unwrap();
        assert!(device.place == tap.place || tap.place.as_str() == "tj.uji_coba", "{tap:?}");
    }
    assert!(world.city.plan(date(MONDAY)).is_err());
    assert!(world.city.plan(date("2031-01-01")).is_err());
}
