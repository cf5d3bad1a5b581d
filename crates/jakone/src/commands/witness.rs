//! `jakone witness`: signs a checkpoint beside the operator, on a machine of somebody else's (Diskominfotik), with no journal.
//!
//! Signs only what the operator signed and what continues the last checkpoint signed here. What was signed is kept before the
//! signature exists.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use base::{Clock as _, SystemClock};
use journal::Hash;
use journal::evidence::{ConsistencyProof, KeyKind, Seen, Witness};
use serde::{Deserialize, Serialize};

use crate::cli::WitnessArguments;
use crate::evidence::{self, read_if_there};
use crate::problem::Problem;
use crate::small_file::write_small;

/// What was signed last, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Whose journal.
    origin: String,
    /// How many entries.
    size: u64,
    /// Root of the tree over them, hexadecimal.
    root: String,
}

/// Signs and prints one line.
///
/// # Errors
/// Why it is not signed, or what cannot be read.
pub fn run(arguments: &WitnessArguments) -> anyhow::Result<()> {
    let path = &arguments.checkpoint;
    let signer = evidence::signer(&arguments.key, KeyKind::Witness)?;
    let operator = evidence::public_key(&arguments.operator_key, KeyKind::Log)?;
    let signed = evidence::read_checkpoint(path)?;
    let mut signed = signed.with_context(|| format!("there is no file {}", path.display()))?;
    let proof = fs::read_to_string(&arguments.proof)
        .with_context(|| format!("cannot read {}", arguments.proof.display()))?;
    let proof = ConsistencyProof::parse(&proof).map_err(|error| not_signed(&error.to_string()))?;
    let seen = seen(&arguments.state, operator.name())?;
    let origin = operator.name().to_owned();
    let mut witness = Witness::new(&origin, operator, signer, seen)?;
    let keep = |seen: Seen| {
        let kept = Kept { origin: origin.clone(), size: seen.size, root: seen.root.to_string() };
        write_small(&arguments.state, &serde_json::to_string(&kept)?)
    };
    let now = SystemClock::new(0).now();
    witness.cosign(&mut signed, &proof.hashes, now, keep).map_err(|error| not_signed(&error.to_string()))?;
    write_small(path, &signed.to_note()).with_context(|| format!("cannot write {}", path.display()))?;
    let size = signed.checkpoint().size;
    let after =
        seen.map_or("the first one seen".to_owned(), |seen| format!("continues the one of {}", seen.size));
    println!("signed: checkpoint of {size} entries, {after}");
    Ok(())
}

/// What was signed last; nothing before the first time.
fn seen(path: &Path, origin: &str) -> anyhow::Result<Option<Seen>> {
    let Some(text) = read_if_there(path)? else { return Ok(None) };
    let kept = serde_json::from_str(&text).ok();
    let seen = kept.filter(|kept: &Kept| kept.origin == origin).and_then(|kept| {
        let root = Hash::parse(&kept.root)?;
        Some(Seen { size: kept.size, root })
    });
    let seen = seen.ok_or_else(|| {
        let shown = path.display();
        Problem::new(
            "witness_state_invalid",
            format!("{shown} does not say what was signed last of {origin}. Put it back from a copy: without it a changed history could not be told."),
            format!("{shown} tidak memuat yang terakhir ditandatangani untuk {origin}. Pulihkan dari salinan: tanpanya riwayat yang diubah tidak akan ketahuan."),
        )
    })?;
    Ok(Some(seen))
}

fn not_signed(why: &str) -> Problem {
    Problem::new(
        "checkpoint_not_continued",
        format!("Not signed: {why}."),
        "Tidak ditandatangani; sebabnya tertulis di atas. Simpan titik periksa ini dan yang terakhir, lalu tanyakan kepada pengelola.",
    )
}
