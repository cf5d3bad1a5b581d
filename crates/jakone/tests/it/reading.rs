//! `journal show`, `journal grep`, `explain`, `state` and `doctor` on a town's journal.

use std::sync::Arc;

use base::ManualClock;
use fixtures::moment;
use journal::KeyRing;

use crate::town::{Town, jakone, start, text};

#[test]
fn show_prints_entries_and_records_in_words() {
    let town = Town::new();
    let shown = town.printed(&["journal", "show"]);
    assert!(shown.starts_with("entry 1  2026-11-23T08:00:00+07:00  1 record  hash "), "{shown}");
    assert!(shown.contains("genesis: city small"));
    assert!(shown.contains("publish tariff: service bus, version 1, price Rp3.500"));
    assert!(shown.contains("place stop_1"));
    assert!(shown.contains(&format!("holder.purse {} at bank_a", town.siti)));
    assert!(shown.contains("refused: medium_blocked"));
    assert!(shown.lines().last().unwrap().starts_with("head "));
}

#[test]
fn show_keeps_to_the_entries_asked_for_and_speaks_json() {
    let town = Town::new();
    let shown = town.printed(&["journal", "show", "--from", "1", "--to", "2", "--json"]);
    let records: Vec<serde_json::Value> =
        shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.len(), 3, "genesis, tick, epoch");
    assert_eq!(records[0]["command"]["kind"], "genesis");
    assert_eq!(records[2]["position"], "2.1");
    assert!(records.iter().all(|record| record["movement_forgotten"] == false));
}

