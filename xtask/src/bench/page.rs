//! docs/PERFORMANCE.md: the machine, every goal with what was measured, the arithmetic before it, and how to run it again.

use std::collections::BTreeMap;
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
        "commit": said("git", &["describe", "--always", "--dirty", "--exclude", "*"]),
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
    page += &at_other_times(&rows, measured);
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
    Written by `make bench`; do not edit. Every figure is of the release build and comes from the command beside it, which prints it \
    again as JSON; the sentences, with the figures of the profiles that they quote, are written by hand in \
    `xtask/src/bench/budget.yaml`. What is answered is durable. A bench with a bound runs each round without what is measured and then \
    with it; figures are the median of the rounds. In every bench that writes 4 KiB are flushed 200 times in each \
    round: where the p99 of any of these is above 1 ms the run is discarded and made again. A row whose fourth run had a slow disk too \
    keeps its figures and is marked *slow disk*. Before each run 2 GiB of memory are touched: a virtual machine gets a page from its host \
    when it is first touched, 4.5 ms for 2 MiB on the machine below, and 0.17 ms once it has it. What is compared with another row runs in turns with it, three times, and the run in \
    the middle counts.\n\n";

/// Says which rows are of another commit or day than the head of the page, after some were measured again.
fn at_other_times(rows: &[&Row], measured: &Measured) -> String {
    let head = measured.get("machine").map(when);
    let mut times: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
    for row in rows {
        let figures = measured.get(&row.key).filter(|_| !is_marked(&row.key, "not_installed", measured));
        if let Some(when) = figures.map(when).filter(|when| Some(when) != head.as_ref()) {
            times.entry(when).or_default().push(&row.key);
        }
    }
    let mut text = String::new();
    for ((date, commit), keys) in times {
        let when = if date.is_empty() { String::new() } else { format!(", on {date} at commit {commit}") };
        let _ = write!(text, "Measured at another time{when}: {}.\n\n", keys.join(", "));
    }
    text
}

/// Date and commit of figures; empty where they do not say.
fn when(figures: &Value) -> (String, String) {
    let said = |name: &str| figures.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    (said("date"), said("commit"))
}

/// Whether figures have a mark.
fn is_marked(key: &str, mark: &str, measured: &Measured) -> bool {
    measured.get(key).and_then(|row| row.get(mark)) == Some(&Value::Bool(true))
}

/// What stands in the place of a figure that is not there.
fn without_figure<'a>(mut rows: impl Iterator<Item = &'a str>, measured: &Measured) -> &'static str {
    match rows.any(|key| is_marked(key, "not_installed", measured)) {
        true => "not installed on this machine",
        false => "not measured",
    }
}

fn slow<'a>(mut rows: impl Iterator<Item = &'a str>, measured: &Measured) -> &'static str {
    if rows.any(|key| is_marked(key, "slow_disk", measured)) { " *slow disk*" } else { "" }
}

fn lines(page: &mut String, row: &Row, measured: &Measured) {
    if row.goals.is_empty() {
        let figure = measured.get(&row.key).and_then(|figures| figures.get(&row.shown.figure)?.as_f64());
        let own = || std::iter::once(row.key.as_str());
        let said = figure.map_or_else(
            || without_figure(own(), measured).to_owned(),
            |value| format!("{} {}", number(value), row.shown.of),
        );
        let _ = writeln!(page, "| {} | {said}{} | – | |", row.what, slow(own(), measured));
        return;
    }
    let mut what = row.what.as_str();
    for goal in &row.goals {
        let value = goal.value(row, measured);
        let said = value.map_or_else(
            || without_figure(goal.rows(row), measured).to_owned(),
            |value| format!("{} {}", number(value), goal.of),
        );
        let met = match value {
            Some(value) if goal.bound().is_met(value) => "yes",
            Some(_) => "**no**",
            None => "",
        };
        let slow = slow(goal.rows(row), measured);
        let _ = writeln!(page, "| {what} | {said}{slow} | {} | {met} |", hoped(goal));
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
    if is_marked(&row.key, "not_installed", measured) {
        page.push_str("\nNot measured: the server is not installed on this machine.\n");
        return;
    }
    let missed = |goal: &&Goal| goal.value(row, measured).is_some_and(|value| !goal.bound().is_met(value));
    if row.goals.iter().any(|goal| missed(&goal)) {
        let _ = write!(page, "\n*Not met:* {}\n", row.otherwise);
    }
    let said = |name: &str| figures.get(name).map(ToString::to_string).unwrap_or_default();
    let _ = write!(page, "\n```\n{}\n", said("command").trim_matches('"'));
    let left_out = [
        "command",
        "bench",
        "backend",
        "build",
        "slow_disk",
        "seed",
        "rounds",
        "in_flight",
        "date",
        "commit",
    ];
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
    if is_marked(&row.key, "slow_disk", measured) {
        page.push_str("\nThe disk was slow in every attempt; the figures are those of a last one.\n");
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

    fn page_of(measured: &Measured) -> String {
        page(&super::super::rows::groups().unwrap(), measured)
    }

    #[test]
    fn what_is_not_installed_is_left_out_and_said() {
        let postgres = json!({"throughput_per_s": 400_000.0});
        let measured = Measured::from([
            ("transfers_postgres".to_owned(), postgres),
            ("peer_postgres".to_owned(), json!({"not_installed": true})),
            ("transfers_jetstream".to_owned(), json!({"not_installed": true})),
        ]);
        let page = page_of(&measured);
        assert!(page.contains("|  | not installed on this machine | ≥ 8 |  |"), "{page}");
        assert!(page.contains("JetStream nodes of this machine | not installed on this machine | – | |"));
        assert!(page.contains("Not measured: the server is not installed on this machine."));
    }

    #[test]
    fn a_slow_disk_marks_every_goal_that_rests_on_it() {
        let measured = Measured::from([
            ("transfers_postgres".to_owned(), json!({"throughput_per_s": 400_000.0, "slow_disk": false})),
            ("peer_postgres".to_owned(), json!({"throughput_per_s": 40_000.0, "slow_disk": true})),
        ]);
        let page = page_of(&measured);
        assert!(page.contains("10 times PostgreSQL's own batched transfers *slow disk* |"), "{page}");
        assert!(page.contains("| 400\u{202f}000 transfers/s | ≥"), "its own figure is not marked");
        assert!(page.contains("The disk was slow in every attempt"));
    }

    #[test]
    fn rows_measured_again_say_when() {
        let when =
            |date: &str, commit: &str| json!({"date": date, "commit": commit, "throughput_per_s": 1.0});
        let measured = Measured::from([
            ("machine".to_owned(), when("2026-11-01", "aaa")),
            ("taps".to_owned(), when("2026-11-01", "aaa")),
            ("replay".to_owned(), when("2026-11-02", "bbb")),
            ("restart".to_owned(), when("2026-11-02", "bbb")),
        ]);
        let page = page_of(&measured);
        assert!(
            page.contains("Measured at another time, on 2026-11-02 at commit bbb: replay, restart.\n"),
            "{page}"
        );
        assert!(!page.contains("taps."), "what is of the head's commit is not named");
    }
}
