//! The disk under the snapshots: the machine's own, for the files' owner alone, and a file on it as a stream.
//!
//! Never knows what the bytes are.

use std::ffi::OsString;
use std::fs::{DirBuilder, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use journal::{Access, Disk, DiskFile, DiskLock, SystemDisk};

/// The machine's file system; what is made on it nobody but its owner reads.
pub struct OwnersDisk;

impl Disk for OwnersDisk {
    fn make_dir(&self, dir: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)
    }

    fn lock(&self, dir: &Path) -> Result<Box<dyn DiskLock>, TryLockError> {
        SystemDisk.lock(dir)
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        SystemDisk.names(dir)
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        if access != Access::Create {
            return SystemDisk.open(path, access);
        }
        let mut options = OpenOptions::new();
        Ok(Box::new(options.write(true).create(true).truncate(true).mode(0o600).open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        SystemDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemDisk.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        SystemDisk.sync_dir(dir)
    }
}

/// A file read or written from front to back.
pub struct Stream {
    file: Box<dyn DiskFile>,
    at: u64,
}

impl Stream {
    pub fn new(file: Box<dyn DiskFile>) -> Self {
        Self { file, at: 0 }
    }

    pub fn sync_all(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.file.bytes()?.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let count = into.len().min(left);
        self.file.read_exact_at(into.get_mut(..count).unwrap_or_default(), self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all_at(bytes, self.at)?;
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
