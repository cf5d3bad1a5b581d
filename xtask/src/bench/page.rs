//! docs/PERFORMANCE.md: the machine, every goal with what was measured, the arithmetic before it, and how to run it again.

use std::fmt::Write as _;
use std::process::Command;

use serde_json::{Value, json};

use super::Measured;
use super::rows::{Bound, Goal, Group, Row};

/// What the machine says of itself.
pub fn machine() -> Value {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, label: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(label)?.trim().strip_prefix(':'));
        line.map(|value| value.trim().to_owned()).unwrap_or_default()
    };
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
    };
    let memory = after(&read("/proc/meminfo"), "MemTotal");
    let kilobytes: u64 = memory.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0);
    json!({
        "processor": after(&read("/proc/cpuinfo"), "model name"),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory_gb": kilobytes >> 20,
        "kernel": said("uname", &["-sr"]),
        "rust": said("rustc", &["--version"]),
        "commit": said("git", &["rev-parse", "--short", "HEAD"]),
        "date": said("date", &["-u", "+%F"]),
    })
}

/// The page.
pub fn page(groups: &[Group], measured: &Measured) -> String {
    let mut page = String::from(HEAD);
    let machine = |name: &str| {
        let value = measured.get("machine").and_then(|machine| machine.get(name));
        value.map_or_else(String::new, |value| value.to_string().trim_matches('"').to_owned())
    };
    page += &format!(
        "Measured on {} at commit {} on: {}, {} cores, {} GB, {}, {}. Shared with others: compare ratios, not runs.\n\n",
        machine("date"),
        machine("commit"),
        machine("processor"),
        machine("cores"),
        machine("memory_gb"),
        machine("kernel"),
        machine("rust"),
    );
    let rows: Vec<&Row> = groups.iter().flat_map(|group| &group.rows).collect();
    page += "![How much of each goal is reached](images/performance-goals.svg)\n\n";
    page += "## Goals\n\n| path | measured | goal | met |\n|---|---|---|---|\n";
    for row in rows.iter().filter(|row| !row.what.is_empty()) {
        lines(&mut page, row, measured);
    }
    page += "\n![Throughput and latency by size of the batch](images/performance-batches.svg)\n\n";
    page += "## Row by row\n";
    for row in rows.iter().filter(|row| !row.what.is_empty()) {
        detail(&mut page, row, measured);
    }
    page
}

const HEAD: &str = "# Performance\n\n\
    Written by `make bench`; do not edit. Every figure is of the release build, durable before the answer, and comes from the command \
    beside it, which prints it again as JSON. A bench with a bound runs in rounds of bound and run with the same commands, and its \
    figures are the median round's. Before each round 4 KiB are flushed 200 times: where the p99 of that is above 1 ms the run is \
    discarded and made again. Peers run in turns with what they are compared with, three times.\n\n";

fn lines(page: &mut String, row: &Row, measured: &Measured) {
    if row.goals.is_empty() {
        let figure = measured.get(&row.key).and_then(|row| row.get("throughput_per_s")?.as_f64());
        let said = figure.map_or_else(|| "not measured".to_owned(), |value| format!("{}/s", number(value)));
        let _ = writeln!(page, "| {} | {said} | – | |", row.what);
        return;
    }
    let mut what = row.what.as_str();
    for goal in &row.goals {
        let value = goal.value(row, measured);
        let said =
            value.map_or_else(|| "not measured".to_owned(), |value| format!("{} {}", number(value), goal.of));
        let met = match value {
            Some(value) if goal.bound().is_met(value) => "yes",
            Some(_) => "**no**",
            None => "",
        };
        let _ = writeln!(page, "| {what} | {said} | {} | {met} |", hoped(goal));
        what = "";
    }
}

fn hoped(goal: &Goal) -> String {
    match goal.bound() {
        Bound::Least(least) => format!("≥ {}", number(least)),
        Bound::Most(most) => format!("≤ {}", number(most)),
    }
}

fn detail(page: &mut String, row: &Row, measured: &Measured) {
    let _ = write!(page, "\n### {}\n\n*On paper:* {}\n", row.what, row.napkin);
    let Some(figures) = measured.get(&row.key).and_then(Value::as_object) else { return };
    let missed = |goal: &&Goal| goal.value(row, measured).is_some_and(|value| !goal.bound().is_met(value));
    if row.goals.iter().any(|goal| missed(&goal)) {
        let _ = write!(page, "\n*Not met:* {}\n", row.otherwise);
    }
    let said = |name: &str| figures.get(name).map(ToString::to_string).unwrap_or_default();
    let _ = write!(page, "\n```\n{}\n", said("command").trim_matches('"'));
    let left_out = ["command", "bench", "backend", "build", "slow_disk", "seed", "rounds", "in_flight"];
    let mut line = String::new();
    for (name, value) in figures.iter().filter(|(name, _)| !left_out.contains(&name.as_str())) {
        let value = value.as_f64().map_or_else(|| value.to_string(), number);
        if line.len() + name.len() + value.len() > 110 {
            let _ = writeln!(page, "{}", line.trim_end());
            line.clear();
        }
        let _ = write!(line, "{name} {value}  ");
    }
    let _ = write!(page, "{}\n```\n", line.trim_end());
    if figures.get("slow_disk") == Some(&Value::Bool(true)) {
        page.push_str("\nThe disk was slow in every attempt; the figures are those of the last.\n");
    }
}

/// A figure as people read it: thin spaces in whole numbers, few digits in others.
pub fn number(value: f64) -> String {
    if value.abs() < 100.0 && value.fract() != 0.0 {
        let text = format!("{value:.3}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = format!("{value:.0}");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_people() {
        assert_eq!(number(1_400_000.0), "1\u{202f}400\u{202f}000");
        assert_eq!(
            (number(0.4), number(0.123_44), number(12.0)),
            ("0.4".into(), "0.123".into(), "12".into())
        );
    }

    #[test]
    fn a_goal_that_is_not_met_says_what_it_would_take() {
        let transfers = json!({"throughput_per_s": 700_000.0, "ratio": 0.5, "p50_ms": 20.0, "command": "jakone bench transfers --json"});
        let measured = Measured::from([("transfers".to_owned(), transfers)]);
        let page = page(&super::super::rows::groups().unwrap(), &measured);
        assert!(page.contains("| ≥ 1\u{202f}400\u{202f}000 | **no** |"), "{page}");
        assert!(page.contains("| 0.5 of deciding alone | ≥ 0.4 | yes |"));
        assert!(page.contains("*Not met:*") && page.contains("jakone bench transfers --json\n"));
        assert!(page.contains("not measured"), "rows without figures say so");
    }
}
