//! `jakone backup`: everything a city needs to go on elsewhere, as it was at one entry of the journal, beside a running server.
//!
//! The order makes one moment of it. First the journal's end is read (entry H). Then the tables are copied, the office last.
//! Then the journal is copied through the entry P: H, or the last one that a table names, if that is later. So no table names
//! an entry after P; and no entry up to P was decided after the office was copied, so the office knows of everything that was
//! decided in its name. Keys come last, because a record's key is made before the record.
//!
//! What is written is verified as `jakone verify` does before its list is written. Never writes to the city's own directory.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use anyhow::Context as _;
use base::{Clock as _, SystemClock};
use journal::{EmbeddedOptions, Head, Reader, SegmentCopy, read_files};
use platform::database::{Database, View};
use runtime::Terms;
use serde_json::json;

use super::backup_manifest::{JournalPart, Manifest, Tables, is_passing};
use super::serve::tasks;
use super::verify;
use crate::addresses::{DATABASE_FILE, JOURNAL_FILE};
use crate::cli::BackupArguments;
use crate::data_directory::{DataDirectory, missing};
use crate::journal_copy;
use crate::office_key;
use crate::problem::Problem;
use crate::reading::damaged;

/// Directories that are copied in ways of their own, and at times of their own; and the copy of a journal on NATS, which is read
/// from the servers.
const APART: [&str; 3] = ["journal", "keys", journal_copy::DIRECTORY];

/// Names of the table files, the office last.
const TABLES: [&str; 2] = ["projections", "office"];

/// Makes a backup and prints one line.
///
/// # Errors
/// What stands in the way; the directory then holds no list and is no backup.
pub fn run(arguments: &BackupArguments) -> anyhow::Result<()> {
    let directory = DataDirectory::at(&arguments.data);
    if !directory.has_journal() {
        return Err(missing(&directory).into());
    }
    tasks()?.block_on(office_key::require(&directory))?;
    let out = &arguments.out;
    make_empty(out)?;
    refuse_inside(&directory, out)?;
    let manifest = copy(&directory, out).inspect_err(|_| remove_begun(out))?;
    manifest.write(out)?;
    let JournalPart { seq, at, hash, .. } = &manifest.journal;
    let mut said = std::io::stdout().lock();
    if arguments.json {
        let told = json!({
            "seq": seq, "hash": hash, "at": at, "state": manifest.journal.state, "seen": manifest.seen,
            "files": manifest.files.len(), "tables": manifest.tables,
        });
        writeln!(said, "{told}")?;
        return Ok(());
    }
    let (files, out) = (manifest.files.len(), out.display());
    writeln!(said, "ok: backup through entry {seq} of {at} in {out}, {files} files, verified")?;
    if manifest.tables == Tables::Server {
        writeln!(said, "office and projections are on the server: `pg_dump` them too")?;
    }
    Ok(())
}

/// Makes a directory for its owner alone, or takes an empty one.
///
/// # Errors
/// A [`Problem`] when something lies there.
pub fn make_empty(dir: &Path) -> anyhow::Result<()> {
    let shown = dir.display();
    make(dir)?;
    let mut listed = fs::read_dir(dir).with_context(|| format!("cannot list {shown}"))?;
    if listed.next().is_none() {
        return Ok(());
    }
    Err(Problem::new(
        "directory_not_empty",
        format!("{shown} is not empty, and nothing is written over. Name a new directory."),
        format!("{shown} tidak kosong, dan tidak ada yang ditimpa. Sebutkan direktori baru."),
    )
    .into())
}

/// Takes away what a backup that failed has left in a directory that was empty before, so that the next one may have its name.
fn remove_begun(out: &Path) {
    if let Err(error) = fs::remove_dir_all(out) {
        tracing::warn!(%error, "what was begun of the backup cannot be removed");
    }
}

fn make(dir: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.with_context(|| format!("cannot make {}", dir.display()))
}

