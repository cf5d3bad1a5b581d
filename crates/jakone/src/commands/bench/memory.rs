//! What a holder costs in memory: medium, purse, two entitlements, in the state that decides.
//!
//! Owns the arithmetic: what the process has more after the holders than before them, per holder. There is no journal, because it
//! is on the disk. The window of ids is measured by itself: its size is a parameter, whatever the number of holders.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::time::Instant;

use base::{Clock as _, SystemClock, Timestamp};
use engine::{Amount, Body, Channel, Engine, Envelope, Genesis, Parameter, Position, State, TopUp};

use super::city::{self, code};
use super::clocks::resident_bytes;
use super::plan::Plan;
use super::pump::{accepted, office_command};
use super::report::{Report, per_second};
use super::stand::ID_WINDOW_COUNT;

/// Commands per entry. An entry takes a second here, so that the window of ids forgets as its parameter says.
const ENTRY: usize = 4_096;
/// The smallest window of ids there is.
const WINDOW_MIN: i64 = 1_024;

/// Measures memory per holder.
///
/// # Errors
/// When a command was not accepted.
pub fn measure(plan: &Plan) -> anyhow::Result<Report> {
    // The holders first, and they stay while the window fills: what is given back to the allocator is not given back to the
    // system at once, and neither may be built of what the other left.
    let (begun, before) = (Instant::now(), resident_bytes());
    let mut holders = found(plan, WINDOW_MIN)?;
    let commands = city::commands(plan.subject, plan.accounts, holders.state.at)?;
    holders.state.reserve(usize::try_from(plan.accounts)?);
    let count = live(&mut holders, commands)?;
    let of_holders = resident_bytes().saturating_sub(before);
    let taken = begun.elapsed();
    let before = resident_bytes();
    let mut window = found(plan, ID_WINDOW_COUNT)?;
    let few = city::commands(plan.subject, 2, window.state.at)?;
    let ids = u32::try_from(ID_WINDOW_COUNT)?;
    live(&mut window, few.chain((0..ids).map(|_| one_rupiah())))?;
    let of_window = resident_bytes().saturating_sub(before);
    let mut report = Report::of(plan);
    let each = |bytes: u64, of: u32| {
        #[allow(clippy::cast_precision_loss)]
        let bytes = bytes as f64;
        bytes / f64::from(of)
    };
    let (holder, id) = (each(of_holders, plan.accounts), each(of_window, ids));
    report
        .throughput(per_second(count, taken), "commands of the set-up")
        .measured("bytes_per_holder", holder)
        .line("per holder", format!("{holder:.0} bytes; {} MiB for all", of_holders >> 20))
        .measured("bytes_per_id", id)
        .figure("id_window_mb", of_window >> 20)
        .line("window of ids", format!("{} MiB for {ids} ids, {id:.0} bytes each", of_window >> 20));
    Ok(report)
}

/// An engine that has seen its genesis.
fn found(plan: &Plan, window: i64) -> anyhow::Result<Engine> {
    let mut state = State::new(plan.seed);
    state.at = Timestamp(i64::MIN);
    let mut engine = Engine::new(state);
    let genesis = Genesis {
        city: code("bench"),
        format: 1,
        hash_key: plan.seed,
        keys: Vec::new(),
        parameters: vec![(Parameter::IdWindowCount, window)],
    };
    let now = SystemClock::new(0).now();
    let body = Body::Genesis(Box::new(genesis));
    let command = Envelope { channel: Channel::System, ..office_command(now, 0, body) };
    accepted(&engine.step(Position { seq: 1, index: 0 }, now, &command))?;
    Ok(engine)
}

/// Decides and applies everything, an entry a second; answers how many commands there were.
fn live(engine: &mut Engine, bodies: impl Iterator<Item = Body>) -> anyhow::Result<u64> {
    let mut bodies = bodies.peekable();
    let mut count = 0u64;
    while bodies.peek().is_some() {
        let (seq, at) = (engine.state.position.seq + 1, engine.state.at.plus(Timestamp::SECOND));
        let tick = Envelope { channel: Channel::System, ..office_command(at, 0, Body::Tick) };
        engine.step(Position { seq, index: 0 }, at, &tick);
        for (body, index) in bodies.by_ref().take(ENTRY).zip(1u32..) {
            count += 1;
            accepted(&engine.step(Position { seq, index }, at, &office_command(at, count, body)))?;
        }
    }
    Ok(count)
}

fn one_rupiah() -> Body {
    let (holder, bank) = (Some(city::holder(0)), code("bench.bank"));
    Body::TopUp(TopUp { medium: None, holder, bank, amount: Amount(1) })
}
