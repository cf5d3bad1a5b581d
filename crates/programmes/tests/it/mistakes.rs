//! Mistakes in the longer rows: each is named with its line and field, and all of them at once.

use programmes::service::content::{Content, Known};

const BASIS: &str = "    legal_basis: contract\n    valid_from: 2020-01-01\n    evidence: press\n";

/// A file that says a little of everything. `@` stands for what every row rests on.
const GOOD: &str = "\
documents: [{ document: contract, title: Perjanjian }]
terms:
  - { kind: rider_category, term: child, id: Anak, en: Child }
  - { kind: merchant_type, term: bakery, id: Roti, en: Bakery }
  - { kind: good, term: bread, id: Roti, en: Bread }
  - { kind: good, term: butter, id: Mentega, en: Butter }
  - { kind: good, term: breakfast, id: Sarapan, en: Breakfast }
organisations:
  - code: carrier
    role: merchant
    merchant_type: bakery
    name_id: Pengangkut
    name_en: Carrier
@services:
  - { code: ferry, name_id: Kapal, name_en: Ferry, operator: carrier, mode: rail, legal_basis: contract, valid_from: 2020-01-01, evidence: press }
  - { code: bus, name_id: Bus, name_en: Bus, operator: carrier, mode: feeder, legal_basis: contract, valid_from: 2020-01-01, evidence: press }
  - { code: zoo, name_id: Kebun, name_en: Zoo, operator: carrier, mode: attraction, legal_basis: contract, valid_from: 2020-01-01, evidence: press }
places:
  - code: pier
    name_id: Dermaga
    name_en: Pier
    operator: carrier
    service: ferry
    region: \"31\"
    opens: \"05:00\"
    closes: \"22:00\"
    timetable: true
@  - code: zoo
    name_id: Kebun
    name_en: Zoo
    operator: carrier
    service: zoo
    region: 31.71
    opens: \"07:00\"
    closes: \"16:00\"
    closed_on: monday
    capacity: { soft: 10, hard: 20 }
    party_max: 50
@  - code: zoo.apes
    name_id: Kera
    name_en: Apes
    operator: carrier
    service: zoo
    region: 31.71
    within: zoo
@calendars:
  - calendar: school
    version: 1
    name_id: Sekolah
    name_en: School
    days:
      - { from: 2020-06-20, to: 2020-07-10, kind: school_break }
      - { from: 2020-12-20, kind: school_break }
    valid_to: 2020-12-31