/// A backup inside what it is a backup of would hold itself, and be lost with it.
fn refuse_inside(directory: &DataDirectory, out: &Path) -> anyhow::Result<()> {
    if !out.canonicalize()?.starts_with(directory.root().canonicalize()?) {
        return Ok(());
    }
    fs::remove_dir(out)?;
    let out = out.display();
    Err(Problem::new(
        "backup_inside",
        format!(
            "{out} lies inside the city's own directory and would be lost with it. Name one on another disk."
        ),
        format!(
            "{out} berada di dalam direktori kota dan akan ikut hilang. Sebutkan direktori di disk lain."
        ),
    )
    .into())
}

fn copy(directory: &DataDirectory, out: &Path) -> anyhow::Result<Manifest> {
    let made_at = SystemClock::new(0).now().to_string();
    let tables = if directory.is_shared() { Tables::Server } else { Tables::Files };
    // Snapshots lie before the journal's end, so they are copied before it is looked for.
    copy_others(directory.root(), out, tables)?;
    let (mut reader, head) = journal_of(directory)?;
    let seen = copy_tables(directory, out, tables)?;
    let named = seen.values().copied().max().unwrap_or(0);
    let mut through = head.map_or(u64::MAX, |head| head.seq.max(named));
    if head.is_some_and(|head| named > head.seq) {
        let (further, end) = journal_of(directory)?;
        (reader, through) = (further, end.map_or(through, |end| end.seq.min(through)));
    }
    let copied = DataDirectory::at(out);
    let end = copy_entries(&mut *reader, &copied.journal(), through)?;
    if directory.addresses().journal().is_some() {
        refuse_running(&mut *reader)?;
    }
    copy_tree(&directory.keys(), &copied.keys())?;
    copy_files(directory.root(), out)?;
    flush_directories(out)?;
    tracing::debug!(backup.seq = end.seq, backup.named = named, "the backup is written and will be verified");
    let verified = match tables {
        Tables::Files => verify::directory(&copied)?,
        Tables::Server => verify::journal(&copied)?,
    };
    let walked = &verified.walked;
    let journal = JournalPart {
        genesis: walked.genesis.to_string(),
        seq: walked.head.seq,
        hash: walked.head.hash.to_string(),
        at: walked.head.at.to_string(),
        entries: walked.entries,
        records: walked.records,
        state: verified.digest.clone(),
    };
    Manifest::of(out, made_at, journal, tables, directory.addresses(), seen)
}

/// A journal on NATS and tables in a database are of one moment only while nobody writes: whoever leads does so every second.
fn refuse_running(reader: &mut dyn Reader) -> anyhow::Result<()> {
    std::thread::sleep(2 * Terms::default().tick);
    if reader.next().map_err(|error| damaged(&error.to_string()))?.is_none() {
        return Ok(());
    }
    Err(Problem::new(
        "city_is_running",
        "A machine is writing this journal. On NATS a backup of journal and database is of one moment only while none does: stop `jakone serve` on all machines, then run `jakone backup` and `pg_dump`, then start them again.",
        "Ada mesin yang sedang menulis jurnal ini. Di NATS, hentikan `jakone serve` di semua mesin, jalankan `jakone backup` dan `pg_dump`, lalu mulai lagi.",
    )
    .into())
}

/// A reader from the first entry on, and where it ends; a server's journal is read to whatever its end is by then.
fn journal_of(directory: &DataDirectory) -> anyhow::Result<(Box<dyn Reader>, Option<Head>)> {
    if let Some(shared) = directory.shared_journal()? {
        return Ok((shared.follow(1)?, None));
    }
    let (reader, head) = read_files(&directory.journal()).map_err(|error| damaged(&error.to_string()))?;
    Ok((reader, Some(head)))
}

