//! Lock files say what, not where from: addresses of somebody's mirror must not reach the repository.

use super::Finding;
use super::tree::Tree;

/// What cargo itself writes for its registry, whatever mirror served the crate.
const REGISTRY: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Finds addresses in `Cargo.lock` and `package-lock.json`.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in &tree.files {
        let (is_foreign, advice): (fn(&str) -> bool, &str) = match path.rsplit('/').next() {
            Some("Cargo.lock") => {
                (|line| line.starts_with("source = ") && line != REGISTRY, "take the crate from the registry")
            }
            Some("package-lock.json") => (
                |line| line.starts_with("\"resolved\""),
                "remove the address: `npm install --package-lock-only` with the .npmrc of the checkout",
            ),
            _ => continue,
        };
        let foreign = file.text.lines().zip(1..).filter(|(line, _)| is_foreign(line.trim()));
        findings.extend(foreign.map(|(_, line)| Finding::new(path, line, "locks", advice)));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_lock_files_are_found() {
        let lines = |path, text: &str| check(&Tree::of(&[(path, text)])).len();
        assert_eq!(lines("Cargo.lock", REGISTRY), 0);
        assert_eq!(lines("Cargo.lock", "name = \"a\"\nsource = \"git+https://example.org/a\""), 1);
        assert_eq!(lines("Cargo.lock", "source = \"registry+https://mirror.example/index\""), 1);
        assert_eq!(lines("package-lock.json", "{\n  \"resolved\": \"https://mirror.example/a.tgz\"\n}"), 1);
        assert_eq!(lines("package-lock.json", "{ \"integrity\": \"sha512-x\" }"), 0);
    }
}
