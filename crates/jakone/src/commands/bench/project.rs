//! Tables kept up with the journal: how many taps a second all projections take together, and how far they are behind while taps
//! come at the city's busiest.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use base::{Clock as _, SystemClock};
use journal::Head;
use programmes::service::labels::Labels;
use runtime::{Class, Handle};
use tokio::sync::watch;

use super::load::Load;
use super::measure::PROBES;
use super::plan::Plan;
use super::pump::{Pace, Pump, Road};
use super::report::{Report, milliseconds, per_second};
use super::stand::{Server, on_product, settings};
use super::{city, replay};
use crate::commands::serve::tasks;
use crate::data_directory::{DataDirectory, start_runtime};
use crate::flush_probe::probe;
use crate::product::{Followers, open_databases};

/// Taps per second of the second part, its length, and how many taps are handed over at a time.
const RATE: u32 = 2_000;
const SECONDS: u32 = 10;
const BATCH: u32 = 20;
/// How often it is looked how far the tables are.
const LOOK: Duration = Duration::from_millis(5);

/// Measures projections: first over taps that are in the journal already, then while taps come.
///
/// # Errors
/// When directory or database cannot be used, or a projection stopped.
pub fn measure(plan: &Plan, scratch: &Path) -> anyhow::Result<Report> {
    let server = Server::start(plan.backend)?;
    let directory = server.directory(scratch)?;
    let founded = on_product(&directory, plan, async |product| city::found_on(product, plan).await);
    tasks()?.block_on(founded)?;
    // Nothing follows this runtime yet, so all taps are still to be written when the clock starts.
    let (runtime, _) = start_runtime(&directory, settings(plan))?;
    replay::taps(plan, &runtime.handle())?;
    let mut probes = vec![probe(scratch, PROBES)?];
    let built = tasks()?.block_on(build(&directory, runtime.handle()))?;
    drop(runtime.shutdown());
    let measured = on_product(&directory, plan, async |product| {
        product.caught_up().await?;
        probes.push(probe(scratch, PROBES)?);
        let (engine, owned, cursors) = (product.engine(), *plan, product.cursors());
        tokio::task::spawn_blocking(move || behind(&owned, &engine, &cursors)).await?
    });
    let (lag, drained) = tasks()?.block_on(measured)?;
    drop(server);
    let (lag_ms, drain_ms) = (milliseconds(lag), milliseconds(drained));
    let mut report = Report::of(plan);
    report
        .throughput(per_second(u64::from(plan.count), built), "taps into the tables of all projections")
        .figure("lag_rate_per_s", RATE)
        .measured("lag_max_ms", lag_ms)
        .measured("drain_ms", drain_ms)
        .line(
            "lag",
            format!("{lag_ms:.0} ms at most at {RATE} taps per s; {drain_ms:.0} ms to the last at the end"),
        )
        .probes(&probes)
        .memory();
    Ok(report)
}

/// Lets the product's projections follow a journal that is there already; answers how long until all tables held its last entry. The
/// product starts them while it opens, so there no clock can be started before them.
async fn build(directory: &DataDirectory, engine: Handle) -> anyhow::Result<Duration> {
    let databases = open_databases(directory.place()).await?;
    let labels = Labels::open(databases.office.clone()).await?;
    let last = engine.durable().seq;
    let begun = Instant::now();
    let followers = Followers::start(&engine, &databases, &labels).await?;
    for mut cursor in followers.cursors() {
        cursor.wait_for(|head| head.seq >= last).await.context("a projection stopped")?;
    }
    let built = begun.elapsed();
    tokio::task::spawn_blocking(move || followers.stop()).await??;
    databases.close().await?;
    Ok(built)
}

/// The longest time from an entry being durable to the slowest table holding it, and how long the last took.
fn behind(
    plan: &Plan,
    engine: &Handle,
    cursors: &[watch::Receiver<Head>],
) -> anyhow::Result<(Duration, Duration)> {
    let state = engine.read_blocking(|engine| engine.state.clone())?.value;
    let mut load = Load::new(plan.subject, &state, plan.seed);
    drop(state);
    let first = u64::from(plan.count);
    let batches = load.batches(first, RATE * SECONDS, BATCH, SystemClock::new(0).now());
    let mut pump = Pump::new(Road::Handed(engine.clone(), Class::Upload));
    let pace = Pace::Every(Duration::from_secs(1) * BATCH / RATE);
    let sending = std::thread::Builder::new()
        .name("terminals".into())
        .spawn(move || pump.run(pace, first, batches, |from, size| load.batch(from, size)))?;
    let slowest = || cursors.iter().map(|cursor| cursor.borrow().seq).min().unwrap_or(0);
    // When each entry that is not in the tables yet became durable, as far as that was seen.
    let mut waiting: std::collections::VecDeque<(u64, Instant)> = std::collections::VecDeque::new();
    let mut lag = Duration::ZERO;
    let mut ended = None;
    loop {
        let durable = engine.durable().seq;
        if waiting.back().is_none_or(|(seq, _)| *seq < durable) {
            waiting.push_back((durable, Instant::now()));
        }
        let there = slowest();
        while waiting.front().is_some_and(|(seq, _)| *seq <= there) {
            let since = waiting.pop_front().map(|(_, since)| since.elapsed()).unwrap_or_default();
            lag = lag.max(since);
        }
        if sending.is_finished() {
            let end = *ended.get_or_insert_with(Instant::now);
            if there >= durable {
                sending.join().map_err(|_| anyhow::anyhow!("the sender panicked"))??;
                return Ok((lag, end.elapsed()));
            }
        }
        std::thread::sleep(LOOK);
    }
}
