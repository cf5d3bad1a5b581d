//! Coming to the end of a journal: from its first entry, and from a snapshot and its tail.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use base::{Clock as _, SystemClock};
use engine::state_digest;
use journal::{Cover, Embedded, EmbeddedOptions};
use runtime::{Class, Handle, Replayed, Snapshots, decode_entry, replay, replay_from};

use super::city;
use super::clocks::processor_time;
use super::load::Load;
use super::measure::PROBES;
use super::plan::Plan;
use super::pump::{Pump, Road};
use super::report::{Report, median, per_second};
use super::stand::{Stand, settings};
use crate::data_directory::{DataDirectory, start_runtime};
use crate::flush_probe::probe;

/// Batches made at a time: millions of commands would not stay in memory for nothing.
const BATCHES: u32 = 64;

/// Lives the taps of the plan.
///
/// # Errors
/// When a tap was not accepted.
pub fn taps(plan: &Plan, handle: &Handle) -> anyhow::Result<()> {
    let state = handle.read_blocking(|engine| engine.state.clone())?.value;
    let mut load = Load::new(plan.subject, &state, plan.seed);
    drop(state);
    let mut pump = Pump::new(Road::Handed(handle.clone(), Class::Upload));
    let mut lived = 0;
    while lived < plan.count {
        let size = plan.batch.saturating_mul(BATCHES).min(plan.count - lived);
        let first = u64::from(lived);
        let batches = load.batches(first, size, plan.batch, SystemClock::new(0).now());
        pump.run(plan.pace(), first, batches, |from, size| load.batch(from, size))?;
        lived += size;
    }
    Ok(())
}

/// Measures replays of a journal from its first entry, the hashes checked on a second thread meanwhile.
///
/// # Errors
/// When the directory cannot be used, or the replay comes to another state.
pub fn measure(plan: &Plan, scratch: &Path) -> anyhow::Result<Report> {
    let stand = Stand::start(plan, scratch)?;
    let handle = stand.runtime.handle();
    city::found(plan, &handle)?;
    taps(plan, &handle)?;
    let expected = state_digest(&handle.read_blocking(|engine| engine.state.clone())?.value);
    let events = events(&handle, 1)?;
    let reserve = usize::try_from(plan.accounts)?;
    let (mut rounds, mut probes, mut records) = (Vec::new(), Vec::new(), 0);
    for _ in 0..plan.rounds {
        probes.push(probe(scratch, PROBES)?);
        let (begun, processor) = (Instant::now(), processor_time());
        let replayed = replay(handle.reader(1)?, handle.keys(), plan.seed, reserve)?;
        rounds.push((begun.elapsed(), processor_time().saturating_sub(processor)));
        records = replayed.records;
        ensure!(state_digest(&replayed.engine.state) == expected, "the replay came to another state");
    }
    let of = |value: &dyn Fn(&(Duration, Duration)) -> f64| median(rounds.iter().map(value).collect());
    let (per_s, events_per_s) =
        (of(&|round| per_second(records, round.0)), of(&|round| per_second(events, round.0)));
    #[allow(clippy::cast_precision_loss)]
    let processor = of(&|round| round.1.as_secs_f64() * 1e6 / records as f64);
    let mut report = Report::of(plan);
    report
        .throughput(per_s, "records")
        .figure("events_per_s", events_per_s.round())
        .line("events", format!("{events_per_s:.0} per s, {events} in {records} records"))
        .measured("cpu_us_per_op", processor)
        .line("processor", format!("{processor:.3} µs per record, the checking of hashes included"))
        .probes(&probes)
        .memory();
    stand.end();
    Ok(report)
}

/// How many events the journal holds from an entry on.
fn events(handle: &Handle, from: u64) -> anyhow::Result<u64> {
    let (mut reader, mut count) = (handle.reader(from)?, 0);
    while let Some(bytes) = reader.next()? {
        let (_, records) = decode_entry(&bytes, handle.keys())?;
        count += records.iter().map(|record| record.outcome.as_ref().map_or(0, Vec::len)).sum::<usize>();
    }
    Ok(u64::try_from(count)?)
}

/// Measures a start from a snapshot and its tail, beside one from the first entry.
///
/// # Errors
/// When the directory cannot be used, or the two come to different states.
pub fn restart(plan: &Plan, scratch: &Path) -> anyhow::Result<Report> {
    let directory = DataDirectory::open_or_create(&scratch.join("city"))?;
    let (runtime, _) = start_runtime(&directory, settings(plan))?;
    city::found(plan, &runtime.handle())?;
    drop(runtime.shutdown());
    let snapshots = directory.snapshots();
    let mut probes = vec![probe(scratch, PROBES)?];
    let written = Instant::now();
    let whole = come_back(&directory, &Snapshots::at(&scratch.join("none")))?.0;
    snapshots.write(&whole)?;
    let written = written.elapsed();
    let after = whole.head.seq + 1;
    drop(whole);
    let (runtime, _) = start_runtime(&directory, settings(plan))?;
    taps(plan, &runtime.handle())?;
    let tail_events = events(&runtime.handle(), after)?;
    drop(runtime.shutdown());
    probes.push(probe(scratch, PROBES)?);
    let (warm, taken) = come_back(&directory, &snapshots)?;
    let (digest, tail) = (state_digest(&warm.engine.state), warm.records);
    drop(warm);
    let (cold, cold_taken) = come_back(&directory, &Snapshots::at(&scratch.join("none")))?;
    ensure!(state_digest(&cold.engine.state) == digest, "snapshot and journal come to different states");
    let (taken_s, cold_s) = (taken.as_secs_f64(), cold_taken.as_secs_f64());
    let mut report = Report::of(plan);
    report
        .throughput(per_second(tail, taken), "records of the tail")
        .measured("restart_s", taken_s)
        .figure("tail_records", tail)
        .figure("tail_events", tail_events)
        .line(
            "restart",
            format!("{taken_s:.2} s from a snapshot, {tail_events} events in {tail} records after it"),
        )
        .measured("cold_s", cold_s)
        .figure("records", cold.records)
        .line("cold", format!("{cold_s:.2} s from the first entry, {} records", cold.records))
        .measured("snapshot_s", written.as_secs_f64())
        .line("snapshot", format!("{:.2} s to replay and write it", written.as_secs_f64()))
        .probes(&probes)
        .memory();
    Ok(report)
}

/// Opens the journal of a directory and comes to its end, as a start does.
fn come_back(directory: &DataDirectory, snapshots: &Snapshots) -> anyhow::Result<(Replayed, Duration)> {
    let begun = Instant::now();
    let files = EmbeddedOptions { check_hashes: false, ..EmbeddedOptions::default() };
    let cover: Option<Cover> = snapshots.cover()?;
    let (journal, _) = Embedded::open(&directory.journal(), files, cover)?;
    let reader = |from| journal::Journal::reader(&journal, from);
    let replayed = replay_from(snapshots, reader, &directory.key_ring()?, 0, 0)?;
    Ok((replayed, begun.elapsed()))
}
