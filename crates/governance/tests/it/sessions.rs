//! Signing in and out, and how long a session lasts.

use axum::body::Body;
use axum::http::header::COOKIE;
use axum::http::{Request, StatusCode};
use base::Timestamp;

use crate::desk::{Desk, permit};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_acts_in_their_role_until_they_sign_out() {
    let desk = Desk::open().await;
    assert_eq!(desk.role(None).await, "console");
    let session = desk.sign_in(None).await;
    assert_eq!(desk.role(Some(&session)).await, "operator");
    let page = desk.get("/sign-in?bahasa=en", Some(&session)).await;
    assert!(page.html.contains("You are signed in as"), "{}", page.html);
    assert!(page.html.contains("/tap?") && !page.html.contains("/places"), "only where an operator may go");
    let out = desk.post("/sign-out", Some(&session), "").await;
    assert_eq!((out.status, out.cookie().as_deref()), (StatusCode::SEE_OTHER, Some("__Host-jakone=")));
    assert_eq!(desk.role(Some(&session)).await, "console", "the old cookie is worth nothing");
    assert_eq!(desk.post("/sign-out", None, "").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_stands_idle_and_after_a_working_day() {
    let desk = Desk::open().await;
    let session = desk.sign_in(None).await;
    for _ in 0..20 {
        desk.clock.advance(29 * Timestamp::MINUTE);
        assert_eq!(desk.role(Some(&session)).await, "operator");
    }
    desk.clock.advance(30 * Timestamp::MINUTE + Timestamp::SECOND);
    assert_eq!(desk.role(Some(&session)).await, "console", "idle for more than half an hour");
    let session = desk.sign_in(None).await;
    for _ in 0..24 {
        desk.clock.advance(29 * Timestamp::MINUTE);
        assert_eq!(desk.role(Some(&session)).await, "operator");
    }
    desk.clock.advance(25 * Timestamp::MINUTE);
    assert_eq!(desk.role(Some(&session)).await, "console", "twelve hours are over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_refreshes_by_itself_keeps_nobody_signed_in() {
    let desk = Desk::open().await;
    let session = desk.sign_in(None).await;
    let poll = async || {
        let request = Request::get("/whoami").header("hx-request", "true").header(COOKIE, &session);
        desk.send(request.body(Body::empty()).unwrap()).await.html
    };
    for _ in 0..5 {
        desk.clock.advance(5 * Timestamp::MINUTE);
        assert_eq!(poll().await, "operator");
    }
    desk.clock.advance(6 * Timestamp::MINUTE);
    assert_eq!(poll().await, "console", "nobody sat there for half an hour");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_out_at_once_and_stays_out() {
    let desk = Desk::open().await;
    let session = desk.sign_in(None).await;
    desk.governance.disable_user(&permit(), "ratna").await.unwrap();
    assert_eq!(desk.role(Some(&session)).await, "console");
    assert_eq!(desk.post("/sign-in", None, &desk.form()).await.status, StatusCode::FORBIDDEN);
    let users = desk.governance.users(&permit()).await.unwrap();
    assert!(users.iter().any(|user| user.login == "ratna" && user.disabled_at.is_some()), "{users:?}");
    assert!(desk.governance.disable_user(&permit(), "nobody").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_is_spoken_in_both_languages_and_goes_on_where_one_was() {
    let desk = Desk::open().await;
    for (language, said) in [("id", "Siapa yang bekerja di sini?"), ("en", "Who is at work here?")] {
        let page = desk.get(&format!("/sign-in?bahasa={language}&kembali=/holders"), None).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains(said) && page.html.contains("value=\"/holders\""), "{}", page.html);
        assert!(!page.html.contains("governance-"), "a text is missing");
    }
    let answer = desk.post("/sign-in?bahasa=en", None, &format!("{}&kembali=/holders", desk.form())).await;
    assert_eq!(answer.location(), "/holders?bahasa=en");
}
