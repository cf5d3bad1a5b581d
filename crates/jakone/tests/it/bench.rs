//! `bench` with counts that take a moment only: the figures are there and mean what they say.

use serde_json::Value;

use crate::town::{jakone, text};

/// Figures that every measurement of throughput through a runtime has.
const FIGURES: [&str; 12] = [
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
    "probe_p99_max_ms",
];

fn run(arguments: &str, figures: &[&str]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let words: Vec<&str> = ["bench"].into_iter().chain(arguments.split(' ')).chain(["--json"]).collect();
    let output = jakone(&words, Some(dir.path()));
    assert!(output.status.success(), "{arguments}: {}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert_eq!(printed.lines().count(), 1, "one object per line");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left behind");
    let json: Value = serde_json::from_str(&printed).unwrap();
    for name in figures {
        assert!(json[name].as_f64().unwrap() > 0.0, "{name} in {printed}");
    }
    json
}

/// What was measured is what was asked for, to the last command.
fn measured(json: &Value, subject: &str, backend: &str, counts: &[(&str, u64)]) {
    assert_eq!((json["bench"].as_str(), json["backend"].as_str()), (Some(subject), Some(backend)));
    for (name, count) in counts {
        assert_eq!(json[name].as_u64(), Some(*count), "{name} in {json}");
    }
}

#[test]
fn transfers_and_taps_run_on_every_backend() {
    for subject in ["transfers", "taps"] {
        for backend in ["embedded", "memory", "postgres", "jetstream"] {
            let small = "--accounts 50 --count 600 --batch 64";
            let json = run(&format!("{subject} {small} --backend {backend}"), &FIGURES);
            assert_eq!((json["bench"].as_str(), json["backend"].as_str()), (Some(subject), Some(backend)));
            assert_eq!(json["count"], 600);
        }
    }
}