/// Copies entries, each checked and held against the one before it, into fresh files.
///
/// # Errors
/// When one is not whole, or the files cannot be written.
pub fn copy_entries(reader: &mut dyn Reader, to: &Path, through: u64) -> anyhow::Result<Head> {
    let mut copy = SegmentCopy::begin(to, &EmbeddedOptions::default())?;
    while copy.head().seq < through
        && let Some(bytes) = reader.next().map_err(|error| damaged(&error.to_string()))?
    {
        copy.append(&bytes)?;
    }
    Ok(copy.finish()?.head)
}

/// Copies the table files, each as it is at one moment. Answers the last entry that each names.
fn copy_tables(
    directory: &DataDirectory,
    out: &Path,
    tables: Tables,
) -> anyhow::Result<BTreeMap<String, u64>> {
    if tables == Tables::Server {
        return Ok(BTreeMap::new());
    }
    tasks()?.block_on(async {
        for name in TABLES {
            let to = out.join(format!("{name}.sqlite"));
            if Database::copy(directory.root(), name, &to).await? {
                fs::set_permissions(&to, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
                File::open(&to)?.sync_all()?;
            }
        }
        seen(out).await
    })
}

/// The last entry that each table of a backup names.
async fn seen(out: &Path) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut seen = BTreeMap::new();
    if let Some(view) = View::of_office(out).await? {
        let furthest = platform::outbox::furthest_within(view.connection()).await?;
        seen.insert("office".to_owned(), furthest);
    }
    if let Some(view) = View::of_projections(out, "insight_cursor").await? {
        let read = view.connection();
        for (name, cursor) in [
            ("acceptance", acceptance::store::projection::cursor_within(read).await?),
            ("insight", insight::store::projection::cursor_within(read).await?),
        ] {
            seen.insert(name.to_owned(), cursor.seq);
        }
    }
    Ok(seen)
}

/// Directories beside journal and keys: snapshots, evidence, whatever a later release keeps. A snapshot of a server's journal
/// stays away: whoever restores the server's dump begins with the dump's end.
fn copy_others(root: &Path, out: &Path, tables: Tables) -> anyhow::Result<()> {
    for entry in fs::read_dir(root).with_context(|| format!("cannot list {}", root.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let skipped = APART.contains(&name.as_str())
            || name.starts_with("journal-")
            || (tables == Tables::Server && name == "snapshots");
        if entry.file_type()?.is_dir() && !skipped {
            copy_tree(&entry.path(), &out.join(&name))?;
        }
    }
    Ok(())
}

/// Copies a directory with everything in it; one that is not there is left out.
fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<()> {
    let listed = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        listed => listed.with_context(|| format!("cannot list {}", from.display()))?,
    };
    make(to)?;
    for entry in listed {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &to)?;
        } else if !is_passing(&entry.path()) {
            copy_file(&entry.path(), &to)?;
        }
    }
    Ok(())
}

/// The small files of the directory itself: the clock, and whatever a later release keeps.
fn copy_files(root: &Path, out: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_apart =
            name.ends_with(".sqlite") || [DATABASE_FILE, JOURNAL_FILE, "restored"].contains(&name.as_str());
        if entry.file_type()?.is_file() && !is_apart && !is_passing(&entry.path()) {
            copy_file(&entry.path(), &out.join(&name))?;
        }
    }
    Ok(())
}

/// Copies a file and flushes it. One that went away meanwhile, such as a snapshot that is one too many, is left out.
///
/// # Errors
/// When it cannot be read or written.
pub fn copy_file(from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut source = match File::open(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.with_context(|| format!("cannot read {}", from.display()))?,
    };
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let mut target = opened.with_context(|| format!("cannot write {}", to.display()))?;
    let copied = io::copy(&mut source, &mut target).and_then(|_| target.sync_all());
    copied.with_context(|| format!("cannot write {}", to.display()))
}

/// Makes the names of files durable, not only what is in them.
///
/// # Errors
/// When a directory cannot be flushed.
pub fn flush_directories(root: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            flush_directories(&entry.path())?;
        }
    }
    Ok(File::open(root)?.sync_all()?)
}
