//! Figures for machines: `/metrics` in Prometheus' text form, `/healthz`.
//!
//! Owns the recorder, the words for every figure of the house, and the two handlers. Never opens a port: both are routes of
//! the product's own listener. Figures say how busy the city is, so they are for the operator's programs alone; `/healthz` is
//! open, because whatever starts and stops machines has to ask it, and says three things only.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::Unit;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;

use crate::access::{Action, Policies, Resource, authorize};
use crate::clients::{Clients, Token, TokenError};
use crate::problems::{self, Problem};

/// Bounds of histograms of time, in seconds: from a tenth of a millisecond to ten seconds.
const SECONDS_BOUNDS: [f64; 16] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Bounds of histograms of records in a batch: up to the most that one entry holds.
const RECORDS_BOUNDS: [f64; 8] = [1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0, 16_384.0];

/// Why figures cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The recorder could not be installed.
    #[error("the recorder of metrics cannot be installed")]
    Recorder(#[from] BuildError),
}

/// Installs the recorder of this process, once; later calls answer the same.
///
/// # Errors
/// [`TelemetryError`] when another recorder was installed by somebody else.
pub fn install() -> Result<PrometheusHandle, TelemetryError> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let records = Matcher::Suffix("_batch_records".to_owned());
    let builder = PrometheusBuilder::new().set_buckets(&SECONDS_BOUNDS)?;
    let handle = builder.set_buckets_for_metric(records, &RECORDS_BOUNDS)?.install_recorder()?;
    describe();
    Ok(HANDLE.get_or_init(|| handle).clone())
}

/// What each figure means, for whoever reads `/metrics`. Units stand last in the names.
fn describe() {
    use metrics::{describe_counter as counter, describe_gauge as gauge, describe_histogram as histogram};
    gauge!("engine_queue_commands", Unit::Count, "Commands and reads that wait for the engine, by class.");
    gauge!(
        "engine_bulk_held",
        Unit::Count,
        "1 while runs over many recipients wait for the tables to catch up."
    );
    gauge!("journal_position_entries", Unit::Count, "The last durable entry of the journal.");
    gauge!(
        "journal_full",
        Unit::Count,
        "1 while no space is reserved and commands are answered journal_full."
    );
    histogram!("journal_batch_records", Unit::Count, "Records in one entry of the journal.");
    histogram!("journal_seal_seconds", Unit::Seconds, "Sealing one entry: leaves, hashes, encryption.");
    histogram!("journal_flush_seconds", Unit::Seconds, "Appending one entry until it is durable.");
    counter!("journal_records_total", Unit::Count, "Records appended since the start.");
    counter!("journal_entries_total", Unit::Count, "Entries appended since the start.");
    gauge!("projection_lag_entries", Unit::Count, "Durable entries that a projection does not hold yet.");
    gauge!(
        "projection_lag_seconds",
        Unit::Seconds,
        "How long the oldest durable entry that a projection lacks has waited."
    );
    histogram!("projection_batch_seconds", Unit::Seconds, "Adding one batch of entries to a projection.");
    counter!(
        "projection_refusals_total",
        Unit::Count,
        "Batches that a projection's store refused; they come again."
    );
    gauge!(
        "outbox_waiting_messages",
        Unit::Count,
        "Commands of the office that the engine has not decided yet."
    );
    counter!(
        "outbox_settled_total",
        Unit::Count,
        "Commands of the office of which the outcome was written down."
    );
    gauge!("audit_waiting_lines", Unit::Count, "Lines of the audit that were not handed to the journal yet.");
    gauge!(
        "snapshot_behind_entries",
        Unit::Count,
        "Entries after the newest snapshot: what a start replays."
    );
    counter!("http_requests_total", Unit::Count, "Requests answered, by route, method and status.");
    histogram!("http_request_seconds", Unit::Seconds, "Answering one request, by route.");
}

/// Who may read figures.
#[derive(Debug, Clone)]
pub struct Readers {
    /// Programs that are known.
    pub clients: Clients,
    /// What they may do.
    pub policies: Arc<Policies>,
}

