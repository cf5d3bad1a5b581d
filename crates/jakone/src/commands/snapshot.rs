//! `jakone snapshot`: the job that writes the engine's state down, so that a start need not begin with the first entry.
//!
//! Works beside a running server, on the journal's files alone: the newest sound snapshot, what came after it, a new
//! snapshot. Needs as much memory as the engine. Never writes to the journal.

use std::io::Write as _;

use runtime::Replayed;
use serde_json::json;

use crate::cli::SnapshotArguments;
use crate::data_directory::DataDirectory;
use crate::reading::state_at_end;

/// Writes a snapshot and prints one line.
///
/// # Errors
/// What a walk finds, or that it could not be written.
pub fn run(arguments: &SnapshotArguments) -> anyhow::Result<()> {
    let directory = DataDirectory::at(&arguments.data);
    let walked = state_at_end(&directory, true)?;
    let before = walked.snapshot.map(|head| head.seq);
    let mut out = std::io::stdout().lock();
    let seq = walked.head.seq;
    if seq == 0 || before.is_some_and(|before| before >= seq) {
        let said = before.map_or_else(
            || "the journal has just begun".to_owned(),
            |seq| format!("entry {seq} was the last"),
        );
        if arguments.json {
            writeln!(out, "{}", json!({ "written": false, "seq": before }))?;
        } else {
            writeln!(out, "nothing to do: {said}")?;
        }
        return Ok(());
    }
    let records = walked.records;
    let replayed = Replayed::at(walked.head, walked.genesis, walked.state);
    let manifest = directory.snapshots().write(&replayed)?;
    let digest = hex::encode(manifest.digest());
    if arguments.json {
        let (at, hash) = (manifest.head().at.to_string(), manifest.head().hash.to_string());
        let told = json!({
            "written": true, "seq": seq, "hash": hash, "at": at, "state": digest, "from": before, "records": records,
        });
        writeln!(out, "{told}")?;
    } else {
        let from =
            before.map_or_else(|| "the first entry".to_owned(), |seq| format!("the snapshot of entry {seq}"));
        let (at, short) = (manifest.head().at, digest.chars().take(16).collect::<String>());
        writeln!(out, "snapshot of entry {seq} of {at}; state {short}…; {records} records after {from}")?;
    }
    Ok(())
}
