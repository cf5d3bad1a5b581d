//! A disk in memory that forgets what was not flushed.
//!
//! Owns what every file held at its last flush beside what it shows now, and the faults: power that fails between or
//! inside calls, un-flushed sectors of which some are lost or written out of order, a flush that fails, a disk that is
//! slow or full. A sector is written as a whole or not at all. Never loses what was flushed.

mod file;
mod names;

use std::ffi::OsString;
use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::{Micros, Timestamp};
use journal::{Access, Disk, DiskFile, DiskLock};

use crate::dice::Dice;
use crate::time::Progress;
use file::File;
use names::Names;

/// What a power failure does to what was not flushed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// All of it is gone.
    All,
    /// A beginning of it, in the order of writing, has reached the disk.
    Tail,
    /// Each sector has reached the disk or not.
    Scattered,
}

/// The disk. Clones are the same one.
#[derive(Clone)]
pub struct SimulatedDisk {
    inner: Arc<Mutex<Inner>>,
    progress: Progress,
}

struct Inner {
    files: Vec<File>,
    names: Names,
    dice: Dice,
    /// So many more calls until the power fails.
    fuse: Option<u64>,
    off: bool,
    full: bool,
    slow: bool,
    flushes_fail: bool,
    /// A flush has failed since this was last asked.
    flush_failed: bool,
    locked: Vec<PathBuf>,
}

impl SimulatedDisk {
    /// An empty disk.
    pub fn new(dice: Dice, progress: Progress) -> Self {
        let inner = Inner {
            files: Vec::new(),
            names: Names::default(),
            dice,
            fuse: None,
            off: false,
            full: false,
            slow: false,
            flushes_fail: false,
            flush_failed: false,
            locked: Vec::new(),
        };
        Self { inner: Arc::new(Mutex::new(inner)), progress }
    }

    fn lock_inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The power fails after so many more calls.
    pub fn fail_power_after(&self, calls: u64) {
        self.lock_inner().fuse = Some(calls);
    }

    /// Whether the power has failed.
    pub fn is_off(&self) -> bool {
        self.lock_inner().off
    }

    /// The machine starts again after a power failure. Answers whether sectors of the journal were written out of order: then
    /// the last entry may be damage and not a tear, and nobody can tell it from a disk that altered it.
    pub fn power_cycle(&self, loss: Loss) -> bool {
        let mut inner = self.lock_inner();
        let Inner { files, names, dice, .. } = &mut *inner;
        names.lose(loss, dice);
        let torn: Vec<bool> = files.iter_mut().map(|file| file.lose(loss, dice)).collect();
        let scattered = names.numbers(&journal_dir()).any(|number| torn.get(number) == Some(&true));
        inner.process_ends();
        inner.off = false;
        inner.fuse = None;
        scattered
    }

    /// The process ends and the machine goes on: the system still holds what was not flushed.
    pub fn process_ends(&self) {
        self.lock_inner().process_ends();
    }

    /// One of the files in a directory is not what it was: a byte is another, or the end is gone. Answers whether there is a
    /// file.
    pub fn rot(&self, dir: &Path) -> bool {
        let mut inner = self.lock_inner();
        let Inner { files, names, dice, .. } = &mut *inner;
        let all: Vec<usize> = names.numbers(dir).collect();
        let file = all.get(dice.index(all.len())).and_then(|number| files.get_mut(*number));
        file.map(|file| file.rot(dice)).is_some()
    }

    /// What was lost out of order becomes what it was at the last flush, as in a copy somebody puts back.
    pub fn restore_copy(&self) {
        self.lock_inner().files.iter_mut().for_each(File::restore_copy);
    }

    /// New segments find no room, or do again.
    pub fn set_full(&self, full: bool) {
        self.lock_inner().full = full;
    }

    /// Whether new segments find no room.
    pub fn is_full(&self) -> bool {
        self.lock_inner().full
    }

    /// Flushes take long, or do not any more.
    pub fn set_slow(&self, slow: bool) {
        self.lock_inner().slow = slow;
    }

    /// The next flush fails.
    pub fn fail_next_flush(&self) {
        self.lock_inner().flushes_fail = true;
    }

    /// No flush that has not failed yet will.
    pub fn heal(&self) {
        let mut inner = self.lock_inner();
        (inner.fuse, inner.flushes_fail, inner.full, inner.slow) = (None, false, false, false);
    }

    /// Whether a flush has failed since this was last asked.
    pub fn take_flush_failed(&self) -> bool {
        std::mem::take(&mut self.lock_inner().flush_failed)
    }

    fn call(&self) -> io::Result<MutexGuard<'_, Inner>> {
        let mut inner = self.lock_inner();
        if let Some(left) = &mut inner.fuse {
            *left = left.saturating_sub(1);
            inner.off |= inner.fuse == Some(0);
        }
        if inner.off { Err(io::Error::other("the power has failed")) } else { Ok(inner) }
    }
}

impl Inner {
    fn process_ends(&mut self) {
        self.locked.clear();
        self.flushes_fail = false;
    }

    fn file(&mut self, number: usize) -> io::Result<&mut File> {
        self.files.get_mut(number).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

/// An open file.
struct Handle {
    disk: SimulatedDisk,
    number: usize,
}

impl Handle {
    fn flush(&self, with_size: bool) -> io::Result<()> {
        let mut inner = self.disk.call()?;
        let takes: Micros = if inner.slow { inner.dice.between(1_000, 3 * Timestamp::SECOND) } else { 120 };
        self.disk.progress.pass(takes);
        let fails = std::mem::take(&mut inner.flushes_fail);
        let Inner { files, dice, .. } = &mut *inner;
        let Some(file) = files.get_mut(self.number) else { return Ok(()) };
        if fails {
            file.fail_to_flush(dice);
            inner.flush_failed = true;
            return Err(io::Error::other("the disk could not be flushed"));
        }
        file.flush(with_size);
        Ok(())
    }
}

impl DiskFile for Handle {
    fn bytes(&self) -> io::Result<u64> {
        Ok(self.disk.call()?.file(self.number)?.bytes())
    }

    fn read_exact_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.disk.call()?.file(self.number)?.read(into, at)
    }

    fn write_all_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.disk.call()?.file(self.number)?.write(bytes, at);
        Ok(())
    }