@tariffs:
  - service: ferry
    version: 1
    price: 3500
    bands:
      - { from: \"05:00\", until: \"07:00\", price: 2000 }
      - { from: \"07:00\", until: \"08:30:30\", price: 3000 }
    categories: [{ category: child, price: 1000 }]
    overrides: [{ from: 2020-02-01, price: 1 }, { from: 2020-03-01, to: 2020-03-05, price: 1 }]
    matrix:
      - { stop: pier, fares: [0, 4000] }
      - { stop: zoo, fares: [4000, 0] }
    distance: { base_km: 25, step_km: 0.5, step_price: 1000 }
    same_stop: { price: 3000, minutes_max: 60, after: 6000 }
    overstay: { minutes_max: 180, price: 9000 }
    missing_exit: 9000
    transfers: [{ service: bus, within_minutes: 90 }]
    cap_day: 20000
@integrations:
  - code: together
    version: 1
    name_id: Bersama
    name_en: Together
    modes:
      - { mode: water, services: [ferry] }
      - { mode: road, services: [bus] }
    modes_min: 2
    boarding: 2500
    per_km: 250
    cap: 10000
    window_minutes: 180
    apportionment: by_own_fare
    lines:
      - stops: [{ stop: pier, km: 0 }, { stop: zoo, km: 1.9 }]
    distances: [{ from: pier, to: zoo.apes, km: 3 }]
@benefits:
  - code: everything
    version: 1
    name_id: Semua
    name_en: Everything
    services: [ferry]
    places: [zoo]
    excluded_places: [zoo.apes]
    price: { percent: 50 }
    validity_months_max: 6
    days: [weekday]
    hours: [{ from: \"09:00\", until: \"24:00\" }]
    homes: [31.72]
    categories: [child]
    turns: [{ week: 1, homes: [\"31.71\"] }]
    companions: { count_max: 1, with_any: [wallet] }
    quota: { limit: 1, unit: visit, period: { cycle: [{ from: 2020-01-01, to: 2020-06-30 }] }, pool: shared }
    funding: { budget: record_and_alert }
    sale:
      merchants: [carrier]
      goods: [{ good: bread, price: 1000 }, { good: butter, price: 2000 }]
      bundles: [{ good: breakfast, items: [bread, butter] }]
@  - codes:
      - { code: wallet, name_id: Dompet, name_en: Wallet }
      - { code: purse, name_id: Kantong, name_en: Purse }
    version: 1
    price: unchanged
    quota: { limit: 100000, unit: rupiah, period: month }
    wallet: { merchant_types: [bakery], goods: [bread], cash: quota }
@";

fn good() -> String {
    GOOD.replace('@', BASIS)
}

fn errors(text: &str) -> Vec<String> {
    match Content::parse(&[("f.yaml", text)], &Known::default()) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.iter().map(ToString::to_string).collect(),
    }
}

/// What is changed, and field and beginning of the message that must come of it, on the line that was changed.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "merchant_type: bakery\n",
        "merchant_type: bakry\n",
        "merchant_type: there is no merchant type among the terms",
    ),
    ("closed_on: monday\n", "closed_on: someday\n", "closed_on: unknown variant"),
    ("closes: \"16:00\"", "closes: \"06:00\"", "closes: a place closes after it opens"),
    ("hard: 20 }", "hard: 5 }", "capacity.soft: 10 is outside 1 to 5"),
    ("party_max: 50", "party_max: 0", "party_max: 0 is outside"),
    ("within: zoo\n", "within: zu\n", "within: there is no place zu"),
    ("within: zoo\n", "within: zoo.apes\n", "within: a place stands before its parts"),
    ("to: 2020-07-10, kind", "to: 2020-06-10, kind", "days.to: 2020-06-10 comes before 2020-06-20"),
    ("from: 2020-12-20, kind", "from: 2020-07-01, kind", "days.from: it overlaps another one"),
    (
        "from: 2020-12-20, kind",
        "from: 2021-12-20, kind",
        "days.from: the calendar covers 2020-01-01 to 2020-12-31",
    ),
    (
        "2020-12-20, kind: school_break",
        "2020-12-20, kind: sunday",
        "days.kind: a calendar names national_holiday",
    ),
    ("from: \"07:00\", until: \"08", "from: \"06:00\", until: \"08", "bands.from: it overlaps another one"),
    ("until: \"07:00\"", "until: \"04:00\"", "bands.until: it ends before it begins"),
    ("until: \"07:00\"", "until: \"7\"", "until: a time of day looks like"),
    ("category: child, price", "category: kid, price", "categories.category: there is no rider category"),
    ("to: 2020-03-05", "to: 2020-02-05", "overrides.to: 2020-02-05 comes before 2020-03-01"),
    ("from: 2020-03-01, to", "from: 2020-01-20, to", "overrides.from: it overlaps another one"),
    ("fares: [4000, 0]", "fares: [4500, 0]", "matrix.fares: zoo to pier costs 4500 and back 4000"),
    ("fares: [4000, 0]", "fares: [4000]", "matrix.fares: the row has 1 prices for 2 stops"),
    ("fares: [4000, 0]", "fares: [4000, 3000]", "matrix.fares: from a stop to itself stands 0"),
    ("stop: pier, fares", "stop: peer, fares", "matrix.stop: there is no place peer"),
    ("stop: zoo, fares", "stop: pier, fares", "matrix.stop: the stop has a row already"),
    ("step_km: 0.5", "step_km: 0", "distance.step_km: a step has a length"),
    ("step_km: 0.5", "step_km: -1", "step_km: kilometres look like"),
    ("minutes_max: 60", "minutes_max: 0", "same_stop.minutes_max: 0 is outside 1 to 1440"),
    ("minutes_max: 180", "minutes_max: 9999", "overstay.minutes_max: 9999 is outside"),
    ("service: bus, within", "service: boat, within", "transfers.service: there is no service boat"),
    ("services: [bus]", "services: [ferry]", "modes.services: the service belongs to another mode or"),
    ("mode: road,", "mode: water,", "modes.mode: a mode stands once"),
    ("modes_min: 2", "modes_min: 3", "modes_min: 3 is outside 2 to 2"),
    ("window_minutes: 180", "window_minutes: 0", "window_minutes: 0 is outside"),
    ("{ stop: pier, km: 0 }", "{ stop: pier, km: 2 }", "lines.stops.km: the stop lies no farther"),
    ("from: pier, to: zoo.apes", "from: pier, to: zoo", "distances: pier and zoo are one stop, or a pair"),
    ("from: pier, to: zoo.apes", "from: pier, to: zo", "distances.to: there is no place zo"),
    (
        "excluded_places: [zoo.apes]",
        "excluded_places: [zoo.aps]",
        "excluded_places: there is no place zoo.aps",
    ),
    ("percent: 50", "percent: 101", "price.percent: 101 is outside 1 to 100"),
    ("validity_months_max: 6", "validity_months_max: 0", "validity_months_max: 0 is outside 1 to 120"),
    ("days: [weekday]", "days: [workday]", "days: unknown variant `workday`"),
    ("until: \"24:00\"", "until: \"08:00\"", "hours.until: it ends before it begins"),
    ("homes: [31.72]", "homes: [32.01]", "homes: there is no region 32.01"),
    (
        "categories: [child]\n    turns",
        "categories: [kid]\n    turns",
        "categories: there is no rider category",
    ),
    ("week: 1", "week: 6", "turns.week: 6 is outside 1 to 5"),
    ("homes: [\"31.71\"]", "homes: []", "turns.homes: a turn is somebody's"),
    ("count_max: 1", "count_max: 0", "companions.count_max: 0 is outside"),
    ("with_any: [wallet]", "with_any: [walet]", "companions.with_any: there is no benefit walet"),
    ("limit: 1,", "limit: 0,", "quota.limit: a quota is at least 1"),
    ("to: 2020-06-30 }] }", "to: 2019-06-30 }] }", "quota.period.cycle.to: 2019-06-30 comes before"),
    ("unit: visit", "unit: rupiah", "quota.unit: a quota in rupiah limits the cash of a wallet"),
    ("merchants: [carrier]", "merchants: [carier]", "sale.merchants: there is no organisation carier"),
    ("good: butter, price", "good: jam, price", "sale.goods.good: there is no good among the terms: jam"),
    ("good: butter, price", "good: bread, price", "sale.goods.good: the good has a price already"),
    ("good: breakfast,", "good: bread,", "sale.bundles.good: a bundle has a code of its own"),
    (
        "items: [bread, butter]",
        "items: [bread, jam]",
        "sale.bundles.items: there is no good with a price in this sale",
    ),
    ("merchants: [carrier]", "merchants: []", "sale.merchants: somebody sells the goods"),
    (
        "items: [bread, butter]",
        "items: [bread, bread]",
        "sale.bundles.items: the good is in the bundle already",
    ),
    ("items: [bread, butter]", "items: []", "sale.bundles.items: a bundle is several goods"),
    ("price: unchanged", "price: free", "price: a wallet gives money and lowers no price"),
    (
        "service: bus, within",
        "service: ferry, within",
        "transfers.service: a transfer comes from another service",
    ),
    (
        "unit: rupiah, period: month",
        "unit: ride, period: month",
        "wallet.cash: cash up to the quota needs a quota",
    ),
    ("merchant_types: [bakery]", "merchant_types: [bar]", "wallet.merchant_types: there is no merchant type"),
    ("goods: [bread], cash", "goods: [beer], cash", "wallet.goods: there is no good among the terms: beer"),
    ("code: purse,", "code: wallet,", "version: benefit wallet version 1 stands twice"),
];

#[test]
fn a_file_that_says_everything_is_read() {
    assert_eq!(errors(&good()), Vec::<String>::new());
}

#[test]
fn a_mistake_in_a_longer_row_is_named_with_line_and_field() {
    let mut missed = Vec::new();
    for (from, to, expected) in MISTAKES {
        let text = good().replacen(from, to, 1);
        assert_ne!(text, good(), "{from} is not in the file");
        let found = errors(&text);
        if !found
            .iter()
            .any(|error| error.split_once(": ").is_some_and(|(_, said)| said.starts_with(expected)))
        {
            missed.push((expected, found));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn the_line_is_the_one_of_the_mistake() {
    let text = good().replacen("fares: [4000, 0]", "fares: [4500, 0]", 1).replacen("week: 1", "week: 6", 1);
    let line = |said: &str| 1 + text.lines().position(|line| line.contains(said)).unwrap();
    let expected = [
        format!(
            "f.yaml:{}: matrix.fares: zoo to pier costs 4500 and back 4000; both ways cost the same",
            line("[4500")
        ),
        format!("f.yaml:{}: turns.week: 6 is outside 1 to 5", line("week: 6")),
    ];
    assert_eq!(errors(&text), expected, "both mistakes, in order of line");
}

#[test]
fn what_must_stand_together_is_asked_for() {
    let without = |from: &str| errors(&good().replacen(from, "", 1)).join("\n");
    assert!(
        without("    missing_exit: 9000\n")
            .contains("missing_exit: a price by way or stay needs tap-in and tap-out")
    );
    assert!(without("    valid_to: 2020-12-31\n").contains("valid_to: a calendar says the last date"));
    assert!(
        without("    timetable: true\n")
            .contains("timetable: the hours of a stop are those of its timetable")
    );
    assert!(without("    opens: \"07:00\"\n").contains("opens: opens and closes stand together"));
    assert!(without("    name_en: Everything\n").contains("code: a benefit has code, name_id and name_en"));
    let bare = good().replacen("    opens: \"07:00\"\n    closes: \"16:00\"\n", "", 1);
    assert!(errors(&bare).join("\n").contains("closed_on: a place with a closed day has hours"));
    let bank = good().replacen("role: merchant", "role: bank", 1);
    assert!(errors(&bank).join("\n").contains("merchant_type: only a merchant sells"));
    let early = good().replacen("    days:\n", "    holidays: government\n    days:\n", 1);
    let early = early.replacen(
        "valid_to: 2020-12-31\n    legal_basis: contract\n    valid_from: 2020",
        "valid_to: 2020-12-31\n    legal_basis: contract\n    valid_from: 2015",
        1,
    );
    assert!(errors(&early).join("\n").contains("holidays: the holidays known cover 2016 to 2027"));
}
