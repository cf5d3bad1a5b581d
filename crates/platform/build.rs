//! Embeds the typeface and htmx when `make assets` has fetched them; without them the product still builds.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

/// Constant, file below `assets/vendor`.
const VENDORED: [(&str, &str); 2] =
    [("HTMX", "htmx.min.js"), ("TYPEFACE", "plus-jakarta-sans-latin-wght-normal.woff2")];

/// Constant, file of ours.
const OWN: [(&str, &str); 4] = [
    ("TOKENS_CSS", "assets/tokens.css"),
    ("BASE_CSS", "assets/base.css"),
    ("ICON", "assets/icon.svg"),
    ("CUT_JS", "assets/cut.js"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let assets = root.join("../../assets");
    // The folder is committed, so the path always exists; cargo looks below it for changes.
    println!("cargo:rerun-if-changed=../../assets");
    println!("cargo:rerun-if-changed=assets");
    println!("cargo:rerun-if-changed=build.rs");
    let mut source = String::new();
    for (name, file) in OWN {
        let path = root.join(file);
        declare(&mut source, name, Some(&path))?;
    }
    for (name, file) in VENDORED {
        let path = assets.join("vendor").join(file);
        declare(&mut source, name, path.is_file().then_some(path.as_path()))?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("embedded.rs"), source)?;
    Ok(())
}

/// Writes `const NAME: Option<(bytes, tag)>`, the tag being the beginning of the content's SHA-256.
fn declare(source: &mut String, name: &str, path: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let Some(path) = path else {
        writeln!(source, "const {name}: Option<(&[u8], &str)> = None;")?;
        return Ok(());
    };
    let path = path.canonicalize()?;
    let digest = hex::encode(Sha256::digest(fs::read(&path)?));
    let tag = digest.get(..16).unwrap_or(&digest);
    writeln!(source, "const {name}: Option<(&[u8], &str)> = Some((include_bytes!({path:?}), {tag:?}));")?;
    Ok(())
}
