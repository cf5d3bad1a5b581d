//! Every module says first what it owns.

use super::Finding;
use super::tree::Tree;

/// Finds Rust files that do not open with `//!`; inner attributes may stand above.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let silent = |text: &str| {
        let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#!["));
        !first.is_some_and(|line| line.starts_with("//! "))
    };
    tree.ending(".rs")
        .filter(|(_, file)| silent(&file.text))
        .map(|(path, _)| {
            Finding::new(path, 1, "opening", "open the module with `//! ` and what it owns and never does")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_without_a_word_about_itself_is_found() {
        for silent in ["", "use a;\n//! Late.", "//!\n", "// Not for the docs.\n"] {
            assert_eq!(check(&Tree::of(&[("crates/base/src/a.rs", silent)])).len(), 1, "{silent:?}");
        }
        for open in ["//! Owns a.\n", "#![allow(x)]\n\n//! Owns a.\n"] {
            assert!(check(&Tree::of(&[("crates/base/src/a.rs", open)])).is_empty(), "{open:?}");
        }
    }
}
