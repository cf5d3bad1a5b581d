//! The tests of everything that keeps rows, once more on PostgreSQL: the same binaries with a private server each, instead of files.
//! One process per crate, so that its tests share the server.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// Crates whose integration tests open databases.
const CRATES: [&str; 6] = ["platform", "residents", "programmes", "governance", "acceptance", "insight"];

/// Tests that look into SQLite's own files or ask in its own words; each is about what lies on a disk.
const OF_FILES: [&str; 5] = [
    "stolen_tables_hold_no_password_no_session_and_no_name_is_added_without_a_permit",
    "brute_force_all_guesses_of_an_hour_on_one_holder_are_fifteen",
    "stolen_tables_hold_no_code_and_nothing_a_browser_keeps",
    "meddling_shows_whatever_it_is",
    "the_database_does_not_hold_the_token",
];

#[derive(Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Runs them, as the messages of the build that made them say; what they print goes through.
///
/// # Errors
/// When a test fails, or one of the crates was not built.
pub fn run(root: &Path, messages: impl BufRead) -> anyhow::Result<()> {
    let mut left: Vec<&str> = CRATES.to_vec();
    for line in messages.lines() {
        let line = line.context("the messages of the build end early")?;
        let Ok(Message {
            reason,
            manifest_path: Some(manifest),
            executable: Some(binary),
            target: Some(target),
        }) = serde_json::from_str(&line)
        else {
            continue;
        };
        let home = manifest.parent().unwrap_or(root);
        let name = home.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if reason != "compiler-artifact" || target.name != "it" || !left.contains(&name) {
            continue;
        }
        left.retain(|one| *one != name);
        println!("{name} on PostgreSQL");
        let tests = Command::new(binary)
            .args(OF_FILES.iter().flat_map(|test| ["--skip", test]))
            .current_dir(home)
            .env("JAKONE_TEST_DATABASE", "postgres")
            .env("CARGO_MANIFEST_DIR", home)
            .status()
            .with_context(|| format!("the tests of {name} do not start"))?;
        ensure!(tests.success(), "tests of {name} fail on PostgreSQL");
    }
    ensure!(left.is_empty(), "no integration tests of {left:?} were built");
    Ok(())
}
