//! `jakone serve`: the product on a data directory, as an operator runs it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::message_gateway;
use crate::cli::ServeArguments;
use crate::data_directory::{DataDirectory, Start};
use crate::problem::Problem;
use crate::product::Product;

/// Runs until a stop is asked for.
///
/// # Errors
/// What stands in the way of starting, or made it stop.
pub fn run(arguments: &ServeArguments) -> anyhow::Result<()> {
    let gateway = message_gateway::of(arguments)?;
    let directory = DataDirectory::open_or_create(&arguments.data)?.on(arguments.database.as_deref())?;
    tasks()?.block_on(async {
        let listener = listen(arguments.port).await?;
        let clock = Arc::new(directory.clock()?);
        let mut product = Product::open(&directory, Start::with_clock(clock)).await?;
        if let Some(gateway) = gateway {
            product.send_messages(gateway);
        }
        product.caught_up().await?;
        serve(product, listener).await
    })
}

/// The threads that pages, API and databases run on.
///
/// # Errors
/// When the system gives none.
pub fn tasks() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")
}

/// Binds the loopback address: what speaks TLS to others stands before it.
///
/// # Errors
/// When the port is taken.
pub async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|error| {
        Problem::new(
            "port_taken",
            format!("Port {port} cannot be used ({error}). Choose another with --port, or 0 for any."),
            format!("Porta {port} tidak dapat dipakai ({error}). Pilih yang lain dengan --port, atau 0 untuk bebas."),
        )
        .into()
    })
}

/// Says that it is ready, serves until asked to stop, and stops in order.
///
/// # Errors
/// When serving or stopping fails.
pub async fn serve(product: Product, listener: TcpListener) -> anyhow::Result<()> {
    let address = listener.local_addr().context("the listener has no address")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let router = product.router()?;
    println!("ready http://{address}");
    let served = {
        let serving = product.serve(router, listener);
        tokio::pin!(serving);
        tokio::select! {
            served = &mut serving => served,
            _ = terminate.recv() => product.stopped(serving).await,
            _ = interrupt.recv() => product.stopped(serving).await,
        }
    };
    product.close().await?;
    served
}
