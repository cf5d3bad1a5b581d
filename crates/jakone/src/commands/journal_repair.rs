//! `jakone journal repair`: what is damaged or missing at the end of the journal comes from a copy.
//!
//! A copy is a backup, another data directory, or a directory of segment files. Old segment files are set aside and never
//! deleted; a stream of NATS gets what it lacks. Afterwards the whole directory is verified.

use std::io::Write as _;
use std::path::Path;

use journal::{EmbeddedOptions, OpenError, RepairError, Repaired, read_files};
use serde_json::json;

use super::stream_repair::{self, Copy};
use super::verify;
use crate::cli::RepairArguments;
use crate::data_directory::{DataDirectory, locked};
use crate::problem::Problem;

/// Repairs a journal, verifies it and prints what was done.
///
/// # Errors
/// Why the copy cannot be used; then nothing was changed. What is wrong afterwards all the same.
pub fn run(arguments: &RepairArguments) -> anyhow::Result<()> {
    let directory = DataDirectory::at(&arguments.read.data);
    let on_nats = directory.addresses().journal().is_some();
    if directory.is_shared() && !on_nats {
        return Err(in_the_database().into());
    }
    let copy = copy_at(&arguments.from)?;
    let repaired = if on_nats {
        stream_repair::repair(&directory, arguments.journal.as_deref(), copy)
    } else {
        let repaired = journal::repair(&directory.journal(), copy.reader, &EmbeddedOptions::default());
        repaired.map_err(anyhow::Error::from)
    };
    let repaired = repaired.map_err(|error| match error.downcast() {
        Ok(error) => refused(&directory, error),
        Err(other) => other,
    })?;
    // The address may be another one now.
    let directory = DataDirectory::at(directory.root());
    let mut out = std::io::stdout().lock();
    if arguments.read.json {
        let told = json!({
            "sound": repaired.sound.seq, "head": repaired.head.seq, "from_copy": repaired.from_copy,
            "from_after": repaired.from_after, "damage": repaired.damage.as_ref().map(ToString::to_string),
            "set_aside": repaired.set_aside,
        });
        writeln!(out, "{told}")?;
    } else {
        writeln!(out, "{}", told(&repaired))?;
    }
    let verified = verify::directory(&directory)?;
    if !arguments.read.json {
        writeln!(out, "{}", verified.line())?;
    }
    Ok(())
}

fn told(repaired: &Repaired) -> String {
    let Repaired { sound, head, from_copy, from_after, set_aside, .. } = repaired;
    let Some(aside) = set_aside else {
        if *from_copy > 0 {
            return format!(
                "repaired: whole through entry {}, {from_copy} entries from the copy; ends at {}",
                sound.seq, head.seq
            );
        }
        return format!(
            "nothing to repair: the journal is whole and the copy has nothing after entry {}",
            sound.seq
        );
    };
    format!(
        "repaired: whole through entry {}, {from_copy} entries from the copy, {from_after} from after the damage; ends at {}; the old files lie in {}",
        sound.seq,
        head.seq,
        aside.display()
    )
}

/// The copy: a data directory or a backup, on files or on a server, or segment files alone.
fn copy_at(from: &Path) -> anyhow::Result<Copy> {
    let directory = DataDirectory::at(from);
    if let Some(shared) = directory.shared_journal()? {
        return Ok(Copy { reader: shared.follow(1)?, head: None });
    }
    let files = if directory.has_journal() { directory.journal() } else { from.to_path_buf() };
    let (reader, head) = read_files(&files).map_err(|error| unusable(&files, &error.to_string()))?;
    if head.seq == 0 {
        return Err(unusable(&files, "there is no entry in it").into());
    }
    Ok(Copy { reader, head: Some(head) })
}

fn refused(directory: &DataDirectory, error: RepairError) -> anyhow::Error {
    let problem = match &error {
        RepairError::Open(OpenError::Locked { .. }) => locked(directory),
        RepairError::Differs { .. } => Problem::new(
            "copy_of_another_journal",
            format!("{error}. Nothing was changed; name a copy of this journal."),
            "Salinan itu berasal dari jurnal lain. Tidak ada yang diubah; sebutkan salinan jurnal ini.",
        ),
        RepairError::Short { .. } => Problem::new(
            "copy_too_short",
            format!("{error}. Nothing was changed; name a longer copy."),
            "Salinan itu berakhir terlalu awal. Tidak ada yang diubah; sebutkan salinan yang lebih panjang.",
        ),
        RepairError::Copy(_) | RepairError::Entry(_) => Problem::new(
            "copy_unusable",
            format!("The copy cannot be used: {error}. Nothing was changed; name another copy."),
            "Salinan itu tidak dapat dipakai. Tidak ada yang diubah; sebutkan salinan lain.",
        ),
        _ => return error.into(),
    };
    problem.into()
}

fn unusable(files: &Path, found: &str) -> Problem {
    let files = files.display();
    Problem::new(
        "copy_unusable",
        format!("The copy in {files} cannot be used: {found}. Nothing was changed; name another."),
        format!("Salinan di {files} tidak dapat dipakai. Tidak ada yang diubah; sebutkan yang lain."),
    )
}

fn in_the_database() -> Problem {
    Problem::new(
        "journal_on_server",
        "This journal is in the database, with the office that belongs to it, and the database repairs its own files. Let a standby of it take over that has the entries; where there is none, restore backup and dump into an empty place: `jakone restore BACKUP --data NEW --database EMPTY`.",
        "Jurnal ini ada di basis data bersama kantornya. Alihkan ke server pengganti yang memuat entrinya; bila tidak ada, pulihkan cadangan dan dump ke tempat kosong: `jakone restore CADANGAN --data BARU --database KOSONG`.",
    )
}
