//! Words that promise work nobody has written down, and names that say nothing.

use super::Finding;
use super::lexer::{Kind, Token};
use super::tree::{File, Tree};

/// Promises in comments, with what to write instead.
const PROMISES: [(&str, &str); 3] = [
    ("TODO", "do it now, or open an issue and say here why the code is as it is"),
    ("FIXME", "mend it now, or open an issue and say here what the limit is"),
    ("XXX", "say in a sentence what is odd and why"),
];

/// Macros that do not belong in a commit.
const MACROS: [(&str, &str); 3] = [
    ("dbg", "remove it, or use tracing::debug! with dotted fields"),
    ("todo", "write the code, or leave the function out"),
    ("unimplemented", "write the code, or make the state impossible"),
];

/// Names of crates, folders and modules that say nothing, with where to look for a better one.
const NAMES: [(&str, &str); 9] = [
    ("common", "name what is shared, or move it down to base or platform"),
    ("shared", "name what is shared, or move it down to base or platform"),
    ("utils", "name what it does"),
    ("util", "name what it does"),
    ("helpers", "name what it helps with"),
    ("helper", "name what it helps with"),
    ("types", "put each type beside the code that owns its rules"),
    ("misc", "give each part its own file"),
    ("core", "name what it is the core of"),
];

/// Endings of files read line by line for promises; Rust files are read by token, so that texts do not count.
const LINES: [&str; 8] = [".toml", ".yaml", ".mjs", ".css", ".html", ".ftl", ".cedar", ".md"];

/// Finds promises, stray macros and empty names.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in &tree.files {
        let mut found = |line, advice| findings.push(Finding::new(path, line, "words", advice));
        if path.ends_with(".rs") {
            rust(file, &mut found);
        } else if LINES.iter().any(|ending| path.ends_with(ending)) {
            for (line, number) in file.text.lines().zip(1..) {
                promises(line, number, &mut found);
            }
        }
        names(path, &mut found);
    }
    findings
}

fn rust(file: &File, found: &mut impl FnMut(usize, String)) {
    for token in file.tokens.iter().filter(|token| token.kind == Kind::Comment) {
        for (line, number) in token.text.lines().zip(token.line..) {
            promises(line, number, found);
        }
    }
    let code: Vec<&Token> = file.tokens.iter().filter(|token| token.kind != Kind::Comment).collect();
    for pair in code.windows(2) {
        let [first, second] = pair else { continue };
        for (name, instead) in MACROS {
            if first.is(name) && second.is("!") {
                found(first.line, format!("{name}!: {instead}"));
            }
        }
        for (name, instead) in NAMES {
            if first.is("mod") && second.is(name) {
                found(second.line, format!("mod {name}: {instead}"));
            }
        }
    }
}

fn promises(line: &str, number: usize, found: &mut impl FnMut(usize, String)) {
    for (word, instead) in PROMISES {
        if line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word) {
            found(number, format!("{word}: {instead}"));
        }
    }
}

/// Checks a manifest's folder: modules are found where they are declared.
fn names(path: &str, found: &mut impl FnMut(usize, String)) {
    let Some(folder) = path.strip_suffix("/Cargo.toml").and_then(|folder| folder.rsplit('/').next()) else {
        return;
    };
    for (name, instead) in NAMES {
        if folder == name {
            found(1, format!("crate {name}: {instead}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(usize, String)> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|finding| (finding.line, finding.advice)).collect()
    }

    #[test]
    fn promises_are_found_in_comments_and_pages_but_not_in_texts() {
        let planted = found("crates/base/src/a.rs", "fn a() {}\n/* b\n TODO: c */\n// FIXME(d)\n/// XXX e\n");
        assert_eq!(planted.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(found("crates/base/src/a.rs", "const A: &str = \"TODO\"; // XXXL").is_empty());
        assert_eq!(found("content/a.yaml", "a: 1 # TODO").len(), 1);
    }

    #[test]
    fn stray_macros_are_found() {
        let planted = found("crates/base/src/a.rs", "fn a() { dbg!(1); todo!() }");
        assert_eq!(planted.len(), 2);
        assert!(found("crates/base/src/a.rs", "fn dbg() { dbg() }").is_empty());
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        assert_eq!(found("crates/base/src/lib.rs", "mod utils;\npub mod core {}").len(), 2);
        assert_eq!(found("crates/common/Cargo.toml", "").len(), 1);
        assert!(found("crates/base/src/lib.rs", "use core::fmt; mod media;").is_empty());
    }
}
