//! Forms that change something: only those of our own pages are read.

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use serde::de::DeserializeOwned;

use crate::problems::{ACCESS_DENIED, Problem, REQUEST_MALFORMED};

/// A form that one of our own pages sent. An axum extractor: another site's form is `access_denied`, one that cannot be read
/// `request_malformed`.
#[derive(Debug, Clone, Copy)]
pub struct OwnForm<T>(pub T);

impl<T, S> FromRequest<S> for OwnForm<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        from_own_page(request.headers())?;
        let form = Form::from_request(request, state).await;
        form.map(|Form(fields)| Self(fields)).map_err(|_| Problem::new(REQUEST_MALFORMED))
    }
}

/// Refuses a form that another site sent.
///
/// # Errors
/// `access_denied`.
fn from_own_page(headers: &HeaderMap) -> Result<(), Problem> {
    let denied = || Problem::new(ACCESS_DENIED).cause("the form comes from another site");
    is_own_form(headers).then_some(()).ok_or_else(denied)
}

/// Whether a browser sent the form from one of our own pages. Browsers say where a form comes from; who says nothing is
/// not believed.
fn is_own_form(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let host = text(ORIGIN.as_str()).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    host.is_some() && host == text(HOST.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let parse = |(name, value): &(&'static str, &'static str)| {
            (axum::http::HeaderName::from_static(name), axum::http::HeaderValue::from_static(value))
        };
        is_own_form(&headers.iter().map(parse).collect())
    }

    #[test]
    fn only_a_form_of_our_own_pages_is_believed() {
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        for foreign in ["cross-site", "same-site", "none"] {
            assert!(!own(&[("sec-fetch-site", foreign), ("origin", "http://a"), ("host", "a")]), "{foreign}");
        }
        assert!(!own(&[("origin", "http://evil.example"), ("host", "127.0.0.1:8080")]));
        assert!(!own(&[("origin", "null"), ("host", "127.0.0.1:8080")]));
        assert!(!own(&[("host", "127.0.0.1:8080")]));
    }
}
