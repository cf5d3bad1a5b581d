//! The city in real time: its people travel, visit, shop and go to the bank over HTTP, by the hours of its day, until told to
//! stop.
//!
//! Owns the traffic and nothing of what is decided: gates do what the answer says. Never floods: each terminal has one
//! request under way, waits when told to, and visits beyond its queue do not happen.

mod counter;
mod flow;
mod post;
mod terminal;
mod till;
mod traffic;

pub mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::Clock;
use platform::shutdown::Shutdown;

use crate::city::City;

pub use post::BaseUrlError;

/// Most taps per second that may be asked for.
pub const TAPS_PER_S_MAX: u32 = 10_000;

/// Where the traffic goes and how much of it.
#[derive(Clone)]
pub struct Settings {
    /// Root of the server: `http://127.0.0.1:8080`.
    pub base_url: String,
    /// Bearer token of the client that runs the city's terminals.
    pub terminals_token: String,
    /// Bearer token of the bank.
    pub bank_token: String,
    /// Bearer token of the merchants' client.
    pub merchant_token: String,
    /// Bearer token of the operator, who blocks lost cards.
    pub operator_token: String,
    /// How many taps are wanted.
    pub rate: Rate,
    /// How many times faster than in the city people walk from one terminal to the next; 1 for as fast as they do.
    pub haste: u32,
    /// Epoch of the terminals: higher than any used before, because their counters start again at 1.
    pub epoch: u32,
    /// How often one of the terminals loses its network; none for a network that never fails.
    pub outages: Option<Outages>,
}

/// How many taps there are. Either way they follow the hours of the city's day: nobody is out at three in the morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// As many as on the days of its history.
    AsTheCity,
    /// So many per second on average over a day; at most [`TAPS_PER_S_MAX`].
    Mean(u32),
}

/// A terminal without network opens without asking and delivers a signed batch afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outages {
    /// From one outage to the next.
    pub every: Duration,
    /// How long each lasts.
    pub lasts: Duration,
}

impl Default for Outages {
    fn default() -> Self {
        Self { every: Duration::from_secs(45), lasts: Duration::from_secs(20) }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Tokens stay out of logs.
        let Self { base_url, rate, epoch, .. } = self;
        write!(f, "Settings({base_url}, {rate:?}, epoch {epoch})")
    }
}

/// The two clocks of a terminal.
#[derive(Clone)]
pub struct Clocks {
    /// The city's: taps are stamped with it.
    pub city: Arc<dyn Clock>,
    /// The caller's own: ids are made with it.
    pub wall: Arc<dyn Clock>,
}

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What the traffic has done so far. Only grows.
        #[derive(Debug, Default)]
        pub struct Figures { $($(#[$doc])* pub $name: AtomicU64,)* }

        impl Figures {
            /// Names and values, in order.
            #[must_use]
            pub fn list(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name.load(Ordering::Relaxed)),)*]
            }
        }
    };
}

figures! {
    /// Asks answered with yes.
    asks_accepted,
    /// Asks answered with no.
    asks_refused,
    /// Taps delivered one by one.
    taps,
    /// Taps delivered in batches after an outage.
    taps_late,
    /// Top-ups accepted.
    top_ups,
    /// Cash taken out of wallets.
    cash_outs,
    /// Lost cards that were blocked.
    cards_lost,
    /// Wishes that a bank or the operator could not grant.
    counters_refused,
    /// Baskets taken.
    purchases,
    /// Baskets refused.
    purchases_refused,
    /// Purchases captured, undone or partly taken back afterwards.
    settled,
    /// Times a terminal lost its network.
    outages,
    /// Requests repeated because the server was busy or out of reach.
    repeated,
    /// Requests the server found wrong; each is a fault on one side.
    rejected,
    /// Trips and baskets that did not happen because a terminal or till was still busy.
    skipped,
}

impl Figures {
    pub(crate) fn count(figure: &AtomicU64, by: u64) {
        figure.fetch_add(by, Ordering::Relaxed);
    }
}

/// Drives traffic until `stop`; those whom the city's history left on the way go on; what is under way then is finished or, after a moment, given up.
///
/// # Errors
/// [`BaseUrlError`] when the server's root is no `http` address.
pub async fn drive(
    city: &City,
    settings: &Settings,
    clocks: &Clocks,
    figures: &Arc<Figures>,
    stop: Shutdown,
) -> Result<(), BaseUrlError> {
    let base = post::Base::parse(&settings.base_url)?;
    traffic::run(city, settings, clocks, figures, &base, stop).await;
    Ok(())
}
