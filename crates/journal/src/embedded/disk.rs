//! The file system under the segment files, as far as the journal uses it.
//!
//! Owns the port and the real file system behind it. A simulation puts a disk of its own there, which loses, tears and
//! reorders what was not flushed. Never knows what the bytes are.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// What a file is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// To be read; it exists.
    Read,
    /// To be read and written; it exists.
    Write,
    /// To be written from nothing; what is there is dropped.
    Create,
    /// To be written from nothing; it must not be there.
    CreateNew,
}

/// An open file.
pub trait DiskFile: Send + Sync {
    /// Its size.
    ///
    /// # Errors
    /// When the system refuses.
    fn bytes(&self) -> io::Result<u64>;

    /// Fills `into` with what stands at `at`.
    ///
    /// # Errors
    /// When the system refuses, or the file ends before.
    fn read_exact_at(&self, into: &mut [u8], at: u64) -> io::Result<()>;

    /// Writes all of `bytes` at `at`. Durable only after a flush.
    ///
    /// # Errors
    /// When the system refuses; a part may have been written.
    fn write_all_at(&self, bytes: &[u8], at: u64) -> io::Result<()>;

    /// Asks for the blocks of so many bytes in one piece.
    ///
    /// # Errors
    /// When there is no room. A file system that cannot do it is no error.
    fn allocate(&self, bytes: u64) -> io::Result<()>;

    /// Flushes what was written into space that was there before.
    ///
    /// # Errors
    /// When the system refuses; nobody knows then what is durable.
    fn sync_data(&self) -> io::Result<()>;

    /// Flushes everything, its size too.
    ///
    /// # Errors
    /// As [`DiskFile::sync_data`].
    fn sync_all(&self) -> io::Result<()>;
}

/// A lock on a directory, given back when it is dropped.
pub trait DiskLock: Send {}

/// A file system.
pub trait Disk: Send + Sync {
    /// Makes a directory with those above it, if it is not there, and its name durable.
    ///
    /// # Errors
    /// When the system refuses.
    fn make_dir(&self, dir: &Path) -> io::Result<()>;

    /// Keeps every other process out of a directory.
    ///
    /// # Errors
    /// When another one has it, or the system refuses.
    fn lock(&self, dir: &Path) -> Result<Box<dyn DiskLock>, TryLockError>;

    /// The names in a directory, in no order.
    ///
    /// # Errors
    /// When the system refuses; [`io::ErrorKind::NotFound`] when it is not there.
    fn names(&self, dir: &Path) -> io::Result<Vec<OsString>>;

    /// Opens a file.
    ///
    /// # Errors
    /// When the system refuses.
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>>;

    /// Gives a file another name in the same directory. Durable only after [`Disk::sync_dir`].
    ///
    /// # Errors
    /// When the system refuses.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// When the system refuses.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Flushes the names of a directory.
    ///
    /// # Errors
    /// When the system refuses.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// The file system of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl DiskFile for File {
    fn bytes(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_exact_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, into, at)
    }

    fn write_all_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(self, bytes, at)
    }

    fn allocate(&self, bytes: u64) -> io::Result<()> {
        match rustix::fs::fallocate(self, rustix::fs::FallocateFlags::empty(), 0, bytes) {
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => Ok(()),
            allocated => Ok(allocated?),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        Self::sync_data(self)
    }

    fn sync_all(&self) -> io::Result<()> {
        Self::sync_all(self)
    }
}

/// A lock of the operating system. It is given back by name and not by closing the file: a process that another thread
/// is starting at this moment has a copy of every open file, and with it of the lock, until it runs.
struct SystemLock(File);

impl DiskLock for SystemLock {}

impl Drop for SystemLock {
    fn drop(&mut self) {
        // What cannot be unlocked is unlocked when the file is closed.
        let _ = self.0.unlock();
    }
}

impl Disk for SystemDisk {
    fn make_dir(&self, dir: &Path) -> io::Result<()> {
        std::fs::create_dir_all(dir)?;
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        self.sync_dir(parent.unwrap_or(Path::new(".")))
    }

    fn lock(&self, dir: &Path) -> Result<Box<dyn DiskLock>, TryLockError> {
        let lock = File::open(dir).map_err(TryLockError::Error)?;
        lock.try_lock()?;
        Ok(Box::new(SystemLock(lock)))
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        std::fs::read_dir(dir)?.map(|file| Ok(file?.file_name())).collect()
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        let options = match access {
            Access::Read => options.read(true),
            Access::Write => options.read(true).write(true),
            Access::Create => options.write(true).create(true).truncate(true),
            Access::CreateNew => options.write(true).create_new(true),
        };
        Ok(Box::new(options.open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }
}
