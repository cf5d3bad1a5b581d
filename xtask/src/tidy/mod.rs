//! The house rules, one file per rule. Each rule is a pure function from what was read to findings, so that its
//! tests can plant a violation; only [`run`] and [`tree`] touch the disk.

mod arrows;
mod finding;
mod fluent;
mod items;
mod lexer;
mod links;
mod lints;
mod locks;
mod names;
mod opening;
mod size;
mod slices;
mod tree;
mod words;

use std::path::Path;

pub use finding::Finding;
use tree::Tree;

/// What tidy found.
pub struct Report {
    /// How many files were read.
    pub files: usize,
    /// Files past the length at which one looks again, with their lines; not a failure.
    pub long: Vec<(String, usize)>,
    /// What must be mended, in order of path and line.
    pub findings: Vec<Finding>,
}

/// Checks every rule on the checkout at `root`.
pub fn run(root: &Path) -> anyhow::Result<Report> {
    let tree = Tree::read(root)?;
    let mut findings = arrows::check(&arrows::read(root)?);
    for rule in [
        slices::check,
        size::check,
        opening::check,
        words::check,
        lints::check,
        names::check,
        locks::check,
        links::check,
        fluent::check,
    ] {
        findings.extend(rule(&tree));
    }
    findings.sort();
    Ok(Report { files: tree.files.len(), long: size::long(&tree), findings })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_workspace_is_tidy() {
        let report = super::run(crate::root()).unwrap();
        let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
    }
}
