//! A city in a box: the real engine, journal and runtime on one thread, with a clock, a disk and servers that fail by seed.
//!
//! Owns the simulated surroundings, the schedule, and the invariants that are checked after every step (see
//! [`Invariant`] and the text of `world`). The same seed gives the same run, so that a failing one is repeated by a command.
//! Never decides anything that the product decides: what is simulated is what lies around it.

mod auditor;
mod books;
mod clients;
mod content;
mod copies;
mod dice;
mod disk;
mod failure;
mod fares;
mod oracle;
mod ports;
mod report;
mod storage;
mod time;
mod weather;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use failure::{Broken, Failure, Invariant};
pub use ports::{Plain, Ports};
pub use report::Report;

/// Lives the city of a seed.
///
/// # Errors
/// The first thing that must hold and does not.
pub fn run(seed: u64) -> Result<Report, Failure> {
    run_on(seed, &mut Plain)
}

/// As [`run`], with something between the city and what it rests on.
///
/// # Errors
/// As [`run`].
pub fn run_on(seed: u64, ports: &mut dyn Ports) -> Result<Report, Failure> {
    live(seed, ports, None)
}

/// As [`run`], and tells every step.
///
/// # Errors
/// As [`run`].
pub fn run_told(seed: u64, tell: &mut dyn FnMut(&str)) -> Result<Report, Failure> {
    live(seed, &mut Plain, Some(tell))
}

fn live(seed: u64, ports: &mut dyn Ports, tell: Option<&mut dyn FnMut(&str)>) -> Result<Report, Failure> {
    let is_told = tell.is_some();
    let mut silence = |_: &str| {};
    let mut world = world::World::new(seed, ports, tell.unwrap_or(&mut silence));
    world.report.is_told = is_told;
    let lived = catch_unwind(AssertUnwindSafe(|| world.live()))
        .unwrap_or_else(|_| Err(Broken::new(Invariant::Progress, "a panic; its message stands above")));
    let (step, report) = (world.report.steps, world.report.clone());
    drop(world);
    lived.and_then(|()| fares::check(seed, ports)).map(|()| report).map_err(|broken| Failure {
        seed,
        step,
        broken,
    })
}
