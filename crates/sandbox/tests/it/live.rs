//! The traffic against a server that checks what it is sent: ids, numbers without gaps, chains, signatures, patience.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base::{CivilDate, Clock as _, CommandId, SystemClock};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use platform::shutdown;
use sandbox::city::City;
use sandbox::live::{Clocks, Figures, Outages, Rate, Settings, drive};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::world::World;

/// What the server has seen.
#[derive(Default)]
struct Seen {
    asks: usize,
    top_ups: usize,
    ids: HashSet<String>,
    /// Numbers by terminal.
    numbers: HashMap<u64, Vec<u64>>,
    /// Answers 429 until then.
    busy_until: Option<Instant>,
    /// Requests that came while busy.
    impatient: usize,
    refuse_first: HashSet<u64>,
    /// Media by which end of a journey they were held to a terminal, in order.
    parts: Vec<(u64, String)>,
    parties: usize,
    /// Media, benefits and amounts at the bank; media that were reported.
    cash_outs: Vec<(u64, String, u64)>,
    blocked: Vec<u64>,
    baskets: usize,
    settled: HashSet<String>,
    /// Taps that came in batches, and how many batches.
    late: usize,
    batches: usize,
    /// Public keys by terminal.
    keys: HashMap<u64, VerifyingKey>,
    /// Chain heads by terminal and number.
    heads: HashMap<(u64, u64), String>,
    changed: Arc<Notify>,
}

type Server = State<Arc<Mutex<Seen>>>;

fn known(headers: &HeaderMap, token: &str) -> String {
    assert_eq!(headers["authorization"], format!("Bearer {token}"));
    let id = headers["idempotency-key"].to_str().unwrap().to_owned();
    assert!(CommandId::parse(&id).is_some());
    id
}

fn busy(seen: &mut Seen) -> Option<Response> {
    let busy = seen.busy_until.is_some_and(|until| Instant::now() < until);
    seen.impatient += usize::from(busy);
    busy.then(|| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response())
}

async fn ask(State(seen): Server, headers: HeaderMap, body: Bytes) -> Response {
    let mut seen = seen.lock().unwrap();
    if let Some(busy) = busy(&mut seen) {
        return busy;
    }
    known(&headers, "gates");
    let body: Value = serde_json::from_slice(&body).unwrap();
    seen.asks += 1;
    seen.changed.notify_one();
    // Every medium's purse is empty at first and reaches after a top-up.
    let refused = seen.refuse_first.insert(body["medium"].as_u64().unwrap());
    let (outcome, code) = if refused { ("refused", Some("purse_insufficient")) } else { ("accepted", None) };
    axum::Json(json!({"outcome": outcome, "code": code, "position": "1.0"})).into_response()
}

async fn tap(State(seen): Server, headers: HeaderMap, body: Bytes) -> Response {
    let mut seen = seen.lock().unwrap();
    if let Some(busy) = busy(&mut seen) {
        return busy;
    }
    let id = known(&headers, "gates");
    if seen.ids.insert(id) {
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["opened"].as_bool().unwrap(), body.get("refused").is_none());
        let number = body["seq"].as_u64().unwrap();
        seen.numbers.entry(body["device"].as_u64().unwrap()).or_default().push(number);
        let part = body["part"].as_str().unwrap_or("single").to_owned();
        if body["opened"] == json!(true) {
            seen.parts.push((body["medium"].as_u64().unwrap(), part));
        }
        seen.parties += usize::from(body.get("party").is_some());
        seen.changed.notify_one();
    }
    axum::Json(json!({"outcome": "accepted"})).into_response()
}

async fn purchase(State(seen): Server, headers: HeaderMap, body: Bytes) -> Response {
    known(&headers, "tills");
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert!(!body["items"].as_array().unwrap().is_empty() && body["merchant"].is_string(), "{body}");
    let mut seen = seen.lock().unwrap();
    seen.baskets += 1;
    seen.changed.notify_one();
    axum::Json(json!({"outcome": "accepted", "purchase": seen.baskets})).into_response()
}

