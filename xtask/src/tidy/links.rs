//! Links in documents lead somewhere.

use super::Finding;
use super::tree::Tree;

/// Finds links of Markdown files to files of the checkout that do not exist.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in tree.ending(".md") {
        let mut in_code = false;
        for (line, number) in file.text.lines().zip(1..) {
            if line.trim_start().starts_with("```") {
                in_code = !in_code;
            }
            if in_code {
                continue;
            }
            for target in targets(line) {
                let Some(found) = resolve(path, target) else { continue };
                if !found.is_empty() && !tree.paths.contains(&found) {
                    let advice = format!("the link leads to {found}, which does not exist");
                    findings.push(Finding::new(path, number, "links", advice));
                }
            }
        }
    }
    findings
}

/// The targets of `[text](target)` on a line, without title; code spans are skipped.
fn targets(line: &str) -> Vec<&str> {
    let prose = line.split('`').step_by(2);
    let links = prose.flat_map(|part| part.split("](").skip(1));
    links.filter_map(|rest| rest.split([')', ' ']).next()).collect()
}

/// The path from the root a target means; none when it leaves the checkout (another site, mail, an anchor).
fn resolve(document: &str, target: &str) -> Option<String> {
    let file = target.split('#').next().unwrap_or_default().trim_matches(['<', '>']);
    if file.is_empty() || file.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    if let Some(rest) = file.strip_prefix('/') {
        parts = Vec::new();
        parts.extend(rest.split('/'));
        return Some(parts.join("/"));
    }
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_nothing_is_found() {
        let readme = "[a](docs/a.md) [b](docs/b.md#part \"title\")\n![c](docs/c.png)\n[web](https://example.org)\n\
            [here](#here) `[code](nowhere)`\n```\n[code](nowhere)\n```\n[folder](docs/)\n";
        let tree = Tree::of(&[("README.md", readme), ("docs/a.md", "[up](../README.md) [gone](../gone.md)")]);
        let found: Vec<_> = check(&tree).into_iter().map(|f| (f.path, f.line)).collect();
        let expected = [("README.md", 1), ("README.md", 2), ("docs/a.md", 1)];
        assert_eq!(found, expected.map(|(path, line)| (path.to_owned(), line)));
    }
}
