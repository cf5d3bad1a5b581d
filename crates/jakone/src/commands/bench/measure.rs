//! The measurement itself: set-up, rounds of bound and run, memory. Owns the clocks of the bench; prints nothing.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base::{Clock as _, Code, CommandId, PrincipalId, SystemClock, Timestamp};
use engine::{Answer, Body, Channel, Engine, Envelope, Genesis, Parameter, Position, Step, Unit};
use journal::{EmbeddedOptions, KeyRing, Memory};
use runtime::{Busy, Class, Handle, Leadership, Limits, Runtime};
use tokio::sync::oneshot;

use super::Plan;
use super::city::{self, code};
use super::load::Load;
use crate::cli::BenchBackend;
use crate::data_directory::{DataDirectory, Start, end_process, start_runtime};
use crate::flush_probe::{Probe, percentile, probe};

/// Raw flushes before each round.
const PROBES: u64 = 200;
/// Commands per batch of the set-up.
const SETUP_BATCH: usize = 4_096;
/// Batches of the set-up on their way at a time.
const SETUP_IN_FLIGHT: usize = 4;
/// How long to wait when nothing is admitted.
const PAUSE: Duration = Duration::from_micros(500);
/// Commands the bound reads ahead for at a time, as the runtime does.
const LOOK_AHEAD: u32 = 16;
/// Ids remembered: the engine's default, said here so that the report can name it.
pub const ID_WINDOW_COUNT: i64 = 4 << 20;
/// Size of the journal's segments and how many are kept ahead: as a server for a whole city would be set.
const SEGMENT_BYTES: u64 = 64 << 20;
const SEGMENTS_AHEAD: usize = 8;

/// What a round came to.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// Raw flushes in the same directory, just before.
    pub probe: Probe,
    /// How long the bound took.
    pub bound: Duration,
    /// How long the run took.
    pub run: Duration,
    /// Processor time of the bound: what it needs of one core, however busy the machine is.
    pub bound_processor: Duration,
    /// Processor time of the run, all threads.
    pub processor: Duration,
    /// Of that, the thread that decides.
    pub engine: Duration,
    /// Of that, the thread that seals and writes.
    pub journal: Duration,
    /// Half of the batches were answered within this.
    pub p50: Duration,
    /// 99 of 100 batches were.
    pub p99: Duration,
}

/// What a bench came to.
#[derive(Debug)]
pub struct Measured {
    /// The rounds in order.
    pub rounds: Vec<Round>,
    /// How long the set-up took.
    pub setup: Duration,
    /// Commands of the set-up.
    pub setup_count: u64,
    /// Memory of the process after the last round, the bound's state dropped.
    pub rss_mb: u64,
    /// How often a batch was not admitted at once.
    pub waits: u64,
}

/// Measures.
///
/// # Errors
/// When the directory cannot be used, or a command was not accepted.
pub fn measure(plan: &Plan, backend: BenchBackend, scratch: &Path) -> anyhow::Result<Measured> {
    let runtime = start(plan, backend, scratch)?;
    let mut pump =
        Pump { handle: runtime.handle(), on_the_way: VecDeque::new(), taken: Vec::new(), waits: 0 };
    let clock = SystemClock::new(0);
    let begun = Instant::now();
    let setup_count = set_up(plan, &clock, &mut pump)?;
    let setup = begun.elapsed();
    let state = pump.handle.read_blocking(|engine| engine.state.clone())?.value;
    let mut load = Load::new(plan.subject, &state, plan.seed);
    let mut bound = Engine::new(state);
    let mut rounds = Vec::new();
    pump.waits = 0;
    for round in 0..plan.rounds {
        let from = u64::from(round) * u64::from(plan.per_round);
        let batches = load.batches(from, plan.per_round, plan.batch, clock.now());
        let alone = decide_alone(&mut bound, &clock, &batches)?;
        let probe = probe(scratch, PROBES)?;
        let ran = pump.run(plan, &load, from, batches)?;
        rounds.push(ran.beside(&alone, probe));
    }
    let totals = pump.handle.read_blocking(|engine| engine.state.ledger.totals(Unit::Rupiah))?.value;
    if totals != bound.state.ledger.totals(Unit::Rupiah) {
        bail!("the bound moved other amounts than the run: the figures compare nothing");
    }
    drop(bound);
    let (rss_mb, waits) = (resident_mb(), pump.waits);
    drop(runtime.shutdown());
    Ok(Measured { rounds, setup, setup_count, rss_mb, waits })
}

