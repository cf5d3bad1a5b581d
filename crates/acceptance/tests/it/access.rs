//! Every route of the API with every kind of caller.

use axum::http::StatusCode;
use fixtures::City;
use serde_json::{Value, json};

use crate::house::{House, Wire};

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_its_role_and_nobody_else() {
    let house = House::over(City::new().resident("siti").card().purse(100_000)).await;
    let siti = house.city.medium("siti").0;
    let holder = house.city.holder("siti");
    let tap = Wire::of(&house, 1, "siti", "stop_1").single(0).1;
    let ask = json!({"medium": siti, "place": "stop_1"});
    let top_up = json!({"medium": siti, "bank": "bank_a", "amount": 1_000});
    let block = json!({"reason": "lost"});
    let (asks, taps, top_ups) =
        ("/api/v1/asks".to_owned(), "/api/v1/taps".to_owned(), "/api/v1/top-ups".to_owned());
    let (balance, history) =
        (format!("/api/v1/holders/{holder}/balance"), format!("/api/v1/holders/{holder}/history"));
    let blocks = format!("/api/v1/media/{siti}/blocks");
    let purchase = json!({
        "medium": siti, "merchant": "museum_a", "from": "purse", "items": [{"good": "book", "amount": 1_000}],
    });
    let cash = json!({"medium": siti, "wallet": "aid", "bank": "bank_a", "amount": 1_000});
    let (all, nothing) = (json!({}), json!({"lines": [{"line": 0}]}));
    let path = |rest: &str| format!("/api/v1/{rest}");
    let (purchases, cash_outs) = (path("purchases"), path("cash-outs"));
    let (captures, voids, refunds) =
        (path("purchases/0/capture"), path("purchases/0/void"), path("purchases/0/refunds"));
    // Route, body, and whether terminal operator, bank, merchant and operator may.
    let routes: [(&String, Option<&Value>, [bool; 4]); 11] = [
        (&asks, Some(&ask), [true, false, false, false]),
        (&taps, Some(&tap), [true, false, false, false]),
        (&top_ups, Some(&top_up), [false, true, false, false]),
        (&purchases, Some(&purchase), [false, false, true, false]),
        (&captures, Some(&all), [false, false, true, false]),
        (&voids, Some(&all), [false, false, true, false]),
        (&refunds, Some(&nothing), [false, false, true, false]),
        (&cash_outs, Some(&cash), [false, true, false, false]),
        (&balance, None, [false, false, false, true]),
        (&history, None, [false, false, false, true]),
        (&blocks, Some(&block), [false, false, false, true]),
    ];
    let documented: Vec<String> = acceptance::api::document().paths.paths.keys().cloned().collect();
    assert_eq!(
        documented.len(),
        routes.len() + 2,
        "tap-batches and clock are tested apart; is a route missing here? {documented:?}"
    );
    for (path, body, may) in routes {
        let tokens = [&house.terminal, &house.bank, &house.merchant, &house.operator];
        for (token, may) in tokens.into_iter().zip(may) {
            let (status, answer) = call(&house, token, path, body).await;
            let expected = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(status, expected, "{path}: {answer}");
        }
        for (token, code) in [("", "token_missing"), ("wrong", "token_invalid")] {
            let (status, answer) = call(&house, token, path, body).await;
            assert_eq!(
                (status, &answer["code"]),
                (StatusCode::UNAUTHORIZED, &json!(code)),
                "{path}: {answer}"
            );
        }
    }
}

async fn call(house: &House, token: &str, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
    let method = if body.is_some() { "POST" } else { "GET" };
    let mut request =
        axum::http::Request::builder().method(method).uri(path).header("content-type", "application/json");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.header("idempotency-key", house.id().to_string());
    let body = body.map(ToString::to_string).unwrap_or_default();
    house.send(request.body(axum::body::Body::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_of_another_operator_is_unknown_here() {
    let house = House::over(City::new().resident("siti").card().purse(100_000)).await;
    let (id, mut body) = Wire::of(&house, 1, "siti", "stop_1").single(0);
    body["device"] = json!(8);
    let (status, answer) = house.post(&house.terminal, "/api/v1/taps", id, &body).await;
    assert_eq!((status, &answer["code"]), (StatusCode::UNAUTHORIZED, &json!("device_unknown")));
}
