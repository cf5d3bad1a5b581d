//! `jakone bench`: what this machine does, through the real runtime and the real product, beside a bound or a peer.
//!
//! Owns the choice of the subject. Each has a file, says what it comes to in a [`report::Report`], and never reports a figure of a
//! run in which a command was not accepted.

mod city;
mod clocks;
mod http;
mod load;
mod measure;
mod memory;
mod peer;
mod plan;
mod project;
mod pump;
mod recipients;
mod replay;
mod report;
mod socket;
mod stand;

use anyhow::Context as _;

use crate::cli::{BenchArguments, BenchSubject};
use plan::Plan;

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
