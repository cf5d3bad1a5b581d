//! Ways in and out over HTTP: parts, parties, places with hours, and what a gate then shows.

use axum::http::StatusCode;
use base::{CivilTime, Clock, Timestamp};
use engine::{
    Amount, Body, Capacity, CategoryPrice, Matrix, Opening, PlaceDefinition, PlaceRules, TariffDefinition,
    TariffRules,
};
use fixtures::content::{place, tariff};
use fixtures::{City, code};
use serde_json::{Value, json};

use crate::house::{Answer, House, Wire};

/// A zoo that takes parties and a metro of two stations.
pub fn city() -> City {
    let mut city = City::new().resident("siti").card().purse(100_000);
    let now = city.now();
    let hour = |hour: i64| CivilTime(hour * Timestamp::HOUR);
    let zoo = |name: &str, opens: i64, closes: i64, party_max: u16, hard: u32| {
        let rules = PlaceRules {
            opening: Some(Opening { opens: hour(opens), closes: hour(closes), closed_on: None }),
            capacity: Some(Capacity { soft: 2, hard }),
            party_max,
            ..PlaceRules::default()
        };
        Body::from(PlaceDefinition { rules, ..place(name, "museum_a", "zoo") })
    };
    city.must(zoo("zoo_1", 6, 16, 5, 4));
    city.must(zoo("zoo_night", 18, 22, 5, 4));
    let price = |category: &str, price: u64| CategoryPrice { category: code(category), price: Amount(price) };
    let categories = vec![price("adult", 4_000), price("child", 3_000)];
    let rules = TariffRules { categories, ..TariffRules::default() };
    city.must(Body::from(TariffDefinition { rules, ..tariff("zoo", 1, 4_000, now) }));
    for station in ["metro_1", "metro_2"] {
        city.must(Body::from(place(station, "rail_a", "metro")));
    }
    let matrix = Matrix { stops: vec![code("metro_1"), code("metro_2")], fares: vec![Amount(7_000)] };
    let rules =
        TariffRules { matrix: Some(matrix), missing_exit: Some(Amount(14_000)), ..TariffRules::default() };
    city.must(Body::from(TariffDefinition { rules, ..tariff("metro", 1, 14_000, now) }));
    city
}

async fn ask(house: &House, place: &str, more: Value) -> Answer {
    let mut body = json!({"medium": house.city.medium("siti").0, "place": place});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    house.post(&house.terminal, "/api/v1/asks", house.id(), &body).await
}

async fn tap(house: &House, seq: u64, place: &str, more: Value) -> Value {
    let mut body = json!({
        "device": 7, "epoch": 1, "seq": seq, "medium": house.city.medium("siti").0, "place": place,
        "device_at": house.clock.now().rfc3339(), "opened": true,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (status, answer) = house.post(&house.terminal, "/api/v1/taps", house.id(), &body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_priced_at_its_end_and_the_gate_says_so() {
    let house = House::over(city()).await;
    let entered = tap(&house, 1, "metro_1", json!({"part": "in"})).await;
    assert_eq!((&entered["fare"], &entered["charged"]), (&json!("begun"), &json!(0)), "{entered}");
    assert_eq!(entered["display"]["word"], json!("MASUK"));
    house.clock.set(house.clock.now().plus(20 * Timestamp::MINUTE));
    let (_, asked) = ask(&house, "metro_2", json!({"part": "out"})).await;
    assert_eq!((&asked["fare"], &asked["charged"]), (&json!("matrix"), &json!(7_000)), "{asked}");
    let left = tap(&house, 2, "metro_2", json!({"part": "out"})).await;
    assert_eq!((&left["charged"], &left["balance"]), (&json!(7_000), &json!(93_000)), "{left}");
    assert_eq!(left["display"]["word"], json!("Rp7.000"));
    assert!(house.books().await.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_pays_by_category_and_leaves_for_nothing() {
    let house = House::over(city()).await;
    let party = json!({
        "part": "in", "party": [{"category": "adult", "count": 1}, {"category": "child", "count": 2}],
    });
    let entered = tap(&house, 1, "zoo_1", party.clone()).await;
    assert_eq!((&entered["fare"], &entered["charged"]), (&json!("category"), &json!(10_000)), "{entered}");
    let (_, full) = ask(&house, "zoo_1", party).await;
    assert_eq!(full["code"], json!("place_full"), "{full}");
    house.clock.set(house.clock.now().plus(Timestamp::HOUR));
    let left = tap(&house, 2, "zoo_1", json!({"part": "out"})).await;
    assert_eq!((&left["fare"], &left["charged"]), (&json!("left"), &json!(0)), "{left}");
    assert_eq!(left["display"]["word"], json!("KELUAR"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_says_why_it_lets_nobody_in() {
    let house = House::over(city()).await;
    let member = |category: &str, count: u16| json!({"category": category, "count": count});
    let cases = [
        ("zoo_night", json!({"part": "in"}), "place_closed"),
        ("zoo_1", json!({"part": "in", "party": [member("adult", 6)]}), "party_too_large"),
        ("zoo_1", json!({"part": "in", "party": [member("adult", 1), member("adult", 1)]}), "party_invalid"),
    ];
    for (place, more, code) in cases {
        let (status, answer) = ask(&house, place, more).await;
        assert_eq!((status, &answer["code"]), (StatusCode::OK, &json!(code)), "{answer}");
        assert_eq!(answer["display"]["lines"].as_array().unwrap().len(), 2, "why, and what next: {answer}");
    }
    let (status, answer) = ask(&house, "zoo_1", json!({"party": [{"category": "No!", "count": 1}]})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("party_invalid")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_passages_is_bound_by_the_longer_text() {
    let house = House::over(city()).await;
    let mut wire = Wire::of(&house, 2, "siti", "zoo_1");
    wire.taps[0].passage.part = engine::Part::In;
    wire.taps[1].passage.part = engine::Part::Out;
    wire.taps.iter_mut().for_each(|tap| tap.device_at = house.clock.now());
    let mut batch = wire.batch(0..2);
    let (_, plain) = house.deliver(&batch).await;
    assert_eq!(plain["code"], json!("batch_altered"), "the chain covers what the batch leaves out: {plain}");
    for (index, part) in [(0, "in"), (1, "out")] {
        batch["taps"][index]["part"] = json!(part);
    }
    let (status, answer) = house.deliver(&batch).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["items"][1]["fare"], json!("left"), "{answer}");
}
