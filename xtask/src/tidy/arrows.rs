//! Arrows between crates only go down. Owns the table of rows and the few arrows allowed inside the row of slices.

use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use super::Finding;

/// The rows, top first. A crate may use the rows below its own.
const ROWS: [(u8, &[&str]); 8] = [
    (7, &["jakone"]),
    (6, &["sandbox"]),
    (5, &SLICES),
    (4, &["platform", "simulation", "validator"]),
    (3, &["runtime"]),
    (2, &["journal"]),
    (1, &["engine", "qris", "snap", "spdci", "chip"]),
    (0, &["base", "servers"]),
];

/// The slices: one capability of the office each.
pub const SLICES: [&str; 11] = [
    "residents",
    "programmes",
    "issuance",
    "acceptance",
    "banking",
    "bills",
    "kkpd",
    "complaints",
    "governance",
    "insight",
    "reports",
];

/// Arrows between slices, each to the other's `service` only.
const BETWEEN_SLICES: [(&str, &str); 3] =
    [("acceptance", "residents"), ("acceptance", "programmes"), ("insight", "programmes")];

/// Builders for tests: nobody's ordinary dependency, and free to use any crate.
const FOR_TESTS: &str = "fixtures";

/// Stands outside the rows.
const OUTSIDE: &str = "xtask";

/// One crate and the workspace crates it uses, development aside.
#[derive(Debug)]
pub struct Package {
    /// Package name.
    pub name: String,
    /// Path of its manifest from the root.
    pub manifest: String,
    /// Names of the workspace crates among its normal and build dependencies.
    pub uses: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: String,
    packages: Vec<MetadataPackage>,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    manifest_path: String,
    dependencies: Vec<MetadataDependency>,
}

#[derive(Deserialize)]
struct MetadataDependency {
    name: String,
    kind: Option<String>,
    path: Option<String>,
}

/// Asks cargo for the crates of the workspace.
pub fn read(root: &Path) -> anyhow::Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("cannot run cargo metadata")?;
    anyhow::ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context("cargo metadata is not readable")?;
    let package = |package: MetadataPackage| {
        let ordinary = |d: &MetadataDependency| d.path.is_some() && d.kind.as_deref() != Some("dev");
        let manifest = package.manifest_path.strip_prefix(&metadata.workspace_root);
        Package {
            manifest: manifest.unwrap_or(&package.manifest_path).trim_start_matches('/').to_owned(),
            name: package.name,
            uses: package.dependencies.into_iter().filter(ordinary).map(|d| d.name).collect(),
        }
    };
    Ok(metadata.packages.into_iter().map(package).collect())
}

/// Finds crates without a row, in the wrong folder, and arrows that do not go down.
pub fn check(packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in packages {
        let name = package.name.as_str();
        let mut found = |advice: String| findings.push(Finding::new(&package.manifest, 1, "arrows", advice));
        if name == OUTSIDE {
            continue;
        }
        if package.manifest != format!("crates/{name}/Cargo.toml") {
            found(format!("move the crate {name} to crates/{name}: folder name = package name"));
        }
        if name != FOR_TESTS && row(name).is_none() {
            found(format!("give the crate {name} a row in xtask/src/tidy/arrows.rs"));
            continue;
        }
        for used in package.uses.iter().filter(|used| !allowed(name, used)) {
            found(format!("{name} must not use {used}: {}", reason(name, used)));
        }
    }
    findings
}

fn row(name: &str) -> Option<u8> {
    ROWS.iter().find(|(_, crates)| crates.contains(&name)).map(|(row, _)| *row)
}

fn allowed(from: &str, to: &str) -> bool {
    if to == FOR_TESTS || to == OUTSIDE {
        return false;
    }
    let down = matches!((row(from), row(to)), (Some(from), Some(to)) if from > to);
    from == FOR_TESTS || down || BETWEEN_SLICES.contains(&(from, to))
}

fn reason(from: &str, to: &str) -> String {
    match (row(from), row(to)) {
        _ if to == FOR_TESTS => "fixtures are for [dev-dependencies]".to_owned(),
        (Some(from), Some(to)) if from == to => {
            format!("both stand in row {from}; meet through the journal or a row below")
        }
        (Some(from), Some(to)) => format!("arrows go down, and this one goes from row {from} to row {to}"),
        _ => "it stands outside the rows".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(name: &str, uses: &[&str]) -> Vec<String> {
        let package = Package {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            uses: uses.iter().map(|used| (*used).to_owned()).collect(),
        };
        check(&[package]).into_iter().map(|finding| finding.advice).collect()
    }

    #[test]
    fn arrows_down_and_the_listed_ones_between_slices_are_fine() {
        assert!(advice("jakone", &["sandbox", "acceptance", "base"]).is_empty());
        assert!(advice("acceptance", &["residents", "programmes", "platform", "runtime"]).is_empty());
        assert!(advice("fixtures", &["residents", "base"]).is_empty());
    }

    #[test]
    fn arrows_up_and_sideways_are_found() {
        for (from, to) in [
            ("base", "engine"),
            ("engine", "journal"),
            ("engine", "qris"),
            ("platform", "residents"),
            ("platform", "validator"),
            ("residents", "acceptance"),
            ("programmes", "residents"),
            ("sandbox", "jakone"),
            ("jakone", "fixtures"),
            ("jakone", "xtask"),
        ] {
            assert_eq!(advice(from, &[to]).len(), 1, "{from} -> {to}");
        }
    }

    #[test]
    fn a_crate_without_a_row_or_in_another_folder_is_found() {
        assert!(advice("shiny", &[]).concat().contains("a row in xtask"));
        let moved =
            Package { name: "base".to_owned(), manifest: "base/Cargo.toml".to_owned(), uses: Vec::new() };
        assert_eq!(check(&[moved]).len(), 1);
    }
}
