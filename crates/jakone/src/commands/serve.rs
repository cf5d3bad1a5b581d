//! `jakone serve`: the product on a data directory, as an operator runs it.

use std::error::Error as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use runtime::RealTime;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::message_gateway;
use crate::addresses::Told;
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
    let writer_priority = arguments.writer_priority.map(permitted).transpose()?;
    let lag_max = Duration::from_secs(arguments.lag_max);
    let directory = DataDirectory::open_or_create(&arguments.data)?.on(told(arguments))?;
    tasks()?.block_on(async {
        let listener = listen(arguments.port).await?;
        let clock = Arc::new(directory.clock()?);
        let start = Start { writer_priority, lag_max, ..Start::with_clock(clock) };
        let mut product = Product::open(&directory, start).await?;
        if let Some(gateway) = gateway {
            product.send_messages(gateway);
        }
        product.caught_up().await?;
        serve(product, listener).await
    })
}

/// Where the person says that the city's servers are.
fn told(arguments: &ServeArguments) -> Told<'_> {
    Told { database: arguments.database.as_deref(), journal: arguments.journal.as_deref() }
}

/// A real-time priority, if the system permits it: before anything is opened or led.
fn permitted(level: u8) -> Result<RealTime, Problem> {
    RealTime::permitted(level).map_err(|error| {
        let reason = error.source().map(ToString::to_string).unwrap_or_default();
        Problem::new(
            "priority_refused",
            format!("{error} ({reason}). Give the process CAP_SYS_NICE or a limit rtprio of {level} or more (systemd: AmbientCapabilities=CAP_SYS_NICE or LimitRTPRIO={level}; a shell: `ulimit -r {level}`), or leave --writer-priority out."),
            format!("Sistem tidak memberi prioritas waktu nyata {level}. Beri proses CAP_SYS_NICE atau batas rtprio {level} (systemd: LimitRTPRIO={level}; shell: `ulimit -r {level}`), atau hilangkan --writer-priority."),
        )
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
