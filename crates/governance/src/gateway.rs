//! The client of a message gateway: `POST /v1/messages` with a bearer token and an `Idempotency-Key`.
//!
//! A timeout means *unknown*: the same message goes out again under the same key, so that a phone gets it once. Nothing
//! here prints a number or a text.

use std::net::IpAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use uuid::Uuid;

use base::PhoneNumber;

/// Longest answer read, bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Why a gateway cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The address is none on this machine.
    #[error(
        "a message gateway is reached at http://127.0.0.1:PORT: codes and numbers cross no network in the clear; put a \
         relay that speaks TLS on this machine"
    )]
    Address,
    /// The token cannot stand in a header.
    #[error("the message gateway's token is empty or has characters that no header carries")]
    Token,
}

/// Why a message was not sent, as far as is known.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The gateway will not take it.
    #[error("the message gateway refused with status {status}")]
    Refused {
        /// What it said.
        status: u16,
    },
    /// Nobody knows whether it was sent.
    #[error("the message gateway gave no answer to {attempts} attempts")]
    Unanswered {
        /// How often it was asked.
        attempts: u32,
    },
}

impl SendError {
    /// The code for the logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "gateway_refused",
            Self::Unanswered { .. } => "gateway_unanswered",
        }
    }
}

/// How long to wait for a gateway, and how often to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For one answer.
    pub answer: Duration,
    /// How many times in all.
    pub attempts: u32,
    /// Before the second attempt; doubled before each further one.
    pub pause: Duration,
}

impl Default for Patience {
    /// At most 27 seconds: a code is valid for five minutes.
    fn default() -> Self {
        Self { answer: Duration::from_secs(5), attempts: 4, pause: Duration::from_secs(1) }
    }
}

/// A message gateway. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    http: Client<HttpConnector, Full<Bytes>>,
    messages: Uri,
    bearer: HeaderValue,
    patience: Patience,
}

/// The token stays out of logs.
impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("messages", &self.messages).finish_non_exhaustive()
    }
}

/// How one attempt ended.
enum Attempt {
    Taken,
    Refused(StatusCode),
    Again,
}

impl Gateway {
    /// The gateway at a root (`http://127.0.0.1:40213`) that knows us by a token.
    ///
    /// # Errors
    /// [`GatewayError`] when either is not one.
    pub fn new(root: &str, token: &str) -> Result<Self, GatewayError> {
        let messages: Uri = format!("{}/v1/messages", root.trim().trim_end_matches('/'))
            .parse()
            .map_err(|_| GatewayError::Address)?;
        if messages.scheme_str() != Some("http") || !messages.host().is_some_and(is_this_machine) {
            return Err(GatewayError::Address);
        }
        let token = token.trim();
        let bearer = HeaderValue::from_str(&format!("Bearer {token}")).ok().filter(|_| !token.is_empty());
        let mut bearer = bearer.ok_or(GatewayError::Token)?;
        bearer.set_sensitive(true);
        let http = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(4).build_http();
        Ok(Self { http, messages, bearer, patience: Patience::default() })
    }

    /// The same, with other patience.
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Sends a message until the gateway has taken or refused it, always under the same key.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, key: Uuid, to: PhoneNumber, text: &str) -> Result<(), SendError> {
        let body = Bytes::from(json!({"to": to.reveal(), "text": text}).to_string());
        let mut pause = self.patience.pause;
        for attempt in 1..=self.patience.attempts {
            let answered = tokio::time::timeout(self.patience.answer, self.attempt(key, body.clone())).await;
            match answered.unwrap_or(Attempt::Again) {
                Attempt::Taken => return Ok(()),
                Attempt::Refused(status) => return Err(SendError::Refused { status: status.as_u16() }),
                Attempt::Again if attempt < self.patience.attempts => tokio::time::sleep(pause).await,
                Attempt::Again => {}
            }
            pause = pause.saturating_mul(2);
        }
        Err(SendError::Unanswered { attempts: self.patience.attempts })
    }

    async fn attempt(&self, key: Uuid, body: Bytes) -> Attempt {
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.messages.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", key.to_string())
            .header(AUTHORIZATION, self.bearer.clone())
            .body(Full::new(body));
        let Ok(request) = request else { return Attempt::Refused(StatusCode::BAD_REQUEST) };
        let Ok(response) = self.http.request(request).await else { return Attempt::Again };
        let status = response.status();
        // The body is read in any case, so that the connection can be used again; what it says is not needed.
        let _read = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        let is_busy = status.is_server_error()
            || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
        if status.is_success() {
            Attempt::Taken
        } else if is_busy {
            Attempt::Again
        } else {
            Attempt::Refused(status)
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_cross_no_network_and_the_token_is_not_printed() {
        for root in ["http://127.0.0.1:8", "http://localhost:9/", "http://[::1]:9"] {
            let gateway = Gateway::new(root, "secret\n").unwrap();
            assert!(!format!("{gateway:?}").contains("secret"), "{gateway:?}");
        }
        for root in [
            "",
            "127.0.0.1:8",
            "https://127.0.0.1:8",
            "http://10.0.0.1",
            "http://sms.example",
            "http://localhost.evil.example",
        ] {
            assert!(matches!(Gateway::new(root, "secret"), Err(GatewayError::Address)), "{root}");
        }
        for token in ["", " \n", "a\nb"] {
            assert!(matches!(Gateway::new("http://127.0.0.1:8", token), Err(GatewayError::Token)));
        }
    }
}
