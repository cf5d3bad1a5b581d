//! A receipt as a file: JSON that anybody can read, with everything that is needed to check it.
//!
//! Owns the form. The sentences in it are for people; what counts are leaf, paths and signatures, from which whoever checks
//! makes the sentences again. Never holds anything of another record but hashes.

use base::Timestamp;
use engine::{Event, Position, Record, State};
use journal::Hash;
use journal::evidence::{Checkpoint, HashedHeader, LeafProof, Receipt, RecordProof, SignedCheckpoint};
use serde::{Deserialize, Serialize};

use crate::words;

/// Name of this form.
const FORM: &str = "jakone-receipt-1";

/// What a receipt says, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Says {
    /// In Indonesian.
    pub id: Vec<String>,
    /// In English.
    pub en: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    form: String,
    says: Says,
    /// Where the record stands. Only its entry is proven: how many records stand before it no sibling tells.
    position: String,
    entry: EntryPart,
    value: LeafPart,
    #[serde(skip_serializing_if = "Option::is_none")]
    movement: Option<LeafPart>,
    /// Hashes beside the entry's way to the checkpoint's root.
    inclusion: Vec<String>,
    /// The signed note.
    checkpoint: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryPart {
    seq: u64,
    at_us: i64,
    records: u32,
    leaves: u32,
    leaves_bytes: u32,
    previous: String,
    root: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeafPart {
    leaf: String,
    index: u32,
    path: Vec<String>,
}

/// Writes a receipt of the record at this position.
///
/// # Errors
/// When the record's value is of another release.
pub fn write(receipt: &Receipt, position: Position) -> anyhow::Result<String> {
    let header = receipt.record.header;
    let value = receipt.in_checkpoint()?;
    let record = Record::decode(position, header.at, value, None)?;
    let file = File {
        form: FORM.to_owned(),
        says: says(&record, receipt.checkpoint.checkpoint()),
        position: position.to_string(),
        entry: EntryPart {
            seq: header.seq,
            at_us: header.at.0,
            records: header.records,
            leaves: header.leaves,
            leaves_bytes: header.leaves_bytes,
            previous: header.previous.to_string(),
            root: header.root.to_string(),
        },
        value: leaf_part(&receipt.record.value),
        movement: receipt.record.movement.as_ref().map(leaf_part),
        inclusion: texts(&receipt.inclusion),
        checkpoint: receipt.checkpoint.to_note(),
    };
    Ok(format!("{}\n", serde_json::to_string_pretty(&file)?))
}

/// Reads a receipt; answers why not in words.
///
/// # Errors
/// What part has another form than it must have.
pub fn read(text: &str) -> Result<(Receipt, Position), String> {
    let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if file.form != FORM {
        return Err(format!("its form is {:?}, this release knows {FORM}", file.form));
    }
    let entry = file.entry;
    let header = HashedHeader {
        seq: entry.seq,
        at: Timestamp(entry.at_us),
        records: entry.records,
        leaves: entry.leaves,
        leaves_bytes: entry.leaves_bytes,
        previous: hash(&entry.previous)?,
        root: hash(&entry.root)?,
    };
    let position: Position = file.position.parse().map_err(|_| "its position is none".to_owned())?;
    if position.seq != header.seq {
        return Err("its position is in another entry than the one it shows".to_owned());
    }
    let record = RecordProof {
        header,
        value: leaf_proof(&file.value)?,
        movement: file.movement.as_ref().map(leaf_proof).transpose()?,
    };
    let checkpoint = SignedCheckpoint::from_note(&file.checkpoint).map_err(|error| error.to_string())?;
    Ok((Receipt { record, inclusion: hashes(&file.inclusion)?, checkpoint }, position))
}

fn leaf_part(proof: &LeafProof) -> LeafPart {
    LeafPart { leaf: hex::encode(&proof.stored), index: proof.index, path: texts(&proof.path) }
}

fn leaf_proof(part: &LeafPart) -> Result<LeafProof, String> {
    let stored = hex::decode(&part.leaf).map_err(|_| "a leaf is not hexadecimal".to_owned())?;
    Ok(LeafProof { stored, index: part.index, path: hashes(&part.path)? })
}

fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(Hash::to_string).collect()
}

fn hashes(texts: &[String]) -> Result<Vec<Hash>, String> {
    texts.iter().map(|text| hash(text)).collect()
}

fn hash(text: &str) -> Result<Hash, String> {
    Hash::parse(text).ok_or_else(|| format!("{text:?} is no hash"))
}

/// What a record under a checkpoint proves, from the record alone: accounts and holders keep their numbers, since names
/// stand in other records.
pub fn says(record: &Record, checkpoint: &Checkpoint) -> Says {
    let Position { seq, .. } = record.position;
    let (origin, size, at, of) = (&checkpoint.origin, checkpoint.size, record.at, checkpoint.at);
    let mut en = vec![
        format!("The journal {origin} holds this record in its entry {seq} of {at}."),
        format!(
            "Its operator signed for the first {size} entries, the last of {of}: the record can no longer be changed, left out or moved without that being seen."
        ),
        "Where and when a tap was made is not part of this proof; other records are not shown.".to_owned(),
    ];
    let mut id = vec![
        format!("Jurnal {origin} memuat catatan ini dalam entri {seq} tanggal {at}."),
        format!(
            "Pengelola menandatangani {size} entri pertama, yang terakhir tanggal {of}: catatan ini tidak dapat lagi diubah, dihilangkan, atau dipindahkan tanpa ketahuan."
        ),
        "Tempat dan waktu tap tidak termasuk bukti ini; catatan lain tidak ditampilkan.".to_owned(),
    ];
    let told = told(record);
    en.push(format!("The record: {told}"));
    id.push(format!("Catatannya: {told}"));
    Says { id, en }
}

fn told(record: &Record) -> String {
    let nobody = State::new(0);
    let envelope = &record.envelope;
    let command = words::command(&nobody, &envelope.body, false);
    let came_to = match &record.outcome {
        Err(refused) => format!("refused {}", refused.refusal.code()),
        Ok(events) => {
            let events: Vec<String> = events.iter().map(|one| event(&nobody, one)).collect();
            events.join("; ")
        }
    };
    let asked = if envelope.body.is_own() { String::new() } else { format!("{} ", envelope.id) };
    format!("{asked}{command} -> {came_to}")
}

/// A transfer's unit is its accounts', which stand in other records.
fn event(nobody: &State, event: &Event) -> String {
    match event {
        Event::Moved(moved) | Event::PendingPosted(_, moved) => format!(
            "moved {} from account {} (then {}) to account {} (then {})",
            moved.amount.0, moved.debit.0, moved.debit_balance, moved.credit.0, moved.credit_balance
        ),
        Event::Held { debit, credit, amount, .. } => {
            format!("held {} from account {} to account {}", amount.0, debit.0, credit.0)
        }
        Event::AccountOpened(id, _) => format!("account {} opened", id.0),
        _ => words::event(nobody, event).to_string(),
    }
}
