//! `jakone verify-receipt`: checks a receipt with public keys alone: no journal, no server, no trust in who wrote it.
//!
//! Prints what is proven, made from the leaf. The sentences in the file are not read.

use std::fs;
use std::io::Write as _;

use anyhow::Context as _;
use engine::Record;
use journal::evidence::KeyKind;
use serde_json::json;

use crate::cli::VerifyReceiptArguments;
use crate::evidence::{self, receipt_file};
use crate::problem::Problem;

/// Checks and prints what is proven.
///
/// # Errors
/// A [`Problem`] that names what is wrong.
pub fn run(arguments: &VerifyReceiptArguments) -> anyhow::Result<()> {
    let path = arguments.file.display();
    let text = fs::read_to_string(&arguments.file).with_context(|| format!("cannot read {path}"))?;
    let operator = evidence::public_key(&arguments.operator_key, KeyKind::Log)?;
    let witness = arguments.witness_key.as_deref();
    let witness = witness.map(|path| evidence::public_key(path, KeyKind::Witness)).transpose()?;
    let (receipt, position) = receipt_file::read(&text).map_err(|why| wrong(&why))?;
    let proven = receipt.verify(&operator, witness.as_ref()).map_err(|error| wrong(&error.to_string()))?;
    let record = Record::decode(position, receipt.record.header.at, proven.value, None)?;
    let checkpoint = receipt.checkpoint.checkpoint();
    let says = receipt_file::says(&record, checkpoint);
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let witnessed = proven.witnessed_at.map(|at| at.to_string());
        let told = json!({
            "ok": true, "seq": position.seq, "entries": checkpoint.size, "origin": checkpoint.origin,
            "witnessed_at": witnessed, "says": says,
        });
        writeln!(out, "{told}")?;
        return Ok(());
    }
    let seq = position.seq;
    writeln!(out, "ok: a record of entry {seq} under the checkpoint of {} entries", checkpoint.size)?;
    if let (Some(at), Some(witness)) = (proven.witnessed_at, &witness) {
        let name = witness.name();
        writeln!(out, "{name} signed the same checkpoint at {at} / {name} menandatanganinya pada {at}")?;
    }
    says.en.iter().chain(&says.id).try_for_each(|line| writeln!(out, "{line}"))?;
    Ok(())
}

fn wrong(why: &str) -> Problem {
    Problem::new(
        "receipt_invalid",
        format!(
            "The receipt proves nothing: {why}. Ask for it again; if it stays so, keep both and tell the inspectorate."
        ),
        "Tanda terima ini tidak membuktikan apa pun; sebabnya tertulis di atas. Minta lagi; bila tetap begitu, simpan keduanya dan laporkan ke inspektorat.",
    )
}
