//! The figures of a bench, as a table or as JSON. Owns the arithmetic from times to rates; the median round is the one
//! whose throughput is.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::io::Write as _;
use std::time::Duration;

use serde_json::json;

use super::Plan;
use super::measure::{ID_WINDOW_COUNT, Measured, Round};
use crate::cli::BenchArguments;

/// Prints the figures.
///
/// # Errors
/// When the output cannot be written.
pub fn print(plan: &Plan, arguments: &BenchArguments, measured: &Measured) -> anyhow::Result<()> {
    let figures = Figures::of(plan, &measured.rounds);
    let mut out = std::io::stdout().lock();
    let (backend, build) = (arguments.backend.name(), build());
    if arguments.json {
        writeln!(out, "{}", figures.json(plan, backend, measured))?;
        return Ok(());
    }
    writeln!(out, "{}, {backend} journal, {build} build", plan.subject.name())?;
    let rows = figures.rows(plan, measured);
    rows.iter().try_for_each(|(label, value)| writeln!(out, "  {label:<14} {value}"))?;
    Ok(())
}

const fn build() -> &'static str {
    if cfg!(debug_assertions) { "development" } else { "release" }
}

struct Figures {
    throughput: f64,
    bound: f64,
    ratio: f64,
    processor_us: f64,
    engine_us: f64,
    journal_us: f64,
    bound_us: f64,
    p50_ms: f64,
    p99_ms: f64,
    probe_p50_ms: f64,
    probe_p99_ms: f64,
    flush_ratio: f64,
}

impl Figures {
    fn json(&self, plan: &Plan, backend: &str, measured: &Measured) -> serde_json::Value {
        json!({
            "bench": plan.subject.name(),
            "backend": backend,
            "throughput_per_s": self.throughput.round(),
            "p50_ms": thousandths(self.p50_ms),
            "p99_ms": thousandths(self.p99_ms),
            "cpu_us_per_op": thousandths(self.processor_us),
            "engine_cpu_us_per_op": thousandths(self.engine_us),
            "journal_cpu_us_per_op": thousandths(self.journal_us),
            "bound_cpu_us_per_op": thousandths(self.bound_us),
            "bound_per_s": self.bound.round(),
            "ratio": thousandths(self.ratio),
            "rss_mb": measured.rss_mb,
            "count": u64::from(plan.per_round) * u64::from(plan.rounds),
            "rounds": plan.rounds,
            "batch": plan.batch,
            "in_flight": plan.in_flight,
            "accounts": plan.accounts,
            "probe_p50_ms": thousandths(self.probe_p50_ms),
            "probe_p99_ms": thousandths(self.probe_p99_ms),
            "flush_ratio": thousandths(self.flush_ratio),
            "waits": measured.waits,
            "setup_count": measured.setup_count,
            "setup_s": thousandths(measured.setup.as_secs_f64()),
            "id_window_count": ID_WINDOW_COUNT,
            "seed": plan.seed,
            "build": build(),
        })
    }

    fn rows(&self, plan: &Plan, measured: &Measured) -> [(&'static str, String); 10] {
        [
            ("throughput", format!("{:.0} per s", self.throughput)),
            ("bound", format!("{:.0} per s, deciding alone, same commands", self.bound)),
            ("ratio", format!("{:.3}", self.ratio)),
            ("batch latency", format!("p50 {:.3} ms, p99 {:.3} ms", self.p50_ms, self.p99_ms)),
            (
                "processor",
                format!(
                    "{:.3} µs per command: deciding {:.3}, sealing and writing {:.3}; the bound {:.3}",
                    self.processor_us, self.engine_us, self.journal_us, self.bound_us
                ),
            ),
            ("memory", format!("{} MiB", measured.rss_mb)),
            (
                "raw flush",
                format!(
                    "4 KiB, p50 {:.3} ms, p99 {:.3} ms; a batch takes {:.2} of the first",
                    self.probe_p50_ms, self.probe_p99_ms, self.flush_ratio
                ),
            ),
            (
                "run",
                format!(
                    "{} rounds of {}, batches of {}, {} on the way, {} accounts, {} waits",
                    plan.rounds, plan.per_round, plan.batch, plan.in_flight, plan.accounts, measured.waits
                ),
            ),
            (
                "set-up",
                format!(
                    "{} commands in {:.1} s, not timed",
                    measured.setup_count,
                    measured.setup.as_secs_f64()
                ),
            ),
            ("parameters", format!("id_window_count {ID_WINDOW_COUNT}, the others as by default")),
        ]
    }

    fn of(plan: &Plan, rounds: &[Round]) -> Self {
        let count = f64::from(plan.per_round);
        let each = |spent: Duration| spent.as_secs_f64() * 1e6 / count;
        let median = |value: &dyn Fn(&Round) -> f64| {
            let mut values: Vec<f64> = rounds.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or(0.0)
        };
        Self {
            throughput: median(&|round| count / round.run.as_secs_f64()),
            bound: median(&|round| count / round.bound.as_secs_f64()),
            // Of each round by itself: what disturbed the machine disturbed both of its halves.
            ratio: median(&|round| round.bound.as_secs_f64() / round.run.as_secs_f64()),
            processor_us: median(&|round| each(round.processor)),
            engine_us: median(&|round| each(round.engine)),
            journal_us: median(&|round| each(round.journal)),
            bound_us: median(&|round| each(round.bound_processor)),
            p50_ms: median(&|round| milliseconds(round.p50)),
            p99_ms: median(&|round| milliseconds(round.p99)),
            probe_p50_ms: median(&|round| milliseconds(round.probe.p50)),
            probe_p99_ms: median(&|round| milliseconds(round.probe.p99)),
            flush_ratio: median(&|round| round.p50.as_secs_f64() / round.probe.p50.as_secs_f64()),
        }
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
