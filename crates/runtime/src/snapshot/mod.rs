//! Snapshots: where they lie, which of them are kept, and the replay that begins with one.
//!
//! Owns a directory with two files `state-SEQ.snapshot`. A new one is written under another name, flushed,
//! renamed, and its directory flushed, so that a file with that name is whole or damaged afterwards, never unfinished.
//! A damaged one is skipped with a warning. Never writes to the journal, and never goes on from a snapshot that is not
//! of this journal.
//!
//! A snapshot tells of movement within the re-rate horizon in the clear, as the state does; the files are for their owner
//! alone. Forgetting a day therefore means [`Snapshots::forget_before`] beside the destruction of its key.

mod file;
mod shelf;

use std::fmt;
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::CivilDate;
use engine::State;
use journal::{Access, Cover, Disk, Entry, KeyRing, ReadError, Reader};

pub use file::{Manifest, Unsound};

use crate::replay::{ReplayError, Replayed};
use shelf::{OwnersDisk, Stream};

/// How many are kept: one, and the one before it in case it is damaged.
const KEPT: usize = 2;

const BUFFER_BYTES: usize = 1024 * 1024;

/// The directory of the snapshots of one journal. It need not exist.
#[derive(Clone)]
pub struct Snapshots {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
}

impl fmt::Debug for Snapshots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshots").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// A file that claims to be a snapshot.
#[derive(Debug)]
pub struct Found {
    snapshots: Snapshots,
    /// Where it lies.
    pub path: PathBuf,
    /// The entry its name claims.
    pub seq: u64,
    /// What it says of itself.
    pub manifest: Result<Manifest, Unsound>,
}

/// Snapshots cannot be listed or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {path:?}: {source}")]
pub struct SnapshotIoError {
    action: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

fn doing(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SnapshotIoError {
    let path = path.to_path_buf();
    move |source| SnapshotIoError { action, path, source }
}

impl Snapshots {
    /// The snapshots in a directory.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self::on(Arc::new(OwnersDisk), dir)
    }

    /// The snapshots in a directory of a disk, which keeps them from others than their owner.
    #[must_use]
    pub fn on(disk: Arc<dyn Disk>, dir: &Path) -> Self {
        Self { disk, dir: dir.to_path_buf() }
    }

    /// The directory itself.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.dir
    }

    /// What lies there, newest first. Only manifests are looked at.
    ///
    /// # Errors
    /// When the directory is there and cannot be listed.
    pub fn list(&self) -> Result<Vec<Found>, SnapshotIoError> {
        let names = match self.disk.names(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            names => names.map_err(doing("list", &self.dir))?,
        };
        let mut found = Vec::new();
        for name in names {
            let path = self.dir.join(name);
            let Some(seq) = seq_of(&path) else { continue };
            let manifest = self.open(&path).map(|opened| opened.manifest);
            found.push(Found { snapshots: self.clone(), path, seq, manifest });
        }
        found.sort_unstable_by_key(|one| std::cmp::Reverse(one.seq));
        Ok(found)
    }

    /// The newest entry that any of them has seen: the journal must hold it.
    ///
    /// # Errors
    /// As [`Snapshots::list`].
    pub fn cover(&self) -> Result<Option<Cover>, SnapshotIoError> {
        let sound = self.list()?.into_iter().filter_map(|one| one.manifest.ok());
        Ok(sound.map(|manifest| manifest.cover()).max_by_key(|cover| cover.seq))
    }

    /// The state of the newest sound one, as a replay that has come so far; none where there is none. The caller holds
    /// it against the journal.
    ///
    /// # Errors
    /// As [`Snapshots::list`].
    pub fn newest(&self, reserve: usize) -> Result<Option<Replayed>, SnapshotIoError> {
        for found in self.list()? {
            match found.state(reserve) {
                Ok((manifest, state)) => return Ok(Some(begun(&manifest, state))),
                Err(unsound) => found.skip(&unsound),
            }
        }
        Ok(None)
    }

    /// Writes what a replay came to and keeps it and the one before it.
    ///
    /// # Errors
    /// When it cannot be written, or another process is writing one; older ones are then untouched.
    pub fn write(&self, replayed: &Replayed) -> Result<Manifest, SnapshotIoError> {
        let manifest = Manifest::new(replayed.genesis, replayed.head, &replayed.engine.state);
        let (disk, dir) = (&self.disk, &self.dir);
        disk.make_dir(dir).map_err(doing("make", dir))?;
        let lock = disk.lock(dir).map_err(|error| doing("lock", dir)(error.into()))?;
        let path = dir.join(format!("state-{:020}.snapshot", manifest.head().seq));
        let unfinished = path.with_extension("unfinished");
        let file = disk.open(&unfinished, Access::Create).map_err(doing("open", &unfinished))?;
        let mut file = Stream::new(file);
        let buffered = BufWriter::with_capacity(BUFFER_BYTES, &mut file);
        file::write(buffered, &manifest, &replayed.engine.state).map_err(doing("write", &unfinished))?;
        file.sync_all().map_err(doing("flush", &unfinished))?;
        disk.rename(&unfinished, &path).map_err(doing("name", &path))?;
        self.flush()?;
        self.tidy()?;
        drop(lock);
        Ok(manifest)
    }

