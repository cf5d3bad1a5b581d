//! `jakone snapshot` beside the journal, and what reads from snapshots afterwards.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use base::ManualClock;
use fixtures::moment;
use serde_json::Value as Json;

use crate::town::{Town, jakone, start, text};

fn kept(town: &Town) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(town.dir.path().join("snapshots")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// The job, run on the town; answers what it said.
fn snapshot(town: &Town) -> Json {
    let output = jakone(&["snapshot", "--json", town.dir.path().to_str().unwrap()], None);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_str(&text(&output.stdout)).unwrap()
}

fn verified(town: &Town) -> Json {
    serde_json::from_str(&town.printed(&["verify", "--json"])).unwrap()
}

#[test]
fn the_job_writes_what_verify_agrees_with_and_the_next_goes_on_from_there() {
    let town = Town::new();
    let holder = town.siti.to_string();
    let before = town.printed(&["state", "holder", &holder]);
    assert!(text(&town.jakone(&["doctor"]).stdout).contains("none: a start replays the whole journal"));
    let head = verified(&town)["seq"].as_u64().unwrap();
    let first = snapshot(&town);
    assert_eq!(first["seq"].as_u64(), Some(head - 1), "the last entry may not be durable yet");
    assert_eq!((&first["written"], &first["from"]), (&Json::Bool(true), &Json::Null));
    assert_eq!(verified(&town)["snapshots"][0].as_u64(), Some(head - 1));
    assert_eq!(snapshot(&town)["written"], false, "nothing has happened since");
    assert_eq!(town.printed(&["state", "holder", &holder]), before, "from the snapshot on it is the same");
    // Beside a running engine.
    let (runtime, _) = start(town.dir.path(), Arc::new(ManualClock::new(moment("2026-11-23T09:00"))));
    let second = snapshot(&town);
    assert_eq!((second["from"].as_u64(), second["seq"].as_u64()), (Some(head - 1), Some(head)));
    drop(runtime.shutdown());
    let verified = verified(&town);
    assert_eq!(verified["snapshots"], serde_json::json!([head, head - 1]));
    assert_eq!(kept(&town).len(), 2);
    assert!(text(&town.jakone(&["doctor"]).stdout).contains(&format!("entry {head} of ")));
}

#[test]
fn a_damaged_snapshot_is_named_by_verify_and_doctor_and_does_not_stop_the_others() {
    let town = Town::new();
    snapshot(&town);
    let path = kept(&town).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let said = text(&town.jakone(&["verify"]).stderr);
    assert!(said.starts_with("error[snapshot_damaged]: "), "{said}");
    assert!(text(&town.jakone(&["doctor"]).stdout).contains("cannot be used: "));
    town.printed(&["state", "holder", &town.siti.to_string()]);
    assert_eq!(snapshot(&town)["from"], Json::Null, "the next begins with the first entry");
    assert_eq!(verified(&town)["ok"], true);
}

#[test]
fn a_snapshot_of_another_journal_is_refused() {
    let (town, other) = (Town::new(), Town::new());
    snapshot(&other);
    let from = kept(&other).remove(0);
    let to = town.dir.path().join("snapshots");
    fs::create_dir(&to).unwrap();
    fs::copy(&from, to.join(from.file_name().unwrap())).unwrap();
    for arguments in [&["verify"][..], &["state", "account", "0"]] {
        let said = text(&town.jakone(arguments).stderr);
        assert!(said.starts_with("error[snapshot_not_on_journal]: "), "{arguments:?}: {said}");
    }
}
