//! Asks, taps and top-ups over HTTP: what is answered, and that nothing else happens.

use axum::http::StatusCode;
use fixtures::City;
use serde_json::json;

use crate::house::{House, Wire};

fn city() -> City {
    City::new()
        .resident("siti")
        .card()
        .purse(50_000)
        .resident("budi")
        .card()
        .purse(50_000)
        .entitled("free_bus")
        .resident("joko")
        .card()
        .blocked()
        .resident("rani")
        .card()
        .purse(1_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_hears_free_paid_or_refused_with_the_reason() {
    let house = House::over(city()).await;
    let (status, paid) = house.ask("siti", "stop_1").await;
    assert_eq!(
        (status, &paid["outcome"], &paid["charged"]),
        (StatusCode::OK, &json!("accepted"), &json!(3_500))
    );
    let (_, free) = house.ask("budi", "stop_1").await;
    assert_eq!((&free["charged"], &free["forgone"]), (&json!(0), &json!(3_500)));
    assert_eq!(free["benefit"], json!({"code": "free_bus", "version": 1}));
    let (status, blocked) = house.ask("joko", "stop_1").await;
    assert_eq!((status, &blocked["code"]), (StatusCode::OK, &json!("medium_blocked")));
    let (_, short) = house.ask("rani", "stop_1").await;
    assert_eq!((&short["code"], &short["missing"]), (&json!("purse_insufficient"), &json!(2_500)));
    let shown = |answer: &serde_json::Value| answer["display"].clone();
    assert_eq!(shown(&paid), json!({"word": "Rp3.500", "lines": ["Saldo Rp46.500 pada 08.00 WIB"]}));
    assert_eq!(shown(&free)["word"], json!("GRATIS"));
    assert_eq!(
        shown(&blocked),
        json!({"word": "DITOLAK", "lines": ["Kartu ini diblokir", "Silakan ke loket"]})
    );
    assert_eq!(
        shown(&short),
        json!({"word": "DITOLAK", "lines": ["Saldo kurang Rp2.500", "Isi saldo lalu tap lagi"]})
    );
    assert!(!shown(&free).to_string().contains("free_bus"), "a display never tells the holder's group");
    for answer in [paid, free, blocked, short] {
        assert!(
            answer["position"].as_str().unwrap().contains('.'),
            "every answer names its position: {answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_decided_has_its_code_and_posts_nothing() {
    let house = House::over(city()).await;
    let before = house.books().await;
    let siti = house.city.medium("siti").0;
    let asks = [
        (json!({"medium": 9_999, "place": "stop_1"}).to_string(), StatusCode::OK, "medium_unknown"),
        (json!({"medium": siti, "place": "nowhere"}).to_string(), StatusCode::OK, "place_unknown"),
        (json!({"medium": siti, "place": "Nowhere!"}).to_string(), StatusCode::NOT_FOUND, "place_unknown"),
        (json!({"medium": -1, "place": "stop_1"}).to_string(), StatusCode::BAD_REQUEST, "request_malformed"),
        (json!({"medium": siti}).to_string(), StatusCode::BAD_REQUEST, "request_malformed"),
        (
            json!({"medium": siti, "place": "stop_1", "pin": 1}).to_string(),
            StatusCode::BAD_REQUEST,
            "request_field_unknown",
        ),
        ("{\"medium\": ".to_owned(), StatusCode::BAD_REQUEST, "request_malformed"),
        ("[]".to_owned(), StatusCode::BAD_REQUEST, "request_malformed"),
        (String::new(), StatusCode::BAD_REQUEST, "request_malformed"),
        ("x".repeat(3 << 20), StatusCode::PAYLOAD_TOO_LARGE, "request_too_large"),
    ];
    for (body, status, code) in asks {
        let (got, answer) = house.post_text(&house.terminal, "/api/v1/asks", house.id(), &body).await;
        let shown: String = body.chars().take(60).collect();
        assert_eq!((got, &answer["code"]), (status, &json!(code)), "{shown}: {answer}");
    }
    let top_ups = [
        (json!(0), "amount_invalid"),
        (json!(-5_000), "amount_invalid"),
        (json!(10.5), "amount_invalid"),
        (json!("5000"), "amount_invalid"),
        (json!(9_300_000_000_000_000_000u64), "amount_too_large"),
        (json!(2_000_000_000_000u64), "amount_too_large"),
    ];
    for (amount, code) in top_ups {
        let body = json!({"medium": siti, "bank": "bank_a", "amount": amount});
        let (_, answer) = house.post(&house.bank, "/api/v1/top-ups", house.id(), &body).await;
        assert_eq!(answer["code"], json!(code), "{amount}: {answer}");
    }
    let others = [
        (json!({"medium": siti, "bank": "bank_x", "amount": 5_000}), "organisation_unknown"),
        (json!({"medium": siti, "bank": "bus_a", "amount": 5_000}), "organisation_unknown"),
        (json!({"holder": "P-0000-0001", "bank": "bank_a", "amount": 5_000}), "holder_unknown"),
        (json!({"bank": "bank_a", "amount": 5_000}), "request_malformed"),
    ];
    for (body, code) in others {
        let (_, answer) = house.post(&house.bank, "/api/v1/top-ups", house.id(), &body).await;
        assert_eq!(answer["code"], json!(code), "{body}: {answer}");
    }
    assert_eq!(house.books().await, before, "nothing was posted");
    assert_eq!(house.ask("siti", "stop_1").await.1["outcome"], json!("accepted"), "the server still answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_key_answers_the_same_and_other_content_conflicts() {
    let house = House::over(city()).await;
    let (id, siti) = (house.id(), house.city.medium("siti").0);
    let body = json!({"medium": siti, "bank": "bank_a", "amount": 20_000});
    let (_, first) = house.post(&house.bank, "/api/v1/top-ups", id, &body).await;
    assert_eq!((&first["outcome"], &first["balance"]), (&json!("accepted"), &json!(70_000)));
    let books = house.books().await;
    let (_, again) = house.post(&house.bank, "/api/v1/top-ups", id, &body).await;
    assert_eq!((&again["position"], &again["balance"]), (&first["position"], &first["balance"]));
    let other = json!({"medium": siti, "bank": "bank_a", "amount": 20_001});
    let (status, conflict) = house.post(&house.bank, "/api/v1/top-ups", id, &other).await;
    assert_eq!((status, &conflict["code"]), (StatusCode::CONFLICT, &json!("id_conflict")));
    assert_eq!(house.books().await, books, "the money came in once");
    let (_, mine) =
        house.post(&house.terminal, "/api/v1/asks", id, &json!({"medium": siti, "place": "stop_1"})).await;
    assert_eq!(mine["outcome"], json!("accepted"), "ids are unique per client, not in the whole city");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_an_outcome_too_and_is_repeated_as_such() {
    let house = House::over(city()).await;
    let (id, rani) = (house.id(), house.city.medium("rani").0);
    let ask = json!({"medium": rani, "place": "stop_1"});
    let (_, first) = house.post(&house.terminal, "/api/v1/asks", id, &ask).await;
    assert_eq!(first["code"], json!("purse_insufficient"));
    let top_up = json!({"medium": rani, "bank": "bank_a", "amount": 20_000});
    house.post(&house.bank, "/api/v1/top-ups", house.id(), &top_up).await;
    let (_, again) = house.post(&house.terminal, "/api/v1/asks", id, &ask).await;
    assert_eq!((&again["code"], &again["position"]), (&first["code"], &first["position"]));
    assert_eq!(house.ask("rani", "stop_1").await.1["outcome"], json!("accepted"), "a new id asks anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_must_be_there_be_version_7_and_be_of_today() {
    let house = House::over(city()).await;
    let body = json!({"medium": house.city.medium("siti").0, "place": "stop_1"});
    let request = |key: Option<&str>| {
        let mut request = axum::http::Request::post("/api/v1/asks")
            .header("authorization", format!("Bearer {}", house.terminal))
            .header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.body(axum::body::Body::from(body.to_string())).unwrap()
    };
    for key in [None, Some("17"), Some("4f4b1c3e-9b5e-4c58-8f5e-0d4f6f3f6a11")] {
        let (status, answer) = house.send(request(key)).await;
        assert_eq!(
            (status, &answer["code"]),
            (StatusCode::BAD_REQUEST, &json!("request_malformed")),
            "{key:?}"
        );
    }
    for days in [-3, 1] {
        let at = base::Clock::now(house.clock.as_ref()).plus(days * base::Timestamp::DAY);
        let key = base::CommandId::new(at, 1).to_string();
        let (status, answer) = house.send(request(Some(&key))).await;
        assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("id_expired")), "{days} days");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_tap_is_priced_and_debt_is_paid_off_by_the_next_top_up() {
    let house = House::over(city()).await;
    let wire = Wire::of(&house, 1, "rani", "stop_1");
    let (id, body) = wire.single(0);
    let (_, tap) = house.post(&house.terminal, "/api/v1/taps", id, &body).await;
    assert_eq!((&tap["charged"], &tap["debt"], &tap["balance"]), (&json!(3_500), &json!(2_500), &json!(0)));
    assert_eq!(tap["incident"], json!("debt_taken"));
    let top_up = json!({"holder": house.city.holder("rani"), "bank": "bank_a", "amount": 10_000});
    let (_, paid) = house.post(&house.bank, "/api/v1/top-ups", house.id(), &top_up).await;
    assert_eq!(paid["balance"], json!(7_500));
    let path = format!(
        "/api/v1/holders/{}/balance?min_position={}",
        house.city.holder("rani"),
        paid["position"].as_str().unwrap()
    );
    let (_, balance) = house.get(&house.operator, &path).await;
    assert_eq!((&balance["purse"], &balance["debt"]), (&json!(7_500), &json!(0)));
    assert!(house.books().await.1, "the books are in balance");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_medium_is_refused_from_then_on_and_a_gate_that_opened_makes_an_incident() {
    let house = House::over(city()).await;
    let siti = house.city.medium("siti").0;
    let path = format!("/api/v1/media/{siti}/blocks");
    let (_, blocked) = house.post(&house.operator, &path, house.id(), &json!({"reason": "lost"})).await;
    assert_eq!(blocked["outcome"], json!("accepted"));
    assert_eq!(house.ask("siti", "stop_1").await.1["code"], json!("medium_blocked"));
    house.clock.advance(base::Timestamp::HOUR);
    let wire = Wire::of(&house, 1, "siti", "stop_1");
    let (id, body) = wire.single(0);
    let (_, tap) = house.post(&house.terminal, "/api/v1/taps", id, &body).await;
    assert_eq!((&tap["outcome"], &tap["incident"]), (&json!("accepted"), &json!("medium_blocked")));
    assert_eq!(tap["charged"], json!(3_500), "a gate that opened is priced");
}

#[tokio::test(flavor = "multi_thread")]
async fn history_comes_newest_first_in_pages() {
    let house = House::over(city()).await;
    let wire = Wire::of(&house, 5, "siti", "stop_1");
    let (_, answer) = house.deliver(&wire.batch(0..5)).await;
    let last = answer["items"][4]["position"].as_str().unwrap().to_owned();
    let holder = house.city.holder("siti");
    let mut path = format!("/api/v1/holders/{holder}/history?limit=2&min_position={last}");
    let mut seen = Vec::new();
    loop {
        let (status, page) = house.get(&house.operator, &path).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["position"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/holders/{holder}/history?limit=2&after={next}");
    }
    assert_eq!(seen.len(), 6, "five taps and the opening top-up");
    assert_eq!(seen[0], last);
    let mut unique = seen.clone();
    unique.dedup();
    assert_eq!(unique.len(), seen.len());
    let (status, answer) = house.get(&house.operator, "/api/v1/holders/P-ZZZZ-9999/history").await;
    assert_eq!((status, &answer["code"]), (StatusCode::NOT_FOUND, &json!("holder_unknown")));
    let (status, answer) =
        house.get(&house.operator, &format!("/api/v1/holders/{holder}/balance?min_position=99999.0")).await;
    assert_eq!((status, &answer["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("projection_behind")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_says_what_the_city_has() {
    let house = House::over(city()).await;
    let (status, clock) = house.get("", "/api/v1/clock").await;
    assert_eq!((status, &clock["at"]), (StatusCode::OK, &json!("2026-11-23T08:00:00+07:00")));
    assert_eq!(clock["stepped"], json!(false));
}
