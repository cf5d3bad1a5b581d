//! The shape of a day: peaks, visits, top-ups, refusals, an outage; terminals that count without gaps.

use std::collections::BTreeMap;

use base::CivilDate;
use engine::{Incident, Refusal};
use sandbox::city::{City, CityError, Event, Happening, TapEvent};

/// A Monday.
const MONDAY: &str = "2026-11-16";

fn date(text: &str) -> CivilDate {
    CivilDate::parse(text).unwrap()
}

fn city(seed: u64) -> City {
    City::generate(seed, 200, date(MONDAY)).unwrap()
}

fn taps(events: &[Event]) -> Vec<TapEvent> {
    let tap = |event: &Event| match &event.happening {
        Happening::Tap(tap) => Some(tap.clone()),
        Happening::Ask(_) | Happening::TopUp(_) => None,
    };
    events.iter().filter_map(tap).collect()
}

/// Share of the taps in each hour, in a thousand.
fn hours(taps: &[TapEvent]) -> BTreeMap<i64, usize> {
    let mut hours = BTreeMap::new();
    for tap in taps {
        *hours.entry(tap.device_at.jakarta_time().hour()).or_insert(0) += 1_000;
    }
    hours.values_mut().for_each(|count| *count /= taps.len());
    hours
}

#[test]
fn on_a_working_day_each_peak_hour_holds_ten_to_fourteen_in_a_hundred() {
    for seed in 0..10 {
        let day = city(seed).day(date(MONDAY)).unwrap();
        let taps = taps(&day);
        assert!((250..600).contains(&taps.len()), "{} taps", taps.len());
        let hours = hours(&taps);
        let busiest = |range: std::ops::Range<i64>| {
            range.map(|hour| hours.get(&hour).copied().unwrap_or_default()).max().unwrap_or_default()
        };
        for peak in [busiest(5..11), busiest(15..21)] {
            assert!((100..=140).contains(&peak), "seed {seed}: {peak} in a thousand, {hours:?}");
        }
        assert!(busiest(0..5) == 0 && busiest(11..15) < 100, "{hours:?}");
    }
}

#[test]
fn a_free_day_is_flatter_and_has_more_visitors() {
    let visitors = |day: &[Event]| taps(day).iter().filter(|tap| tap.place.as_str() == "ragunan").count();
    let mut city = city(4);
    let tuesday = city.day(date("2026-11-17")).unwrap();
    let sunday = city.day(date("2026-11-22")).unwrap();
    let monday = city.day(date("2026-11-23")).unwrap();
    assert!(taps(&sunday).len() < taps(&tuesday).len());
    assert!(hours(&taps(&sunday)).values().max() < Some(&140));
    assert!(visitors(&tuesday) > 0 && visitors(&sunday) > visitors(&tuesday));
    assert_eq!(visitors(&monday), 0, "the zoo is closed on Mondays");
}

#[test]
fn a_day_has_free_paid_refused_and_incident_candidates() {
    for seed in 0..10 {
        let mut city = city(seed);
        let day = city.day(date(MONDAY)).unwrap();
        let taps = taps(&day);
        let some = |what: &str, found: bool| assert!(found, "seed {seed} has no {what}");
        some("free tap", taps.iter().any(|tap| tap.expected.by_benefit && tap.expected.charged.is_zero()));
        some(
            "paid tap",
            taps.iter().any(|tap| !tap.expected.charged.is_zero() && tap.expected.debt.is_zero()),
        );
        some("blocked card", taps.iter().any(|tap| tap.refused == Some(Refusal::MediumBlocked)));
        some("empty purse", taps.iter().any(|tap| tap.refused == Some(Refusal::PurseInsufficient)));
        some("incident", taps.iter().any(|tap| tap.expected.incident == Some(Incident::MediumBlocked)));
        some("late upload", taps.iter().filter(|tap| tap.offline).count() >= 2);
        some("top-up", day.iter().any(|event| matches!(event.happening, Happening::TopUp(_))));
    }
}

#[test]
fn events_come_in_order_of_time_and_terminals_count_without_gaps() {
    let mut city = city(6);
    let mut last = BTreeMap::new();
    let mut late = 0;
    for day in ["2026-11-16", "2026-11-17", "2026-11-18"] {
        let day = city.day(date(day)).unwrap();
        assert!(day.windows(2).all(|pair| pair[0].at <= pair[1].at));
        let mut taps = taps(&day);
        late += taps.windows(2).filter(|pair| pair[0].device_at > pair[1].device_at).count();
        taps.sort_by_key(|tap| (tap.device, tap.seq));
        for tap in taps {
            let (seq, at) = last.get(&tap.device).copied().unwrap_or_default();
            assert_eq!(tap.seq, seq + 1, "{:?}", tap.device);
            assert!(tap.device_at >= at);
            last.insert(tap.device, (tap.seq, tap.device_at));
        }
    }
    assert!(late > 0, "a backlog arrives out of order");
}

#[test]
fn each_tap_stands_at_a_terminal_of_its_place() {
    let mut city = city(6);
    let day = city.day(date(MONDAY)).unwrap();
    for tap in taps(&day) {
        let device = city.devices.iter().find(|device| device.number == tap.device).unwrap();
        assert_eq!((device.place, device.epoch), (tap.place, tap.epoch));
    }
}

#[test]
fn a_day_is_lived_once() {
    let mut city = city(6);
    city.day(date("2026-11-18")).unwrap();
    let again = city.day(date("2026-11-18")).unwrap_err();
    assert!(matches!(again, CityError::Day { .. }), "{again}");
    assert!(matches!(city.day(date("2031-01-01")), Err(CityError::Calendar(_))));
}
