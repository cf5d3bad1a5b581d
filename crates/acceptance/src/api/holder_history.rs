//! `GET /api/v1/holders/{holder}/history`

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use platform::problems::Problem;
use platform::web::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::holder_balance::{holder_number, query_malformed};
use super::wire::{ProblemBody, position};
use crate::service::{HistoryLine, Service};

/// How many lines are answered when nobody says.
const LIMIT_DEFAULT: u64 = 50;

/// Which part of the history.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// Lines at most, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// Wait until the tables hold this position.
    min_position: Option<String>,
}

/// A page of history, newest first.
#[derive(Serialize, ToSchema)]
pub struct History {
    /// The lines.
    items: Vec<HistoryLine>,
    /// Give it as `after` for the next page; absent on the last.
    next: Option<String>,
    /// How far the tables are.
    position: String,
}

/// Read a holder's uses and top-ups, newest first.
#[utoipa::path(
    get, path = "/api/v1/holders/{holder}/history", tag = "operator", operation_id = "holderHistory",
    params(("holder" = String, Path, description = "Number of the holder", example = "P-7F3K-2209"), HistoryQuery),
    responses(
        (status = 200, description = "A page of history", body = History),
        (status = "4XX", description = "Not answered", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The tables have not reached the position", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("client" = []))
)]
pub async fn holder_history(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(holder): Path<String>,
    query: Result<Query<HistoryQuery>, QueryRejection>,
) -> Result<Json<History>, Problem> {
    let Query(query) = query.map_err(|rejection| query_malformed(&rejection))?;
    let number = holder_number(&holder)?;
    let after = position(query.after.as_deref())?;
    let min_position = position(query.min_position.as_deref())?;
    let limit = query.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, crate::store::queries::LIMIT_MAX);
    let head = service.cursor();
    let items = service.history(&actor, number, after, limit, min_position).await?;
    let full = u64::try_from(items.len()).unwrap_or_default() == limit;
    let next = items.last().filter(|_| full).map(|line| line.decision.position.clone());
    Ok(Json(History { items, next, position: format!("{}.0", head.seq) }))
}
