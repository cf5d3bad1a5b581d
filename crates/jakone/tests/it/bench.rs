//! `bench` with counts that take a moment only: the figures are there and mean what they say.

use crate::town::{jakone, text};

const FIGURES: [&str; 11] = [
    "throughput_per_s",
    "p50_ms",
    "p99_ms",
    "cpu_us_per_op",
    "bound_per_s",
    "ratio",
    "rss_mb",
    "count",
    "batch",
    "accounts",
    "probe_p50_ms",
];

fn run(arguments: &[&str]) -> serde_json::Value {
    let dir = tempfile::tempdir().unwrap();
    let output = jakone(&[arguments, &["--json"]].concat(), Some(dir.path()));
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert_eq!(printed.lines().count(), 1, "one object per line");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left behind");
    let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
    for name in FIGURES {
        assert!(json[name].as_f64().unwrap() > 0.0, "{name} in {printed}");
    }
    json
}

#[test]
fn both_benches_run_on_both_backends() {
    for subject in ["transfers", "taps"] {
        for backend in ["embedded", "memory"] {
            let small = ["--accounts", "50", "--count", "600", "--batch", "64", "--backend", backend];
            let json = run(&[&["bench", subject][..], &small].concat());
            assert_eq!((json["bench"].as_str(), json["backend"].as_str()), (Some(subject), Some(backend)));
            assert_eq!(json["count"], 600);
        }
    }
}

#[test]
fn one_in_flight_measures_single_commands() {
    let json = run(&["bench", "taps", "--accounts", "20", "--in-flight", "1", "--count", "60"]);
    assert_eq!((json["batch"].as_u64(), json["in_flight"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn a_bench_of_something_else_is_a_usage_error() {
    assert_eq!(jakone(&["bench", "naps"], None).status.code(), Some(2));
}
