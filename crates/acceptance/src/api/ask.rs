//! `POST /api/v1/asks`

use std::sync::Arc;

use axum::extract::State;
use base::MediumSerial;
use engine::{Channel, Part};
use platform::problems;
use platform::problems::Problem;
use platform::web::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::caller::{Caller, IdempotencyKey};
use super::display::{Answered, Speaks};
use super::wire::{PartyMember, ProblemBody, code, passage};
use crate::service::AskInput;

/// May this medium pass here, and for how much?
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskBody {
    /// Serial of the medium.
    #[schema(example = 17)]
    medium: u32,
    /// Code of the place.
    #[schema(example = "tj.bundaran_hi")]
    place: String,
    /// Line or vehicle, where it matters.
    line: Option<String>,
    /// `single` (the only tap of a ride; when absent), `in` or `out`.
    #[schema(value_type = Option<String>, example = "in")]
    part: Option<Part>,
    /// For a tap-out: metres travelled, where the terminal knows them.
    #[schema(example = 12_000)]
    distance_metres: Option<u32>,
    /// Everybody on the medium, the holder included; absent for the holder alone.
    party: Option<Vec<PartyMember>>,
}

/// Ask whether a gate may open. Moves nothing; a refusal says why and, if money is missing, how much.
#[utoipa::path(
    post, path = "/api/v1/asks", tag = "gates", operation_id = "ask",
    request_body = AskBody,
    params(("Idempotency-Key" = String, Header, description = "Id of the command: a UUID of version 7")),
    responses(
        (status = 200, description = "Decided: accepted or refused, with what to show", body = Answered),
        (status = "4XX", description = "Never reached a decision", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Ask again after Retry-After", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("client" = []))
)]
pub async fn ask(
    State(api): State<Arc<Api>>,
    Speaks(language): Speaks,
    Caller(actor): Caller,
    IdempotencyKey(id): IdempotencyKey,
    Json(body): Json<AskBody>,
) -> Result<Json<Answered>, Problem> {
    let place = code(&body.place, problems::PLACE_UNKNOWN)?;
    let line = body.line.as_deref().map(|line| code(line, problems::REQUEST_MALFORMED)).transpose()?;
    let passage = passage(body.part, body.distance_metres, body.party.as_deref())?;
    let input = AskInput { id, medium: MediumSerial(body.medium), place, line, passage };
    let decision = api.service.ask(&actor, Channel::Api, input).await?;
    Ok(Json(Answered::of_ask(decision, &api, language)))
}
