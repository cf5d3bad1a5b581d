//! `cargo xtask bench PROGRAM`: runs `PROGRAM bench …` row by row and writes docs/PERFORMANCE.md with its plots.
//!
//! Owns the order of the run: rows that are compared with each other run in turns, what ran while the disk was slow runs again, and
//! what cannot be started on this machine is left out. Measures nothing itself.

mod page;
mod plots;
mod rows;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use rows::{Row, groups};

/// Above this p99 of a raw flush, in milliseconds, a run says more of the machine's neighbours than of the product.
const PROBE_P99_MAX_MS: f64 = 1.0;
/// How often a row is run in the hope of a quiet disk.
const ATTEMPTS: usize = 4;
/// What a bench says where this machine lacks the server that it starts.
const SERVER_MISSING: &str = "error[bench_server_missing]";

/// What was measured: the figures of each row by its key; the run in the middle where it ran several times.
pub type Measured = BTreeMap<String, Value>;

/// What a run came to.
enum Outcome {
    Figures(Value),
    /// This machine has no such server.
    NotInstalled,
}

/// Runs every row, or those whose key begins with `only` with the rows that they run in turns with, and writes the page.
///
/// # Errors
/// When a row cannot be run or the page not be written.
pub fn run(root: &Path, program: &Path, only: Option<&str>) -> anyhow::Result<()> {
    let kept = root.join("docs/performance.json");
    let machine = page::machine();
    let mut measured: Measured = match only {
        Some(_) => serde_json::from_str(&std::fs::read_to_string(&kept)?)?,
        None => Measured::from([("machine".to_owned(), machine.clone())]),
    };
    let groups = groups()?;
    for group in &groups {
        for (key, mut row) in turns(program, &group.wanted(only), group.turns, &measured)? {
            if let Some(figures) = row.as_object_mut() {
                let when = ["commit", "date"].map(|name| Some((name.to_owned(), machine.get(name)?.clone())));
                figures.extend(when.into_iter().flatten());
            }
            measured.insert(key, row);
            std::fs::write(&kept, serde_json::to_string_pretty(&measured)? + "\n")?;
        }
    }
    plots::write(root, &groups, &measured)?;
    std::fs::write(root.join("docs/PERFORMANCE.md"), page::page(&groups, &measured))?;
    println!("docs/PERFORMANCE.md is written");
    Ok(())
}

/// Runs rows in turns, so many times; answers the run in the middle of each.
fn turns(
    program: &Path,
    rows: &[&Row],
    turns: usize,
    measured: &Measured,
) -> anyhow::Result<Vec<(String, Value)>> {
    let mut runs: Vec<(&Row, Vec<Value>)> = rows.iter().map(|row| (*row, Vec::new())).collect();
    for _ in 0..turns {
        for (row, runs) in &mut runs {
            if let Outcome::Figures(figures) = attempt(program, row, measured)? {
                runs.push(figures);
            }
        }
    }
    let of_row = |(row, runs): (&Row, Vec<Value>)| {
        let figures = middle(runs, &row.shown.figure).unwrap_or_else(|| json!({ "not_installed": true }));
        (row.key.clone(), figures)
    };
    Ok(runs.into_iter().map(of_row).collect())
}

/// What is touched before each run.
const TOUCHED_BYTES: usize = 2 << 30;

/// Has the machine get memory from its host. A virtual machine gets it page by page when it touches one for the first time, and a
/// page of 2 MiB took 4.5 ms, 0.17 ms once the host had given it: what a run does on such pages is its host's time.
fn touch_memory() {
    drop(std::hint::black_box(vec![1u8; TOUCHED_BYTES]));
}

/// Runs a row, again while the disk was slow.
fn attempt(program: &Path, row: &Row, measured: &Measured) -> anyhow::Result<Outcome> {
    let arguments = row.arguments(measured)?;
    for attempt in 1.. {
        print!("{:<24} {}", row.key, arguments.join(" "));
        std::io::stdout().flush()?;
        touch_memory();
        let output = Command::new(program).arg("bench").args(&arguments).arg("--json").output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains(SERVER_MISSING) {
            println!("  not installed on this machine");
            return Ok(Outcome::NotInstalled);
        }
        ensure!(output.status.success(), "{} failed: {said}", row.key);
        let mut figures: Value = serde_json::from_slice(&output.stdout).context("no figures")?;
        let is_quiet = is_quiet(row, &figures)?;
        let shown = figures.get(&row.shown.figure).and_then(Value::as_f64).unwrap_or_default();
        println!("  {} {}{}", page::number(shown), row.shown.of, if is_quiet { "" } else { ", slow disk" });
        if is_quiet || attempt == ATTEMPTS {
            let command = format!("jakone bench {} --json", arguments.join(" "));
            if let Some(figures) = figures.as_object_mut() {
                figures.insert("command".to_owned(), command.into());
                figures.insert("slow_disk".to_owned(), (!is_quiet).into());
            }
            return Ok(Outcome::Figures(figures));
        }
    }
    unreachable!("the last attempt returns")
}

