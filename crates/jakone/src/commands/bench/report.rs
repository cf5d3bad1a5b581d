//! The figures of a bench, as a table or as JSON: each is said once, with its name for programs and its words for people.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::io::Write as _;
use std::time::Duration;

use serde_json::{Map, Value};

use super::clocks::resident_bytes;
use super::plan::Plan;
use crate::cli::BenchOption;
use crate::flush_probe::Probe;

/// What a bench came to.
#[derive(Debug)]
pub struct Report {
    title: String,
    figures: Map<String, Value>,
    lines: Vec<(&'static str, String)>,
}

impl Report {
    /// A report that says what was asked for.
    pub fn of(plan: &Plan) -> Self {
        let build = if cfg!(debug_assertions) { "development" } else { "release" };
        let (subject, backend) = (plan.subject.name(), plan.backend.name());
        let mut report = Self {
            title: format!("{subject}, {backend} journal, {build} build"),
            figures: Map::new(),
            lines: Vec::new(),
        };
        report
            .figure("bench", subject)
            .figure("backend", backend)
            .figure("build", build)
            .figure("accounts", plan.accounts)
            .figure("count", plan.count)
            .figure("rounds", plan.rounds)
            .figure("seed", plan.seed);
        let sizes =
            [(BenchOption::Batch, "batch", plan.batch), (BenchOption::InFlight, "in_flight", plan.in_flight)];
        for (_, name, size) in sizes.into_iter().filter(|(option, ..)| plan.subject.uses().contains(option)) {
            report.figure(name, size);
        }
        report
    }

    /// A figure for programs.
    pub fn figure(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        self.figures.insert(name.to_owned(), value.into());
        self
    }

    /// A measured figure, to the thousandth.
    pub fn measured(&mut self, name: &str, value: f64) -> &mut Self {
        self.figure(name, thousandths(value))
    }

    /// What people read of the figures.
    pub fn line(&mut self, label: &'static str, words: impl Into<String>) -> &mut Self {
        self.lines.push((label, words.into()));
        self
    }

    /// How fast it went.
    pub fn throughput(&mut self, per_s: f64, of_what: &str) -> &mut Self {
        self.figure("throughput_per_s", per_s.round())
            .line("throughput", format!("{per_s:.0} {of_what} per s"))
    }

    /// Half of the answers came within the first time, 99 of 100 within the second.
    pub fn latency(&mut self, of_what: &'static str, p50: Duration, p99: Duration) -> &mut Self {
        let (p50, p99) = (milliseconds(p50), milliseconds(p99));
        self.measured("p50_ms", p50)
            .measured("p99_ms", p99)
            .line(of_what, format!("p50 {p50:.3} ms, p99 {p99:.3} ms"))
    }

    /// What the disk alone did before each measured part: the middle of them, and the slowest.
    pub fn probes(&mut self, probes: &[Probe]) -> &mut Self {
        let time = |value: fn(&Probe) -> Duration| milliseconds(median_time(probes.iter().map(value)));
        let (p50, p99) = (time(|probe| probe.p50), time(|probe| probe.p99));
        let most = milliseconds(probes.iter().map(|probe| probe.p99).max().unwrap_or_default());
        self.measured("probe_p50_ms", p50)
            .measured("probe_p99_ms", p99)
            .measured("probe_p99_max_ms", most)
            .line(
                "raw flush",
                format!("4 KiB, p50 {p50:.3} ms, p99 {p99:.3} ms, {most:.3} ms in the slowest round"),
            )
    }

    /// Memory of the process now.
    pub fn memory(&mut self) -> &mut Self {
        let mebibytes = resident_bytes() >> 20;
        self.figure("rss_mb", mebibytes).line("memory", format!("{mebibytes} MiB"))
    }

    /// Prints the figures.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn print(self, json: bool) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        if json {
            return writeln!(out, "{}", Value::Object(self.figures));
        }
        writeln!(out, "{}", self.title)?;
        self.lines.iter().try_for_each(|(label, words)| writeln!(out, "  {label:<14} {words}"))
    }
}

/// The value in the middle; zero of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The time in the middle; zero of none.
pub fn median_time(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// So many within a time, per second.
pub fn per_second(count: u64, taken: Duration) -> f64 {
    // Exact up to 2^53, more than anybody counts here.
    #[allow(clippy::cast_precision_loss)]
    let count = count as f64;
    count / taken.as_secs_f64()
}

/// A time in milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_medians_are_what_they_say() {
        assert_eq!(per_second(3_000, Duration::from_millis(1_500)), 2_000.0);
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(Vec::new()), 0.0);
        assert_eq!(thousandths(0.123_456), 0.123);
    }

    #[test]
    fn the_slowest_probe_is_told_beside_the_one_in_the_middle() {
        let probe = |p99| Probe { p50: Duration::from_millis(1), p99: Duration::from_millis(p99) };
        let mut report = Report { title: String::new(), figures: Map::new(), lines: Vec::new() };
        report.probes(&[probe(2), probe(9), probe(3)]);
        assert_eq!(report.figures.get("probe_p99_ms"), Some(&Value::from(3.0)));
        assert_eq!(report.figures.get("probe_p99_max_ms"), Some(&Value::from(9.0)));
    }
}
