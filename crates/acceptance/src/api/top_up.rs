//! `POST /api/v1/top-ups`

use axum::extract::State;
use base::{HolderNumber, MediumSerial};
use platform::problems::{self, Problem};
use platform::web::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::caller::{Caller, IdempotencyKey};
use super::wire::{ProblemBody, amount, code};
use crate::service::{Decision, Service, TopUpInput};

/// Money that a bank received for a purse. Name the medium or the holder.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopUpBody {
    /// Serial of the medium ...
    #[schema(example = 17)]
    medium: Option<u32>,
    /// ... or number of the holder.
    #[schema(example = "P-7F3K-2209")]
    holder: Option<String>,
    /// Code of the bank.
    #[schema(example = "bank_dki")]
    bank: String,
    /// Whole rupiah, above zero.
    #[schema(value_type = u64, example = 50_000, minimum = 1)]
    amount: serde_json::Value,
}

/// Report a top-up. Fares owed are paid off first.
#[utoipa::path(
    post, path = "/api/v1/top-ups", tag = "banks", operation_id = "topUp",
    request_body = TopUpBody,
    params(("Idempotency-Key" = String, Header, description = "Id of the command: a UUID of version 7")),
    responses(
        (status = 200, description = "Decided: accepted or refused", body = Decision),
        (status = "4XX", description = "Never reached a decision", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Send it again after Retry-After", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("client" = []))
)]
pub async fn top_up(
    State(service): State<Service>,
    Caller(actor): Caller,
    IdempotencyKey(id): IdempotencyKey,
    Json(body): Json<TopUpBody>,
) -> Result<Json<Decision>, Problem> {
    if body.medium.is_some() == body.holder.is_some() {
        let cause = "name either the medium or the holder";
        return Err(Problem::new(problems::REQUEST_MALFORMED).cause(cause));
    }
    let holder = body.holder.as_deref().map(HolderNumber::parse).transpose();
    let input = TopUpInput {
        id,
        medium: body.medium.map(MediumSerial),
        holder: holder.map_err(|error| Problem::new(problems::HOLDER_UNKNOWN).cause(error.to_string()))?,
        bank: code(&body.bank, problems::ORGANISATION_UNKNOWN)?,
        amount: amount(&body.amount)?,
    };
    service.top_up(&actor, input).await.map(Json)
}