    fn allocate(&self, bytes: u64) -> io::Result<()> {
        let mut inner = self.disk.call()?;
        if inner.full {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        inner.file(self.number)?.allocate(bytes);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.flush(false)
    }

    fn sync_all(&self) -> io::Result<()> {
        self.flush(true)
    }
}

struct Lock(SimulatedDisk, PathBuf);

impl DiskLock for Lock {}

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.lock_inner().locked.retain(|dir| *dir != self.1);
    }
}

impl Disk for SimulatedDisk {
    fn make_dir(&self, _: &Path) -> io::Result<()> {
        self.call().map(drop)
    }

    fn lock(&self, dir: &Path) -> Result<Box<dyn DiskLock>, TryLockError> {
        let mut inner = self.call().map_err(TryLockError::Error)?;
        if inner.locked.iter().any(|locked| locked == dir) {
            return Err(TryLockError::WouldBlock);
        }
        inner.locked.push(dir.to_path_buf());
        Ok(Box::new(Lock(self.clone(), dir.to_path_buf())))
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        Ok(self.call()?.names.within(dir))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let mut inner = self.call()?;
        let known = inner.names.find(path);
        let number = match (known, access) {
            (Some(number), Access::Read | Access::Write) => number,
            (Some(_), Access::CreateNew) => return Err(io::Error::from(io::ErrorKind::AlreadyExists)),
            (None, Access::Read | Access::Write) => return Err(io::Error::from(io::ErrorKind::NotFound)),
            (_, Access::Create | Access::CreateNew) => {
                inner.files.push(File::default());
                let number = inner.files.len() - 1;
                inner.names.put(path, number);
                number
            }
        };
        Ok(Box::new(Handle { disk: self.clone(), number }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call()?.names.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call()?.names.remove(path)
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        self.call()?.names.flush();
        Ok(())
    }
}

/// Where the snapshots of every machine lie.
pub fn snapshots_dir() -> PathBuf {
    PathBuf::from("/city/snapshots")
}

/// Where the journal of every city with a disk lies.
pub fn journal_dir() -> PathBuf {
    PathBuf::from("/city/journal")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    fn disk(seed: u64) -> SimulatedDisk {
        SimulatedDisk::new(Dice::new(seed, Purpose::Disk), Progress::default())
    }

    /// Writes a file of eight sectors, flushed, and over it eight more that are not.
    fn written(disk: &SimulatedDisk) -> Box<dyn DiskFile> {
        let path = journal_dir().join("a");
        let file = disk.open(&path, Access::Create).unwrap();
        file.write_all_at(&[1; 4_096], 0).unwrap();
        file.sync_all().unwrap();
        disk.sync_dir(&journal_dir()).unwrap();
        file.write_all_at(&[2; 4_096], 0).unwrap();
        file
    }

    fn sectors(file: &dyn DiskFile) -> Vec<u8> {
        let mut bytes = [0; 4_096];
        file.read_exact_at(&mut bytes, 0).unwrap();
        let whole = |sector: &[u8]| sector.iter().all(|byte| Some(byte) == sector.first());
        bytes
            .chunks(512)
            .filter(|sector| whole(sector))
            .filter_map(|sector| sector.first().copied())
            .collect()
    }

    #[test]
    fn power_takes_what_was_not_flushed_by_whole_sectors_and_a_copy_brings_back_what_was() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            for loss in [Loss::All, Loss::Tail, Loss::Scattered] {
                let disk = disk(seed);
                let file = written(&disk);
                let scattered = disk.power_cycle(loss);
                let found = sectors(&*file);
                assert_eq!(found.len(), 8, "a sector is one or the other");
                assert_eq!(scattered, !found.is_sorted_by(|one, next| one >= next));
                assert!(loss == Loss::Scattered || !scattered);
                assert!(loss != Loss::All || found == [1; 8]);
                seen.insert((format!("{loss:?}"), found));
                disk.restore_copy();
                assert!(!scattered || sectors(&*file) == [1; 8]);
            }
        }
        assert!(seen.len() > 100, "many outcomes: {}", seen.len());
    }

    #[test]
    fn a_failed_flush_shows_what_it_has_not_written_until_the_power_fails() {
        let disk = disk(1);
        let file = written(&disk);
        disk.fail_next_flush();
        assert!(file.sync_data().is_err() && disk.take_flush_failed());
        file.sync_data().unwrap();
        assert_eq!(sectors(&*file), [2; 8]);
        disk.power_cycle(Loss::All);
        assert_ne!(sectors(&*file), [2; 8]);
    }

    #[test]
    fn a_name_that_was_not_flushed_may_be_lost_and_the_fuse_ends_every_call() {
        let disk = disk(1);
        drop(written(&disk));
        disk.rename(&journal_dir().join("a"), &journal_dir().join("b")).unwrap();
        disk.fail_power_after(2);
        assert!(disk.names(&journal_dir()).is_ok());
        assert!(disk.names(&journal_dir()).is_err() && disk.sync_dir(&journal_dir()).is_err());
        disk.power_cycle(Loss::All);
        assert_eq!(disk.names(&journal_dir()).unwrap(), ["a"]);
    }
}
