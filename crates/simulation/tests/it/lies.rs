//! Disks that lie.

use std::ffi::OsString;
use std::fs::TryLockError;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use journal::{Access, Disk, DiskFile, DiskLock};

/// Says that it has flushed entries, and has not.
pub struct Deaf(pub Arc<dyn Disk>);

struct DeafFile(Box<dyn DiskFile>);

impl DiskFile for DeafFile {
    fn bytes(&self) -> io::Result<u64> {
        self.0.bytes()
    }
    fn read_exact_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.0.read_exact_at(into, at)
    }
    fn write_all_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.0.write_all_at(bytes, at)
    }
    fn allocate(&self, bytes: u64) -> io::Result<()> {
        self.0.allocate(bytes)
    }
    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }
    fn sync_all(&self) -> io::Result<()> {
        self.0.sync_all()
    }
}

/// Cuts the last entry off when a journal is opened, as a recovery that takes it for torn. Done once.
pub struct Cut(pub Arc<dyn Disk>, pub AtomicBool);

/// Where entries begin.
const MAGIC: &[u8; 4] = b"JK1E";

impl Cut {
    fn cut(&self, path: &Path) -> io::Result<()> {
        if self.1.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let file = self.0.open(path, Access::Write)?;
        let mut bytes = vec![0; usize::try_from(file.bytes()?).unwrap()];
        file.read_exact_at(&mut bytes, 0)?;
        let last =
            bytes.chunks_exact(8).rposition(|word| word.starts_with(MAGIC)).filter(|place| *place > 600);
        if let Some(place) = last {
            let zeros = vec![0; (bytes.len() - place * 8).min(4_096)];
            file.write_all_at(&zeros, place as u64 * 8)?;
            file.sync_all()?;
        }
        Ok(())
    }
}

macro_rules! passes_on {
    ($name:ident, $open:expr, $names:expr) => {
        impl Disk for $name {
            fn make_dir(&self, dir: &Path) -> io::Result<()> {
                self.0.make_dir(dir)
            }
            fn lock(&self, dir: &Path) -> Result<Box<dyn DiskLock>, TryLockError> {
                self.0.lock(dir)
            }
            fn names(&self, dir: &Path) -> io::Result<Vec<OsString>> {
                let names = self.0.names(dir)?;
                $names(self, dir, &names)?;
                Ok(names)
            }
            fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
                Ok($open(self.0.open(path, access)?))
            }
            fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
                self.0.rename(from, to)
            }
            fn remove(&self, path: &Path) -> io::Result<()> {
                self.0.remove(path)
            }
            fn sync_dir(&self, dir: &Path) -> io::Result<()> {
                self.0.sync_dir(dir)
            }
        }
    };
}

passes_on!(
    Deaf,
    |file| Box::new(DeafFile(file)) as Box<dyn DiskFile>,
    |_: &Deaf, _: &Path, _: &[OsString]| Ok::<(), io::Error>(())
);
passes_on!(Cut, |file| file, |cut: &Cut, dir: &Path, names: &[OsString]| {
    let first = names.iter().find(|name| name.to_string_lossy() == "segment-000000000001.journal");
    first.map_or(Ok(()), |name| cut.cut(&dir.join(name)))
});
