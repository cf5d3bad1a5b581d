//! Chores of the workspace: `cargo xtask tidy` checks what the compiler cannot, `cargo xtask stores` runs the tests of what keeps
//! rows on PostgreSQL, `cargo xtask bench` writes docs/PERFORMANCE.md. Owns no product code and stands outside the rows of crates.

// Rates and ratios of measurements, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

mod bench;
mod stores;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

/// The checkout this program was built in.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn main() -> anyhow::Result<ExitCode> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if asked == ["stores"] {
        return stores::run(root(), std::io::stdin().lock()).map(|()| ExitCode::SUCCESS);
    }
    if let [bench, program, only @ ..] = asked.as_slice()
        && bench == "bench"
    {
        let only = only.first().map(String::as_str);
        return bench::run(root(), Path::new(program), only).map(|()| ExitCode::SUCCESS);
    }
    if asked != ["tidy"] {
        eprintln!(
            "usage: cargo xtask tidy | stores (with the messages of cargo build) | bench PROGRAM [ROWS that begin so]"
        );
        return Ok(ExitCode::from(2));
    }
    let report = tidy::run(root())?;
    for (path, lines) in &report.long {
        println!("note: {path} has {lines} lines; look again whether it is one thing");
    }
    for finding in &report.findings {
        println!("{finding}");
    }
    match report.findings.len() {
        0 => println!("tidy: {} files, nothing to do", report.files),
        count => println!("tidy: {} files, {count} to mend", report.files),
    }
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