#[test]
fn one_in_flight_measures_single_commands() {
    let json = run("taps --accounts 20 --in-flight 1 --count 60", &FIGURES);
    assert_eq!((json["batch"].as_u64(), json["in_flight"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn a_rate_is_kept() {
    let figures = ["p50_ms", "p99_ms", "bound_per_s", "rate_per_s"];
    let json = run("transfers --accounts 50 --count 300 --batch 10 --rate 500 --rounds 1", &figures);
    let throughput = json["throughput_per_s"].as_f64().unwrap();
    assert!((300.0..=550.0).contains(&throughput), "{throughput} of 500 per s");
}

#[test]
fn a_client_on_a_socket_is_measured_beside_one_in_the_process() {
    let json = run("client --accounts 50 --count 900 --batch 64", &FIGURES);
    assert_eq!(json["count"], 900);
}

#[test]
fn a_client_on_a_socket_is_measured_where_a_server_keeps_the_journal() {
    for backend in ["postgres", "jetstream"] {
        // Neither rounds nor batches come out even.
        let figures = [&FIGURES[..], &["setup_s", "bound_cpu_us_per_op", "flush_ratio"]].concat();
        let json = run(&format!("client --accounts 50 --count 901 --batch 64 --backend {backend}"), &figures);
        // The bank is published; each holder is opened and topped up.
        let set_up = 2 * 50 + 1;
        let counts = [("accounts", 50), ("count", 901), ("rounds", 3), ("batch", 64), ("in_flight", 2)];
        measured(&json, "client", backend, &[&counts[..], &[("setup_count", set_up)]].concat());
    }
}

#[test]
fn terminals_deliver_over_http_in_batches_and_one_by_one() {
    let figures = ["throughput_per_s", "p50_ms", "p99_ms", "probe_p99_max_ms"];
    let batches = run("http --accounts 40 --count 480 --batch 30 --in-flight 4 --rounds 2", &figures);
    assert_eq!((batches["batch"].as_u64(), batches["in_flight"].as_u64()), (Some(30), Some(4)));
    // As many connections as there are taps, and not one tap less than was asked for.
    let single = run("http --accounts 40 --count 40 --batch 1", &figures);
    assert_eq!((single["batch"].as_u64(), single["in_flight"].as_u64()), (Some(1), Some(13)));
    assert_eq!(single["count"], 40);
}

#[test]
fn terminals_deliver_over_http_where_a_server_keeps_journal_and_tables() {
    let figures = ["throughput_per_s", "p50_ms", "p99_ms", "probe_p99_max_ms", "rss_mb"];
    let line = "http --accounts 40 --count 121 --batch 30 --in-flight 4 --rounds 2 --backend postgres";
    let json = run(line, &figures);
    let counts = [("accounts", 40), ("count", 121), ("rounds", 2), ("batch", 30), ("in_flight", 4)];
    measured(&json, "http", "postgres", &counts);
    assert!(json["drain_s"].as_f64().is_some(), "the tables were waited for: {json}");
}

#[test]
fn a_journal_on_a_server_is_replayed_to_the_same_state() {
    let figures =
        ["throughput_per_s", "events_per_s", "cpu_us_per_op", "probe_p50_ms", "probe_p99_max_ms", "rss_mb"];
    for backend in ["postgres", "jetstream"] {
        let json = run(&format!("replay --accounts 50 --count 601 --batch 64 --backend {backend}"), &figures);
        let counts = [("accounts", 50), ("count", 601), ("rounds", 3), ("batch", 64), ("in_flight", 2)];
        measured(&json, "replay", backend, &counts);
        let (records, events) = (json["throughput_per_s"].as_f64(), json["events_per_s"].as_f64());
        assert!(events > records, "some records have several events: {json}");
    }
}

#[test]
fn a_journal_is_replayed_and_a_restart_comes_to_the_same_state() {
    run(
        "replay --accounts 50 --count 600 --batch 64",
        &["throughput_per_s", "events_per_s", "cpu_us_per_op", "probe_p99_max_ms"],
    );
    let figures = ["restart_s", "cold_s", "tail_records", "tail_events", "probe_p99_max_ms"];
    // More batches than are made at a time.
    let json = run("restart --accounts 50 --count 600 --batch 8", &figures);
    let (tail, all) = (json["tail_records"].as_u64().unwrap(), json["records"].as_u64().unwrap());
    assert!((600..all).contains(&tail), "{tail} of {all} records are after the snapshot");
    assert!(json["tail_events"].as_u64().unwrap() >= 600, "each tap has an event: {json}");
}

#[test]
fn memory_is_measured_per_holder() {
    let json = run("memory --accounts 20000", &["bytes_per_holder", "bytes_per_id"]);
    assert!((30.0..200.0).contains(&json["bytes_per_id"].as_f64().unwrap()), "{json}");
}

#[test]
fn tables_are_built_and_kept_up_on_files_and_on_a_server() {
    for backend in ["embedded", "postgres"] {
        let figures = ["throughput_per_s", "lag_max_ms", "drain_ms", "probe_p99_max_ms"];
        let json =
            run(&format!("project --accounts 50 --count 900 --batch 64 --backend {backend}"), &figures);
        let throughput = json["throughput_per_s"].as_f64().unwrap();
        assert!(throughput < 100_000.0, "{throughput} per s: the clock started after the work");
    }
}

#[test]
fn every_holder_is_credited_while_gates_ask() {
    let figures =
        ["credited_s", "engine_cpu_s", "projected_s", "ask_p99_ms", "ask_ratio", "probe_p99_max_ms"];
    let json = run("recipients --accounts 3000 --batch 100", &figures);
    assert_eq!(json["count"], 3_000);
}

#[test]
fn every_holder_is_credited_where_a_server_keeps_journal_and_tables() {
    let figures = [
        "throughput_per_s",
        "credited_s",
        "engine_cpu_s",
        "projected_s",
        "p50_ms",
        "p99_ms",
        "ask_quiet_p99_ms",
        "ask_p99_ms",
        "ask_ratio",
        "probe_p99_max_ms",
    ];
    let json = run("recipients --accounts 2001 --batch 100 --backend postgres", &figures);
    let counts = [("accounts", 2_001), ("count", 2_001), ("rounds", 1), ("batch", 100)];
    measured(&json, "recipients", "postgres", &counts);
    let (credited, projected) = (json["credited_s"].as_f64(), json["projected_s"].as_f64());
    assert!(projected >= credited, "tables come after the answers: {json}");
}

#[test]
fn the_peers_move_the_same_transfers() {
    for (backend, peer) in [("embedded", "SQLite"), ("postgres", "PostgreSQL")] {
        let arguments = format!("peer --accounts 50 --count 600 --batch 64 --backend {backend}");
        let json = run(&arguments, &["throughput_per_s", "aid_s"]);
        assert_eq!(json["peer"], peer);
    }
}

#[test]
fn what_cannot_be_measured_is_a_problem_with_a_code() {
    assert_eq!(jakone(&["bench", "naps"], None).status.code(), Some(2));
    assert_eq!(jakone(&["bench", "taps", "--count", "0"], None).status.code(), Some(2));
    let refused = [
        ("memory --backend postgres", "error[bench_backend_unused]", "Possible for --backend: embedded."),
        ("memory --count 5", "error[bench_option_unused]", "it can be given --accounts."),
        ("recipients --count 5", "error[bench_option_unused]", "--accounts, --batch, --in-flight."),
        ("http --rate 5", "error[bench_option_unused]", "Uji kinerja http tidak memakai --rate."),
        ("taps --count 2 --rounds 3", "error[bench_count_too_small]", "2 perintah terlalu sedikit"),
    ];
    for (line, code, sentence) in refused {
        let words: Vec<&str> = ["bench"].into_iter().chain(line.split(' ')).collect();
        let output = jakone(&words, None);
        assert_eq!(output.status.code(), Some(1), "{line}");
        let said = text(&output.stderr);
        assert!(said.contains(code) && said.contains(sentence), "{line}: {said}");
    }
}
