//! Files that tests compare with and `JAKONE_BLESS=1` writes anew.

use std::path::Path;

/// Path of a file of this crate.
pub fn path(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// Whether this run writes files instead of comparing them.
pub fn blessing() -> bool {
    std::env::var_os("JAKONE_BLESS").is_some_and(|value| value == "1")
}

/// The file says exactly this.
pub fn check(file: &str, wanted: &str) {
    let path = path(file);
    if blessing() {
        std::fs::write(&path, wanted).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some((number, (is, should))) =
        (1..).zip(found.lines().zip(wanted.lines())).find(|(_, (is, should))| is != should)
    {
        panic!(
            "{file}:{number} says\n    {is}\nand should say\n    {should}\nrun with JAKONE_BLESS=1 if that is meant"
        );
    }
    assert!(found == wanted, "{file} is shorter or longer than it should be; JAKONE_BLESS=1 writes it anew");
}
