//! A JSON body that answers with our problems when it cannot be read.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problems::{Problem, REQUEST_FIELD_UNKNOWN, REQUEST_MALFORMED, REQUEST_TOO_LARGE};

/// A body read as JSON, or an answer written as JSON.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != "application/json" && !essence.ends_with("+json") {
            return Err(Problem::new(REQUEST_MALFORMED).cause("the content type must be application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unread)?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| unfit(&error))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn unread(rejection: BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(REQUEST_TOO_LARGE)
    } else {
        Problem::new(REQUEST_MALFORMED).cause("the body ended early")
    }
}

fn unfit(error: &serde_json::Error) -> Problem {
    let cause = error.to_string();
    let kind = if cause.starts_with("unknown field") { REQUEST_FIELD_UNKNOWN } else { REQUEST_MALFORMED };
    // The sentence of serde may quote the value sent; a long one is cut, the place at its end is kept.
    Problem::new(kind).cause(cut(&cause))
}

/// The first 200 characters, and the place where reading stopped if that was cut off.
fn cut(cause: &str) -> String {
    const LENGTH_MAX: usize = 200;
    if cause.chars().count() <= LENGTH_MAX {
        return cause.to_owned();
    }
    let head: String = cause.chars().take(LENGTH_MAX).collect();
    let place = cause.rfind(" at line ").and_then(|start| cause.get(start..)).unwrap_or_default();
    format!("{head}…{place}")
}
