//! `jakone bench`: what this machine does, through the real runtime, beside the bound of deciding alone.
//!
//! Owns the order of a measurement: a city is set up (not timed), commands are made before the clock runs, and then each
//! round runs the same commands first through `Engine::step` alone (the bound) and then through the runtime, so that
//! noise of a shared machine falls on both. The figures are the median round's. Never reports a figure of a run in which
//! a command was not accepted.

mod city;
mod load;
mod measure;
mod report;

use anyhow::Context as _;

use crate::cli::{BenchArguments, BenchSubject};

/// A bench with every default filled in.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// What is measured.
    pub subject: BenchSubject,
    /// Purses or holders.
    pub accounts: u32,
    /// Commands per round.
    pub per_round: u32,
    /// Rounds.
    pub rounds: u32,
    /// Commands per batch.
    pub batch: u32,
    /// Batches on their way at a time.
    pub in_flight: u32,
    /// Seed.
    pub seed: u64,
}

impl Plan {
    fn of(arguments: &BenchArguments) -> Self {
        let single = arguments.in_flight == 1;
        let (accounts, count) = match (arguments.subject, single) {
            (_, true) => (10_000, 3_000),
            (BenchSubject::Transfers, false) => (1_000_000, 3_000_000),
            (BenchSubject::Taps, false) => (200_000, 1_500_000),
        };
        let rounds = arguments.rounds.max(1);
        let batch = arguments.batch.unwrap_or(if single { 1 } else { 8_192 });
        Self {
            subject: arguments.subject,
            accounts: arguments.accounts.unwrap_or(accounts).max(2),
            per_round: (arguments.count.unwrap_or(count) / rounds).max(1),
            rounds,
            batch: batch.clamp(1, 32_768),
            in_flight: arguments.in_flight,
            seed: arguments.seed,
        }
    }
}

/// Measures and prints.
///
/// # Errors
/// When the directory cannot be used, or a command was not accepted.
pub fn run(arguments: &BenchArguments) -> anyhow::Result<()> {
    let plan = Plan::of(arguments);
    let root = arguments.data.clone().unwrap_or_else(std::env::temp_dir);
    std::fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
    let scratch = tempfile::Builder::new().prefix("jakone-bench-").tempdir_in(&root)?;
    let measured = measure::measure(&plan, arguments.backend, scratch.path())?;
    report::print(&plan, arguments, &measured)
}
