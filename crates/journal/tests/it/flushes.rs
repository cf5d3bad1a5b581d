//! Flushes that fail: what the system shows afterwards is not what the disk holds.

use std::ffi::OsString;
use std::fs::TryLockError;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use journal::conformance::Chain;
use journal::{
    Access, Appended, Disk, DiskFile, DiskLock, Embedded, EmbeddedOptions, Journal, Sealed, SystemDisk,
};

/// The machine's disk, which fails a flush when told, and forgets with it what was to be flushed: as a system that takes
/// its pages for clean afterwards. What is shown stays; what a power failure would leave is kept apart.
#[derive(Clone, Default)]
struct Forgetful(Arc<Mutex<Writes>>);

#[derive(Default)]
struct Writes {
    fails: bool,
    /// Writes of the first segment since its last flush.
    waiting: Vec<(u64, Vec<u8>)>,
    /// The most that one flush of it had to write.
    most_at_once: usize,
    /// What is on the disk of the first segment.
    durable: Vec<u8>,
}

struct Watched {
    file: Box<dyn DiskFile>,
    writes: Option<Forgetful>,
}

impl Watched {
    fn flush(&self) -> io::Result<()> {
        let Some(Forgetful(writes)) = &self.writes else { return Ok(()) };
        let mut writes = writes.lock().unwrap();
        let waiting = std::mem::take(&mut writes.waiting);
        writes.most_at_once =
            waiting.iter().map(|(_, bytes)| bytes.len()).sum::<usize>().max(writes.most_at_once);
        if std::mem::take(&mut writes.fails) {
            return Err(io::Error::other("the disk could not be flushed"));
        }
        for (at, bytes) in waiting {
            let start = usize::try_from(at).unwrap();
            let end = start + bytes.len();
            if writes.durable.len() < end {
                writes.durable.resize(end, 0);
            }
            writes.durable[start..end].copy_from_slice(&bytes);
        }
        Ok(())
    }
}

impl DiskFile for Watched {
    fn bytes(&self) -> io::Result<u64> {
        self.file.bytes()
    }
    fn read_exact_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.file.read_exact_at(into, at)
    }
    fn write_all_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        if let Some(Forgetful(writes)) = &self.writes {
            writes.lock().unwrap().waiting.push((at, bytes.to_vec()));
        }
        self.file.write_all_at(bytes, at)
    }
    fn allocate(&self, bytes: u64) -> io::Result<()> {
        self.file.allocate(bytes)
    }
    fn sync_data(&self) -> io::Result<()> {
        self.flush()
    }
    fn sync_all(&self) -> io::Result<()> {
        self.flush()
    }
}

impl Disk for Forgetful {
    fn make_dir(&self, dir: &Path) -> io::Result<()> {
        SystemDisk.make_dir(dir)
    }
    fn lock(&self, dir: &Path) -> Result<Box<dyn DiskLock>, TryLockError> {
        SystemDisk.lock(dir)
    }
    fn names(&self, dir: &Path) -> io::Result<Vec<OsString>> {
        SystemDisk.names(dir)
    }
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let first = path.to_string_lossy().contains("segment-000000000001");
        let file = SystemDisk.open(path, access)?;
        Ok(Box::new(Watched { file, writes: first.then(|| self.clone()) }))
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

fn open(dir: &Path, disk: &Forgetful) -> Embedded {
    let options = EmbeddedOptions { disk: Arc::new(disk.clone()), ..EmbeddedOptions::small() };
    Embedded::open(dir, options, None).unwrap().0
}

fn holds(disk: &Forgetful, sealed: &[Sealed]) -> bool {
    let bytes: Vec<u8> = sealed.iter().flat_map(|one| one.bytes.clone()).collect();
    let durable = disk.0.lock().unwrap().durable.clone();
    durable.get(128..128 + bytes.len()) == Some(bytes.as_slice())
}

#[test]
fn an_entry_whose_flush_failed_is_on_the_disk_before_it_is_called_the_head() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Forgetful::default();
    let mut journal = open(dir.path(), &disk);
    let mut chain = Chain::new();
    let mut sealed = vec![chain.next(&[b"one"]).unwrap(), chain.next(&[b"two"]).unwrap()];
    assert!(matches!(journal.append(&sealed[0]), Appended::Durable));
    disk.0.lock().unwrap().fails = true;
    assert!(matches!(journal.append(&sealed[1]), Appended::Failed(_)));
    assert!(holds(&disk, &sealed[..1]) && !holds(&disk, &sealed));
    drop(journal);

    let mut journal = open(dir.path(), &disk);
    assert_eq!(journal.head(), sealed[1].head, "the system still shows the entry");
    assert!(holds(&disk, &sealed), "so it has been written again");
    sealed.push(chain.next(&[b"three"]).unwrap());
    assert!(matches!(journal.append(&sealed[2]), Appended::Durable));
    assert!(holds(&disk, &sealed), "a power failure now would leave all three");
}

#[test]
fn the_header_of_a_segment_is_written_again_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Forgetful::default();
    let mut journal = open(dir.path(), &disk);
    let sealed = [Chain::new().next(&[b"one"]).unwrap()];
    disk.0.lock().unwrap().fails = true;
    assert!(matches!(journal.append(&sealed[0]), Appended::Failed(_)));
    drop(journal);
    let mut journal = open(dir.path(), &disk);
    assert_eq!(journal.head().seq, 0);
    assert!(disk.0.lock().unwrap().durable.starts_with(b"JK1SEGMT"));
    assert!(matches!(journal.append(&sealed[0]), Appended::Durable));
    assert!(holds(&disk, &sealed));
}

#[test]
fn a_segment_is_written_ahead_in_pieces_that_a_flush_does_not_wait_long_for() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Forgetful::default();
    drop(open(dir.path(), &disk));
    let most = disk.0.lock().unwrap().most_at_once;
    assert!((1..=128 * 1024).contains(&most), "{most}");
}
