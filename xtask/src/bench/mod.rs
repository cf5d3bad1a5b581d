//! `cargo xtask bench PROGRAM`: runs `PROGRAM bench …` row by row and writes docs/PERFORMANCE.md with its plots.
//!
//! Owns the order of the run: rows that are compared with each other run in turns, and what ran while the disk was slow runs again.
//! Measures nothing itself.

mod page;
mod plots;
mod rows;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use rows::{Row, groups};

/// Above this p99 of a raw flush, in milliseconds, a run says more of the machine's neighbours than of the product.
const PROBE_P99_MAX_MS: f64 = 1.0;
/// How often a row is run in the hope of a quiet disk.
const ATTEMPTS: usize = 4;

/// What was measured: the figures of each row by its key; the run in the middle where it ran several times.
pub type Measured = BTreeMap<String, Value>;

/// Runs every row, or those whose key begins with `only`, and writes the page.
///
/// # Errors
/// When a row cannot be run or the page not be written.
pub fn run(root: &Path, program: &Path, only: Option<&str>) -> anyhow::Result<()> {
    let kept = root.join("docs/performance.json");
    let mut measured: Measured = match only {
        Some(_) => serde_json::from_str(&std::fs::read_to_string(&kept)?)?,
        None => Measured::from([("machine".to_owned(), page::machine())]),
    };
    let groups = groups()?;
    for group in &groups {
        let wanted = |row: &&Row| only.is_none_or(|only| row.key.starts_with(only));
        let rows: Vec<&Row> = group.rows.iter().filter(wanted).collect();
        let mut runs: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for _ in 0..group.turns {
            for row in &rows {
                runs.entry(&row.key).or_default().push(attempt(program, row, &measured)?);
            }
        }
        for (key, runs) in runs {
            measured.insert(key.to_owned(), middle(runs));
            std::fs::write(&kept, serde_json::to_string_pretty(&measured)? + "\n")?;
        }
    }
    plots::write(root, &groups, &measured)?;
    std::fs::write(root.join("docs/PERFORMANCE.md"), page::page(&groups, &measured))?;
    println!("docs/PERFORMANCE.md is written");
    Ok(())
}

/// Runs a row, again while the disk was slow.
fn attempt(program: &Path, row: &Row, measured: &Measured) -> anyhow::Result<Value> {
    let arguments = row.arguments(measured)?;
    for attempt in 1.. {
        print!("{:<24} {}", row.key, arguments.join(" "));
        std::io::stdout().flush()?;
        let output = Command::new(program).arg("bench").args(&arguments).arg("--json").output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} failed: {said}", row.key);
        let mut figures: Value = serde_json::from_slice(&output.stdout).context("no figures")?;
        let probe = figures.get("probe_p99_ms").and_then(Value::as_f64);
        let is_quiet = probe.is_none_or(|p99| p99 <= PROBE_P99_MAX_MS);
        let throughput = figures.get("throughput_per_s").and_then(Value::as_f64).unwrap_or_default();
        println!("  {throughput:.0} per s{}", if is_quiet { "" } else { ", slow disk" });
        if is_quiet || attempt == ATTEMPTS {
            let command = format!("jakone bench {} --json", arguments.join(" "));
            if let Some(figures) = figures.as_object_mut() {
                figures.insert("command".to_owned(), command.into());
                figures.insert("slow_disk".to_owned(), (!is_quiet).into());
            }
            return Ok(figures);
        }
    }
    unreachable!("the last attempt returns")
}

/// The run whose throughput is in the middle.
fn middle(mut runs: Vec<Value>) -> Value {
    let throughput = |run: &Value| run.get("throughput_per_s").and_then(Value::as_f64).unwrap_or_default();
    runs.sort_by(|one, other| throughput(one).total_cmp(&throughput(other)));
    runs.swap_remove(runs.len() / 2)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_run_in_the_middle_is_kept_whole() {
        let run = |per_s: u32| json!({"throughput_per_s": per_s, "p50_ms": per_s * 2});
        assert_eq!(middle(vec![run(9), run(1), run(5)]), run(5));
    }
}
