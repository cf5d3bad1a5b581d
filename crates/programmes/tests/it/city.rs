//! The city's content against the facts it was written from.

use std::collections::BTreeSet;

use base::{CivilDate, Code, Timestamp};
use engine::{Amount, Body, Cash, DayKind, Evidence, Period, PriceRule, Unit};
use programmes::service::content::{Basis, Benefit, Content, Tariff, TermKind};

fn city() -> Content {
    Content::built_in().unwrap_or_else(|errors| panic!("{errors}"))
}

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

fn benefit(content: &Content, name: &str) -> Benefit {
    content.benefits.iter().find(|row| row.code == code(name)).unwrap_or_else(|| panic!("no {name}")).clone()
}

fn tariff(content: &Content, service: &str) -> Tariff {
    content.tariff(code(service), CivilDate::parse("2026-11-22").unwrap()).unwrap().clone()
}

#[test]
fn every_row_is_dated_with_basis_and_evidence_and_what_is_assumed_says_why() {
    let content = city();
    let documents: BTreeSet<Code> = content.documents.iter().map(|row| row.id).collect();
    let mut rows: Vec<(Code, &Basis)> = Vec::new();
    rows.extend(content.organisations.iter().map(|row| (row.code, &row.basis)));
    rows.extend(content.services.iter().map(|row| (row.code, &row.basis)));
    rows.extend(content.places.iter().map(|row| (row.code, &row.basis)));
    rows.extend(content.calendars.iter().map(|row| (row.code, &row.basis)));
    rows.extend(content.tariffs.iter().map(|row| (row.service, &row.basis)));
    rows.extend(content.integrations.iter().map(|row| (row.code, &row.basis)));
    rows.extend(content.benefits.iter().map(|row| (row.code, &row.basis)));
    assert!(rows.len() > 100, "{} rows", rows.len());
    for (row, basis) in rows {
        assert!(documents.contains(&basis.legal_basis), "{row}");
        let reason = basis.reason.as_deref().unwrap_or_default();
        assert!(basis.evidence != Evidence::Assumed || reason.len() > 20, "{row}");
        assert!(basis.valid_from > CivilDate(0), "{row}");
    }
}

#[test]
fn each_service_has_a_price_and_a_place_of_its_own_code() {
    let content = city();
    for service in &content.services {
        assert!(content.places.iter().any(|place| place.code == service.code), "{}", service.code);
        assert!(content.tariffs.iter().any(|tariff| tariff.service == service.code), "{}", service.code);
    }
}

#[test]
fn prices_are_those_of_the_reference() {
    let content = city();
    let price = |service| tariff(&content, service).price.0;
    let prices =
        ["tj.brt", "tj.nonbrt", "tj.mikrotrans", "tj.royaltrans", "lrt", "krl", "ragunan"].map(price);
    assert_eq!(prices, [3_500, 3_500, 0, 20_000, 5_000, 3_000, 4_000]);
    assert_eq!(["ragunan.schmutzer", "ragunan.parking_car", "rusunawa"].map(price), [7_500, 6_000, 765_000]);
    assert!(tariff(&content, "ragunan.parking_car").rules.per_entry);
    let of = |service, category: &str| {
        let prices = tariff(&content, service).rules.categories;
        prices.iter().find(|row| row.category == code(category)).unwrap().price.0
    };
    assert_eq!((of("ragunan", "child"), of("monas.cawan", "student")), (3_000, 3_000));
    assert_eq!((of("monas.cawan", "child"), of("monas.puncak", "student")), (2_000, 8_000));
    for service in ["tj.brt", "tj.nonbrt"] {
        let [early] = tariff(&content, service).rules.bands.try_into().unwrap();
        assert_eq!((early.from.0, early.until.0), (5 * Timestamp::HOUR, 7 * Timestamp::HOUR));
        assert_eq!(early.price, Amount(2_000));
    }
    for service in ["tj.brt", "tj.nonbrt", "mrt", "lrt"] {
        let days = tariff(&content, service).rules.overrides;
        assert!(days.len() == 4 && days.iter().all(|row| row.price == Amount(1)), "{service}");
    }
    assert!(
        tariff(&content, "tj.royaltrans").rules.is_empty()
            && tariff(&content, "tj.mikrotrans").rules.is_empty()
    );
}

