//! `jakone bench`: what this machine does, through the real runtime and the real product, beside a bound or a peer.
//!
//! Owns the plan: every default, by subject. Each subject has a file, says what it comes to in a [`report::Report`], and never
//! reports a figure of a run in which a command was not accepted.

mod city;
mod clocks;
mod http;
mod load;
mod measure;
mod memory;
mod peer;
mod project;
mod pump;
mod recipients;
mod replay;
mod report;
mod socket;
mod stand;

use std::time::Duration;

use anyhow::Context as _;

use crate::cli::{BenchArguments, BenchBackend, BenchSubject};
use crate::problem::Problem;
use pump::Pace;

/// A bench with every default filled in.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// What is measured.
    pub subject: BenchSubject,
    /// On which journal.
    pub backend: BenchBackend,
    /// Purses or holders.
    pub accounts: u32,
    /// Commands per round.
    pub per_round: u32,
    /// Rounds.
    pub rounds: u32,
    /// Commands per batch.
    pub batch: u32,
    /// Batches on their way at a time; connections, over HTTP.
    pub in_flight: u32,
    /// Commands offered per second; as many as are answered when absent.
    pub rate: Option<u32>,
    /// Seed.
    pub seed: u64,
}

impl Plan {
    fn of(arguments: &BenchArguments) -> Result<Self, Problem> {
        let BenchArguments { subject, backend, .. } = *arguments;
        if !subject.runs_on(backend) {
            let (subject, backend) = (subject.name(), backend.name());
            return Err(Problem::new(
                "bench_backend_unused",
                format!("The bench {subject} cannot be run on {backend}. Leave --backend out."),
                format!("Uji {subject} tidak dapat dijalankan di {backend}. Hilangkan --backend."),
            ));
        }
        let over_http = subject == BenchSubject::Http;
        let single = if over_http { arguments.batch == Some(1) } else { arguments.in_flight == Some(1) };
        let (accounts, count) = match (subject, single) {
            (BenchSubject::Http, true) => (20_000, 120_000),
            (BenchSubject::Http, false) => (20_000, 900_000),
            (BenchSubject::Transfers | BenchSubject::Taps | BenchSubject::Client, true) => (10_000, 3_000),
            (BenchSubject::Transfers | BenchSubject::Client, false) => (1_000_000, 3_000_000),
            (BenchSubject::Taps, false) => (200_000, 1_500_000),
            (BenchSubject::Replay, _) => (200_000, 1_500_000),
            (BenchSubject::Restart, _) => (1_000_000, 1_000_000),
            (BenchSubject::Memory, _) => (10_000_000, 10_000_000),
            (BenchSubject::Project, _) => (20_000, 300_000),
            (BenchSubject::Recipients, _) => (1_000_000, 1_000_000),
            (BenchSubject::Peer, _) => (1_000_000, 300_000),
        };
        let rounds = match subject {
            BenchSubject::Restart
            | BenchSubject::Memory
            | BenchSubject::Project
            | BenchSubject::Recipients => 1,
            _ => 3,
        };
        let (batch, in_flight) = match (over_http, single) {
            (true, true) => (1, 64),
            (true, false) => (1_000, 8),
            (false, true) => (1, 1),
            (false, false) => (8_192, 2),
        };
        let accounts = arguments.accounts.unwrap_or(accounts).max(2);
        let rounds = arguments.rounds.unwrap_or(rounds);
        let count = match subject {
            // Every holder is measured.
            BenchSubject::Memory | BenchSubject::Recipients => accounts,
            _ => arguments.count.unwrap_or(count),
        };
        let batch_max = if over_http { 1_000 } else { 32_768 };
        Ok(Self {
            subject,
            backend,
            accounts,
            per_round: (count / rounds).max(1),
            rounds,
            batch: arguments.batch.unwrap_or(batch).clamp(1, batch_max),
            in_flight: arguments.in_flight.unwrap_or(in_flight),
            rate: arguments.rate,
            seed: arguments.seed,
        })
    }

    /// How fast batches are sent.
    fn pace(&self) -> Pace {
        match self.rate {
            Some(rate) => Pace::Every(Duration::from_secs(1) * self.batch / rate),
            None => Pace::Full(usize::try_from(self.in_flight).unwrap_or(usize::MAX)),
        }
    }
}

/// Measures and prints.
///
/// # Errors
/// When the directory cannot be used, or a command was not accepted.
pub fn run(arguments: &BenchArguments) -> anyhow::Result<()> {
    let plan = Plan::of(arguments)?;
    let root = arguments.data.clone().unwrap_or_else(std::env::temp_dir);
    std::fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
    let scratch = tempfile::Builder::new().prefix("jakone-bench-").tempdir_in(&root)?;
    let (plan, scratch) = (&plan, scratch.path());
    let report = match plan.subject {
        BenchSubject::Transfers | BenchSubject::Taps | BenchSubject::Client => {
            measure::measure(plan, scratch)
        }
        BenchSubject::Http => http::measure(plan, scratch),
        BenchSubject::Replay => replay::measure(plan, scratch),
        BenchSubject::Restart => replay::restart(plan, scratch),
        BenchSubject::Memory => memory::measure(plan),
        BenchSubject::Project => project::measure(plan, scratch),
        BenchSubject::Recipients => recipients::measure(plan, scratch),
        BenchSubject::Peer => peer::measure(plan, scratch),
    }?;
    Ok(report.print(arguments.json)?)
}
