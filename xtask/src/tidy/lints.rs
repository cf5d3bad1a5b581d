//! Every crate follows the workspace's lints.

use super::Finding;
use super::tree::Tree;

/// Finds manifests of crates that do not inherit the lints.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let inherits = |text: &str| {
        let mut lines = text.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
        lines.find(|line| !line.is_empty() && !line.starts_with('#')) == Some("workspace = true")
    };
    tree.ending("/Cargo.toml")
        .filter(|(_, file)| !inherits(&file.text))
        .map(|(path, _)| Finding::new(path, 1, "lints", "add `[lints]` with `workspace = true`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_with_its_own_lints_is_found() {
        let lines = |text| check(&Tree::of(&[("crates/base/Cargo.toml", text)])).len();
        assert_eq!(lines("[package]\nname = \"base\"\n"), 1);
        assert_eq!(lines("[lints.rust]\nunsafe_code = \"allow\"\n"), 1);
        assert_eq!(lines("[lints]\n\n[features]\nworkspace = true\n"), 1);
        assert_eq!(lines("[package]\n[lints]\nworkspace = true\n"), 0);
    }

    #[test]
    fn the_workspace_manifest_is_not_a_crate() {
        assert!(check(&Tree::of(&[("Cargo.toml", "[workspace]")])).is_empty());
    }
}
