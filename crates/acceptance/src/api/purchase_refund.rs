//! `POST /api/v1/purchases/{number}/refunds`

use std::sync::Arc;

use axum::extract::{Path, State};
use engine::RefundLine;
use platform::problems::{self, Problem};
use platform::web::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::caller::{Caller, IdempotencyKey};
use super::display::{Answered, Speaks};
use super::wire::{ProblemBody, amount, purchase_number};

/// What is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundBody {
    /// Which lines, and how much of each.
    lines: Vec<RefundLineBody>,
}

/// One line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundLineBody {
    /// Line of the basket, counted from 0.
    #[schema(example = 0)]
    line: u16,
    /// Whole rupiah; all that is left of the line when absent.
    #[schema(value_type = Option<u64>, example = 15_000, minimum = 1)]
    amount: Option<serde_json::Value>,
}

fn line(body: &RefundLineBody) -> Result<RefundLine, Problem> {
    let amount = body.amount.as_ref().map(amount).transpose()?;
    Ok(RefundLine { line: body.line, amount })
}

/// Take goods back. Each line returns to the money that paid for it: never from aid to own money, never to cash.
#[utoipa::path(
    post, path = "/api/v1/purchases/{number}/refunds", tag = "merchants", operation_id = "refundPurchase",
    request_body = RefundBody,
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
pub async fn refund_purchase(
    State(api): State<Arc<Api>>,
    Speaks(language): Speaks,
    Caller(actor): Caller,
    IdempotencyKey(id): IdempotencyKey,
    Path(number): Path<String>,
    Json(body): Json<RefundBody>,
) -> Result<Json<Answered>, Problem> {
    let number = purchase_number(&number)?;
    if body.lines.is_empty() {
        return Err(Problem::new(problems::REQUEST_MALFORMED).cause("name at least one line"));
    }
    let lines = body.lines.iter().map(line).collect::<Result<_, _>>()?;
    let decision = api.service.refund(&actor, id, number, lines).await?;
    Ok(Json(Answered::of_till(decision, &api, language)))
}
