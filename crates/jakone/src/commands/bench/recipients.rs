//! Aid for every holder at once, on the whole product, while gates go on asking.
//!
//! Owns what is compared: the asks of a quiet city and those during the run, and the run as the engine and as the tables see it.
//! Wallets are there before, as in any month but the first.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use base::{Clock as _, CommandId, MediumSerial, PrincipalId, SystemClock, Timestamp};
use engine::benefits::budget_key;
use engine::ledger::Kind;
use engine::{AccountKey, Amount, Ask, Body, Channel, Disburse, Envelope, Leg, Movement, OpenAccount, State};
use runtime::{Class, Handle};

use super::city::{self, code};
use super::measure::PROBES;
use super::plan::Plan;
use super::pump::{Pump, Ran, Road, accepted, office_command};
use super::report::{Report, milliseconds, per_second};
use super::stand::{Server, on_product};
use crate::commands::serve::tasks;
use crate::flush_probe::{percentile, probe};

/// The benefit, and what each holder gets of it; the same in every run.
const BENEFIT: &str = "kjp_plus.smp";
const AID: Amount = Amount(300_000);
/// Asks of the quiet city, and the pause between two: so many gates as ask at once in the busiest minute.
const ASKS: usize = 3_000;
const BETWEEN: Duration = Duration::from_millis(1);

/// Measures a run over all holders.
///
/// # Errors
/// When directory or database cannot be used, or a command was not accepted.
pub fn measure(plan: &Plan, scratch: &Path) -> anyhow::Result<Report> {
    let server = Server::start(plan.backend)?;
    let directory = server.directory(scratch)?;
    let measured = on_product(&directory, plan, async |product| {
        let (engine, owned) = (product.engine(), *plan);
        tokio::task::spawn_blocking(move || found(&owned, &engine)).await??;
        product.caught_up().await?;
        let probed = probe(scratch, PROBES)?;
        let (engine, owned) = (product.engine(), *plan);
        let (run, ended) = tokio::task::spawn_blocking(move || credit(&owned, engine)).await??;
        product.caught_up().await?;
        let projected = ended.elapsed() + run.ran.taken;
        Ok((run, projected, probed))
    });
    let (run, projected, probed) = tasks()?.block_on(measured)?;
    drop(server);
    let Run { ran, mut quiet, mut during } = run;
    let (quiet, during) = (percentile(&mut quiet, 99), percentile(&mut during, 99));
    let (taken, engine, projected) =
        (ran.taken.as_secs_f64(), ran.engine.as_secs_f64(), projected.as_secs_f64());
    let (quiet_ms, during_ms) = (milliseconds(quiet), milliseconds(during));
    let mut report = Report::of(plan);
    report
        .throughput(per_second(u64::from(plan.accounts), ran.taken), "recipients credited")
        .measured("credited_s", taken)
        .measured("engine_cpu_s", engine)
        .line("credited", format!("all after {taken:.2} s, of which the engine computed {engine:.2} s"))
        .measured("projected_s", projected)
        .line("tables", format!("with the last of them {projected:.1} s after the first was sent"))
        .latency("batch latency", ran.p50, ran.p99)
        .measured("ask_quiet_p99_ms", quiet_ms)
        .measured("ask_p99_ms", during_ms)
        .measured("ask_ratio", during_ms / quiet_ms)
        .line(
            "gates",
            format!(
                "p99 of an ask {quiet_ms:.3} ms before, {during_ms:.3} ms during, ratio {:.2}",
                during_ms / quiet_ms
            ),
        )
        .probes(&[probed])
        .memory();
    Ok(report)
}

struct Run {
    ran: Ran,
    quiet: Vec<Duration>,
    during: Vec<Duration>,
}

