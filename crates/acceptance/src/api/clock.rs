//! `GET /api/v1/clock`

use axum::extract::State;
use platform::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::Service;

/// The city's time. A demonstration city may live in another week than the machine.
#[derive(Serialize, ToSchema)]
pub struct CityClock {
    /// Now, RFC 3339 in WIB.
    #[schema(example = "2026-11-24T07:30:00+07:00")]
    at: String,
    /// Last durable entry of the journal.
    position: String,
    /// Whether the machine's clock made a step that an operator has to accept; value commands wait until then.
    stepped: bool,
}

/// Read the city's clock: terminals stamp their taps with it.
#[utoipa::path(
    get, path = "/api/v1/clock", tag = "city", operation_id = "clock",
    responses((status = 200, description = "The city's time", body = CityClock))
)]
pub async fn clock(State(service): State<Service>) -> Json<CityClock> {
    Json(CityClock {
        at: service.clock().now().rfc3339(),
        position: format!("{}.0", service.durable().seq),
        stepped: service.runtime().clock_stepped(),
    })
}
