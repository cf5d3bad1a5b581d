//! Transfers and taps: the same commands through the runtime and beside it, in rounds.
//!
//! Owns the order of a measurement: a city is set up (not timed), commands are made before the clock runs, and then each round
//! runs the same commands first without what is measured and then with it, so that noise of a shared machine falls on both.
//! Without: deciding alone for transfers and taps; handing over in this process for the client on a socket. The figures are the
//! median round's.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::bail;
use base::{Clock as _, SystemClock};
use engine::{Body, Channel, Engine, Envelope, LOOK_AHEAD, Position, Unit};
use runtime::{Class, Handle};

use super::city;
use super::clocks::own_processor_time;
use super::load::Load;
use super::plan::Plan;
use super::pump::{Pump, Ran, Road, accepted, office_command};
use super::report::{Report, median, median_time, per_second};
use super::socket;
use super::stand::{ID_WINDOW_COUNT, Stand};
use crate::cli::BenchSubject;
use crate::flush_probe::{Probe, probe};

/// Raw flushes before each round.
pub const PROBES: u64 = 200;

/// What a round came to.
struct Round {
    /// Commands.
    count: u32,
    probe: Probe,
    /// Without what is measured: how long it took, and its processor time.
    beside: (Duration, Duration),
    ran: Ran,
}

/// Without what is measured.
enum Beside {
    /// The same steps, and no journal.
    Alone(Box<Engine>),
    /// The same batches, handed over in this process.
    Handed(Pump),
}

/// Measures transfers or taps, in this process or over a socket.
///
/// # Errors
/// When the directory cannot be used, or a command was not accepted.
pub fn measure(plan: &Plan, scratch: &Path) -> anyhow::Result<Report> {
    let stand = Stand::start(plan, scratch)?;
    let handle = stand.runtime.handle();
    let begun = Instant::now();
    let setup_count = city::found(plan, &handle)?;
    let setup = begun.elapsed();
    let state = handle.read_blocking(|engine| engine.state.clone())?.value;
    let load = Load::new(plan.subject, &state, plan.seed);
    let handed = Pump::new(Road::Handed(handle.clone(), Class::Upload));
    let (mut pump, mut beside, door) = if plan.subject == BenchSubject::Client {
        drop(state);
        let (connection, door) = socket::connect(handle.clone())?;
        (Pump::new(Road::Socket(connection)), Beside::Handed(handed), Some(door))
    } else {
        (handed, Beside::Alone(Box::new(Engine::new(state))), None)
    };
    let rounds = run_rounds(plan, scratch, (&mut pump, &mut beside), load)?;
    let mut report = report(plan, &rounds);
    report
        .figure("waits", pump.waits)
        .figure("setup_count", setup_count)
        .measured("setup_s", setup.as_secs_f64())
        .figure("id_window_count", ID_WINDOW_COUNT)
        .line("set-up", format!("{setup_count} commands in {:.1} s, not timed", setup.as_secs_f64()));
    if let Beside::Alone(bound) = &beside {
        must_agree(&handle, bound)?;
    }
    drop(beside);
    report.memory();
    drop(pump);
    door.map_or(Ok(()), socket::Door::closed)?;
    stand.end();
    Ok(report)
}

fn run_rounds(
    plan: &Plan,
    scratch: &Path,
    (pump, beside): (&mut Pump, &mut Beside),
    mut load: Load,
) -> anyhow::Result<Vec<Round>> {
    let clock = SystemClock::new(0);
    let pace = plan.pace();
    let mut rounds = Vec::new();
    for round in 0..plan.rounds {
        // A round over a socket has a round beside it with commands of its own: one journal decides an id once.
        let (first, count) = (plan.first_of(round) * 2, plan.size_of(round));
        let mut made = |from: u64| load.batches(from, count, plan.batch, clock.now());
        let batches = made(first);
        let took = match beside {
            Beside::Alone(bound) => decide_alone(bound, &clock, &batches)?,
            Beside::Handed(handed) => {
                let from = first + u64::from(count);
                let others = made(from);
                let ran = handed.run(pace, from, others, |from, size| load.batch(from, size))?;
                (ran.taken, ran.processor)
            }
        };
        let probe = probe(scratch, PROBES)?;
        let ran = pump.run(pace, first, batches, |from, size| load.batch(from, size))?;
        rounds.push(Round { count, probe, beside: took, ran });
    }
    Ok(rounds)
}

