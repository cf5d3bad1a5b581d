//! The people of a city: the same from the same seed, in realistic shares, with numbers that belong to nobody.

use std::collections::HashSet;

use base::{CivilDate, Nik, RegionLevel, RegionTable};
use sandbox::city::{City, CityError};

fn begins() -> CivilDate {
    CivilDate::parse("2026-11-16").unwrap()
}

fn city(seed: u64) -> City {
    City::generate(seed, 200, begins()).unwrap()
}

#[test]
fn a_city_has_exactly_the_people_asked_for_and_refuses_what_cannot_be() {
    for count in [20, 200, 999] {
        let city = City::generate(5, count, begins()).unwrap();
        assert_eq!(city.residents.len(), count);
        let housed: usize = city.households.iter().map(|household| household.members.len()).sum();
        assert_eq!(housed, count);
    }
    assert!(matches!(City::generate(5, 19, begins()), Err(CityError::Residents { asked: 19 })));
}

#[test]
fn every_identity_number_is_valid_without_warning_unique_and_nobodys() {
    let city = City::generate(9, 3_000, begins()).unwrap();
    let mut seen = HashSet::new();
    for resident in &city.residents {
        let (nik, warnings) = Nik::parse(&resident.nik.reveal()).unwrap();
        assert!(warnings.is_empty() && nik.is_synthetic(), "{nik:?} {warnings:?}");
        assert!(nik.compare(resident.birth_date, resident.sex).is_empty(), "{nik:?}");
        assert!(seen.insert(nik), "{nik:?} stands twice");
    }
    let holders: HashSet<_> = city.residents.iter().map(|resident| resident.holder).collect();
    assert_eq!(holders.len(), city.residents.len());
    let cards: HashSet<_> = city.households.iter().map(|household| &household.family_card).collect();
    assert_eq!(cards.len(), city.households.len());
    assert!(cards.iter().all(|card| card.len() == 16 && &card[4..6] == "99"));
}

#[test]
fn everybody_lives_in_a_kelurahan_of_the_table_and_the_large_cities_have_more() {
    let city = City::generate(9, 3_000, begins()).unwrap();
    let table = RegionTable::jakarta();
    let mut by_city = std::collections::BTreeMap::new();
    for resident in &city.residents {
        assert_eq!(resident.home.level(), RegionLevel::Village);
        assert!(table.get(resident.home).is_some(), "{}", resident.home);
        *by_city.entry(resident.home.at(RegionLevel::City).unwrap().to_string()).or_insert(0) += 1;
    }
    assert!(by_city["31.75"] > by_city["31.73"] && by_city["31.73"] > by_city["31.71"], "{by_city:?}");
}

#[test]
fn the_city_of_a_demonstration_has_people_in_every_kelurahan() {
    let city = City::generate(1, 20_000, begins()).unwrap();
    let lived_in: HashSet<_> = city.residents.iter().map(|resident| resident.home).collect();
    let villages = RegionTable::jakarta().level(RegionLevel::Village).map(|region| region.code);
    let empty: Vec<String> =
        villages.filter(|code| !lived_in.contains(code)).map(|code| code.to_string()).collect();
    assert!(empty.is_empty(), "nobody lives in {empty:?}");
    assert_eq!(lived_in.len(), 267);
}

/// Of a thousand residents so many hold a benefit.
fn share(city: &City, benefits: &[&str]) -> usize {
    let holds = |one: &&sandbox::city::Resident| {
        one.rights
            .iter()
            .any(|right| benefits.iter().any(|prefix| right.benefit.as_str().starts_with(prefix)))
    };
    city.residents.iter().filter(holds).count() * 1_000 / city.residents.len()
}

#[test]
fn benefits_are_held_in_realistic_shares_by_those_who_may_hold_them() {
    let city = City::generate(1, 20_000, begins()).unwrap();
    for (benefits, least, greatest) in [
        (&["transport_gratis"][..], 120, 260),
        (&["transport_gratis.lansia_60"], 70, 105),
        (&["kjp_plus"], 40, 75),
        (&["klj"], 12, 26),
        (&["kjmu"], 1, 6),
        (&["kaj"], 1, 6),
        (&["kpdj"], 3, 14),
        (&["transport_gratis.pkk"], 2, 10),
        (&["transport_gratis.pjlp_non_asn"], 3, 15),
        (&["transport_gratis.pendidik_paud"], 1, 6),
        (&["transport_gratis.penghuni_rusunawa"], 5, 20),
        (&["pangan"], 70, 130),
    ] {
        let held = share(&city, benefits);
        assert!((least..=greatest).contains(&held), "{benefits:?}: {held} in a thousand");
    }
    let age = |one: &sandbox::city::Resident| (begins().0 - one.birth_date.0) / 365;
    for resident in &city.residents {
        let of = |prefix: &str| {
            resident.rights.iter().filter(|right| right.benefit.as_str().starts_with(prefix)).count()
        };
        assert!(of("transport_gratis") <= 1, "one group per person");
        assert!(of("kjp_plus") + of("klj") + of("kaj") + of("kpdj") + of("kjmu") <= 1, "one wallet");
        assert!(of("transport_gratis.lansia_60") == 0 || age(resident) >= 60);
        assert!(of("kjp_plus") == 0 || resident.school.is_some());
        for right in &resident.rights {
            assert!(right.from <= begins() && begins() <= right.to, "{right:?}");
            assert!(!right.renewable || right.to <= right.from.last_of_months(6), "{right:?}");
        }
    }
}

#[test]
fn pupils_go_to_a_school_and_tenants_live_in_numbered_units() {
    let city = City::generate(1, 4_000, begins()).unwrap();
    let pupils: Vec<_> = city.residents.iter().filter_map(|one| one.school).collect();
    assert!((400..900).contains(&pupils.len()), "{}", pupils.len());
    assert!(pupils.iter().all(|school| (*school as usize) < city.schools.len()));
    let units: Vec<u32> = city.households.iter().filter_map(|household| household.flat).collect();
    assert_eq!(units, (1..=u32::try_from(units.len()).unwrap()).collect::<Vec<_>>());
    assert!(units.len() > 10);
}

#[test]
fn everybody_has_one_chip_card_some_a_code_or_a_phone_a_few_are_blocked_or_empty() {
    let city = city(3);
    let media: Vec<_> = city.residents.iter().flat_map(|resident| &resident.media).collect();
    assert!(media.iter().zip(0..).all(|(medium, serial)| medium.serial.0 == serial), "serials are dense");
    let of = |kind: &str| media.iter().filter(|medium| medium.kind.as_str() == kind).count();
    assert_eq!(of("chip"), 200);
    assert!((10..45).contains(&of("qr")) && (2..25).contains(&of("phone")), "{} {}", of("qr"), of("phone"));
    assert_eq!(media.iter().filter(|medium| medium.blocked.is_some()).count(), 3);
    let empty = city.residents.iter().filter(|resident| resident.opening_purse.is_zero()).count();
    assert!((3..=20).contains(&empty), "{empty}");
}

#[test]
fn every_terminal_has_a_key_of_its_own() {
    let city = city(3);
    let keys: HashSet<_> = city.devices.iter().map(|device| device.key.verifying_key().to_bytes()).collect();
    let numbers: HashSet<_> = city.devices.iter().map(|device| device.number).collect();
    assert!(city.devices.len() > 20 && keys.len() == city.devices.len() && numbers.len() == keys.len());
}
