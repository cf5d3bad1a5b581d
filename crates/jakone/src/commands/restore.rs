//! `jakone restore`: a backup becomes a data directory again, in an empty place, and is verified before anything may start on
//! it.
//!
//! The journal is copied entry by entry into fresh files with their space reserved, or into an empty stream. Leaves a mark, so
//! that the first start holds what waits in the outbox against the journal before it sends anything. Never writes to the
//! backup, and never over anything.

use std::io::Write as _;
use std::path::Path;

use journal::read_files;
use serde_json::json;

use super::backup::{copy_entries, copy_file, flush_directories, make_empty};
use super::backup_manifest::{JournalPart, Manifest, Tables, damaged};
use super::stream_repair::append_all;
use super::verify;
use crate::addresses::Told;
use crate::cli::RestoreArguments;
use crate::data_directory::DataDirectory;
use crate::problem::Problem;

/// Restores a backup and prints one line.
///
/// # Errors
/// What is wrong with the backup or the place; nothing starts there then.
pub fn run(arguments: &RestoreArguments) -> anyhow::Result<()> {
    let backup = &arguments.backup;
    let manifest = Manifest::checked(backup)?;
    make_empty(&arguments.data)?;
    let directory = DataDirectory::at(&arguments.data);
    directory.restore_begins()?;
    copy_files(&manifest, backup, directory.root())?;
    if manifest.tables == Tables::Files {
        copy_journal(&manifest, backup, &directory)?;
    }
    flush_directories(directory.root())?;
    verified(&manifest, backup, &directory)?;
    let directory = directory.on(told(arguments, &manifest))?;
    if directory.addresses().journal().is_some() {
        write_back(&manifest, backup, &directory)?;
    }
    directory.restore_ends()?;
    let JournalPart { seq, at, hash, .. } = &manifest.journal;
    let mut said = std::io::stdout().lock();
    if arguments.json {
        writeln!(said, "{}", json!({ "seq": seq, "hash": hash, "at": at, "tables": manifest.tables }))?;
        return Ok(());
    }
    let shown = directory.root().display();
    if manifest.tables == Tables::Server {
        writeln!(
            said,
            "ok: keys and settings in {shown}{}; now `pg_restore` the dump into its database, then verify",
            if manifest.journal_address.is_some() { ", the journal in its stream" } else { "" }
        )?;
        return Ok(());
    }
    writeln!(
        said,
        "ok: {shown} is as of entry {seq} of {at}, verified; start with `jakone serve --data {shown}`"
    )?;
    Ok(())
}

/// Where the city's servers are: as it was, or as the person says. A city on files stays one.
fn told<'a>(arguments: &'a RestoreArguments, manifest: &'a Manifest) -> Told<'a> {
    let was = manifest.addresses();
    let database = was.database.map(|was| arguments.database.as_deref().unwrap_or(was));
    let journal = was.journal.map(|was| arguments.journal.as_deref().unwrap_or(was));
    Told { database, journal }
}

/// Everything but the journal, as it is.
fn copy_files(manifest: &Manifest, backup: &Path, to: &Path) -> anyhow::Result<()> {
    for name in manifest.files.keys().filter(|name| !name.starts_with("journal/")) {
        // A name comes from a file that anybody may have edited: it stays below the directory.
        let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !plain {
            return Err(damaged(Path::new(name), "its name leads out of the backup").into());
        }
        let target = to.join(name);
        if let Some(parent) = target.parent() {
            make_parent(parent)?;
        }
        copy_file(&backup.join(name), &target)?;
    }
    Ok(())
}

fn make_parent(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

fn copy_journal(manifest: &Manifest, backup: &Path, directory: &DataDirectory) -> anyhow::Result<()> {
    let from = DataDirectory::at(backup).journal();
    let (mut reader, _) = read_files(&from).map_err(|error| damaged(&from, &error.to_string()))?;
    copy_entries(&mut *reader, &directory.journal(), manifest.journal.seq)?;
    Ok(())
}

/// Writes the copy's entries into an empty stream, the same bytes under the same numbers.
fn write_back(manifest: &Manifest, backup: &Path, directory: &DataDirectory) -> anyhow::Result<()> {
    let Some(shared) = directory.shared_journal()? else { return Ok(()) };
    let from = DataDirectory::at(backup).journal();
    let (mut reader, _) = read_files(&from).map_err(|error| damaged(&from, &error.to_string()))?;
    let mut journal = shared.open(None)?;
    if journal.head().seq > 0 {
        return Err(not_empty(journal.head().seq).into());
    }
    append_all(&mut *journal, &mut *reader, manifest.journal.seq)
}

fn not_empty(last: u64) -> Problem {
    Problem::new(
        "journal_not_empty",
        format!(
            "The stream has {last} entries, and a journal is written back into an empty one only. Name another stream with --journal."
        ),
        format!(
            "Aliran itu berisi {last} entri; jurnal hanya dipulihkan ke aliran kosong. Sebutkan aliran lain dengan --journal."
        ),
    )
}

/// The directory is sound, and it is what was backed up. Of a server's, that is its copy of the journal.
fn verified(manifest: &Manifest, backup: &Path, directory: &DataDirectory) -> anyhow::Result<()> {
    let verified = match manifest.tables {
        Tables::Files => verify::directory(directory)?,
        Tables::Server => verify::journal(&DataDirectory::at(backup))?,
    };
    let walked = &verified.walked;
    let found = (walked.head.seq, walked.head.hash.to_string(), &verified.digest);
    let written = &manifest.journal;
    if found == (written.seq, written.hash.clone(), &written.state) {
        return Ok(());
    }
    let shown = directory.root().display();
    Err(Problem::new(
        "backup_differs",
        format!("{shown} holds another journal or comes to another state than the backup's list says: entry {} instead of {}. Keep the backup and report this; take another.", found.0, written.seq),
        format!("{shown} berbeda dari daftar cadangan: entri {} bukan {}. Simpan cadangan itu dan laporkan; pakai yang lain.", found.0, written.seq),
    )
    .into())
}
