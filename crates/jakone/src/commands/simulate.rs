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
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let lived = if arguments.trace { told(arguments)? } else { at_once(arguments, cores, simulation::run) };
    if arguments.json {
        println!("{}", as_json(arguments, &lived, start));
    } else {
        print(arguments, &lived, start);
    }
    Ok(lived.verdict()?)
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
fn at_once(
    arguments: &SimulateArguments,
    cores: usize,
    live: impl Fn(u64) -> Result<Report, Failure> + Sync,
) -> Lived {
    let bar = ProgressBar::new(arguments.seeds);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} cities, {eta} left") {
        bar.set_style(style);
    }
    let (next, lived) = (AtomicU64::new(0), Mutex::new(Lived::default()));
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let failed = lived.lock().unwrap_or_else(PoisonError::into_inner).first.is_some();
                    if number >= arguments.seeds || failed {
                        return;
                    }
                    let one = live(arguments.from.saturating_add(number));
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

    fn verdict(&self) -> Result<(), Problem> {
        self.first.as_ref().map_or(Ok(()), |failure| Err(problem(failure)))
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use simulation::{Broken, Invariant};

    use super::*;

    fn arguments(from: u64, seeds: u64) -> SimulateArguments {
        SimulateArguments { from, seeds, json: false, trace: false }
    }

    fn failed(seed: u64) -> Failure {
        Failure { seed, step: 7, broken: Broken::new(Invariant::Progress, "planted") }
    }

    #[test]
    fn of_seeds_that_fail_the_first_is_named_also_when_a_later_one_fails_sooner() {
        let (later_failed, seen) = mpsc::channel();
        let seen = Mutex::new(seen);
        let live = |seed| match seed {
            ..14 => Ok(Report::default()),
            14 => {
                seen.lock().unwrap().recv().unwrap();
                Err(failed(seed))
            }
            _ => {
                later_failed.send(()).unwrap();
                Err(failed(seed))
            }
        };
        let arguments = arguments(10, 20);
        let lived = at_once(&arguments, 2, live);
        assert_eq!(lived.first, Some(failed(14)));
        let said = lived.verdict().unwrap_err().to_string();
        assert!(said.contains("seed 14, step 7: progress: planted"), "{said}");
        assert!(said.contains("jakone simulate --from 14 --seeds 1 --trace"), "{said}");
        let json = as_json(&arguments, &lived, Instant::now());
        assert_eq!((&json["failed"]["seed"], &json["failed"]["invariant"]), (&json!(14), &json!("progress")));
    }

    #[test]
    fn cities_without_a_failure_are_all_lived() {
        let lived = at_once(&arguments(3, 9), 2, |_| Ok(Report::default()));
        assert_eq!(lived.cities, 9);
        assert!(lived.verdict().is_ok());
    }
}
