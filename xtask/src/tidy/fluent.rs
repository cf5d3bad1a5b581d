//! Both languages say the same things: each Fluent file has a twin with the same keys.

use std::collections::BTreeMap;

use super::Finding;
use super::tree::Tree;

/// The two languages: Indonesian first, English second.
const PAIR: [&str; 2] = ["id", "en"];

/// Finds Fluent files without a twin and keys that only one of the two has.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in tree.ending(".ftl") {
        let Some(twin) = twin(path) else {
            let advice = "name the language in the path: …/id.ftl and …/en.ftl, or …/id/… and …/en/…";
            findings.push(Finding::new(path, 1, "fluent", advice));
            continue;
        };
        let Some(other) = tree.files.get(&twin) else {
            findings.push(Finding::new(path, 1, "fluent", format!("write the twin {twin}")));
            continue;
        };
        let theirs = keys(&other.text);
        for (key, line) in keys(&file.text).into_iter().filter(|(key, _)| !theirs.contains_key(key)) {
            findings.push(Finding::new(
                path,
                line,
                "fluent",
                format!("add {key} to {twin}, or remove it here"),
            ));
        }
    }
    findings
}

/// The path of the same file in the other language; none when the path names no language.
fn twin(path: &str) -> Option<String> {
    let [indonesian, english] = PAIR;
    let other = |part: &str| match part {
        _ if part == indonesian => Some(english),
        _ if part == english => Some(indonesian),
        _ => None,
    };
    let mut found = false;
    let mut swapped = String::with_capacity(path.len());
    for part in path.split_inclusive(['/', '.', '-', '_']) {
        let (word, mark) = match part.strip_suffix(['/', '.', '-', '_']) {
            Some(word) => (word, part.get(word.len()..).unwrap_or_default()),
            None => (part, ""),
        };
        let new = other(word);
        found |= new.is_some();
        swapped.push_str(new.unwrap_or(word));
        swapped.push_str(mark);
    }
    found.then_some(swapped)
}

/// Messages, terms and attributes (`key.attribute`) with their lines.
fn keys(text: &str) -> BTreeMap<String, usize> {
    let mut keys = BTreeMap::new();
    let mut message = String::new();
    for (line, number) in text.lines().zip(1..) {
        let Some((name, _)) = line.split_once('=') else { continue };
        let name = name.trim_end();
        let plain = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        if plain(name) {
            name.clone_into(&mut message);
            keys.insert(message.clone(), number);
        } else if let Some(attribute) = name.trim_start().strip_prefix('.').filter(|name| plain(name)) {
            keys.insert(format!("{message}.{attribute}"), number);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_same_keys_in_both_languages_are_fine() {
        let id = "# Salam\ngreeting = Halo\n    .title = A = B\n-city = Jakarta\nlong =\n    a = b\n";
        let en = "-city = Jakarta\ngreeting = Hello\n    .title = C\nlong = { $n ->\n    [one] x\n   *[other] y\n }\n";
        assert!(found(&[("crates/a/locales/id.ftl", id), ("crates/a/locales/en.ftl", en)]).is_empty());
    }

    #[test]
    fn a_missing_key_attribute_or_twin_is_found() {
        let one = found(&[("a/id/x.ftl", "a = 1\n    .b = 2\nc = 3"), ("a/en/x.ftl", "a = 1\nd = 4")]);
        assert_eq!(one.len(), 3, "{one:?}");
        assert!(one.concat().contains("a/id/x.ftl:3: fluent: add c to a/en/x.ftl"));
        assert_eq!(found(&[("a/id.ftl", "a = 1")]), ["a/id.ftl:1: fluent: write the twin a/en.ftl"]);
        assert_eq!(found(&[("a/texts.ftl", "a = 1")]).len(), 1);
    }
}
