//! `scenario` as a person meets it: output, JSON, exit codes and messages.

use std::path::{Path, PathBuf};

use crate::town::{jakone, text};

const STORY: &str = "name: A bus\ngiven: [{holder: siti, medium: m1, purse: {bank: bank_dki, amount: 5000}}]\nsteps:\n  \
    - {at: \"2026-11-02T08:00:00+07:00\", tap: {medium: m1, service: tj.brt}, expect: {charged: 3500, shown: Rp3.500}}\n\
    expect_end: {purse: 1500, debt: 0}\n";

fn story(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn scenario(arguments: &[&str]) -> (Option<i32>, String, String) {
    let all: Vec<&str> = ["scenario"].iter().chain(arguments).copied().collect();
    let output = jakone(&all, None);
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_story_as_expected_is_told_step_by_step_and_ends_with_0() {
    let directory = tempfile::tempdir().unwrap();
    let path = story(directory.path(), "bus.yaml", STORY);
    let (code, told, _) = scenario(&[path.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("2026-11-02 08.00.00 WIB  tap m1 at tj.brt: accepted, shows Rp3.500"), "{told}");
    assert!(told.contains("✓ 4 of 4 results as expected"), "{told}");
}

#[test]
fn a_story_that_differs_shows_expected_and_actual_and_ends_with_1() {
    let directory = tempfile::tempdir().unwrap();
    let path = story(directory.path(), "bus.yaml", &STORY.replace("charged: 3500", "charged: 2000"));
    let (code, told, said) = scenario(&[path.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(told.contains("✗ line 4, charged: expected 2000, actual 3500"), "{told}");
    assert!(said.starts_with("error[story_differs]: "), "{said}");
    let (code, told, _) = scenario(&[path.to_str().unwrap(), "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, &told["ok"]), (Some(1), &serde_json::json!(false)));
    assert_eq!(told["steps"][0]["mismatches"][0]["actual"], 3_500);
    assert_eq!(told["steps"][0]["result"]["purse"], 1_500);
}

#[test]
fn a_story_that_is_wrong_is_named_with_line_and_field() {
    let directory = tempfile::tempdir().unwrap();
    let path = story(directory.path(), "bus.yaml", &STORY.replace("charged: 3500", "charge: 3500"));
    let (code, _, said) = scenario(&[path.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(said.contains("bus.yaml:4: charge: there is no result charge; write one of"), "{said}");
    let (code, _, said) = scenario(&["/nowhere/story.yaml"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("/nowhere/story.yaml: cannot be read"), "{said}");
    assert_eq!(scenario(&[]).0, Some(2));
}

#[test]
fn a_directory_is_run_whole_and_counted() {
    let directory = tempfile::tempdir().unwrap();
    story(directory.path(), "a.yaml", STORY);
    story(directory.path(), "b.yaml", &STORY.replace("A bus", "Another bus"));
    let (code, told, _) = scenario(&[directory.path().to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(told.ends_with("2 of 2 stories as expected\n"), "{told}");
}

#[test]
fn a_new_benefit_is_tried_by_file_alone() {
    let directory = tempfile::tempdir().unwrap();
    let content = "documents:\n  - { document: draft-1, title: Rancangan }\nbenefits:\n  - code: contoh.half_bus\n    version: 1\n    \
        name_id: Setengah harga\n    name_en: Half price\n    services: [tj.brt]\n    price: { percent: 50 }\n    \
        legal_basis: draft-1\n    valid_from: 2026-01-01\n    valid_to: 2026-11-30\n    evidence: assumed\n    reason: A draft.\n";
    let content = story(directory.path(), "half.yaml", content);
    let told = "name: Half price\ngiven: [{holder: siti, medium: m1, purse: {bank: bank_dki, amount: 9000}, \
        entitlements: [{benefit: contoh.half_bus, from: 2026-01-01, to: 2026-12-31}]}]\nsteps:\n  \
        - {at: \"2026-11-30T08:00:00+07:00\", tap: {medium: m1, service: tj.brt}, expect: {charged: 1750, forgone: 1750}}\n  \
        - {at: \"2026-12-01T08:00:00+07:00\", tap: {medium: m1, service: tj.brt}, expect: {charged: 3500}}\n";
    let path = story(directory.path(), "half_bus.yaml", told);
    let (path, content) = (path.to_str().unwrap(), content.to_str().unwrap());
    let (code, told, said) = scenario(&[path, "--content", content]);
    assert_eq!(code, Some(0), "{told}{said}");
    let (code, _, said) = scenario(&[path]);
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no benefit contoh.half_bus"), "{said}");
}