#[test]
fn the_mrt_matrix_is_whole_the_same_both_ways_and_that_of_the_reference() {
    let matrix = tariff(&city(), "mrt").rules.matrix.unwrap();
    assert_eq!(matrix.stops.len(), 13);
    assert!(matrix.is_whole() && matrix.least() == Amount(3_000));
    for one in &matrix.stops {
        for other in &matrix.stops {
            let fare = matrix.fare(one, other);
            assert_eq!(fare, matrix.fare(other, one));
            assert_eq!(fare.is_none(), one == other);
            assert!(fare.is_none_or(|fare| (3_000..=14_000).contains(&fare.0)));
        }
    }
    let fare = |one: &str, other: &str| {
        matrix.fare(&code(&format!("mrt.{one}")), &code(&format!("mrt.{other}"))).unwrap().0
    };
    assert_eq!((fare("lebak_bulus", "bundaran_hi"), fare("lebak_bulus", "asean")), (14_000, 9_000));
    assert_eq!((fare("istora", "bendungan_hilir"), fare("istora", "bundaran_hi")), (3_000, 5_000));
    assert_eq!((fare("fatmawati", "cipete_raya"), fare("senayan", "setiabudi")), (4_000, 4_000));
}

#[test]
fn the_integrated_fare_is_that_of_the_decree_and_its_published_kilometres() {
    let content = city();
    let [fare] = content.integrations.as_slice() else { panic!("one integration") };
    let figures = (fare.boarding.0, fare.per_kilometre.0, fare.cap.0, fare.modes_min);
    assert_eq!(figures, (2_500, 250, 10_000, 2));
    assert_eq!(fare.window, 10_800 * Timestamp::SECOND);
    let kilometres = |one: &str, other: &str| {
        let (one, other) = (code(one), code(other));
        let mut found = fare.distances.iter();
        let pair = found.find(|row| [(one, other), (other, one)].contains(&(row.from, row.to))).unwrap();
        pair.metres.div_ceil(1_000)
    };
    let legs =
        [("lrt.pegangsaan_dua", "lrt.velodrome"), ("tj.pemuda", "tj.csw"), ("mrt.asean", "mrt.lebak_bulus")];
    assert_eq!(legs.map(|(one, other)| kilometres(one, other)), [6, 12, 8]);
    let of_mrt = fare.distances.iter().filter(|row| row.from.as_str().starts_with("mrt."));
    assert_eq!(of_mrt.count(), 13 * 12 / 2);
}

#[test]
fn free_transport_has_fifteen_groups_of_six_months_and_one_group_per_person() {
    let content = city();
    let groups: Vec<_> =
        content.benefits.iter().filter(|row| row.code.as_str().starts_with("transport_gratis.")).collect();
    assert_eq!(groups.len(), 15);
    for group in groups {
        assert_eq!((group.rules.months_max, group.price, group.assurance_min), (Some(6), PriceRule::Free, 2));
        assert_eq!(group.rules.exclusive, Some(code("transport_gratis")));
        let services = ["tj.brt", "tj.nonbrt", "tj.mikrotrans", "mrt", "lrt"].map(code);
        assert_eq!(group.services, services, "{}", group.code);
    }
    benefit(&content, "transport_gratis.jumantik_karangtaruna_dasawisma_posyandu");
}

#[test]
fn aid_is_paid_by_level() {
    let content = city();
    let month = |code: &str| {
        let aid = benefit(&content, code).aid_month.unwrap();
        (aid.routine.0 + aid.periodic.0, aid.private_fees.0)
    };
    let table = [
        ("kjp_plus.sd", 250_000, 130_000),
        ("kjp_plus.smp", 300_000, 170_000),
        ("kjp_plus.sma", 420_000, 290_000),
        ("kjp_plus.smk", 450_000, 240_000),
        ("kjp_plus.pkbm", 300_000, 0),
        ("klj", 300_000, 0),
        ("kaj", 300_000, 0),
        ("kpdj", 300_000, 0),
    ];
    for (code, total, fees) in table {
        assert_eq!(month(code), (total, fees), "{code}");
    }
}

#[test]
fn kjp_buys_nineteen_goods_at_nine_kinds_of_shop_and_gives_a_hundred_thousand_in_cash() {
    let content = city();
    for level in ["sd", "smp", "sma", "smk", "pkbm"] {
        let rules = benefit(&content, &format!("kjp_plus.{level}")).rules;
        let (wallet, quota) = (rules.wallet.unwrap(), rules.quota.unwrap());
        assert_eq!((wallet.goods.len(), wallet.merchant_types.len(), wallet.cash), (19, 9, Cash::Quota));
        assert_eq!((quota.limit, quota.unit, quota.period), (Amount(100_000), Unit::Rupiah, Period::Month));
        for kind in wallet.merchant_types {
            assert!(
                content.organisations.iter().any(|row| row.merchant_type == Some(kind)),
                "nobody is {kind}"
            );
        }
    }
    for whole in ["klj", "kaj", "kpdj", "kjmu"] {
        assert_eq!(benefit(&content, whole).rules.wallet.unwrap().cash, Cash::Full, "{whole}");
    }
}

