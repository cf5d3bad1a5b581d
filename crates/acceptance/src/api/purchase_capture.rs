//! `POST /api/v1/purchases/{number}/capture`

use std::sync::Arc;

use axum::extract::{Path, State};
use platform::problems::Problem;
use platform::web::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::caller::{Caller, IdempotencyKey};
use super::display::{Answered, Speaks};
use super::wire::{ProblemBody, purchase_number};

/// Which lines are captured.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureBody {
    /// Lines of the basket, counted from 0; all of them when absent.
    lines: Option<Vec<u16>>,
}

/// Capture an authorised purchase, wholly or without the lines that are not named.
#[utoipa::path(
    post, path = "/api/v1/purchases/{number}/capture", tag = "merchants", operation_id = "capturePurchase",
    request_body = CaptureBody,
    params(
        ("number" = u64, Path, description = "Number of the purchase"),
        ("Idempotency-Key" = String, Header, description = "Id of the command: a UUID of version 7"),
    ),
    responses(
        (status = 200, description = "Decided: accepted or refused, with what to show", body = Answered),
        (status = "4XX", description = "Never reached a decision", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Send it again after Retry-After", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("client" = []))
)]
pub async fn capture_purchase(
    State(api): State<Arc<Api>>,
    Speaks(language): Speaks,
    Caller(actor): Caller,
    IdempotencyKey(id): IdempotencyKey,
    Path(number): Path<String>,
    Json(body): Json<CaptureBody>,
) -> Result<Json<Answered>, Problem> {
    let number = purchase_number(&number)?;
    let lines = body.lines.unwrap_or_default();
    let decision = api.service.capture_purchase(&actor, id, number, lines).await?;
    Ok(Json(Answered::of_till(decision, &api, language)))
}