fn start(plan: &Plan, backend: BenchBackend, scratch: &Path) -> anyhow::Result<Runtime> {
    let clock = Arc::new(SystemClock::new(0));
    let parameters = vec![(Parameter::IdWindowCount, ID_WINDOW_COUNT)];
    let reserve = usize::try_from(plan.accounts)?.max(usize::try_from(ID_WINDOW_COUNT)?);
    let limits = Limits::default();
    if backend == BenchBackend::Embedded {
        let journal = EmbeddedOptions {
            segment_bytes: SEGMENT_BYTES,
            reserve_ahead: SEGMENTS_AHEAD,
            ..EmbeddedOptions::default()
        };
        let directory = DataDirectory::open_or_create(&scratch.join("city"))?;
        let start = Start { parameters, limits, reserve, journal, ..Start::with_clock(clock) };
        return Ok(start_runtime(&directory, start)?.0);
    }
    let named = |text: &str| -> Code { code(text) };
    let genesis =
        Genesis { city: named("bench"), format: 1, hash_key: plan.seed, keys: Vec::new(), parameters };
    let options = runtime::Options {
        genesis,
        node: named("bench"),
        build: named("bench"),
        config: 0,
        limits,
        leadership: Leadership::Alone,
        reserve,
        on_fault: end_process,
    };
    let keys = Arc::new(KeyRing::in_memory([1; 32]));
    Ok(Runtime::start(Box::new(Memory::new()), keys, clock, options)?)
}

/// Sends the set-up and requires every command to be accepted.
fn set_up(plan: &Plan, clock: &SystemClock, pump: &mut Pump) -> anyhow::Result<u64> {
    let mut bodies = city::commands(plan.subject, plan.accounts, clock.now())?;
    let mut count = 0u64;
    loop {
        let now = clock.now();
        let numbered = bodies.by_ref().take(SETUP_BATCH).zip(count..);
        let batch: Vec<Envelope> = numbered.map(|(body, number)| set_up_command(now, number, body)).collect();
        if batch.is_empty() {
            break;
        }
        count += u64::try_from(batch.len()).unwrap_or(0);
        if pump.on_the_way.len() >= SETUP_IN_FLIGHT {
            pump.collect()?;
        }
        pump.send(batch.clone(), || batch.clone())?;
    }
    while pump.collect()? {}
    Ok(count)
}

fn set_up_command(made: Timestamp, number: u64, body: Body) -> Envelope {
    Envelope {
        schema: 1,
        id: CommandId::new(made, u128::from(number)),
        principal: PrincipalId(2),
        channel: Channel::Office,
        on_behalf_of: None,
        received_at: made,
        body,
    }
}

/// The bound: the same commands through the same steps, one tick per batch, and no journal.
fn decide_alone(
    engine: &mut Engine,
    clock: &SystemClock,
    batches: &[Vec<Envelope>],
) -> anyhow::Result<Alone> {
    let (begun, processor) = (Instant::now(), own_processor_time());
    let first = engine.state.position.seq + 1;
    for (seq, batch) in (first..).zip(batches) {
        let at = clock.now().max(engine.state.at);
        let tick = Envelope { channel: Channel::System, ..set_up_command(at, 0, Body::Tick) };
        engine.step(Position { seq, index: 0 }, at, &tick);
        for (command, index) in batch.iter().zip(1u32..) {
            if index % LOOK_AHEAD == 1 {
                let from = usize::try_from(index - 1)?;
                let next = batch.get(from..).unwrap_or_default();
                engine.look_ahead(next.get(..LOOK_AHEAD as usize).unwrap_or(next));
            }
            accepted(&engine.step(Position { seq, index }, at, command))?;
        }
    }
    Ok(Alone { taken: begun.elapsed(), processor: own_processor_time().saturating_sub(processor) })
}

/// What the bound took.
struct Alone {
    taken: Duration,
    processor: Duration,
}

