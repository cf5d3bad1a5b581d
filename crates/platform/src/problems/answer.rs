//! A problem as an answer: `application/problem+json` (RFC 9457) with the code and both sentences.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::{INTERNAL, ProblemKind, STORAGE_FULL};
use crate::access::Action;
use crate::database::is_full;
use crate::i18n::{Language, Texts};

/// Media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// After so many seconds a caller may try again where a database had no room: people have to make some.
const STORAGE_FULL_WAIT_S: u32 = 10;

/// One problem met by one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemKind,
    cause: Option<String>,
    position: Option<String>,
    retry_after_s: Option<u32>,
    denied: Option<Action>,
}

impl Problem {
    /// The problem of this kind.
    #[must_use]
    pub const fn new(kind: ProblemKind) -> Self {
        Self { kind, cause: None, position: None, retry_after_s: None, denied: None }
    }

    /// An error of ours: logged here with its causes, answered without them. A database without room on its disk is
    /// [`STORAGE_FULL`], since that passes; anything else is [`INTERNAL`].
    #[must_use]
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let causes: Vec<String> = std::iter::successors(error.source(), |error| (*error).source())
            .map(ToString::to_string)
            .collect();
        if is_full(error) {
            tracing::error!(%error, ?causes, "the disk of a database is full");
            return Self::storage_full();
        }
        tracing::error!(%error, ?causes, "a request failed");
        Self::new(INTERNAL)
    }

    const fn storage_full() -> Self {
        Self::new(STORAGE_FULL).retry_after(STORAGE_FULL_WAIT_S)
    }

    /// Adds the technical detail, in English, for whoever wrote the request. Never personal data.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds the journal position the answer rests on.
    #[must_use]
    pub fn position(mut self, position: impl Into<String>) -> Self {
        self.position = Some(position.into());
        self
    }

    /// Asks the caller to wait so many seconds.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Adds what the policies did not permit.
    #[must_use]
    pub const fn denied(mut self, action: Action) -> Self {
        self.denied = Some(action);
        self
    }

    /// What the policies did not permit, if that was it.
    #[must_use]
    pub(crate) const fn denied_action(&self) -> Option<Action> {
        self.denied
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The technical detail, if any.
    #[must_use]
    pub fn technical(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The body: `type`, `title`, `status`, `detail` (why, and what to do next), `code`, and where known `cause`
    /// and `position`.
    #[must_use]
    pub fn body(&self, language: Language) -> Value {
        let texts = Texts::platform();
        let (why, next) = (self.kind.why(texts, language), self.kind.next_step(texts, language));
        let mut body = Map::new();
        body.insert("type".into(), format!("/problems/{}", self.kind.code).into());
        body.insert("title".into(), self.kind.title(texts, language).into());
        body.insert("status".into(), self.kind.status.into());
        body.insert("detail".into(), format!("{why} {next}").into());
        body.insert("code".into(), self.kind.code.into());
        if let Some(cause) = &self.cause {
            body.insert("cause".into(), cause.as_str().into());
        }
        if let Some(position) = &self.position {
            body.insert("position".into(), position.as_str().into());
        }
        Value::Object(body)
    }

    /// The answer in one language.
    #[must_use]
    pub fn into_response_in(self, language: Language) -> Response {
        let body = self.body(language).to_string();
        let mut response = (self.status(), body).into_response();
        self.dress(&mut response);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        response
    }

    /// Adds what every form of the answer carries: the wait, the challenge, and the problem itself, so that the
    /// edge can answer in the reader's language or as a page.
    pub(crate) fn dress(self, response: &mut Response) {
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(axum::http::header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(self);
    }
}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self::new(kind)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.into_response_in(Language::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problems::{PURSE_INSUFFICIENT, TOKEN_MISSING};

    #[test]
    fn a_problem_says_what_why_and_what_next() {
        let problem = Problem::new(PURSE_INSUFFICIENT).cause("short by Rp2.500").position("48210337.0");
        insta::assert_json_snapshot!(problem.body(Language::Indonesian));
        insta::assert_json_snapshot!(problem.body(Language::English));
    }

    #[test]
    fn a_missing_token_is_challenged_and_a_full_queue_says_when() {
        let response = Problem::new(TOKEN_MISSING).retry_after(2).into_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        assert_eq!(response.headers()["retry-after"], "2");
        assert_eq!(response.headers()["content-type"], PROBLEM_JSON);
    }

    #[test]
    fn a_full_database_is_answered_with_503_and_a_wait_and_another_error_of_ours_with_500() {
        #[derive(Debug, thiserror::Error)]
        #[error("a database error")]
        struct Other;
        let other = Problem::internal(&Other).into_response();
        assert_eq!(other.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let full = Problem::storage_full().into_response();
        assert_eq!(full.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(full.headers()["retry-after"], "10");
    }
}
