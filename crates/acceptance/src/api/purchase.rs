//! `POST /api/v1/purchases`

use std::sync::Arc;

use axum::extract::State;
use base::MediumSerial;
use engine::{Item, PurchaseStep};
use platform::problems::{self, Problem};
use platform::web::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::caller::{Caller, IdempotencyKey};
use super::display::{Answered, Speaks};
use super::wire::{ProblemBody, amount, code, funds};
use crate::service::PurchaseInput;

/// Lines one basket holds at most.
const ITEMS_MAX: usize = 200;

/// A basket at a till.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurchaseBody {
    /// `ask` (would it be accepted? moves nothing), `authorise` (holds the money) or `capture` (moves it; when absent).
    #[schema(value_type = Option<String>, example = "capture")]
    step: Option<PurchaseStep>,
    /// Serial of the medium.
    #[schema(example = 17)]
    medium: u32,
    /// Code of the merchant.
    #[schema(example = "pasar_jaya")]
    merchant: String,
    /// `purse` or `wallet.CODE`. One purchase has one source.
    #[schema(example = "wallet.kjp_plus.smp")]
    from: String,
    /// The basket, 1 to 200 lines.
    items: Vec<ItemBody>,
}

/// One line of a basket.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemBody {
    /// Code of the good.
    #[schema(example = "buku_tulis")]
    good: String,
    /// How many; one when absent.
    #[schema(example = 3, minimum = 1)]
    quantity: Option<u32>,
    /// What they cost together, whole rupiah.
    #[schema(value_type = u64, example = 45_000, minimum = 1)]
    amount: serde_json::Value,
}

fn item(body: &ItemBody) -> Result<Item, Problem> {
    let quantity = body.quantity.unwrap_or(1);
    if quantity == 0 {
        return Err(Problem::new(problems::REQUEST_MALFORMED).cause("a quantity is at least 1"));
    }
    Ok(Item { good: code(&body.good, problems::GOOD_NOT_ALLOWED)?, quantity, amount: amount(&body.amount)? })
}

/// Sell goods. A basket is taken or refused as a whole; `about` names the good that may not be bought. The answer's
/// `purchase` is the number for capture, void and refunds.
#[utoipa::path(
    post, path = "/api/v1/purchases", tag = "merchants", operation_id = "purchase",
    request_body = PurchaseBody,
    params(("Idempotency-Key" = String, Header, description = "Id of the command: a UUID of version 7")),
    responses(
        (status = 200, description = "Decided: accepted or refused, with what to show", body = Answered),
        (status = "4XX", description = "Never reached a decision", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Send it again after Retry-After", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("client" = []))
)]
pub async fn purchase(
    State(api): State<Arc<Api>>,
    Speaks(language): Speaks,
    Caller(actor): Caller,
    IdempotencyKey(id): IdempotencyKey,
    Json(body): Json<PurchaseBody>,
) -> Result<Json<Answered>, Problem> {
    if body.items.is_empty() || body.items.len() > ITEMS_MAX {
        let cause = format!("a basket has 1 to {ITEMS_MAX} lines");
        return Err(Problem::new(problems::REQUEST_MALFORMED).cause(cause));
    }
    let step = body.step.unwrap_or_default();
    let input = PurchaseInput {
        id,
        medium: MediumSerial(body.medium),
        merchant: code(&body.merchant, problems::ORGANISATION_UNKNOWN)?,
        from: funds(&body.from)?,
        items: body.items.iter().map(item).collect::<Result<_, _>>()?,
        step,
    };
    let decision = api.service.purchase(&actor, input).await?;
    Ok(Json(if step == PurchaseStep::Capture {
        Answered::of_till(decision, &api, language)
    } else {
        Answered::of_ask(decision, &api, language)
    }))
}
