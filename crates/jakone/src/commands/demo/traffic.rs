//! Live traffic after the history: terminals and a bank, over HTTP like anybody's.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use base::SystemClock;
use platform::access::Role;
use sandbox::city::City;
use sandbox::live::{Clocks, Figures, Outages, Rate, Settings, drive};
use tokio::task::JoinHandle;

use super::credentials::Demo;
use crate::product::Product;

/// Starts traffic, at so many taps per second on average where that is said; none at a rate of zero. It ends when the product
/// is asked to stop. Where the city has just lived its history, those who are on the way go on.
///
/// # Errors
/// When the demonstration's file lacks a client.
pub async fn start(
    product: &Product,
    demo: &Demo,
    city: City,
    address: SocketAddr,
    taps_per_s: Option<u32>,
) -> anyhow::Result<Option<JoinHandle<()>>> {
    if taps_per_s == Some(0) {
        return Ok(None);
    }
    let token = |role: Role| {
        demo.client(role.as_str()).map(|client| client.token.clone()).context("demo.json lacks a client")
    };
    let epoch = product.engine().read(|engine| engine.state.epoch).await?.value;
    let settings = Settings {
        base_url: format!("http://{address}"),
        terminals_token: token(Role::TerminalOperator)?,
        bank_token: token(Role::Bank)?,
        merchant_token: token(Role::Merchant)?,
        operator_token: token(Role::Operator)?,
        rate: taps_per_s.map_or(Rate::AsTheCity, Rate::Mean),
        // Counters start again at each start, so the terminals' epoch goes up with the process's. The history used 1.
        epoch: u32::try_from(epoch).unwrap_or(u32::MAX).saturating_add(1),
        haste: 1,
        outages: Some(Outages::default()),
    };
    let clocks = Clocks { city: product.clock(), wall: Arc::new(SystemClock::new(0)) };
    let stop = product.shutdown();
    Ok(Some(tokio::spawn(async move {
        let figures = Arc::new(Figures::default());
        if let Err(error) = drive(&city, &settings, &clocks, &figures, stop).await {
            tracing::error!(%error, "the traffic stopped");
        }
        tracing::info!(figures = ?figures.list(), "the traffic ended");
    })))
}
