//! The engine knows no programme, place or operator by name: they are content, and a new one needs no new code.

use std::collections::BTreeSet;

use super::Finding;
use super::lexer::Kind;
use super::tree::{Tree, is_test_file};

/// Where the code lives that must not name anything.
const ENGINE: &str = "crates/engine/src/";
/// Where the names live.
const CONTENT: &str = "content/";
/// Keys whose values are names.
const KEYS: [&str; 4] = ["code", "name", "name_id", "name_en"];
/// Shorter names are too likely to be words of their own.
const NAME_LENGTH_MIN: usize = 3;

/// Finds names of the content files in the engine's product code, comments included.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let names: BTreeSet<String> = tree
        .files
        .iter()
        .filter(|(path, _)| path.starts_with(CONTENT) && path.ends_with(".yaml"))
        .flat_map(|(_, file)| file.text.lines().filter_map(name))
        .collect();
    let mut findings = Vec::new();
    for (path, file) in tree.ending(".rs").filter(|(path, _)| path.starts_with(ENGINE) && !is_test_file(path))
    {
        let told = |kind| matches!(kind, Kind::Word | Kind::Text | Kind::Comment);
        for token in file.product_tokens().filter(|token| told(token.kind)) {
            let text = token.text.to_lowercase();
            for name in names.iter().filter(|name| mentions(&text, name)) {
                let advice = format!("the engine must not know {name:?}; take it from content");
                findings.push(Finding::new(path, token.line, "names", advice));
            }
        }
    }
    findings
}

/// The name a line of YAML gives, in small letters.
fn name(line: &str) -> Option<String> {
    let (key, value) = line.split_once(':')?;
    let key = key.trim_start_matches([' ', '-', '{']);
    let value = value.split([',', '}', '#']).next()?.trim().trim_matches(['"', '\'']);
    let named = KEYS.contains(&key) && value.chars().count() >= NAME_LENGTH_MIN;
    named.then(|| value.to_lowercase())
}

/// Whether a text holds a name as words of its own.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT_FILE: &str =
        "places:\n  - code: ragunan\n    name: \"Taman Margasatwa\"\n  - { code: kjp_plus, x: 1 }\n";

    fn lines(engine: &str) -> Vec<usize> {
        let tree = Tree::of(&[("content/places.yaml", CONTENT_FILE), ("crates/engine/src/a.rs", engine)]);
        check(&tree).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_name_in_code_text_or_comment_is_found() {
        assert_eq!(
            lines("fn kjp_plus() {}\n// Free at Ragunan.\nconst A: &str = \"taman margasatwa\";"),
            [1, 2, 3]
        );
    }

    #[test]
    fn parts_of_other_words_and_tests_are_fine() {
        assert!(
            lines("fn kjp_plus_two() {}\n#[cfg(test)]\nmod t { const A: &str = \"ragunan\"; }").is_empty()
        );
    }

    #[test]
    fn without_content_there_is_nothing_to_find() {
        assert!(check(&Tree::of(&[("crates/engine/src/a.rs", "fn ragunan() {}")])).is_empty());
    }
}
