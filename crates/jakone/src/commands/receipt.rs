//! `jakone receipt`: a proof that a record is in the journal, for its holder to keep and check without this city.
//!
//! Reads the journal beside a running server, the tree, and the last checkpoint. Checks what it writes.

use std::ops::ControlFlow;

use anyhow::Context as _;
use base::CommandId;
use engine::{Position, Record};
use journal::Entry;
use journal::evidence::{Checkpoint, EntryTree, FileNodes, Receipt, RecordProof, SignedCheckpoint};

use crate::cli::ReceiptArguments;
use crate::data_directory::DataDirectory;
use crate::entries;
use crate::evidence::{self, EvidenceDirectory, receipt_file};
use crate::problem::Problem;
use crate::small_file::write_small;

use super::explain::{Wanted, unknown};

/// Writes or prints a receipt.
///
/// # Errors
/// When there is no such record, or no checkpoint that covers it.
pub fn run(arguments: &ReceiptArguments) -> anyhow::Result<()> {
    let wanted = Wanted::parse(&arguments.id)?;
    let directory = DataDirectory::at(&arguments.data);
    let place = EvidenceDirectory::of(&directory);
    let path = arguments.checkpoint.clone().unwrap_or_else(|| place.checkpoint());
    let checkpoint = evidence::read_checkpoint(&path)?.ok_or_else(|| none_yet(&place))?;
    let (position, mut record) = find(&directory, &wanted, &arguments.id, checkpoint.checkpoint())?;
    if !arguments.movement {
        record.movement = None;
    }
    let receipt = prove(&place, record, checkpoint)?;
    let text = receipt_file::write(&receipt, position)?;
    let Some(out) = &arguments.out else {
        print!("{text}");
        return Ok(());
    };
    write_small(out, &text).with_context(|| format!("cannot write {}", out.display()))?;
    let size = receipt.checkpoint.checkpoint().size;
    println!("receipt of record {position} under the checkpoint of {size} entries: {}", out.display());
    Ok(())
}

/// Looks for the one record that is meant.
fn find(
    directory: &DataDirectory,
    wanted: &Wanted,
    asked: &str,
    checkpoint: &Checkpoint,
) -> anyhow::Result<(Position, RecordProof)> {
    let mut found: Vec<(Position, Option<RecordProof>)> = Vec::new();
    entries::all(directory, &mut |entry| {
        for position in matching(wanted, entry)? {
            found.push((position, RecordProof::of(entry, position.index)));
        }
        // An id is unique per principal only, so the search goes on; a position is in one entry.
        let enough = matches!(wanted, Wanted::At(position) if entry.seq() >= position.seq);
        Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if found.len() > 1 {
        let places: Vec<String> = found.iter().map(|(position, _)| position.to_string()).collect();
        let places = places.join(", ");
        return Err(Problem::new(
            "record_ambiguous",
            format!("Several callers used the id {asked}. Name one of the positions {places}."),
            format!("Beberapa pemanggil memakai id {asked}. Sebutkan salah satu posisi {places}."),
        )
        .into());
    }
    let Some((position, Some(record))) = found.pop() else { return Err(unknown(asked).into()) };
    if position.seq > checkpoint.size {
        let size = checkpoint.size;
        return Err(Problem::new(
            "receipt_not_covered",
            format!("Record {position} came after the checkpoint of {size} entries. Make a new one with `jakone checkpoint` and ask again."),
            format!("Catatan {position} lebih baru daripada titik periksa {size} entri. Buat yang baru dengan `jakone checkpoint`, lalu ulangi."),
        )
        .into());
    }
    Ok((position, record))
}

fn matching(wanted: &Wanted, entry: &Entry<'_>) -> anyhow::Result<Vec<Position>> {
    let mut matching = Vec::new();
    for stored in entry.records() {
        let position = Position { seq: entry.seq(), index: stored.index };
        let is_wanted = match wanted {
            Wanted::At(at) => *at == position,
            Wanted::Id(id) => bears(id, &Record::decode(position, entry.at(), stored.value, None)?),
        };
        if is_wanted {
            matching.push(position);
        }
    }
    Ok(matching)
}

fn bears(id: &CommandId, record: &Record) -> bool {
    record.envelope.id == *id && !record.envelope.body.is_own()
}

/// The receipt, which holds: a tree that lost something is named here and not by its holder.
fn prove(
    place: &EvidenceDirectory,
    record: RecordProof,
    checkpoint: SignedCheckpoint,
) -> anyhow::Result<Receipt> {
    let nodes = FileNodes::read(&place.tree()).map_err(|error| tree_damaged(&error.to_string()))?;
    let size = checkpoint.checkpoint().size;
    let tree = EntryTree::new(nodes, size);
    let index = record.header.seq.saturating_sub(1);
    let inclusion = tree.inclusion(index, size).map_err(|error| tree_damaged(&error.to_string()))?;
    let receipt = Receipt { record, inclusion, checkpoint };
    receipt.in_checkpoint().map_err(|error| tree_damaged(&error.to_string()))?;
    Ok(receipt)
}

fn none_yet(place: &EvidenceDirectory) -> Problem {
    let path = place.checkpoint();
    let path = path.display();
    Problem::new(
        "checkpoint_missing",
        format!("There is no checkpoint {path}. Make one with `jakone checkpoint --key FILE`."),
        format!("Belum ada titik periksa {path}. Buat dengan `jakone checkpoint --key BERKAS`."),
    )
}

fn tree_damaged(why: &str) -> Problem {
    Problem::new(
        "evidence_tree_damaged",
        format!(
            "The record cannot be proven under this checkpoint: {why}. Run `jakone checkpoint`, which builds the tree again or names what was changed."
        ),
        "Catatan ini tidak dapat dibuktikan dengan titik periksa ini. Jalankan `jakone checkpoint`: pohon dibangun ulang, atau yang diubah disebutkan.",
    )
}
