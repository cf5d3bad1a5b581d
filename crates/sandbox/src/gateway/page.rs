//! The page on which messages are read, as on the phone they would have reached.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use platform::web::{PageContext, render};

use super::Desk;
use super::phones::Message;

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// A message ready for the page.
struct Line {
    to: String,
    at: String,
    text: String,
}

#[derive(Template)]
#[template(path = "messages.html")]
struct MessagesPage {
    page: PageContext,
    messages: Vec<Line>,
    back: Option<String>,
}

/// `GET /`
pub async fn page(State(desk): State<Desk>, page: PageContext) -> Response {
    let page = page.for_residents();
    let line = |message: &Message| Line {
        to: message.to.masked(),
        at: page.format().moment(message.at),
        text: message.text.clone(),
    };
    let messages = desk.phones().delivered().rev().map(line).collect();
    let back = desk.settings.back.as_ref();
    let back = back.map(|address| format!("{address}?bahasa={}", page.language.tag()));
    (HEADERS, render(&MessagesPage { messages, back, page: page.clone() })).into_response()
}