#[test]
fn the_food_package_costs_the_sum_of_six_goods_once_a_month_for_nine_groups() {
    let content = city();
    let groups: Vec<_> =
        content.benefits.iter().filter(|row| row.code.as_str().starts_with("pangan.")).collect();
    assert_eq!(groups.len(), 9);
    for group in groups {
        assert_eq!(group.bundle_price(code("paket_pangan")), Some(Amount(126_000)));
        let (sale, quota) = (group.rules.sale.clone().unwrap(), group.rules.quota.clone().unwrap());
        assert_eq!((sale.goods.len(), sale.merchants.len()), (6, 3));
        assert_eq!((quota.limit, quota.unit, quota.period), (Amount(1), Unit::Package, Period::Month));
        assert_eq!(quota.pool, Some(code("pangan")));
    }
}

#[test]
fn visits_are_free_on_the_days_and_for_the_cities_of_the_reference() {
    let content = city();
    for who in ["kjp", "lansia", "disabilitas"] {
        let visit = benefit(&content, &format!("wisata.{who}"));
        assert_eq!(visit.rules.days, [DayKind::Weekday]);
        assert_eq!((visit.places.len(), visit.rules.excluded_places.len()), (6, 3));
        assert_eq!(visit.rules.homes, if who == "kjp" { vec![] } else { vec![code("31")] });
    }
    let ancol = benefit(&content, "ancol.kjp").rules;
    let weeks: Vec<(u8, usize)> = ancol.turns.iter().map(|turn| (turn.week, turn.homes.len())).collect();
    assert_eq!(weeks, [(1, 3), (2, 1), (3, 1), (4, 1)]);
    assert!(!ancol.days.contains(&DayKind::Weekday) && ancol.days.contains(&DayKind::SchoolBreak));
    assert_eq!((ancol.quota.unwrap().unit, ancol.companions.unwrap().count_max), (Unit::Visit, 1));
    assert_eq!(benefit(&content, "rusunawa.terprogram").price, PriceRule::Fixed(Amount(505_000)));
}

#[test]
fn stops_have_a_timetable_and_only_sights_have_hours_that_bind() {
    for body in city().bodies() {
        let Body::PublishPlace(place) = body else { continue };
        let transit =
            ["tj.", "mrt", "lrt", "krl"].iter().any(|mode| place.service.as_str().starts_with(mode));
        assert!(!transit || place.rules.is_empty(), "{place:?}");
        if place.code == code("ragunan") {
            let opening = place.rules.opening.unwrap();
            assert_eq!((opening.opens.hour(), opening.closes.hour(), opening.closed_on), (7, 16, Some(1)));
            assert!(place.rules.capacity.is_some_and(|capacity| capacity.soft < capacity.hard));
        }
        if place.code == code("ragunan.schmutzer") {
            assert_eq!((place.rules.within, place.rules.opening), (Some(code("ragunan")), None));
        }
        assert!(place.code != code("ancol") || place.rules.opening.is_none());
    }
}

#[test]
fn calendars_cover_the_years_of_the_holidays_and_of_the_school() {
    let content = city();
    let calendar = |name| content.calendars.iter().find(|row| row.code == code(name)).unwrap();
    assert_eq!((calendar("government").days.len(), calendar("government").last.year()), (283, 2027));
    let school = calendar("school");
    assert!(school.days.windows(2).all(|pair| pair[0].date < pair[1].date), "in order, each once");
    let is_break = |date: &str| school.days.iter().any(|day| day.date == CivilDate::parse(date).unwrap());
    assert!(is_break("2026-06-20") && is_break("2027-01-02") && !is_break("2026-11-22"));
}

#[test]
fn every_code_of_goods_merchants_and_categories_has_a_word() {
    let content = city();
    let count = |kind| content.terms.iter().filter(|term| term.kind == kind).count();
    assert_eq!((count(TermKind::Good), count(TermKind::MerchantType)), (19 + 6 + 1, 9 + 1));
    assert_eq!(count(TermKind::RiderCategory), 5);
    for benefit in &content.benefits {
        let Some((programme, _)) = benefit.code.as_str().split_once('.') else { continue };
        let named = |term: &programmes::service::content::Term| {
            term.kind == TermKind::Programme && term.code == code(programme)
        };
        assert!(content.terms.iter().any(named), "the programme {programme} has no word");
    }
}
