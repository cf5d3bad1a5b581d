//! The calls of a gateway's customers: sending a message, and asking for faults.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base::PhoneNumber;
use serde::Deserialize;
use serde_json::json;

use super::Desk;
use super::faults::{Fault, Faults};
use super::phones::{Message, Outcome};

/// Longest text: three short messages.
const TEXT_LENGTH_MAX: usize = 480;

/// Longest key.
const KEY_LENGTH_MAX: usize = 64;

/// What is to be sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// E.164.
    to: String,
    text: String,
}

/// `POST /v1/messages`: 202 with the message's id, the same for the same `Idempotency-Key`.
pub async fn send(
    State(desk): State<Desk>,
    headers: HeaderMap,
    order: Result<Json<Order>, JsonRejection>,
) -> Response {
    if !is_customer(&desk, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "token_invalid");
    }
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    if key.is_empty() || key.len() > KEY_LENGTH_MAX {
        return refusal(StatusCode::BAD_REQUEST, "key_missing");
    }
    let Ok(Json(order)) = order else { return refusal(StatusCode::BAD_REQUEST, "request_malformed") };
    let is_international = order.to.starts_with('+');
    let to = PhoneNumber::parse(&order.to).ok().filter(|_| is_international);
    let Some(to) = to else { return refusal(StatusCode::UNPROCESSABLE_ENTITY, "recipient_invalid") };
    if order.text.is_empty() || order.text.chars().count() > TEXT_LENGTH_MAX {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, "text_invalid");
    }
    let message = Message { to, text: order.text, at: desk.settings.clock.now() };
    let (outcome, fault) = desk.phones().take(key, message);
    // What was taken is taken, whether or not its sender waits for the answer.
    tokio::time::sleep(fault.map_or(std::time::Duration::ZERO, Fault::delay)).await;
    match outcome {
        Outcome::Taken(id) => {
            (StatusCode::ACCEPTED, Json(json!({"id": format!("m-{id:06}")}))).into_response()
        }
        Outcome::Conflict => refusal(StatusCode::CONFLICT, "id_conflict"),
        Outcome::Refused => refusal(StatusCode::UNPROCESSABLE_ENTITY, "recipient_refused"),
        Outcome::Busy => refusal(StatusCode::SERVICE_UNAVAILABLE, "queue_full"),
    }
}

/// `PUT /admin/faults`: what goes wrong with the next messages.
pub async fn fail(
    State(desk): State<Desk>,
    headers: HeaderMap,
    faults: Result<Json<Faults>, JsonRejection>,
) -> Response {
    if !is_customer(&desk, &headers) {
        return refusal(StatusCode::UNAUTHORIZED, "token_invalid");
    }
    let Ok(Json(faults)) = faults else { return refusal(StatusCode::BAD_REQUEST, "request_malformed") };
    desk.phones().fail(faults);
    StatusCode::NO_CONTENT.into_response()
}

fn is_customer(desk: &Desk, headers: &HeaderMap) -> bool {
    let line = headers.get(AUTHORIZATION).and_then(|line| line.to_str().ok());
    line.and_then(|line| line.strip_prefix("Bearer ")) == Some(desk.settings.token.as_str())
}

fn refusal(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({"code": code}))).into_response()
}
