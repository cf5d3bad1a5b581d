//! The people of a city: the same from the same seed, in realistic shares, with numbers that belong to nobody.

use std::collections::HashSet;

use base::{CivilDate, Nik, RegionLevel, RegionTable};
use sandbox::city::{City, CityError};
use sha2::{Digest, Sha256};

fn begins() -> CivilDate {
    CivilDate::parse("2026-11-16").unwrap()
}

fn city(seed: u64) -> City {
    City::generate(seed, 200, begins()).unwrap()
}

fn digest(city: &mut City) -> String {
    let day = city.day(begins()).unwrap();
    let niks: Vec<String> = city.residents.iter().map(|resident| resident.nik.reveal()).collect();
    let keys: Vec<[u8; 32]> = city.devices.iter().map(|device| device.key.to_bytes()).collect();
    let printed = format!("{:?}{:?}{niks:?}{keys:?}{day:?}", city.residents, city.households);
    Sha256::digest(printed).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_same_seed_gives_the_same_city_and_the_same_day() {
    assert_eq!(digest(&mut city(1)), digest(&mut city(1)));
    assert_ne!(digest(&mut city(1)), digest(&mut city(2)));
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
fn the_old_are_ten_to_twelve_in_a_hundred_and_hold_the_benefit_for_at_most_six_months() {
    for seed in 0..5 {
        let city = city(seed);
        let old = city.residents.iter().filter(|resident| resident.category.as_str() == "elderly").count();
        assert!((20..=24).contains(&old), "{old} of 200");
        let held: Vec<_> = city
            .residents
            .iter()
            .filter_map(|one| one.entitlement.as_ref().map(|held| (one, held)))
            .collect();
        assert!(held.len() >= 12, "{}", held.len());
        for (resident, held) in held {
            assert_eq!(resident.category.as_str(), "elderly");
            assert_eq!(held.benefit.as_str(), "transport_gratis.lansia_60");
            assert!(held.from <= begins() && held.to >= begins(), "{held:?}");
            assert!(held.to.0 - held.from.0 <= 184, "{held:?}");
        }
    }
}

#[test]
fn everybody_has_one_chip_card_some_a_code_a_few_are_blocked_or_empty() {
    let city = city(3);
    let media: Vec<_> = city.residents.iter().flat_map(|resident| &resident.media).collect();
    assert!(media.iter().zip(0..).all(|(medium, serial)| medium.serial.0 == serial), "serials are dense");
    let chips = media.iter().filter(|medium| medium.kind.as_str() == "chip").count();
    assert_eq!(chips, 200);
    assert!((15..60).contains(&(media.len() - chips)), "{}", media.len());
    assert!((3..=6).contains(&media.iter().filter(|medium| medium.blocked.is_some()).count()));
    let empty = city.residents.iter().filter(|resident| resident.opening_purse.is_zero()).count();
    assert!((4..=20).contains(&empty), "{empty}");
    for resident in &city.residents {
        for medium in &resident.media {
            assert_eq!(city.resident_of(medium.serial).unwrap().index, resident.index);
        }
    }
}

#[test]
fn every_terminal_has_a_key_of_its_own() {
    let city = city(3);
    let keys: HashSet<_> = city.devices.iter().map(|device| device.key.verifying_key().to_bytes()).collect();
    let numbers: HashSet<_> = city.devices.iter().map(|device| device.number).collect();
    assert!(city.devices.len() > 20 && keys.len() == city.devices.len() && numbers.len() == keys.len());
}
