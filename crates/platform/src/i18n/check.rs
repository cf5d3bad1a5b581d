//! What a slice's tests ask of its texts: the same keys, the same variables, its own prefix, in both languages.

use std::collections::{BTreeMap, BTreeSet};

use super::SliceTexts;

/// Everything that is wrong with a slice's texts, one sentence each; empty when complete.
#[must_use]
pub fn differences(slice: &SliceTexts) -> Vec<String> {
    let (id, en) = (messages(slice.id), messages(slice.en));
    let mut wrong = Vec::new();
    for (key, variables) in &id {
        match en.get(key) {
            None => wrong.push(format!("{key} has no English text")),
            Some(other) if other != variables => {
                wrong.push(format!("{key} uses {variables:?} in Indonesian and {other:?} in English"));
            }
            Some(_) => {}
        }
    }
    wrong.extend(
        en.keys().filter(|key| !id.contains_key(*key)).map(|key| format!("{key} has no Indonesian text")),
    );
    let prefix = format!("{}-", slice.slice);
    wrong
        .extend(id.keys().filter(|key| !key.starts_with(&prefix)).map(|key| format!("{key} lacks {prefix}")));
    wrong
}

/// Fails the test that calls it when [`differences`] finds any.
///
/// # Panics
/// With every difference, when there is one.
#[allow(clippy::panic, reason = "a helper of tests")]
pub fn assert_complete(slice: &SliceTexts) {
    let wrong = differences(slice);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Keys with the variables their texts use. Line by line is enough for the plain form our files keep to.
fn messages(source: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut current = None;
    for line in source.lines() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            current = line.split_once('=').map(|(key, _)| key.trim());
        }
        if let Some(key) = current {
            found.entry(key).or_default().extend(variables(line));
        }
    }
    found
}

fn variables(line: &str) -> impl Iterator<Item = &str> {
    line.split('$')
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_key_a_foreign_prefix_and_other_variables_are_found() {
        let slice = SliceTexts {
            slice: "x",
            id: "x-a = A { $n }\nx-b = B\ny-c = C\n",
            en: "x-a = A { $m }\ny-c = C\nx-d = D\n",
        };
        assert_eq!(
            differences(&slice),
            [
                "x-a uses {\"n\"} in Indonesian and {\"m\"} in English",
                "x-b has no English text",
                "x-d has no Indonesian text",
                "y-c lacks x-",
            ]
        );
    }
}