impl Readers {
    /// Lets pass whoever has the token of a program that may watch the system.
    async fn admit(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let token = Token::of_headers(headers).map_err(|error| match error {
            TokenError::Missing => Problem::new(problems::TOKEN_MISSING),
            TokenError::Malformed => Problem::new(problems::TOKEN_INVALID),
        })?;
        let known = self.clients.authenticate(&token).await?;
        let actor = known.ok_or_else(|| Problem::new(problems::TOKEN_INVALID))?;
        authorize(&self.policies, &actor, Action::ViewLive, &Resource::City)?;
        Ok(())
    }
}

/// How the system is, as `/healthz` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Whether commands are decided and recorded.
    pub ready: bool,
    /// Highest durable journal position.
    pub position: u64,
    /// Position the read tables have reached.
    pub projected: u64,
}

impl IntoResponse for Health {
    fn into_response(self) -> Response {
        let status = if self.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (status, axum::Json(self)).into_response()
    }
}

/// The routes `/metrics` and `/healthz`. `look` is asked before figures are told, and sets those that nobody sets as things
/// happen; `health` is asked at each request.
pub fn routes<S, L, Looked, H>(handle: PrometheusHandle, readers: Readers, look: L, health: H) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    L: Fn() -> Looked + Clone + Send + Sync + 'static,
    Looked: Future<Output = ()> + Send,
    H: Fn() -> Health + Clone + Send + Sync + 'static,
{
    let figures = move |headers: HeaderMap| async move {
        readers.admit(&headers).await?;
        look().await;
        handle.run_upkeep();
        let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        Ok::<_, Problem>(([(header::CONTENT_TYPE, kind)], handle.render()))
    };
    Router::new().route("/metrics", get(figures)).route("/healthz", get(async move || health()))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use base::{ManualClock, Timestamp};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;
    use crate::access::{Actor, Role};
    use crate::database::Databases;

    async fn readers(directory: &std::path::Path) -> (Readers, [String; 2]) {
        let databases = Databases::open(directory).await.unwrap();
        crate::migrations::run::<crate::migrations::Office>(&databases.office).await.unwrap();
        let clients = Clients::new(databases.office, Arc::new(ManualClock::new(Timestamp(1))));
        let policies = Arc::new(Policies::embedded().unwrap());
        let manage = authorize(&policies, &Actor::system(), Action::ManageClients, &Resource::City).unwrap();
        let (_, operator) = clients.add(&manage, "Pengelola", Role::Operator, None).await.unwrap();
        let (_, bank) = clients.add(&manage, "Bank", Role::Bank, None).await.unwrap();
        (Readers { clients, policies }, [operator.reveal(), bank.reveal()])
    }

    #[tokio::test]
    async fn figures_are_for_programs_of_the_operator_and_health_is_for_everybody() {
        let directory = tempfile::tempdir().unwrap();
        let (readers, [operator, bank]) = readers(directory.path()).await;
        let handle = install().unwrap();
        metrics::counter!("telemetry_test_total").increment(3);
        let look = async || metrics::gauge!("telemetry_look_entries").set(7.0);
        let health = || Health { ready: false, position: 7, projected: 5 };
        let router: Router = routes(handle, readers, look, health);
        let ask = |path: &str, token: Option<&str>| {
            let mut request = Request::get(path);
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            router.clone().oneshot(request.body(Body::empty()).unwrap())
        };
        for (token, status) in [(None, 401), (Some("nobody"), 401), (Some(bank.as_str()), 403)] {
            assert_eq!(ask("/metrics", token).await.unwrap().status(), status, "{token:?}");
        }
        let figures = ask("/metrics", Some(&operator)).await.unwrap();
        assert_eq!(figures.status(), StatusCode::OK);
        let text = figures.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(text.to_vec()).unwrap();
        assert!(
            text.contains("telemetry_test_total 3") && text.contains("telemetry_look_entries 7"),
            "{text}"
        );
        let health = ask("/healthz", None).await.unwrap();
        assert_eq!(health.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = health.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, r#"{"ready":false,"position":7,"projected":5}"#);
    }
}
