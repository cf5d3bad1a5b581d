//! `POST /api/v1/purchases/{number}/void`

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

/// Nothing has to be said: `{}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidBody {}

/// Undo a purchase as a whole: what is held is released, what was captured and not yet refunded comes back.
#[utoipa::path(
    post, path = "/api/v1/purchases/{number}/void", tag = "merchants", operation_id = "voidPurchase",
    request_body = VoidBody,
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
pub async fn void_purchase(
    State(api): State<Arc<Api>>,
    Speaks(language): Speaks,
    Caller(actor): Caller,
    IdempotencyKey(id): IdempotencyKey,
    Path(number): Path<String>,
    Json(body): Json<VoidBody>,
) -> Result<Json<Answered>, Problem> {
    let number = purchase_number(&number)?;
    let VoidBody {} = body;
    let decision = api.service.void_purchase(&actor, id, number).await?;
    Ok(Json(Answered::of_till(decision, &api, language)))
}
