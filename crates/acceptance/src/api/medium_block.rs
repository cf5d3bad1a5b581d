//! `POST /api/v1/media/{medium}/blocks`

use axum::extract::{Path, State};
use base::MediumSerial;
use engine::{BlockReason, Channel};
use platform::problems::{self, Problem};
use platform::web::Json;
use serde::Deserialize;
use utoipa::ToSchema;

use super::caller::{Caller, IdempotencyKey};
use super::wire::ProblemBody;
use crate::service::{BlockInput, Decision, Service};

/// Why a medium is blocked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockBody {
    /// `lost`, `stolen`, `damaged` or `office`.
    #[schema(value_type = String, example = "lost")]
    reason: BlockReason,
}

/// Block a medium at once. What it was used for before stays; asks with it are refused from now on.
#[utoipa::path(
    post, path = "/api/v1/media/{medium}/blocks", tag = "operator", operation_id = "blockMedium",
    request_body = BlockBody,
    params(
        ("medium" = u32, Path, description = "Serial of the medium"),
        ("Idempotency-Key" = String, Header, description = "Id of the command: a UUID of version 7"),
    ),
    responses(
        (status = 200, description = "Decided: accepted or refused", body = Decision),
        (status = "4XX", description = "Never reached a decision", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Send it again after Retry-After", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("client" = []))
)]
pub async fn block_medium(
    State(service): State<Service>,
    Caller(actor): Caller,
    IdempotencyKey(id): IdempotencyKey,
    Path(medium): Path<String>,
    Json(body): Json<BlockBody>,
) -> Result<Json<Decision>, Problem> {
    let medium = medium.parse().map(MediumSerial).map_err(|_| Problem::new(problems::MEDIUM_UNKNOWN))?;
    let input = BlockInput { id, medium, reason: body.reason };
    service.block(&actor, Channel::Api, input).await.map(Json)
}
