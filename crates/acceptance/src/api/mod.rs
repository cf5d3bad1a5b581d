//! The API of terminals, banks and the operator: one file per endpoint. Documented by the handlers themselves.

mod ask;
mod caller;
mod cash_out;
mod clock;
mod display;
mod holder_balance;
mod holder_history;
mod medium_block;
mod open_api;
mod purchase;
mod purchase_capture;
mod purchase_refund;
mod purchase_void;
mod tap;
mod tap_batch;
mod top_up;
mod wire;

use std::sync::Arc;

use axum::extract::FromRef;
use platform::clients::Clients;
use platform::devices::Devices;
use platform::i18n::Texts;
use programmes::service::labels::Labels;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Service;

use open_api::Security;

pub use open_api::{document, reading_routes};
pub use wire::ProblemBody;

/// What the handlers stand on.
#[derive(Clone)]
pub struct Api {
    /// The use cases.
    pub service: Service,
    /// Who may call.
    pub clients: Clients,
    /// Which terminals there are.
    pub devices: Devices,
    /// The words of displays.
    pub texts: Arc<Texts>,
    /// Names of goods on displays.
    pub labels: Labels,
}

impl FromRef<Arc<Api>> for Service {
    fn from_ref(api: &Arc<Api>) -> Self {
        api.service.clone()
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jakarta One",
        description = "API of terminals, banks and the operator of Sistem Jakarta One (Governor's Regulation 145/2017). \
            A decided command answers 200 with `outcome` accepted or refused and a code; a 4xx never reached a decision. \
            Every answer names the journal position it rests on and leaves only when that position is durable. \
            Money is whole rupiah, times are RFC 3339.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Security),
    tags(
        (name = "gates", description = "Terminals ask and report."),
        (name = "merchants", description = "Tills sell goods and take them back."),
        (name = "banks", description = "Banks report money."),
        (name = "operator", description = "The operator looks after holders and media."),
        (name = "city", description = "The city's clock.")
    )
)]
struct Document;

/// The routes with their documentation.
#[must_use]
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(ask::ask))
        .routes(routes!(tap::tap))
        .routes(routes!(tap_batch::tap_batch))
        .routes(routes!(top_up::top_up))
        .routes(routes!(purchase::purchase))
        .routes(routes!(purchase_capture::capture_purchase))
        .routes(routes!(purchase_void::void_purchase))
        .routes(routes!(purchase_refund::refund_purchase))
        .routes(routes!(cash_out::cash_out))
        .routes(routes!(medium_block::block_medium))
        .routes(routes!(holder_balance::holder_balance))
        .routes(routes!(holder_history::holder_history))
        .routes(routes!(clock::clock))
}