/// The bound must have moved what the run moved.
fn must_agree(handle: &Handle, bound: &Engine) -> anyhow::Result<()> {
    let totals = handle.read_blocking(|engine| engine.state.ledger.totals(Unit::Rupiah))?.value;
    if totals != bound.state.ledger.totals(Unit::Rupiah) {
        bail!("the bound moved other amounts than the run: the figures compare nothing");
    }
    Ok(())
}

/// The bound: the same commands through the same steps, one tick per batch, and no journal.
fn decide_alone(
    engine: &mut Engine,
    clock: &SystemClock,
    batches: &[Vec<Envelope>],
) -> anyhow::Result<(Duration, Duration)> {
    let (begun, processor) = (Instant::now(), own_processor_time());
    let first = engine.state.position.seq + 1;
    for (seq, batch) in (first..).zip(batches) {
        let at = clock.now().max(engine.state.at);
        let tick = Envelope { channel: Channel::System, ..office_command(at, 0, Body::Tick) };
        engine.step(Position { seq, index: 0 }, at, &tick);
        let mut indices = 1u32..;
        for together in batch.chunks(LOOK_AHEAD) {
            engine.look_ahead(together.iter());
            for (command, index) in together.iter().zip(indices.by_ref()) {
                accepted(&engine.step(Position { seq, index }, at, command))?;
            }
        }
    }
    Ok((begun.elapsed(), own_processor_time().saturating_sub(processor)))
}

fn report(plan: &Plan, rounds: &[Round]) -> Report {
    let of = |value: &dyn Fn(&Round) -> f64| median(rounds.iter().map(value).collect());
    let rate = |value: fn(&Round) -> Duration| of(&|round| per_second(u64::from(round.count), value(round)));
    let each = |value: fn(&Round) -> Duration| {
        of(&|round| value(round).as_secs_f64() * 1e6 / f64::from(round.count))
    };
    let time = |value: fn(&Round) -> Duration| median_time(rounds.iter().map(value));
    let (throughput, bound) = (rate(|round| round.ran.taken), rate(|round| round.beside.0));
    // Of each round by itself: what disturbed the machine disturbed both of its halves.
    let ratio = of(&|round| round.beside.0.as_secs_f64() / round.ran.taken.as_secs_f64());
    let (processor, engine) = (each(|round| round.ran.processor), each(|round| round.ran.engine));
    let (journal, beside) = (each(|round| round.ran.journal), each(|round| round.beside.1));
    let flush = of(&|round| round.ran.p50.as_secs_f64() / round.probe.p50.as_secs_f64());
    let without =
        if plan.subject == BenchSubject::Client { "handed over in process" } else { "deciding alone" };
    let mut report = Report::of(plan);
    report
        .throughput(throughput, if plan.subject == BenchSubject::Taps { "taps" } else { "transfers" })
        .measured("ratio", ratio)
        .figure("bound_per_s", bound.round())
        .line("bound", format!("{bound:.0} per s, {without}; ratio {ratio:.3}"))
        .latency("batch latency", time(|round| round.ran.p50), time(|round| round.ran.p99))
        .measured("cpu_us_per_op", processor)
        .measured("engine_cpu_us_per_op", engine)
        .measured("journal_cpu_us_per_op", journal)
        .measured("bound_cpu_us_per_op", beside)
        .line(
            "processor",
            format!(
                "{processor:.3} µs per command: deciding {engine:.3}, sealing and writing {journal:.3}; {without} {beside:.3}"
            ),
        )
        .probes(&rounds.iter().map(|round| round.probe).collect::<Vec<_>>())
        .measured("flush_ratio", flush)
        .line("flushes", format!("a batch takes {flush:.2} of a raw flush"));
    let rate = plan.rate.map_or(String::new(), |rate| format!(", {rate} offered per s"));
    let size = (plan.count, plan.rounds, plan.batch, plan.in_flight, plan.accounts);
    report.line(
        "run",
        format!(
            "{} in {} rounds, batches of {}, {} on the way, {} accounts{rate}",
            size.0, size.1, size.2, size.3, size.4
        ),
    );
    if let Some(rate) = plan.rate {
        report.figure("rate_per_s", rate);
    }
    report
}
