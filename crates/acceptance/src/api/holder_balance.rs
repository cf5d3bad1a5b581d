//! `GET /api/v1/holders/{holder}/balance`

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use base::HolderNumber;
use platform::problems::{self, Problem};
use platform::web::Json;

use super::caller::Caller;
use super::wire::{MinPosition, ProblemBody, position};
use crate::service::{HolderBalance, Service};

/// A holder number; a text that is none names nobody.
pub fn holder_number(text: &str) -> Result<HolderNumber, Problem> {
    let parsed = HolderNumber::parse(text);
    parsed.map_err(|error| Problem::new(problems::HOLDER_UNKNOWN).cause(error.to_string()))
}

/// Query parameters that could not be read.
pub fn query_malformed(rejection: &QueryRejection) -> Problem {
    Problem::new(problems::REQUEST_MALFORMED).cause(rejection.body_text())
}

/// Read a holder's balances at a position.
#[utoipa::path(
    get, path = "/api/v1/holders/{holder}/balance", tag = "operator", operation_id = "holderBalance",
    params(("holder" = String, Path, description = "Number of the holder", example = "P-7F3K-2209"), MinPosition),
    responses(
        (status = 200, description = "Balances", body = HolderBalance),
        (status = "4XX", description = "Not answered", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The tables have not reached the position", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("client" = []))
)]
pub async fn holder_balance(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(holder): Path<String>,
    query: Result<Query<MinPosition>, QueryRejection>,
) -> Result<Json<HolderBalance>, Problem> {
    let Query(query) = query.map_err(|rejection| query_malformed(&rejection))?;
    let number = holder_number(&holder)?;
    service.balance(&actor, number, position(query.min_position.as_deref())?).await.map(Json)
}
