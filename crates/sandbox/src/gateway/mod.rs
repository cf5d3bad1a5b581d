//! A message gateway as a city would rent one: `POST /v1/messages` over HTTP on the loopback address, and a page on which
//! whoever tries the demonstration reads what would have reached the phone.
//!
//! Owns the last messages, in memory, and the faults it makes on demand (`PUT /admin/faults`). Sends nothing anywhere.
//! Answers a repeated key as it did the first time, and delivers once for it: unless told to fail at just that.

mod api;
mod faults;
mod page;
mod phones;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post, put};
use base::Clock;
use platform::access::{Actor, Policies, PoliciesError};
use platform::i18n::{SliceTexts, Texts, TextsError};
use platform::shutdown::Shutdown;
use platform::web::{Portal, assets};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use faults::{Fault, Faults};
pub use phones::Message;
use phones::Phones;

/// How a gateway is run.
#[derive(Clone)]
pub struct Settings {
    /// Bearer token of whoever sends messages or asks for faults.
    pub token: String,
    /// Address of the page that the reader of messages comes from and goes back to.
    pub back: Option<String>,
    /// Stamps the messages.
    pub clock: Arc<dyn Clock>,
}

/// Tokens stay out of logs.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("back", &self.back).finish_non_exhaustive()
    }
}

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// No port on the loopback address.
    #[error("the message gateway gets no port on the loopback address")]
    Listen(#[source] std::io::Error),
    /// Its texts cannot be read.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// The policies cannot be read.
    #[error(transparent)]
    Policies(#[from] PoliciesError),
}

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    desk: Desk,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Gateway {
    /// Starts one on any free port of the loopback address; it ends with `stop`.
    ///
    /// # Errors
    /// [`GatewayError`] when there is no port or the page cannot be made.
    pub async fn start(settings: Settings, mut stop: Shutdown) -> Result<Self, GatewayError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(GatewayError::Listen)?;
        let address = listener.local_addr().map_err(GatewayError::Listen)?;
        let desk = Desk::open(settings)?;
        let serving = axum::serve(listener, routes(desk.clone()))
            .with_graceful_shutdown(async move { stop.requested().await });
        let serving = tokio::spawn(serving.into_future());
        Ok(Self { address, desk, serving })
    }

    /// Root of the server: `http://127.0.0.1:40213`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What reached phones, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.desk.phones().delivered().cloned().collect()
    }

    /// How many requests to send a message came in, repetitions and refused ones too.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.desk.phones().asked()
    }

    /// Lets the next messages meet a fault, as `PUT /admin/faults` does.
    pub fn fail(&self, faults: Faults) {
        self.desk.phones().fail(faults);
    }

    /// Stops at once, as a gateway that is gone.
    pub fn abort(&self) {
        self.serving.abort();
    }
}

/// What the handlers share.
#[derive(Clone)]
struct Desk {
    settings: Arc<Settings>,
    portal: Arc<Portal>,
    phones: Arc<Mutex<Phones>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}

impl Desk {
    fn open(settings: Settings) -> Result<Self, GatewayError> {
        let texts = Arc::new(Texts::load(&[texts()])?);
        let portal = Portal::bare(texts, Arc::new(Policies::embedded()?), Actor::console());
        let phones = Arc::new(Mutex::new(Phones::default()));
        Ok(Self { settings: Arc::new(settings), portal: Arc::new(portal), phones })
    }

    fn phones(&self) -> MutexGuard<'_, Phones> {
        self.phones.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FromRef<Desk> for Arc<Portal> {
    fn from_ref(desk: &Desk) -> Self {
        Self::clone(&desk.portal)
    }
}

fn routes(desk: Desk) -> Router {
    Router::new()
        .route("/", get(page::page))
        .route("/v1/messages", post(api::send))
        .route("/admin/faults", put(api::fail))
        .with_state(desk)
        .merge(assets::routes())
}

/// The texts of the page.
const fn texts() -> SliceTexts {
    SliceTexts {
        slice: "sandbox",
        id: include_str!("../../i18n/id.ftl"),
        en: include_str!("../../i18n/en.ftl"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_texts_are_complete_in_both_languages() {
        platform::i18n::check::assert_complete(&super::texts());
    }
}
