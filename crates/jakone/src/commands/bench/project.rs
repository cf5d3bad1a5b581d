//! Tables kept up with the journal: how many taps a second all projections take together, and how far they are behind while taps
//! come at the city's busiest.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::path::Path;
use std::time::{Duration, Instant};

use base::{Clock as _, SystemClock};
use journal::Head;
use runtime::{Class, Handle};
use tokio::sync::watch;

use super::Plan;
use super::load::Load;
use super::pump::{Pace, Pump, Road};
use super::report::{Report, milliseconds, per_second};
use super::stand::{Server, on_product, settings};
use super::{city, replay};
use crate::commands::serve::tasks;
use crate::data_directory::start_runtime;

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
    // Nothing follows this runtime, so all taps are still to be written when the product opens.
    let (runtime, _) = start_runtime(&directory, settings(plan))?;
    replay::taps(plan, &runtime.handle())?;
    drop(runtime.shutdown());
    let measured = on_product(&directory, plan, async |product| {
        let begun = Instant::now();
        product.caught_up().await?;
        let built = begun.elapsed();
        let (engine, owned, cursors) = (product.engine(), *plan, product.cursors());
        let behind = tokio::task::spawn_blocking(move || behind(&owned, &engine, &cursors)).await??;
        Ok((built, behind))
    });
    let (built, (lag, drained)) = tasks()?.block_on(measured)?;
    drop(server);
    let taps = u64::from(plan.per_round) * u64::from(plan.rounds);
    let (lag_ms, drain_ms) = (milliseconds(lag), milliseconds(drained));
    let mut report = Report::of(plan);
    report
        .throughput(per_second(taps, built), "taps into the tables of all projections")
        .figure("lag_rate_per_s", RATE)
        .measured("lag_max_ms", lag_ms)
        .measured("drain_ms", drain_ms)
        .line(
            "lag",
            format!("{lag_ms:.0} ms at most at {RATE} taps per s; {drain_ms:.0} ms to the last at the end"),
        )
        .memory();
    Ok(report)
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
    let first = u64::from(plan.per_round) * u64::from(plan.rounds);
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
