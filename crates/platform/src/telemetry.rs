//! Figures for machines: `/metrics` in Prometheus' text form, `/healthz`.
//!
//! Owns the recorder and the two handlers. Never opens a port: both are routes of the product's own listener.

use std::sync::OnceLock;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;

/// Bounds of histograms of time, in seconds: from a tenth of a millisecond to ten seconds.
const SECONDS_BOUNDS: [f64; 16] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

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
    let handle = PrometheusBuilder::new().set_buckets(&SECONDS_BOUNDS)?.install_recorder()?;
    Ok(HANDLE.get_or_init(|| handle).clone())
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

/// The routes `/metrics` and `/healthz`; `health` is asked at each request.
pub fn routes<S, F>(handle: PrometheusHandle, health: F) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    F: Fn() -> Health + Clone + Send + Sync + 'static,
{
    let figures = async move || {
        handle.run_upkeep();
        let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        ([(header::CONTENT_TYPE, kind)], handle.render())
    };
    Router::new().route("/metrics", get(figures)).route("/healthz", get(async move || health()))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn counters_appear_and_health_has_a_status_of_its_own() {
        let handle = install().unwrap();
        metrics::counter!("telemetry_test_total").increment(3);
        let router: Router =
            routes(install().unwrap(), || Health { ready: false, position: 7, projected: 5 });
        assert!(handle.render().contains("telemetry_test_total 3"));
        let ask = |path: &str| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        assert_eq!(ask("/metrics").await.unwrap().status(), StatusCode::OK);
        let health = ask("/healthz").await.unwrap();
        assert_eq!(health.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = health.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, r#"{"ready":false,"position":7,"projected":5}"#);
    }
}
