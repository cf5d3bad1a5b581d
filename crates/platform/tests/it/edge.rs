//! What the edge answers when a request does not reach its handler, or meets a problem there.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http_body_util::BodyExt;
use platform::access::{Actor, Policies};
use platform::i18n::Texts;
use platform::problems::{self, MEDIUM_UNKNOWN, Problem};
use platform::web::{BODY_BYTES_MAX, Edge, Json, NavigationItem, Portal, RequestId, assets};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower::ServiceExt;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Greeting {
    name: String,
}

fn router() -> Router {
    let portal = Arc::new(Portal {
        texts: Arc::new(Texts::load(&[]).unwrap()),
        navigation: vec![NavigationItem { href: "/problems", key: "platform-problems-title", action: None }],
        foot: Vec::new(),
        policies: Arc::new(Policies::embedded().unwrap()),
        account: None,
        actor: Actor::console(),
        samples: None,
    });
    let router = Router::new()
        .route("/api/v1/greetings", post(async |Json(greeting): Json<Greeting>| Json(greeting)))
        .route("/api/v1/slow", get(std::future::pending::<()>))
        .route("/api/v1/number", get(async |Extension(id): Extension<RequestId>| id.to_string()))
        .route("/media/{serial}", get(async || Problem::new(MEDIUM_UNKNOWN).position("7.0")))
        .merge(problems::pages::routes())
        .merge(assets::routes());
    Edge::new(portal.clone()).wait_max(Duration::from_millis(20)).around(router).with_state(portal)
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn code(&self) -> String {
        assert_eq!(self.headers["content-type"], problems::PROBLEM_JSON, "{}", self.body);
        self.json()["code"].as_str().unwrap().to_owned()
    }
}

async fn send(request: Request<Body>) -> Answer {
    let response = router().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn visit(path: &str) -> Answer {
    send(Request::get(path).header("accept", "text/html,*/*;q=0.8").body(Body::empty()).unwrap()).await
}

async fn greet(body: impl Into<Body>) -> Answer {
    let request = Request::post("/api/v1/greetings").header("content-type", "application/json");
    send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_body_that_cannot_be_read_names_its_fault() {
    assert_eq!(greet(r#"{"name":"Siti"}"#).await.status, StatusCode::OK);
    assert_eq!(greet("{").await.code(), "request_malformed");
    assert_eq!(greet(r#"{"name":1}"#).await.code(), "request_malformed");
    let unknown = greet(r#"{"name":"Siti","nmae":"x"}"#).await;
    assert_eq!(unknown.code(), "request_field_unknown");
    assert!(unknown.json()["cause"].as_str().unwrap().contains("nmae"));
    let plain = Request::post("/api/v1/greetings").body(Body::from("{}")).unwrap();
    assert_eq!(send(plain).await.code(), "request_malformed");
    let large = greet(vec![b' '; BODY_BYTES_MAX + 1]).await;
    assert_eq!((large.status, large.code()), (StatusCode::PAYLOAD_TOO_LARGE, "request_too_large".into()));
}

#[tokio::test]
async fn an_unknown_route_is_a_problem_to_programs_and_a_page_to_people() {
    let program = send(Request::get("/api/v1/nothing").body(Body::empty()).unwrap()).await;
    assert_eq!((program.status, program.code()), (StatusCode::NOT_FOUND, "route_unknown".into()));
    let person = visit("/nothing").await;
    assert_eq!(person.status, StatusCode::NOT_FOUND);
    assert!(person.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(person.body.contains("<h1>Halaman tidak ada</h1>"), "{}", person.body);
    let under_api = visit("/api/v1/nothing").await;
    assert_eq!(under_api.code(), "route_unknown");
}

#[tokio::test]
async fn another_method_is_refused_and_the_allowed_ones_are_named() {
    let answer = send(Request::delete("/api/v1/slow").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed".into()));
    assert!(answer.headers["allow"].to_str().unwrap().contains("GET"));
}

#[tokio::test]
async fn a_slow_handler_ends_in_a_timeout_that_invites_the_same_id_again() {
    let answer = send(Request::get("/api/v1/slow").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::GATEWAY_TIMEOUT, "timeout".into()));
    assert_eq!(answer.headers["retry-after"], "1");
}

#[tokio::test]
async fn a_problem_speaks_the_callers_language_and_keeps_its_position() {
    let request = Request::get("/media/9").header("accept-language", "en").body(Body::empty()).unwrap();
    let answer = send(request).await;
    assert_eq!(answer.json()["title"], "Medium not known");
    assert_eq!(answer.json()["position"], "7.0");
    let page = visit("/media/9?bahasa=en").await;
    assert!(page.body.contains("<h1>Medium not known</h1>"));
    assert!(page.headers["set-cookie"].to_str().unwrap().starts_with("bahasa=en; Path=/;"));
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_browsers_careful() {
    for answer in [visit("/problems").await, visit("/nothing").await, greet("{").await] {
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(answer.headers["x-request-id"].to_str().unwrap().starts_with("r-"));
    }
    let numbered = send(Request::get("/api/v1/number").body(Body::empty()).unwrap()).await;
    assert_eq!(numbered.headers["x-request-id"].to_str().unwrap(), numbered.body);
}

/// The page without what differs from build to build: versions of static files, and htmx where it was fetched.
fn stable(page: &str) -> String {
    let lines = page.lines().filter(|line| !line.contains("htmx"));
    let cut = |line: &str| match line.split_once("?v=") {
        Some((address, rest)) => {
            format!("{address}?v=TAG{}", rest.trim_start_matches(|c: char| c.is_ascii_hexdigit()))
        }
        None => line.to_owned(),
    };
    lines.map(cut).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_list_of_codes_and_each_code_have_a_page_in_both_languages() {
    let list = visit("/problems").await;
    for kind in problems::ALL {
        assert!(list.body.contains(&format!("href=\"/problems/{}\"", kind.code)), "{}", kind.code);
    }
    let page = visit("/problems/medium_blocked?bahasa=en").await;
    insta::assert_snapshot!(stable(&page.body));
    assert_eq!(visit("/problems/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sheets_are_served_with_a_tag_and_not_sent_twice() {
    let first = visit("/assets/tokens.css").await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.headers["content-type"], "text/css; charset=utf-8");
    assert_eq!(first.headers["cache-control"], "public, max-age=3600");
    let again = Request::get("/assets/tokens.css").header("if-none-match", &first.headers["etag"]);
    let again = send(again.body(Body::empty()).unwrap()).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let versioned = visit(&assets::address("base.css").unwrap()).await;
    assert!(versioned.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(visit("/assets/../Cargo.toml").await.status, StatusCode::NOT_FOUND);
}
