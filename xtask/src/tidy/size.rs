//! Functions and files stay small enough to read in one go. Tests and data are excepted.

use super::Finding;
use super::items::functions;
use super::tree::{File, Tree, is_test_file};

/// Most lines of a function, from `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;
/// Most lines of a file, its test items aside.
const FILE_LINES_MAX: usize = 800;
/// From here on a file is listed, so that somebody looks again.
const FILE_LINES_LONG: usize = 400;

/// Endings of hand-written sources.
const SOURCES: [&str; 5] = [".rs", ".mjs", ".js", ".css", ".html"];

/// Finds functions and files that are too long.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in sources(tree) {
        let lines = length(file);
        if lines > FILE_LINES_MAX {
            let advice = format!("split the file: {lines} lines, at most {FILE_LINES_MAX}");
            findings.push(Finding::new(path, 1, "size", advice));
        }
        let product = functions(&file.tokens).into_iter().filter(|f| !file.is_tested(*f.lines.start()));
        for function in product.filter(|function| function.length() > FUNCTION_LINES_MAX) {
            let (name, lines) = (&function.name, function.length());
            let advice = format!("split fn {name}: {lines} lines, at most {FUNCTION_LINES_MAX}");
            findings.push(Finding::new(path, *function.lines.start(), "size", advice));
        }
    }
    findings
}

/// Files worth a second look, longest first.
pub fn long(tree: &Tree) -> Vec<(String, usize)> {
    let mut long: Vec<_> = sources(tree).map(|(path, file)| (path.to_owned(), length(file))).collect();
    long.retain(|(_, lines)| *lines > FILE_LINES_LONG);
    long.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    long
}

fn sources(tree: &Tree) -> impl Iterator<Item = (&str, &File)> {
    let written = |path: &str| SOURCES.iter().any(|ending| path.ends_with(ending)) && !is_test_file(path);
    tree.files.iter().map(|(path, file)| (path.as_str(), file)).filter(move |(path, _)| written(path))
}

fn length(file: &File) -> usize {
    (1..=file.text.lines().count()).filter(|line| !file.is_tested(*line)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.advice).collect()
    }

    #[test]
    fn a_long_function_is_found_and_a_full_one_is_not() {
        let function = |lines: usize| format!("fn long() {{{}}}", "\n".repeat(lines - 1));
        assert!(found("crates/base/src/a.rs", &function(70)).is_empty());
        assert_eq!(found("crates/base/src/a.rs", &function(71)), ["split fn long: 71 lines, at most 70"]);
        assert!(found("crates/base/tests/it/a.rs", &function(71)).is_empty());
        assert!(
            found("crates/base/src/a.rs", &format!("#[cfg(test)]\nmod t {{ {} }}", function(71))).is_empty()
        );
    }

    #[test]
    fn a_long_file_is_found_without_its_tests() {
        let lines = |count: usize| "//\n".repeat(count);
        assert!(found("crates/base/src/a.rs", &lines(800)).is_empty());
        assert_eq!(found("crates/base/src/a.rs", &lines(801)), ["split the file: 801 lines, at most 800"]);
        let tested = format!("{}#[cfg(test)]\nmod t {{\n{}}}\n", lines(800), lines(300));
        assert!(found("crates/base/src/a.rs", &tested).is_empty());
        assert_eq!(found("assets/base.css", &lines(801)).len(), 1);
        let tree = Tree::of(&[("crates/base/src/a.rs", &lines(401)), ("crates/base/src/b.rs", &lines(400))]);
        assert_eq!(long(&tree), [("crates/base/src/a.rs".to_owned(), 401)]);
    }
}