async fn settle(
    State(seen): Server,
    Path((number, what)): Path<(usize, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    known(&headers, "tills");
    let body: Value = serde_json::from_slice(&body).unwrap();
    let mut seen = seen.lock().unwrap();
    assert!(number <= seen.baskets, "a purchase that was answered");
    assert_eq!(body.get("lines").is_some(), what == "refunds" || body["lines"].is_array());
    seen.settled.insert(what);
    axum::Json(json!({"outcome": "accepted"})).into_response()
}

async fn top_up(State(seen): Server, headers: HeaderMap) -> Response {
    known(&headers, "bank");
    seen.lock().unwrap().top_ups += 1;
    axum::Json(json!({"outcome": "accepted"})).into_response()
}

async fn cash_out(State(seen): Server, headers: HeaderMap, body: Bytes) -> Response {
    known(&headers, "bank");
    let body: Value = serde_json::from_slice(&body).unwrap();
    let mut seen = seen.lock().unwrap();
    let wallet = body["wallet"].as_str().unwrap().to_owned();
    seen.cash_outs.push((body["medium"].as_u64().unwrap(), wallet, body["amount"].as_u64().unwrap()));
    seen.changed.notify_one();
    axum::Json(json!({"outcome": "accepted"})).into_response()
}

async fn block(State(seen): Server, Path(medium): Path<u64>, headers: HeaderMap, body: Bytes) -> Response {
    known(&headers, "telephone");
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), json!({"reason": "lost"}));
    let mut seen = seen.lock().unwrap();
    seen.blocked.push(medium);
    seen.changed.notify_one();
    axum::Json(json!({"outcome": "accepted"})).into_response()
}

/// Checks a batch as the edge does: signature over the bytes, numbers in a row, chain from its beginning to its head.
async fn tap_batch(State(seen): Server, headers: HeaderMap, body: Bytes) -> Response {
    let mut seen = seen.lock().unwrap();
    let device: u64 = headers["device"].to_str().unwrap().parse().unwrap();
    let signature = BASE64_STANDARD.decode(headers["device-signature"].as_bytes()).unwrap();
    let signature = Signature::from_bytes(&signature.try_into().unwrap());
    seen.keys[&device].verify_strict(&body, &signature).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut hash = hex::decode(text(&body["previous_hash"])).unwrap();
    let taps = body["taps"].as_array().unwrap();
    for tap in taps {
        let at = base::Timestamp::parse(tap["device_at"].as_str().unwrap()).unwrap();
        let fields = [&tap["id"], &json!(device), &body["epoch"], &tap["seq"], &tap["medium"], &Value::Null];
        let rest = [&tap["place"], &Value::Null, &json!(at.0), &tap["opened"], &tap["refused"]];
        let mut line: Vec<String> = fields.into_iter().chain(rest).map(text).collect();
        if ["part", "distance_metres", "party"].iter().any(|field| tap.get(field).is_some()) {
            let member = |one: &Value| format!("{}:{}", text(&one["category"]), one["count"]);
            let party = tap["party"].as_array().into_iter().flatten().map(member).collect::<Vec<_>>();
            line.push(tap["part"].as_str().unwrap_or("single").to_owned());
            line.push(text(&tap["distance_metres"]));
            line.push(party.join(","));
        }
        hash = Sha256::new().chain_update(&hash).chain_update(line.join("|")).finalize().to_vec();
        let number = tap["seq"].as_u64().unwrap();
        seen.numbers.entry(device).or_default().push(number);
        seen.heads.insert((device, number), hex::encode(&hash));
    }
    assert_eq!(hex::encode(&hash), text(&body["head_hash"]));
    seen.late += taps.len();
    seen.batches += 1;
    seen.changed.notify_one();
    let items: Vec<Value> = taps.iter().map(|_| json!({"outcome": "accepted"})).collect();
    axum::Json(json!({ "items": items })).into_response()
}

