//! A slice meets another slice only through its `service`. Owns the reading of paths in source; which crates may
//! meet at all is the matter of [`super::arrows`].

use super::Finding;
use super::arrows::SLICES;
use super::lexer::{Kind, Token};
use super::tree::{Tree, is_test_file};

/// Finds paths into another slice that do not go through `service`.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in tree.ending(".rs") {
        let Some(slice) = path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()) else {
            continue;
        };
        if !SLICES.contains(&slice) || is_test_file(path) {
            continue;
        }
        let code: Vec<&Token> = file.product_tokens().filter(|token| token.kind != Kind::Comment).collect();
        for (at, token) in code.iter().enumerate() {
            let other = token.text.as_str();
            let before = code.get(..at).unwrap_or_default();
            let after = code.get(at + 1..).unwrap_or_default();
            let names = token.kind == Kind::Word && SLICES.contains(&other) && other != slice;
            if names && opens_path(before, after) && !through_service(after) {
                let advice = format!("write {other}::service::…; the rest of {other} is its own affair");
                findings.push(Finding::new(path, token.line, "slices", advice));
            }
        }
    }
    findings
}

/// Whether the word names a crate: the first part of a path, or a bare `use`.
fn opens_path(before: &[&Token], after: &[&Token]) -> bool {
    let first = match before {
        [.., earlier, colons] if colons.is("::") => earlier.kind != Kind::Word && !earlier.is(">"),
        _ => true,
    };
    let used = before.last().is_some_and(|token| token.is("use"));
    first && (used || after.first().is_some_and(|token| token.is("::")))
}

fn through_service(after: &[&Token]) -> bool {
    matches!(after, [colons, service, ..] if colons.is("::") && service.is("service"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let tree = Tree::of(&[("crates/acceptance/src/lib.rs", text)]);
        check(&tree).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn the_inside_of_another_slice_is_found() {
        assert_eq!(lines("use residents::store::Individual;"), [1]);
        assert_eq!(lines("use residents::{service::Find, model};"), [1]);
        assert_eq!(lines("use residents as people;"), [1]);
        assert_eq!(lines("\nfn a() { ::programmes::content::load() }"), [2]);
    }

    #[test]
    fn service_own_modules_words_and_tests_are_fine() {
        assert!(lines("use residents::service::Find;").is_empty());
        assert!(lines("use crate::residents::list; use super::residents::x;").is_empty());
        assert!(
            lines("// residents::store\nfn residents() { let residents = \"residents::store\"; }").is_empty()
        );
        assert!(lines("#[cfg(test)]\nmod tests { use residents::store::Individual; }").is_empty());
        assert!(lines("use acceptance::pages;").is_empty());
    }

    #[test]
    fn crates_above_the_slices_may_wire_anything() {
        let tree = Tree::of(&[("crates/jakone/src/main.rs", "use residents::routes;")]);
        assert!(check(&tree).is_empty());
    }
}
