//! `jakone simulate`: lives one city per seed on everything that can fail, and names the first seed in which something
//! that must hold did not.
//!
//! Owns the division of seeds among the cores and the printing. What is simulated, and what must hold, is the crate
//! `simulation`'s.

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use simulation::{Failure, Report};

use crate::cli::SimulateArguments;
use crate::problem::Problem;

/// What became of the cities.
#[derive(Default)]
struct Lived {
    cities: u64,
    sum: Report,
    /// Of the failures the one with the lowest seed.
    first: Option<Failure>,
}

/// Lives the cities.
///
/// # Errors
/// The first seed in which something did not hold, with what it was and the command that shows it again.
pub fn run(arguments: &SimulateArguments) -> anyhow::Result<()> {
    let start = Instant::now();
    let lived = if arguments.trace { told(arguments)? } else { at_once(arguments) };
    if arguments.json {
        println!("{}", as_json(arguments, &lived, start));
    } else {
        print(arguments, &lived, start);
    }
    match lived.first {
        None => Ok(()),
        Some(failure) => Err(problem(&failure).into()),
    }
}

fn problem(failure: &Failure) -> Problem {
    let command = failure.command();
    Problem::new(
        "invariant_broken",
        format!("{failure}\nSee it again, step by step: {command}"),
        format!(
            "Simulasi menemukan kesalahan; benih dan aturan yang dilanggar tertulis di atas. Ulangi dengan: {command}"
        ),
    )
}

/// One city after the other, every step on standard output; ends with the first failure.
fn told(arguments: &SimulateArguments) -> anyhow::Result<Lived> {
    let mut lived = Lived::default();
    let mut out = std::io::stdout().lock();
    for seed in arguments.from..arguments.from.saturating_add(arguments.seeds) {
        writeln!(out, "seed {seed}")?;
        let mut said = Ok(());
        let told = simulation::run_told(seed, &mut |line| {
            if said.is_ok() {
                said = writeln!(out, "{line}");
            }
        });
        said?;
        lived.add(told);
        if lived.first.is_some() {
            break;
        }
    }
    Ok(lived)
}

/// Every core takes the next seed until one fails; seeds below that one are lived to their end, so that the first is
/// named.
fn at_once(arguments: &SimulateArguments) -> Lived {
    let bar = ProgressBar::new(arguments.seeds);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} cities, {eta} left") {
        bar.set_style(style);
    }
    let (next, lived) = (AtomicU64::new(0), Mutex::new(Lived::default()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let failed = lived.lock().unwrap_or_else(PoisonError::into_inner).first.is_some();
                    if number >= arguments.seeds || failed {
                        return;
                    }
                    let one = simulation::run(arguments.from.saturating_add(number));
                    lived.lock().unwrap_or_else(PoisonError::into_inner).add(one);
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    lived.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Lived {
    fn add(&mut self, one: Result<Report, Failure>) {
        self.cities += 1;
        match one {
            Ok(report) => self.sum.add(&report),
            Err(failure) if self.first.as_ref().is_none_or(|first| failure.seed < first.seed) => {
                self.first = Some(failure);
            }
            Err(_) => {}
        }
    }
}

fn as_json(arguments: &SimulateArguments, lived: &Lived, start: Instant) -> serde_json::Value {
    let failed = lived.first.as_ref().map(|failure| {
        json!({
            "seed": failure.seed,
            "step": failure.step,
            "invariant": failure.broken.invariant.name(),
            "what": failure.broken.what,
            "command": failure.command(),
        })
    });
    let figures: serde_json::Map<_, _> =
        lived.sum.figures().into_iter().map(|(name, figure)| (name.to_owned(), figure.into())).collect();
    json!({
        "from": arguments.from,
        "seeds": arguments.seeds,
        "cities": lived.cities,
        "elapsed_ms": u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        "happened": figures,
        "failed": failed,
    })
}

fn print(arguments: &SimulateArguments, lived: &Lived, start: Instant) {
    let Lived { cities, sum, first } = lived;
    let seconds = start.elapsed().as_secs();
    println!("{cities} of {} cities lived from seed {} on, in {seconds} s", arguments.seeds, arguments.from);
    for (name, figure) in sum.figures() {
        println!("  {:<18} {figure:>10}", name.replace('_', " "));
    }
    if first.is_none() {
        println!("everything that must hold did, after every step");
    }
}