async fn serve(seen: &Arc<Mutex<Seen>>) -> String {
    let routes = Router::new()
        .route("/api/v1/asks", post(ask))
        .route("/api/v1/taps", post(tap))
        .route("/api/v1/tap-batches", post(tap_batch))
        .route("/api/v1/top-ups", post(top_up))
        .route("/api/v1/cash-outs", post(cash_out))
        .route("/api/v1/media/{medium}/blocks", post(block))
        .route("/api/v1/purchases", post(purchase))
        .route("/api/v1/purchases/{number}/{what}", post(settle))
        .with_state(Arc::clone(seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    format!("http://{address}/")
}

fn city() -> City {
    City::generate(2, 200, CivilDate::parse("2026-11-16").unwrap()).unwrap()
}

fn settings(taps_per_s: u32) -> Settings {
    Settings {
        base_url: String::new(),
        terminals_token: "gates".to_owned(),
        bank_token: "bank".to_owned(),
        merchant_token: "tills".to_owned(),
        operator_token: "telephone".to_owned(),
        rate: Rate::Mean(taps_per_s),
        haste: 5_000,
        epoch: 2,
        outages: None,
    }
}

/// Mid-morning of a working day, whatever the hour of the test.
fn clocks() -> Clocks {
    let begins = CivilDate::parse("2026-11-17").unwrap().midnight().plus(10 * base::Timestamp::HOUR);
    let wall = SystemClock::new(0);
    let ahead = begins.since(wall.now());
    Clocks { city: Arc::new(SystemClock::new(ahead)), wall: Arc::new(wall) }
}

/// Drives until the server has seen enough, then stops and waits for the end.
async fn drive_until(
    seen: &Arc<Mutex<Seen>>,
    settings: Settings,
    enough: impl Fn(&Seen) -> bool,
) -> HashMap<&'static str, u64> {
    drive_city(city(), seen, settings, enough).await
}

async fn drive_city(
    city: City,
    seen: &Arc<Mutex<Seen>>,
    mut settings: Settings,
    enough: impl Fn(&Seen) -> bool,
) -> HashMap<&'static str, u64> {
    let (trigger, stop) = shutdown::channel();
    let figures = Arc::new(Figures::default());
    let changed = {
        let mut seen = seen.lock().unwrap();
        let key = |device: &sandbox::city::Device| (device.number.0.into(), device.key.verifying_key());
        seen.keys = city.devices.iter().map(key).collect();
        Arc::clone(&seen.changed)
    };
    settings.base_url = serve(seen).await;
    let (clocks, counted) = (clocks(), Arc::clone(&figures));
    let driving = tokio::spawn(async move { drive(&city, &settings, &clocks, &counted, stop).await });
    while !enough(&seen.lock().unwrap()) {
        changed.notified().await;
    }
    trigger.stop();
    tokio::time::timeout(Duration::from_secs(20), driving).await.unwrap().unwrap().unwrap();
    figures.list().into_iter().collect()
}

