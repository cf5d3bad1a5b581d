//! `POST /api/v1/taps`

use std::sync::Arc;

use axum::extract::State;
use base::{DeviceNumber, MediumSerial, Timestamp};
use engine::{Part, Refusal};
use platform::problems::{self, Problem};
use platform::web::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::caller::{Caller, IdempotencyKey};
use super::display::{Answered, Speaks};
use super::wire::{PartyMember, ProblemBody, code, passage};
use crate::service::TapInput;

/// A gate opened, or did not: a fact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TapBody {
    /// Number of the terminal.
    #[schema(example = 101)]
    device: u32,
    /// Raised whenever the terminal lost its storage.
    #[schema(example = 1)]
    epoch: u32,
    /// 1, 2, 3 … without gaps within an epoch.
    #[schema(example = 1, minimum = 1)]
    seq: u64,
    /// Serial of the medium.
    #[schema(example = 17)]
    medium: u32,
    /// The medium's own counter, where it has one.
    counter: Option<u32>,
    /// Code of the place.
    #[schema(example = "tj.bundaran_hi")]
    place: String,
    /// Line or vehicle, where it matters.
    line: Option<String>,
    /// What the terminal's clock showed, RFC 3339.
    #[schema(example = "2026-11-24T07:30:00+07:00")]
    device_at: String,
    /// Whether the gate opened.
    opened: bool,
    /// Why it did not: the code the ask was refused with.
    #[schema(value_type = Option<String>, example = "purse_insufficient")]
    refused: Option<Refusal>,
    /// `single` (the only tap of a ride; when absent), `in` or `out`.
    #[schema(value_type = Option<String>, example = "in")]
    part: Option<Part>,
    /// For a tap-out: metres travelled, where the terminal knows them.
    #[schema(example = 12_000)]
    distance_metres: Option<u32>,
    /// Everybody on the medium, the holder included; absent for the holder alone.
    party: Option<Vec<PartyMember>>,
}

/// The terminal's time.
pub fn device_time(text: &str) -> Result<Timestamp, Problem> {
    Timestamp::parse(text).ok_or_else(|| {
        Problem::new(problems::REQUEST_MALFORMED).cause("device_at looks like 2026-11-24T07:30:00+07:00")
    })
}

/// Report one tap. A gate that opened is always recorded and priced; what the purse lacks becomes debt.
#[utoipa::path(
    post, path = "/api/v1/taps", tag = "gates", operation_id = "tap",
    request_body = TapBody,
    params(("Idempotency-Key" = String, Header, description = "Id of the command: a UUID of version 7")),
    responses(
        (status = 200, description = "Decided: accepted or refused, with what to show", body = Answered),
        (status = "4XX", description = "Never reached a decision", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Send it again after Retry-After", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("client" = []))
)]
pub async fn tap(
    State(api): State<Arc<Api>>,
    Speaks(language): Speaks,
    Caller(actor): Caller,
    IdempotencyKey(id): IdempotencyKey,
    Json(body): Json<TapBody>,
) -> Result<Json<Answered>, Problem> {
    if body.seq == 0 {
        return Err(Problem::new(problems::REQUEST_MALFORMED).cause("seq counts from 1"));
    }
    let input = TapInput {
        id,
        device: DeviceNumber(body.device),
        epoch: body.epoch,
        seq: body.seq,
        medium: MediumSerial(body.medium),
        counter: body.counter,
        place: code(&body.place, problems::PLACE_UNKNOWN)?,
        line: body.line.as_deref().map(|line| code(line, problems::REQUEST_MALFORMED)).transpose()?,
        device_at: device_time(&body.device_at)?,
        opened: body.opened,
        refused: body.refused,
        passage: passage(body.part, body.distance_metres, body.party.as_deref())?,
    };
    let decision = api.service.tap(&actor, &input).await?;
    Ok(Json(Answered::of_tap(decision, &api, language)))
}