/// Publishes, opens everything, votes the budget, and pays once, so that each has a wallet.
fn found(plan: &Plan, engine: &Handle) -> anyhow::Result<()> {
    let clock = SystemClock::new(0);
    let mut number = city::found(plan, engine)?;
    let mut pump = Pump::new(Road::Handed(engine.clone(), Class::Upload));
    let state = engine.read_blocking(|engine| engine.state.clone())?.value;
    let budget = budget_key(state.benefits.find(code(BENEFIT)).context("the benefit")?, clock.now());
    let votes = AccountKey { kind: Kind::Appropriation, ..budget };
    let accounts = [votes, budget].map(|key| Body::OpenAccount(OpenAccount { key }));
    number += pump.set_up(&clock, accounts.into_iter(), number)?;
    let state: State = engine.read_blocking(|engine| engine.state.clone())?.value;
    let account = |key| state.ledger.find(&key).context("an account of the budget");
    let amount = Amount(AID.0 * u64::from(plan.accounts));
    let leg = Leg { debit: account(votes)?, credit: account(budget)?, amount };
    // One for the first payment and one for the measured one: a transfer has a largest amount.
    number += pump.set_up(&clock, std::iter::repeat_n(Body::Transfer(vec![leg]), 2), number)?;
    pump.set_up(&clock, (0..plan.accounts).map(aid), number)?;
    Ok(())
}

fn aid(index: u32) -> Body {
    let (holder, bank) = (city::holder(index), code("bench.bank"));
    Body::Disburse(Disburse { holder, benefit: code(BENEFIT), bank, amount: AID })
}

/// Asks in the quiet, then pays while asking; answers when the last was paid.
fn credit(plan: &Plan, engine: Handle) -> anyhow::Result<(Run, Instant)> {
    let (over, accounts) = (Arc::new(AtomicBool::new(false)), plan.accounts.clamp(1, 1_000));
    let quiet = ask(&engine, accounts, &over, Some(ASKS))?;
    let mut pump = Pump::new(Road::Handed(engine.clone(), Class::Bulk));
    let now = SystemClock::new(0).now();
    // Apart from the ids of the set-up.
    let numbered = |from: u64, size: u32| -> Vec<Envelope> {
        let command = |index: u64| {
            let recipient = u32::try_from(index).unwrap_or_default();
            office_command(now, (1 << 40) + index, aid(recipient))
        };
        (from..from + u64::from(size)).map(command).collect()
    };
    let sizes = (0..plan.accounts).step_by(usize::try_from(plan.batch)?);
    let batches =
        sizes.map(|first| numbered(u64::from(first), plan.batch.min(plan.accounts - first))).collect();
    let watched = Arc::clone(&over);
    let asking = std::thread::Builder::new()
        .name("gates".into())
        .spawn(move || ask(&engine, accounts, &watched, None))?;
    let ran = pump.run(plan.pace(), 0, batches, numbered);
    let ended = Instant::now();
    over.store(true, Ordering::Relaxed);
    let during = asking.join().map_err(|_| anyhow::anyhow!("the gates panicked"))??;
    Ok((Run { ran: ran?, quiet, during }, ended))
}

/// A gate after the other asks, until so many have or the run is over; answers how long each waited.
fn ask(
    engine: &Handle,
    accounts: u32,
    over: &AtomicBool,
    most: Option<usize>,
) -> anyhow::Result<Vec<Duration>> {
    let clock = SystemClock::new(0);
    let mut times = Vec::new();
    while !over.load(Ordering::Relaxed) && most.is_none_or(|most| times.len() < most) {
        let (now, number) = (clock.now(), u32::try_from(times.len())?);
        let begun = Instant::now();
        let answers = engine
            .submit_blocking(Class::Ask, vec![question(now, number, MediumSerial(number % accounts))])?;
        times.push(begun.elapsed());
        answers.iter().try_for_each(|answer| accepted(&answer.step))?;
        std::thread::sleep(BETWEEN);
    }
    Ok(times)
}

fn question(now: Timestamp, number: u32, medium: MediumSerial) -> Envelope {
    let movement = Some(Movement::new(code("tj.brt"), now));
    Envelope {
        schema: 1,
        id: CommandId::new(now, u128::from(number)),
        principal: PrincipalId(1),
        channel: Channel::Device,
        on_behalf_of: None,
        received_at: now,
        body: Body::Ask(Ask { medium, movement }),
    }
}
