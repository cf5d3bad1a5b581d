//! Sends messages until they are answered. Owns connections, patience and the wait between two attempts; knows nothing of
//! what a message means. Sending again is safe because every message carries its id.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, RETRY_AFTER};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use platform::shutdown::Shutdown;

use super::Figures;
use super::wire::{Decision, Message};
use crate::city::Chance;

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);

/// First and longest wait when the server gives none; doubled at each attempt.
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Longest wait taken from the server.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);

/// How long what is under way may take after the stop.
const LAST_ATTEMPT: Duration = Duration::from_secs(2);

/// Longest answer read, bytes: a thousand decisions and room.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The text is no root of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the server's root looks like http://127.0.0.1:8080; got {text:?}")]
pub struct BaseUrlError {
    /// The text.
    pub text: String,
}

/// Root of a server, without a slash at the end.
#[derive(Debug, Clone)]
pub struct Base(Arc<str>);

impl Base {
    /// Reads a root.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let root = text.trim_end_matches('/');
        let uri: Option<Uri> = root.parse().ok();
        let known = uri.is_some_and(|uri| uri.scheme_str() == Some("http") && uri.host().is_some());
        if known { Ok(Self(root.into())) } else { Err(BaseUrlError { text: text.to_owned() }) }
    }
}

/// What became of a message.
#[derive(Debug)]
pub enum Answered {
    /// 200 with this body.
    Well(Bytes),
    /// The server found it wrong; sending it again would not help.
    Wrong(StatusCode),
    /// The stop came first.
    Stopped,
}

/// Sends one message after the other over kept connections.
pub struct Post {
    http: Client<HttpConnector, Full<Bytes>>,
    base: Base,
    figures: Arc<Figures>,
    chance: Chance,
    stop: Shutdown,
}

/// How one attempt ended.
enum Attempt {
    Done(Answered),
    /// Wait at least so long, if the server says.
    Again(Option<Duration>),
}

impl Post {
    /// A sender of its own connections.
    pub fn new(base: &Base, figures: &Arc<Figures>, chance: Chance, stop: Shutdown) -> Self {
        let http = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(1).build_http();
        Self { http, base: base.clone(), figures: Arc::clone(figures), chance, stop }
    }

    /// Sends until the server has decided, or until the stop.
    pub async fn send(&mut self, message: &Message) -> Answered {
        let mut wait = BACKOFF_FIRST;
        loop {
            let patience = if self.stop.is_requested() { LAST_ATTEMPT } else { ATTEMPT };
            // A timeout means unknown: the same message goes out again under the same id.
            let attempt = tokio::time::timeout(patience, self.attempt(message)).await;
            let told = match attempt.unwrap_or(Attempt::Again(None)) {
                Attempt::Done(answered) => return answered,
                Attempt::Again(told) => told,
            };
            if self.stop.is_requested() {
                return Answered::Stopped;
            }
            Figures::count(&self.figures.repeated, 1);
            let pause = told.map_or_else(|| self.shaken(wait), |told| told.min(RETRY_AFTER_MAX));
            wait = wait.saturating_mul(2).min(BACKOFF_MAX);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.requested() => {}
            }
        }
    }

    /// Sends until the server has decided; none where it found the message wrong or the stop came first.
    pub async fn decide(&mut self, message: &Message, device: u32) -> Option<Decision> {
        let status = match self.send(message).await {
            Answered::Well(body) => match serde_json::from_slice(&body) {
                Ok(decision) => return Some(decision),
                Err(_) => StatusCode::OK,
            },
            Answered::Wrong(status) => status,
            Answered::Stopped => return None,
        };
        Figures::count(&self.figures.rejected, 1);
        let (path, status) = (message.path.as_ref(), status.as_u16());
        tracing::warn!(device.number = device, path, status, "message refused");
        None
    }

    /// Between half of a wait and all of it, so that terminals do not come back all at once.
    fn shaken(&mut self, wait: Duration) -> Duration {
        let half = wait / 2;
        let micros = u64::try_from(half.as_micros()).unwrap_or(u64::MAX);
        half + Duration::from_micros(self.chance.below(micros))
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}{}", self.base.0, message.path))
            .header(CONTENT_TYPE, "application/json");
        for (name, value) in &message.headers {
            request = request.header(*name, value);
        }
        let Ok(request) = request.body(Full::new(Bytes::from(message.body.clone()))) else {
            return Attempt::Done(Answered::Wrong(StatusCode::BAD_REQUEST));
        };
        let Ok(response) = self.http.request(request).await else { return Attempt::Again(None) };
        let status = response.status();
        let busy = status.is_server_error()
            || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
        let told = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        // The body is read in any case, so that the connection can be used again.
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        match body {
            _ if busy => Attempt::Again(told.map(Duration::from_secs)),
            Ok(body) if status.is_success() => Attempt::Done(Answered::Well(body.to_bytes())),
            Ok(_) => Attempt::Done(Answered::Wrong(status)),
            Err(_) => Attempt::Again(None),
        }
    }
}