/// Whether the disk was quiet before each part of a run. What writes must say so.
fn is_quiet(row: &Row, figures: &Value) -> anyhow::Result<bool> {
    if !row.writes {
        return Ok(true);
    }
    let slowest = figures.get("probe_p99_max_ms").and_then(Value::as_f64);
    let slowest =
        slowest.with_context(|| format!("{} writes and does not say how quick the disk was", row.key))?;
    Ok(slowest <= PROBE_P99_MAX_MS)
}

/// The run whose figure is in the middle, of those on a quiet disk where there are any; none of none.
fn middle(mut runs: Vec<Value>, figure: &str) -> Option<Value> {
    let is_slow = |run: &Value| run.get("slow_disk") == Some(&Value::Bool(true));
    if !runs.iter().all(is_slow) {
        runs.retain(|run| !is_slow(run));
    }
    let value = |run: &Value| run.get(figure).and_then(Value::as_f64).unwrap_or_default();
    runs.sort_by(|one, other| value(one).total_cmp(&value(other)));
    (!runs.is_empty()).then(|| runs.swap_remove((runs.len() - 1) / 2))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn row(key: &str) -> Row {
        let rows = groups().unwrap().into_iter().flat_map(|group| group.rows);
        rows.into_iter().find(|row| row.key == key).unwrap()
    }

    #[test]
    fn the_run_in_the_middle_is_kept_whole() {
        let run = |per_s: u32| json!({"throughput_per_s": per_s, "p50_ms": per_s * 2});
        assert_eq!(middle(vec![run(9), run(1), run(5)], "throughput_per_s"), Some(run(5)));
        assert_eq!(middle(Vec::new(), "throughput_per_s"), None);
    }

    #[test]
    fn a_run_on_a_slow_disk_counts_only_where_there_is_no_other() {
        let run = |per_s: u32, slow: bool| json!({"throughput_per_s": per_s, "slow_disk": slow});
        let of = |runs| middle(runs, "throughput_per_s").unwrap();
        assert_eq!(of(vec![run(1, true), run(5, true), run(9, false)]), run(9, false));
        assert_eq!(of(vec![run(1, true), run(5, true), run(9, true)]), run(5, true));
    }

    #[test]
    fn the_slowest_round_decides_whether_the_disk_was_quiet() {
        let transfers = row("transfers");
        let of = |most: f64| is_quiet(&transfers, &json!({"probe_p99_ms": 0.2, "probe_p99_max_ms": most}));
        assert!(of(1.0).unwrap() && !of(1.1).unwrap());
        assert!(is_quiet(&transfers, &json!({})).is_err(), "silence is not quiet");
        assert!(is_quiet(&row("memory"), &json!({})).unwrap(), "memory writes nothing");
    }

    /// A program that says what is told it.
    fn program(dir: &Path, script: &str) -> std::path::PathBuf {
        let file = dir.join("program");
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700)).unwrap();
        file
    }

    #[test]
    fn a_row_whose_server_is_missing_is_left_out_and_the_others_run() {
        let dir = tempfile::tempdir().unwrap();
        let script = "case \"$*\" in *postgres*) echo 'error[bench_server_missing]: none' >&2; exit 1;; esac\n\
                      echo '{\"throughput_per_s\": 7, \"probe_p99_max_ms\": 0.2}'";
        let program = program(dir.path(), script);
        let (missing, there) = (row("peer_postgres"), row("peer_sqlite"));
        let rows = turns(&program, &[&missing, &there], 3, &Measured::new()).unwrap();
        let measured = Measured::from_iter(rows);
        assert_eq!(measured["peer_postgres"], json!({"not_installed": true}));
        assert_eq!(measured["peer_sqlite"]["throughput_per_s"], 7);
    }

    #[test]
    fn a_slow_disk_is_tried_again_and_then_said() {
        let dir = tempfile::tempdir().unwrap();
        let tries = dir.path().join("tries");
        let script = format!(
            "echo try >> {}\necho '{{\"throughput_per_s\": 7, \"probe_p99_max_ms\": 3.5}}'",
            tries.display()
        );
        let row = row("replay");
        let Outcome::Figures(figures) =
            attempt(&program(dir.path(), &script), &row, &Measured::new()).unwrap()
        else {
            panic!("there are figures")
        };
        assert_eq!(figures["slow_disk"], true);
        assert_eq!(std::fs::read_to_string(tries).unwrap().lines().count(), ATTEMPTS);
    }
}
