//! `POST /api/v1/cash-outs`

use std::sync::Arc;

use axum::extract::State;
use base::MediumSerial;
use platform::problems::{self, Problem};
use platform::web::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::caller::{Caller, IdempotencyKey};
use super::display::{Answered, Speaks};
use super::wire::{ProblemBody, amount, code};
use crate::service::CashOutInput;

/// Money of a wallet, paid out by a bank.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashOutBody {
    /// Serial of the medium.
    #[schema(example = 17)]
    medium: u32,
    /// Code of the wallet's benefit.
    #[schema(example = "kjp_plus.smp")]
    wallet: String,
    /// Code of the bank that pays.
    #[schema(example = "bank_dki")]
    bank: String,
    /// Whole rupiah, above zero.
    #[schema(value_type = u64, example = 100_000, minimum = 1)]
    amount: serde_json::Value,
}

/// Pay money of a wallet out in cash, within the wallet's cash limit.
#[utoipa::path(
    post, path = "/api/v1/cash-outs", tag = "banks", operation_id = "cashOut",
    request_body = CashOutBody,
    params(("Idempotency-Key" = String, Header, description = "Id of the command: a UUID of version 7")),
    responses(
        (status = 200, description = "Decided: accepted or refused, with what to show", body = Answered),
        (status = "4XX", description = "Never reached a decision", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Send it again after Retry-After", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("client" = []))
)]
pub async fn cash_out(
    State(api): State<Arc<Api>>,
    Speaks(language): Speaks,
    Caller(actor): Caller,
    IdempotencyKey(id): IdempotencyKey,
    Json(body): Json<CashOutBody>,
) -> Result<Json<Answered>, Problem> {
    let input = CashOutInput {
        id,
        medium: MediumSerial(body.medium),
        wallet: code(&body.wallet, problems::WALLET_UNKNOWN)?,
        bank: code(&body.bank, problems::ORGANISATION_UNKNOWN)?,
        amount: amount(&body.amount)?,
    };
    let decision = api.service.cash_out(&actor, input).await?;
    Ok(Json(Answered::of_till(decision, &api, language)))
}