#[test]
fn grep_finds_what_concerns_a_holder_a_medium_a_device_an_id_and_a_code() {
    let town = Town::new();
    let holder = town.siti.to_string();
    let count = |pattern: &str| town.printed(&["journal", "grep", pattern, "--json"]).lines().count();
    // Opened, issued, activated, topped up, two grants, two taps.
    assert_eq!(count(&holder), 8);
    assert_eq!(count(&format!("medium:{}", town.card)), 4);
    assert_eq!(count("device:1"), 3);
    assert_eq!(count(&town.paid.to_string()), 1);
    assert_eq!(count("medium_blocked"), 1);
    assert_eq!(count("museum_1"), 3, "the place published and two taps at it");
    let nothing = town.jakone(&["journal", "grep", "device:99"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(text(&nothing.stderr).starts_with("error[record_not_found]: "));
    let name = town.jakone(&["journal", "grep", "Siti Aminah"]);
    assert!(text(&name.stderr).starts_with("error[pattern_invalid]: "));
}

#[test]
fn explain_tells_facts_rules_losers_transfers_and_what_the_gate_shows() {
    let town = Town::new();
    let free = town.printed(&["explain", &town.free.to_string()]);
    assert!(
        free.contains("rule    tariff bus version 1: Rp3.500, in force from 2026-01-01T00:00:00+07:00"),
        "{free}"
    );
    assert!(free.contains("benefit free_bus version 1 at Rp0: set the price"), "{free}");
    assert!(free.contains("benefit cheap_rail version 1: the service is not among its services"), "{free}");
    assert!(free.contains("gate    GRATIS, balance Rp7.000"), "{free}");
    let paid = town.printed(&["explain", &town.paid.to_string()]);
    let purse = format!("holder.purse {} at bank_a (then Rp2.000)", town.siti);
    assert!(
        paid.contains(&format!("Rp5.000 from {purse} to merchant.receivable museum_a (then Rp5.000)")),
        "{paid}"
    );
    assert!(paid.contains("gate    Rp5.000, balance Rp2.000"), "{paid}");
    let owed = town.printed(&["explain", &town.owed.to_string()]);
    assert!(owed.contains("Rp3.000 of it is owed and taken from the next top-up"), "{owed}");
    let refused = town.printed(&["explain", &town.refused.to_string()]);
    assert!(refused.contains("refused medium_blocked: the medium is blocked"), "{refused}");
    assert!(refused.contains("gate    DITOLAK"), "{refused}");
}

#[test]
fn explain_takes_a_position_and_names_what_is_not_there() {
    let town = Town::new();
    let genesis = town.printed(&["explain", "1.0"]);
    assert!(genesis.contains("asked   genesis: city small"));
    for (wrong, code) in [("9999.0", "record_not_found"), ("yesterday", "argument_invalid")] {
        let output = town.jakone(&["explain", wrong]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).starts_with(&format!("error[{code}]: ")), "{wrong}");
    }
}

#[test]
fn a_forgotten_day_is_told_as_forgotten() {
    let town = Town::new();
    let keys = KeyRing::open(&town.dir.path().join("keys")).unwrap();
    keys.destroy_day(fixtures::date("2026-11-23")).unwrap();
    let shown = town.printed(&["journal", "show"]);
    assert!(shown.contains("movement forgotten (gerak dilupakan)"));
    assert!(!shown.contains("place stop_1, device time"));
    assert!(town.printed(&["explain", &town.paid.to_string()]).contains("the day's key is destroyed"));
    assert!(town.printed(&["verify"]).starts_with("ok: "));
}

#[test]
fn state_shows_one_account_holder_and_device() {
    let town = Town::new();
    let holder = town.printed(&["state", "holder", &town.siti.to_string()]);
    assert!(holder.contains("balance Rp2.000"), "{holder}");
    assert!(holder.contains("benefit free_bus: 2026-01-01 to 2026-12-31"), "{holder}");
    assert!(holder.contains("2 taps within the re-rate horizon"), "{holder}");
    let device = town.printed(&["state", "device", "1"]);
    assert!(device.contains("epoch 1: received up to 3"), "{device}");
    let account: serde_json::Value =
        serde_json::from_str(&town.printed(&["state", "account", "0", "--json"])).unwrap();
    assert_eq!(account["balance"], 2_000);
    assert_eq!(account["kind"], "holder.purse");
    let unknown = town.jakone(&["state", "device", "77"]);
    assert!(text(&unknown.stderr).starts_with("error[subject_unknown]: "));
}

#[test]
fn everything_reads_beside_a_running_system() {
    let town = Town::new();
    let clock = Arc::new(ManualClock::new(moment("2026-11-23T09:00")));
    let (runtime, _) = start(town.dir.path(), clock);
    assert!(town.printed(&["verify"]).starts_with("ok: "));
    assert!(town.printed(&["journal", "show", "--from", "1", "--to", "1"]).contains("genesis"));
    let doctor = town.jakone(&["doctor"]);
    let told = text(&doctor.stdout);
    assert!(told.contains(&format!("held by process {}", std::process::id())), "{told}");
    drop(runtime.shutdown());
}

#[test]
fn doctor_runs_on_nothing_and_names_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let missing = jakone(&["doctor"], Some(&dir.path().join("none")));
    assert!(missing.status.success(), "{}", text(&missing.stderr));
    assert!(text(&missing.stdout).contains("not begun yet"));
    let json = jakone(&["doctor", "--json"], Some(dir.path()));
    let told: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(told["journal"]["value"]["begun"], false);
    assert!(told["flush"]["value"]["p50_us"].as_u64().unwrap() > 0);
    let open = dir.path().join("open");
    std::fs::create_dir(&open).unwrap();
    std::fs::set_permissions(&open, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let wrong = jakone(&["doctor"], Some(&open));
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stdout).contains("chmod 700"));
    assert!(text(&wrong.stderr).starts_with("error[doctor_found]: "));
}

#[test]
fn what_is_not_there_or_not_understood_is_said() {
    let dir = tempfile::tempdir().unwrap();
    for command in [&["verify"][..], &["journal", "show"], &["state", "device", "1"], &["explain", "1.0"]] {
        let output = jakone(command, Some(dir.path()));
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        let said = text(&output.stderr);
        assert!(said.starts_with("error[journal_missing]: There is no journal in "), "{said}");
        assert!(said.contains("Tidak ada jurnal"), "{said}");
    }
    assert_eq!(jakone(&["dance"], None).status.code(), Some(2));
    assert_eq!(jakone(&[], None).status.code(), Some(2));
}
