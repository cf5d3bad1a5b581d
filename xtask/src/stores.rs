//! The tests of everything that keeps rows, once more on PostgreSQL: the same binaries with a private server each, instead of files.
//! One process per crate, so that its tests share the server.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// Crates whose integration tests open databases.
const CRATES: [&str; 6] = ["platform", "residents", "programmes", "governance", "acceptance", "insight"];

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

/// Runs them; what they print goes through.
///
/// # Errors
/// When something does not build or a test fails.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let built = Command::new("cargo")
        .args(["test", "--locked", "--workspace", "--no-run", "--message-format=json"])
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cargo does not start")?;
    ensure!(built.status.success(), "the tests do not build");
    let mut left: Vec<&str> = CRATES.to_vec();
    for line in String::from_utf8_lossy(&built.stdout).lines() {
        let Ok(Message {
            reason,
            manifest_path: Some(manifest),
            executable: Some(binary),
            target: Some(target),
        }) = serde_json::from_str(line)
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