fn without_gaps(seen: &Seen) {
    for numbers in seen.numbers.values() {
        let expected: Vec<u64> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, &expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gates_ask_then_report_and_every_terminal_counts_without_gaps() {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let figures = drive_until(&seen, settings(400), |seen| seen.asks >= 250).await;
    let seen = seen.lock().unwrap();
    assert!(seen.top_ups > 20 && seen.numbers.len() > 10);
    without_gaps(&seen);
    assert_eq!(figures["rejected"], 0, "{figures:?}");
    assert!(figures["taps"] > 100 && figures["asks_refused"] > 20, "{figures:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_tap_out_where_they_tapped_in_before() {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let outs = |seen: &Seen| seen.parts.iter().filter(|(_, part)| part == "out").count();
    drive_until(&seen, settings(400), |seen| outs(seen) >= 100).await;
    let seen = seen.lock().unwrap();
    let mut inside: HashMap<u64, usize> = HashMap::new();
    for (medium, part) in &seen.parts {
        match part.as_str() {
            "in" => *inside.entry(*medium).or_default() += 1,
            "out" => {
                let count = inside.entry(*medium).or_default();
                assert!(*count > 0, "medium {medium} left where it never came in");
                *count -= 1;
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_were_inside_when_the_history_ended_tap_out() {
    // Until ten in the morning of a Tuesday, the hour of the live clock.
    let begins = CivilDate::parse("2026-11-17").unwrap();
    let mut world = World::found(2, 400, begins);
    world.day_until(begins, begins.midnight().plus(10 * base::Timestamp::HOUR));
    let mut inside: HashSet<u64> = HashSet::new();
    for tap in world.taps.iter().filter(|tap| tap.opened) {
        match tap.part {
            engine::Part::In => drop(inside.insert(tap.medium.into())),
            engine::Part::Out | engine::Part::Single => drop(inside.remove(&tap.medium.into())),
        }
    }
    assert!(inside.len() > 3, "{} inside", inside.len());
    let seen = Arc::new(Mutex::new(Seen::default()));
    let first = |seen: &Seen, medium: u64| {
        let part = seen.parts.iter().find(|(other, _)| *other == medium).map(|(_, part)| part.clone());
        part.as_deref() == Some("out")
    };
    // Hours pass in a moment; some leave unseen.
    let left = |seen: &Seen| inside.iter().filter(|medium| first(seen, **medium)).count();
    drive_city(world.city, &seen, settings(400), |seen| left(seen) * 2 > inside.len()).await;
    without_gaps(&seen.lock().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn people_go_to_the_bank_and_report_lost_cards() {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let enough = |seen: &Seen| seen.cash_outs.len() >= 3 && !seen.blocked.is_empty();
    let figures = drive_until(&seen, settings(4_000), enough).await;
    let seen = seen.lock().unwrap();
    for (_, wallet, amount) in &seen.cash_outs {
        assert!(amount % 50_000 == 0 && *amount > 0, "{amount} of {wallet}");
    }
    assert!(
        figures["cash_outs"] >= 3 && figures["cards_lost"] >= 1 && figures["rejected"] == 0,
        "{figures:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tills_sell_and_go_on_with_what_was_sold() {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let figures = drive_until(&seen, settings(2_000), |seen| seen.settled.len() == 3).await;
    let seen = seen.lock().unwrap();
    let expected: HashSet<String> = ["capture", "void", "refunds"].map(str::to_owned).into();
    assert_eq!(seen.settled, expected);
    assert!(figures["purchases"] > 0 && figures["settled"] >= 3 && figures["rejected"] == 0, "{figures:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_left_in_peace_and_nothing_is_lost() {
    let busy_until = Some(Instant::now() + Duration::from_millis(900));
    let seen = Arc::new(Mutex::new(Seen { busy_until, ..Seen::default() }));
    let figures = drive_until(&seen, settings(6_000), |seen| seen.asks >= 50).await;
    let seen = seen.lock().unwrap();
    // One request per terminal, then silence for the second it was told to wait.
    assert!(seen.impatient <= city().devices.len(), "{} requests while busy", seen.impatient);
    assert!(seen.impatient > 0);
    assert!(figures["repeated"] > 0 && figures["skipped"] > 0, "{figures:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_without_network_delivers_a_signed_and_chained_batch() {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let outages = Outages { every: Duration::from_millis(40), lasts: Duration::from_millis(120) };
    let settings = Settings { outages: Some(outages), ..settings(600) };
    let figures = drive_until(&seen, settings, |seen| seen.batches >= 5).await;
    let seen = seen.lock().unwrap();
    without_gaps(&seen);
    assert!(seen.late >= 5 && figures["taps_late"] >= 5, "{figures:?}");
    assert_eq!(figures["rejected"], 0, "{figures:?}");
}

#[tokio::test]
async fn a_root_that_is_none_is_an_error() {
    let (_trigger, stop) = shutdown::channel();
    let figures = Arc::new(Figures::default());
    for wrong in ["", "ftp://x", "127.0.0.1", "https://127.0.0.1"] {
        let settings = Settings { base_url: wrong.to_owned(), ..settings(1) };
        let refused = drive(&city(), &settings, &clocks(), &figures, stop.clone()).await;
        assert!(refused.is_err(), "{wrong}");
    }
}
