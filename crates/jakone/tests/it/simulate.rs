//! `simulate` as a person meets it.

use std::process::Command;

use crate::town::{jakone, text};

#[test]
fn cities_that_keep_their_promises_end_with_0_and_say_what_happened() {
    let output = jakone(&["simulate", "--seeds", "6", "--from", "3", "--json"], None);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told: serde_json::Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    assert_eq!((&told["cities"], &told["failed"]), (&serde_json::json!(6), &serde_json::Value::Null));
    assert!(told["happened"]["starts"].as_u64().unwrap() > 6);
}

#[test]
fn what_a_simulation_breaks_itself_is_told_only_to_whoever_asks() {
    // Among these cities are some whose disk fails, which the journal tells as an error.
    let arguments = ["simulate", "--seeds", "12", "--from", "3"];
    let quiet = jakone(&arguments, None);
    assert_eq!((quiet.status.code(), text(&quiet.stderr)), (Some(0), String::new()));
    let mut asked = Command::new(env!("CARGO_BIN_EXE_jakone"));
    let asked = asked.args(arguments).env("RUST_LOG", "warn").output().unwrap();
    assert!(text(&asked.stderr).contains("the journal stopped"), "{}", text(&asked.stderr));
}

#[test]
fn one_city_is_told_step_by_step() {
    let output = jakone(&["simulate", "--seeds", "1", "--from", "5", "--trace"], None);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(told.starts_with("seed 5\n") && told.contains("machine 0 has started"), "{told}");
}