    /// Removes every snapshot that may tell of movement before a date: a step of forgetting the days before it. A start
    /// without any replays the journal from its first entry.
    ///
    /// # Errors
    /// When one cannot be removed.
    pub fn forget_before(&self, date: CivilDate) -> Result<usize, SnapshotIoError> {
        let mut removed = 0;
        for found in self.list()? {
            // What cannot be read may tell of anything.
            if found.manifest.as_ref().map_or(true, |manifest| manifest.movement_from() < date) {
                self.remove(&found.path)?;
                removed += 1;
            }
        }
        self.flush()?;
        Ok(removed)
    }

    /// Keeps the newest with a sound manifest, and removes the others with what was never finished.
    fn tidy(&self) -> Result<(), SnapshotIoError> {
        let (sound, unsound): (Vec<Found>, Vec<Found>) =
            self.list()?.into_iter().partition(|found| found.manifest.is_ok());
        for found in sound.into_iter().skip(KEPT).chain(unsound) {
            self.remove(&found.path)?;
        }
        for name in self.disk.names(&self.dir).map_err(doing("list", &self.dir))? {
            let path = self.dir.join(name);
            if path.extension().is_some_and(|extension| extension == "unfinished") {
                self.remove(&path)?;
            }
        }
        self.flush()
    }

    fn flush(&self) -> Result<(), SnapshotIoError> {
        match self.disk.sync_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            flushed => flushed.map_err(doing("flush", &self.dir)),
        }
    }

    fn open(&self, path: &Path) -> Result<file::Opened<BufReader<Stream>>, Unsound> {
        let file = Stream::new(self.disk.open(path, Access::Read)?);
        file::open(BufReader::with_capacity(BUFFER_BYTES, file))
    }

    fn remove(&self, path: &Path) -> Result<(), SnapshotIoError> {
        self.disk.remove(path).map_err(doing("remove", path))
    }
}

impl Found {
    /// Its state, every byte of it checked.
    ///
    /// # Errors
    /// [`Unsound`].
    pub fn state(&self, reserve: usize) -> Result<(Manifest, State), Unsound> {
        self.snapshots.open(&self.path)?.state(reserve)
    }

    fn skip(&self, unsound: &Unsound) {
        tracing::warn!(
            snapshot.path = %self.path.display(),
            snapshot.seq = self.seq,
            %unsound,
            "a snapshot cannot be used and is skipped; the start goes on from an older one or from the first entry"
        );
    }
}

fn seq_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.strip_prefix("state-")?.strip_suffix(".snapshot")?.parse().ok()
}

fn begun(manifest: &Manifest, state: State) -> Replayed {
    Replayed::at(manifest.head(), manifest.genesis(), state)
}

/// Replays a journal from the newest sound snapshot on; from its first entry where there is none. `reader` gives readers
/// of the journal, as [`journal::Journal::reader`] does.
///
/// # Errors
/// [`ReplayError::SnapshotNotOnJournal`] when a snapshot has seen what the journal does not have: then entries are
/// missing, or the two do not belong together. Otherwise as [`crate::replay`].
pub fn replay_from(
    snapshots: &Snapshots,
    reader: impl Fn(u64) -> Result<Box<dyn Reader>, ReadError>,
    keys: &KeyRing,
    hash_key_if_empty: u64,
    reserve: usize,
) -> Result<Replayed, ReplayError> {
    for found in snapshots.list()? {
        let manifest = match &found.manifest {
            Ok(manifest) => manifest,
            Err(unsound) => {
                found.skip(unsound);
                continue;
            }
        };
        let tail = tail(&found, manifest, reader(manifest.head().seq))?;
        match found.state(reserve) {
            Ok((manifest, state)) => return begun(&manifest, state).go_on(tail, keys),
            Err(unsound) => found.skip(&unsound),
        }
    }
    Replayed::nothing(hash_key_if_empty, reserve).go_on(reader(1)?, keys)
}

/// What follows a snapshot, after the entry it has seen last was found in the journal.
fn tail(
    found: &Found,
    manifest: &Manifest,
    reader: Result<Box<dyn Reader>, ReadError>,
) -> Result<Box<dyn Reader>, ReplayError> {
    let head = manifest.head();
    let refused = || ReplayError::SnapshotNotOnJournal { path: found.path.clone(), seq: head.seq };
    let mut reader = match reader {
        Err(ReadError::Beyond { .. }) => return Err(refused()),
        reader => reader?,
    };
    let bytes = reader.next()?.ok_or_else(refused)?;
    let entry = Entry::parse_unchecked_hashes(&bytes)
        .map_err(|source| ReplayError::Damaged { seq: head.seq, source })?;
    if entry.head().hash == head.hash { Ok(reader) } else { Err(refused()) }
}