fn accepted(step: &Step) -> anyhow::Result<()> {
    if matches!(step, Step::Decided(Ok(_))) { Ok(()) } else { bail!("a command was not accepted: {step:?}") }
}

type Reply = oneshot::Receiver<Result<Vec<Answer>, Busy>>;

/// Keeps batches on their way to the runtime and takes their times.
struct Pump {
    handle: Handle,
    on_the_way: VecDeque<(Instant, Reply)>,
    taken: Vec<Duration>,
    waits: u64,
}

impl Pump {
    /// Queues a batch, again and again until it is admitted; `again` makes it anew.
    fn send(&mut self, batch: Vec<Envelope>, again: impl Fn() -> Vec<Envelope>) -> anyhow::Result<()> {
        let mut next = Some(batch);
        let begun = Instant::now();
        loop {
            match self.handle.enqueue(Class::Upload, next.take().unwrap_or_else(&again)) {
                Ok(reply) => {
                    self.on_the_way.push_back((begun, reply));
                    return Ok(());
                }
                Err(Busy::Stopped) => bail!("the engine stopped"),
                Err(_) => {
                    self.waits += 1;
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    /// Waits for the oldest batch; false when none is on its way.
    fn collect(&mut self) -> anyhow::Result<bool> {
        let Some((begun, reply)) = self.on_the_way.pop_front() else { return Ok(false) };
        let answers = reply.blocking_recv().context("the engine stopped")??;
        self.taken.push(begun.elapsed());
        answers.iter().try_for_each(|answer| accepted(&answer.step))?;
        Ok(true)
    }

    fn run(
        &mut self,
        plan: &Plan,
        load: &Load,
        from: u64,
        batches: Vec<Vec<Envelope>>,
    ) -> anyhow::Result<Ran> {
        let in_flight = usize::try_from(plan.in_flight)?;
        self.taken.clear();
        let (processor, engine, journal) = (processor_time(), thread_time("engine"), thread_time("journal"));
        let begun = Instant::now();
        let mut next = from;
        for batch in batches {
            while self.on_the_way.len() >= in_flight {
                self.collect()?;
            }
            let size = u32::try_from(batch.len())?;
            let first = next;
            self.send(batch, || load.batch(first, size))?;
            next += u64::from(size);
        }
        while self.collect()? {}
        let run = begun.elapsed();
        let processor = processor_time().saturating_sub(processor);
        let (p50, p99) = (percentile(&mut self.taken, 50), percentile(&mut self.taken, 99));
        Ok(Ran {
            taken: run,
            processor,
            engine: thread_time("engine").saturating_sub(engine),
            journal: thread_time("journal").saturating_sub(journal),
            p50,
            p99,
        })
    }
}

/// What the run through the runtime took.
struct Ran {
    taken: Duration,
    processor: Duration,
    engine: Duration,
    journal: Duration,
    p50: Duration,
    p99: Duration,
}

impl Ran {
    /// The round that the run makes with its bound and its probe.
    const fn beside(&self, alone: &Alone, probe: Probe) -> Round {
        Round {
            probe,
            bound: alone.taken,
            run: self.taken,
            bound_processor: alone.processor,
            processor: self.processor,
            engine: self.engine,
            journal: self.journal,
            p50: self.p50,
            p99: self.p99,
        }
    }
}

/// Processor time of this process, all threads together.
fn processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(spent).unwrap_or_default()
}

/// Processor time of the calling thread.
fn own_processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(spent).unwrap_or_default()
}

/// Processor time of the thread of that name; zero where the kernel does not tell.
fn thread_time(name: &str) -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let spent = threads.filter_map(|thread| {
        let dir = thread.path();
        let named = std::fs::read_to_string(dir.join("comm")).ok()?;
        let spent = std::fs::read_to_string(dir.join("schedstat")).ok()?;
        let nanoseconds: u64 = spent.split_whitespace().next()?.parse().ok()?;
        (named.trim() == name).then_some(nanoseconds)
    });
    Duration::from_nanos(spent.sum())
}

/// Memory of this process that is really there, in MiB; 0 where the kernel does not tell.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: u64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    kilobytes >> 10
}
