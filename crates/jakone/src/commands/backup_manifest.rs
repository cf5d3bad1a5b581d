//! What a backup holds: its journal's end, what its tables had seen, and every file with its hash.
//!
//! Owns the form of the list, and finding out whether a backup still is what was written. Never copies.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::addresses::{Addresses, Told};
use crate::data_directory::MANIFEST_FILE;
use crate::problem::Problem;
use crate::small_file::write_small;

/// Version of the list's form.
const FORMAT: u32 = 1;

/// The list, as `manifest.json` has it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// Version of the program that wrote it.
    pub version: String,
    /// When it was made, by the machine's clock.
    pub made_at: String,
    /// The journal in it.
    pub journal: JournalPart,
    /// Where office and projections are.
    pub tables: Tables,
    /// Address of the database that has them, where they are on a server.
    pub database: Option<String>,
    /// Address of the NATS servers that have the journal, where they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal_address: Option<String>,
    /// The last entry each table file names.
    pub seen: BTreeMap<String, u64>,
    /// Every file but this one, by its path in the backup.
    pub files: BTreeMap<String, FilePart>,
}

/// The journal of a backup: counts and digests.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalPart {
    /// Hash of the first entry, which names the journal.
    pub genesis: String,
    /// The last entry.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
    /// Its time.
    pub at: String,
    /// How many entries.
    pub entries: u64,
    /// How many records.
    pub records: u64,
    /// Digest of the state at the end.
    pub state: String,
}

/// Where office and projections are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tables {
    /// In the backup.
    Files,
    /// On the server, for its own means of backup (`pg_dump`).
    Server,
}

/// One file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePart {
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 over it.
    pub sha256: String,
}

impl Manifest {
    /// A list of what lies in a backup, to be written last.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn of(
        root: &Path,
        made_at: String,
        journal: JournalPart,
        tables: Tables,
        addresses: &Addresses,
        seen: BTreeMap<String, u64>,
    ) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        for path in tree(root)? {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            files.insert(name, part(&path)?);
        }
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let [database, journal_address] =
            [addresses.database(), addresses.journal()].map(|address| address.map(str::to_owned));
        Ok(Self { format: FORMAT, version, made_at, journal, tables, database, journal_address, seen, files })
    }

    /// Where the servers are, of a city that has some.
    pub fn addresses(&self) -> Told<'_> {
        Told { database: self.database.as_deref(), journal: self.journal_address.as_deref() }
    }

    /// Writes it beside the files.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, root: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        Ok(write_small(&root.join(MANIFEST_FILE), &text)?)
    }

    /// Reads the list of a backup and holds every file against it.
    ///
    /// # Errors
    /// A [`Problem`] when it is no backup, or a file of it is missing or is not what was written.
    pub fn checked(root: &Path) -> anyhow::Result<Self> {
        let path = root.join(MANIFEST_FILE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(no_backup(root).into()),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let manifest: Self =
            serde_json::from_str(&text).map_err(|error| damaged(&path, &error.to_string()))?;
        if manifest.format != FORMAT {
            let found = format!("it has form {}, this release reads form {FORMAT}", manifest.format);
            return Err(damaged(&path, &found).into());
        }
        for (name, written) in &manifest.files {
            let path = root.join(name);
            let found = part(&path).map_err(|error| damaged(&path, &format!("{error:#}")))?;
            if found != *written {
                return Err(damaged(&path, "its content is not what was written").into());
            }
        }
        Ok(manifest)
    }
}

/// All files below a directory but the list itself and what a database leaves beside its file, in order.
pub fn tree(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut files, mut waiting) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(dir) = waiting.pop() {
        let listed = fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))?;
        for entry in listed {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
            } else if !is_passing(&entry.path()) && entry.path() != root.join(MANIFEST_FILE) {
                files.push(entry.path());
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Whether a file is only there while something is under way.
pub fn is_passing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    [".unfinished", ".sqlite-wal", ".sqlite-shm", ".sqlite-journal"].iter().any(|end| name.ends_with(end))
}

fn part(path: &Path) -> anyhow::Result<FilePart> {
    let mut digest = Hashing(Sha256::new());
    let mut file = File::open(path)?;
    let bytes = io::copy(&mut file, &mut digest)?;
    Ok(FilePart { bytes, sha256: hex::encode(digest.0.finalize()) })
}

/// A digest that bytes are written to.
struct Hashing(Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn no_backup(root: &Path) -> Problem {
    let root = root.display();
    Problem::new(
        "backup_missing",
        format!(
            "{root} is no finished backup: it has no {MANIFEST_FILE}. Name the directory that `jakone backup` wrote."
        ),
        format!(
            "{root} bukan cadangan yang selesai: tidak ada {MANIFEST_FILE}. Sebutkan direktori hasil `jakone backup`."
        ),
    )
}

/// A file of the backup is not what was written.
pub fn damaged(path: &Path, found: &str) -> Problem {
    let path = path.display();
    Problem::new(
        "backup_damaged",
        format!("{path} of the backup cannot be used: {found}. Nothing was restored; take another backup."),
        format!(
            "{path} pada cadangan tidak dapat dipakai: {found}. Tidak ada yang dipulihkan; pakai cadangan lain."
        ),
    )
}
