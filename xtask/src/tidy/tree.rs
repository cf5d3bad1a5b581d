//! The files of the checkout, read once. Owns which files count: everything but what `.gitignore` names from the
//! root, build output and what is not text.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use anyhow::Context;

use super::items;
use super::lexer::{self, Token};

/// Folders that are never ours, wherever they stand.
const SKIPPED: [&str; 3] = [".git", "target", "node_modules"];

/// Endings of the files that are read.
const READ: [&str; 12] =
    ["rs", "toml", "lock", "md", "ftl", "yaml", "json", "mjs", "js", "css", "html", "cedar"];

/// One file.
pub struct File {
    /// Its text.
    pub text: String,
    /// Its tokens, when it is Rust.
    pub tokens: Vec<Token>,
    /// The lines of its `#[cfg(test)]` items, when it is Rust.
    pub tested: Vec<std::ops::RangeInclusive<usize>>,
}

/// All files by path from the root, with `/` between the parts.
#[derive(Default)]
pub struct Tree {
    /// The files.
    pub files: BTreeMap<String, File>,
    /// Every path that exists, folders too, for links.
    pub paths: std::collections::BTreeSet<String>,
}

impl Tree {
    /// Reads the checkout.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let ignore = std::fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let ignored: Vec<&str> = ignore.lines().filter_map(|line| line.strip_prefix('/')).collect();
        let mut tree = Self::default();
        tree.walk(root, "", &ignored)?;
        Ok(tree)
    }

    fn walk(&mut self, folder: &Path, prefix: &str, ignored: &[&str]) -> anyhow::Result<()> {
        let entries =
            std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            if SKIPPED.contains(&name.as_str()) || ignored.contains(&path.as_str()) {
                continue;
            }
            self.paths.insert(path.clone());
            if entry.file_type()?.is_dir() {
                self.walk(&entry.path(), &path, ignored)?;
            } else if READ.iter().any(|ending| entry.path().extension() == Some(OsStr::new(ending))) {
                let text =
                    std::fs::read_to_string(entry.path()).with_context(|| format!("cannot read {path}"))?;
                self.add(&path, text);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &str, text: String) {
        let tokens = if path.ends_with(".rs") { lexer::tokens(&text) } else { Vec::new() };
        let tested = items::tested(&tokens);
        self.files.insert(path.to_owned(), File { text, tokens, tested });
    }

    /// A tree of planted files, for the tests of the rules.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.add(path, (*text).to_owned());
            let parents = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
            tree.paths.extend(parents.chain([*path]).map(str::to_owned));
        }
        tree
    }

    /// The files with an ending.
    pub fn ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a File)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.ends_with(ending))
            .map(|(path, file)| (path.as_str(), file))
    }
}

impl File {
    /// Whether a line belongs to a `#[cfg(test)]` item.
    pub fn is_tested(&self, line: usize) -> bool {
        self.tested.iter().any(|range| range.contains(&line))
    }

    /// The tokens outside `#[cfg(test)]` items.
    pub fn product_tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|token| !self.is_tested(token.line))
    }
}

/// Whether a Rust file holds tests only: it stands under `tests`, `benches` or `examples`, or its name says so.
pub fn is_test_file(path: &str) -> bool {
    let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".rs")).unwrap_or_default();
    path.split('/').any(|part| matches!(part, "tests" | "benches" | "examples"))
        || stem == "tests"
        || stem.ends_with("_tests")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_folders_and_other_endings_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(".gitignore", "/data\n*.profraw\n");
        write("data/a.rs", "");
        write("crates/base/data/regions.csv", "");
        write("crates/base/src/lib.rs", "fn main() {}");
        write("target/debug/b.rs", "");
        let tree = Tree::read(folder.path()).unwrap();
        assert_eq!(tree.files.keys().collect::<Vec<_>>(), ["crates/base/src/lib.rs"]);
        assert!(tree.paths.contains("crates/base/data/regions.csv"));
    }

    #[test]
    fn test_files_are_known_by_their_place_or_name() {
        for path in ["crates/base/tests/it/main.rs", "crates/engine/src/ledger/tests.rs", "a/src/x_tests.rs"]
        {
            assert!(is_test_file(path), "{path}");
        }
        assert!(!is_test_file("crates/engine/src/latest.rs"));
    }
}
