//! `jakone checkpoint`: signs what the journal is now: how many entries, the root of the tree over them, the last one's hash.
//!
//! Reads the whole journal beside a running server, checks every byte, makes the tree longer and holds its root against the
//! last checkpoint. **Never signs what does not continue the last checkpoint**: history that was changed is named instead.

use std::ops::ControlFlow;

use anyhow::Context as _;
use engine::{Body, Position, Record};
use journal::evidence::{
    Checkpoint, ConsistencyProof, EntryTree, FileNodes, KeyKind, NoteSigner, SignedCheckpoint,
};
use journal::{Entry, Head};

use crate::cli::CheckpointArguments;
use crate::data_directory::{DataDirectory, repair_of};
use crate::entries;
use crate::evidence::{self, EvidenceDirectory};
use crate::problem::Problem;
use crate::small_file::write_small;

/// Signs a checkpoint, writes it with its proof, and prints one line.
///
/// # Errors
/// When key or journal cannot be read, or the journal does not continue the last checkpoint.
pub fn run(arguments: &CheckpointArguments) -> anyhow::Result<()> {
    let signer = evidence::signer(&arguments.key, KeyKind::Log)?;
    let directory = DataDirectory::at(&arguments.data);
    let place = EvidenceDirectory::of(&directory);
    place.create()?;
    let _one_at_a_time = place.lock()?;
    let last = last_signed(&place, &signer)?;
    let grown = grow(&directory, &place, last.as_ref().map(SignedCheckpoint::checkpoint))?;
    let size = grown.tree.size();
    if size == 0 {
        println!("nothing to do: the journal has just begun");
        return Ok(());
    }
    let old = arguments.since.or(last.as_ref().map(|last| last.checkpoint().size)).unwrap_or(0);
    let hashes = grown.tree.consistency(old, size).map_err(|error| {
        Problem::new(
            "argument_invalid",
            format!(
                "There is no proof since {old} entries: {error}. Name the size of an earlier checkpoint."
            ),
            format!("Tidak ada bukti sejak {old} entri. Sebutkan ukuran titik periksa sebelumnya."),
        )
    })?;
    let proof = ConsistencyProof { old, hashes }.text();
    let is_new = last.is_none_or(|last| last.checkpoint().size < size);
    if is_new || arguments.since.is_some() {
        write_small(&place.proof(), &proof).context("cannot write the proof")?;
    }
    if !is_new {
        println!("nothing to do: entry {size} was the last");
        return Ok(());
    }
    let root = grown.tree.root(size)?;
    let origin = signer.key().name().to_owned();
    let Head { hash: head, at, .. } = grown.head;
    let signed = Checkpoint { origin, size, root, head, at, epoch: grown.epoch }.sign(&signer);
    write_small(&place.checkpoint(), &signed.to_note()).context("cannot write the checkpoint")?;
    let short: String = root.to_string().chars().take(16).collect();
    println!("checkpoint of {size} entries, root {short}…, at {at}; continues the one of {old}");
    Ok(())
}

/// The last checkpoint, if this very key signed it.
fn last_signed(place: &EvidenceDirectory, signer: &NoteSigner) -> anyhow::Result<Option<SignedCheckpoint>> {
    let Some(last) = evidence::read_checkpoint(&place.checkpoint())? else { return Ok(None) };
    last.verify(signer.key()).map_err(|error| {
        Problem::new(
            "checkpoint_of_another_key",
            format!("The last checkpoint was not signed with this key: {error}. Sign with the key that signed it, or put the checkpoint back from a copy."),
            "Titik periksa terakhir tidak ditandatangani kunci ini. Pakai kunci yang sama, atau pulihkan titik periksa dari salinan.",
        )
    })?;
    Ok(Some(last))
}

/// The tree over what is there now.
struct Grown {
    tree: EntryTree<FileNodes>,
    head: Head,
    epoch: u64,
}

/// Makes the tree as long as the journal. Nodes that are not the journal's are cut off and built again; then the root at the
/// last checkpoint decides whether the journal continues it.
fn grow(
    directory: &DataDirectory,
    place: &EvidenceDirectory,
    last: Option<&Checkpoint>,
) -> anyhow::Result<Grown> {
    let path = place.tree();
    let opened = || FileNodes::open(&path).with_context(|| format!("cannot open {}", path.display()));
    let nodes = opened()?;
    let size = nodes.leaves().min(last.map_or(0, |last| last.size));
    let mut grown = walk(directory, nodes, size)?;
    let fits = |grown: &Grown| {
        last.is_none_or(|last| grown.tree.root(last.size).is_ok_and(|root| root == last.root))
    };
    if !grown.as_ref().is_some_and(fits) {
        grown = walk(directory, opened()?, 0)?;
    }
    let mut grown = grown.filter(fits).ok_or_else(|| changed(directory, last))?;
    grown.tree.nodes_mut().flush().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(grown)
}

/// Walks over the journal with the first `size` leaves as they are in the file; none if one of them is not the journal's.
fn walk(directory: &DataDirectory, mut nodes: FileNodes, size: u64) -> anyhow::Result<Option<Grown>> {
    nodes.cut(size).context("cannot cut the tree")?;
    let mut grown = Grown { tree: EntryTree::new(nodes, size), head: Head::EMPTY, epoch: 0 };
    let mut is_sound = true;
    entries::settled(directory, &mut |entry| {
        if entry.seq() <= size {
            is_sound &= grown.tree.holds(entry.seq() - 1, &entry.head().hash)?;
        } else {
            grown.tree.append(&entry.head().hash)?;
        }
        grown.head = entry.head();
        grown.epoch = epoch_of(entry)?.unwrap_or(grown.epoch);
        Ok(if is_sound { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    // A tree that is longer than the journal is another's.
    Ok((is_sound && grown.head.seq == grown.tree.size()).then_some(grown))
}

/// The epoch that an entry begins. What the process itself writes stands before what others asked.
fn epoch_of(entry: &Entry<'_>) -> anyhow::Result<Option<u64>> {
    for stored in entry.records() {
        let position = Position { seq: entry.seq(), index: stored.index };
        let record = Record::decode(position, entry.at(), stored.value, None)?;
        match &record.envelope.body {
            Body::Epoch(epoch) => return Ok(Some(epoch.number)),
            body if body.is_own() => {}
            _ => break,
        }
    }
    Ok(None)
}

/// The journal is not the one that was signed.
fn changed(directory: &DataDirectory, last: Option<&Checkpoint>) -> Problem {
    let (repair, perbaikan) = repair_of(directory);
    let size = last.map_or(0, |last| last.size);
    Problem::new(
        "history_changed",
        format!(
            "The journal does not continue the checkpoint of {size} entries that was signed last: entries are missing, were changed, or it is another journal. Nothing was signed. Keep journal and checkpoint. Entries that are missing come from elsewhere. {repair}. Where an entry is another one, tell whoever was given the checkpoint."
        ),
        format!(
            "Jurnal bukan lanjutan dari titik periksa {size} entri yang terakhir ditandatangani. Tidak ada yang ditandatangani. Simpan keduanya. Entri yang hilang diambil dari tempat lain. {perbaikan}. Bila ada entri yang lain, beri tahu penerima titik periksa itu."
        ),
    )
}
