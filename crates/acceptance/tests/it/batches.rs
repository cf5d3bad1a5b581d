//! Signed batches of taps: each posted once, in whatever order and however often they arrive.

use axum::http::StatusCode;
use fixtures::City;
use serde_json::json;

use crate::house::{House, Wire};

fn city() -> City {
    City::new().resident("siti").card().purse(1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_single_and_batched_uploads_posts_each_tap_once() {
    // Four taps; each upload is a range; every order of these uploads, some of which overlap.
    let uploads = [0..2, 2..4, 0..4, 1..2];
    let mut ends = Vec::new();
    for order in permutations(uploads.len()) {
        let house = House::over(city()).await;
        let wire = Wire::of(&house, 4, "siti", "stop_1");
        for which in order {
            let range = uploads[which].clone();
            if range.len() == 1 {
                let (id, body) = wire.single(range.start);
                let (status, answer) = house.post(&house.terminal, "/api/v1/taps", id, &body).await;
                assert_eq!((status, &answer["outcome"]), (StatusCode::OK, &json!("accepted")), "{answer}");
                continue;
            }
            let (status, answer) = house.deliver(&wire.batch(range.clone())).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            let items = answer["items"].as_array().unwrap();
            assert_eq!(items.len(), range.len());
            for item in items {
                assert_eq!(
                    (&item["outcome"], &item["charged"]),
                    (&json!("accepted"), &json!(3_500)),
                    "{item}"
                );
            }
        }
        let (_, balance) = {
            house.caught_up().await;
            house
                .get(&house.operator, &format!("/api/v1/holders/{}/balance", house.city.holder("siti")))
                .await
        };
        ends.push((balance["purse"].clone(), house.books().await));
    }
    assert_eq!(ends[0].0, json!(1_000_000 - 4 * 3_500));
    assert!(ends[0].1.1, "the books are in balance");
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(count - 1);
    let insert = |order: &Vec<usize>, place: usize| {
        let mut order = order.clone();
        order.insert(place, count - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..count).map(move |place| insert(order, place))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_contradicts_an_earlier_one_is_refused_whole() {
    let house = House::over(city()).await;
    let mut wire = Wire::of(&house, 4, "siti", "stop_1");
    assert_eq!(house.deliver(&wire.batch(0..2)).await.0, StatusCode::OK);
    let books = house.books().await;
    wire.taps[1].place = base::Code::parse("station_1").unwrap();
    let (status, answer) = house.deliver(&wire.batch(0..4)).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("batch_altered")));
    assert_eq!(house.books().await, books, "nothing was posted");
}

#[tokio::test(flavor = "multi_thread")]
async fn signature_chain_size_and_numbers_are_checked_before_anything_is_decided() {
    let house = House::over(city()).await;
    let wire = Wire::of(&house, 3, "siti", "stop_1");
    let good = wire.batch(0..3);
    let books = house.books().await;
    let (status, answer) = house.deliver_signed(good.to_string(), &"A".repeat(86)).await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::UNAUTHORIZED, &json!("signature_invalid")),
        "{answer}"
    );
    let mut tampered = good.clone();
    tampered["head_hash"] = json!("11".repeat(32));
    assert_eq!(house.deliver(&tampered).await.1["code"], json!("batch_altered"));
    let mut gap = good.clone();
    gap["taps"].as_array_mut().unwrap().remove(1);
    assert_eq!(house.deliver(&gap).await.1["code"], json!("request_malformed"));
    let mut empty = good.clone();
    empty["taps"] = json!([]);
    assert_eq!(house.deliver(&empty).await.1["code"], json!("batch_too_large"));
    let long = Wire::of(&house, 1_001, "siti", "stop_1");
    assert_eq!(house.deliver(&long.batch(0..1_001)).await.1["code"], json!("batch_too_large"));
    assert_eq!(house.books().await, books, "nothing was posted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_taps_are_a_thousand_commands_each_answered() {
    let house = House::over(City::new().resident("siti").card().purse(10_000_000)).await;
    let wire = Wire::of(&house, 1_000, "siti", "stop_1");
    let (status, answer) = house.deliver(&wire.batch(0..1_000)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let items = answer["items"].as_array().unwrap();
    assert_eq!(items.len(), 1_000);
    assert_eq!(items[999]["balance"], json!(10_000_000 - 1_000 * 3_500));
    let (status, again) = house.deliver(&wire.batch(0..1_000)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(again["items"][999]["position"], items[999]["position"], "the same outcome, told again");
    assert!(house.books().await.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_64_gaps_the_terminal_is_asked_to_send_the_missing_taps_first() {
    let house = House::over(city()).await;
    let wire = Wire::of(&house, 200, "siti", "stop_1");
    let mut retry = None;
    for index in (1..200).step_by(2) {
        let (_, answer) = house.deliver(&wire.batch(index..index + 1)).await;
        if answer["items"][0]["outcome"] == json!("retry") {
            retry = Some(index);
            break;
        }
    }
    let first = retry.expect("the 65th gap is too many");
    assert_eq!(first, 129, "64 ranges are kept");
    assert_eq!(house.deliver(&wire.batch(0..1)).await.0, StatusCode::OK);
    let (_, answer) = house.deliver(&wire.batch(first..first + 1)).await;
    assert_eq!(answer["items"][0]["outcome"], json!("accepted"), "the same tap under the same id");
}
