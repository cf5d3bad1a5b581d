//! A copy of a journal on NATS, in segment files of the machine that leads, so that a stream can be written back that was lost.
//!
//! Owns where it lies and the thread that follows durable entries. Nobody waits for the copy: it may be behind, and what stands
//! in its way is told and tried again. Never writes to the journal, and never beside entries that the journal does not have.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use journal::{EmbeddedOptions, Entry, Head, ReadError, Reader, SegmentCopy, SharedJournal};
use runtime::Handle;
use tokio::sync::watch;

use crate::data_directory::DataDirectory;

/// Name of the copy's directory.
pub const DIRECTORY: &str = "copy";

/// How often it looks for new entries.
const LOOK: Duration = Duration::from_millis(100);

/// What was copied is durable after so long: one flush more per second than the journal's own on this machine.
const FLUSH: Duration = Duration::from_secs(1);

/// How long it waits after something stood in its way.
const RETRY: Duration = Duration::from_secs(10);

/// How long a stop waits for what is missing.
const STOP_WAIT_MAX: Duration = Duration::from_secs(2);

/// Where the copy lies.
pub fn at(directory: &DataDirectory) -> PathBuf {
    directory.root().join(DIRECTORY)
}

/// Whether a copy that ends so holds an entry that its journal does not. A journal that cannot be read says nothing.
pub fn is_apart(directory: &DataDirectory, head: Head) -> bool {
    let journal = directory.shared_journal().ok().flatten();
    journal.is_some_and(|journal| matches!(joined(&*journal, head), Err(Ended::Apart { .. })))
}

/// A running copy.
pub struct JournalCopy {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl JournalCopy {
    /// Begins to copy where the journal is on NATS. One in a database is dumped with the office that belongs to it.
    ///
    /// # Errors
    /// When the address cannot be used or no thread can be had.
    pub fn keep(directory: &DataDirectory, engine: &Handle) -> anyhow::Result<Option<Self>> {
        if directory.addresses().journal().is_none() {
            return Ok(None);
        }
        let Some(journal) = directory.shared_journal()? else { return Ok(None) };
        let (dir, options, durable) = (at(directory), EmbeddedOptions::default(), engine.watch_durable());
        let stop = Arc::new(AtomicBool::new(false));
        let copier = Copier { dir, options, journal, durable, stop: Arc::clone(&stop), retry: RETRY };
        let thread = std::thread::Builder::new().name("journal-copy".into()).spawn(move || {
            base::give_way();
            copier.run();
        });
        Ok(Some(Self { stop, thread: thread.context("cannot start the thread of the journal's copy")? }))
    }

    /// Copies what is durable by now, as far as that takes no time, and stops. To be called when the engine has stopped.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        if self.thread.join().is_err() {
            tracing::error!("the thread of the journal's copy panicked; it goes on at the next start");
        }
    }
}

/// Why copying ended before a stop was asked for.
#[derive(Debug)]
enum Ended {
    /// The copy holds an entry that the journal does not: its last one.
    Apart { seq: u64 },
    /// The journal could not be read, or the copy not be written.
    Trouble(anyhow::Error),
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Trouble(error.into())
    }
}

struct Copier {
    dir: PathBuf,
    options: EmbeddedOptions,
    /// Read on a connection of its own, so that appends do not queue behind what is read.
    journal: Arc<dyn SharedJournal>,
    durable: watch::Receiver<Head>,
    stop: Arc<AtomicBool>,
    retry: Duration,
}

impl Copier {
    fn run(&self) {
        while let Err(ended) = self.follow() {
            let dir = self.dir.display();
            match ended {
                Ended::Apart { seq } => {
                    tracing::error!(
                        copy.seq = seq, copy.directory = %dir,
                        "the copy of the journal holds an entry that the journal does not have: entries of the journal are lost, or the copy is of another one. Nothing is copied, and the copy stays as it is. If the journal is the right one, move that directory away and start again"
                    );
                    return;
                }
                Ended::Trouble(error) => {
                    tracing::warn!(%error, copy.directory = %dir, "the journal is not copied; trying again");
                }
            }
            if self.rests() {
                return;
            }
        }
    }

    /// Waits before the next try; answers whether a stop was asked for.
    fn rests(&self) -> bool {
        let start = Instant::now();
        while !self.is_stopping() && start.elapsed() < self.retry {
            std::thread::sleep(LOOK.min(self.retry));
        }
        self.is_stopping()
    }

    fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Copies until a stop is asked for.
    fn follow(&self) -> Result<(), Ended> {
        let mut copy = SegmentCopy::resume(&self.dir, &self.options)?;
        let mut reader = joined(&*self.journal, copy.head())?;
        let (mut flushed, mut since) = (copy.head().seq, Instant::now());
        loop {
            // Asked before reading: what is durable when a stop is asked for is copied yet.
            let stopping = self.is_stopping();
            self.catch_up(&mut copy, &mut *reader)?;
            if copy.head().seq > flushed && (stopping || since.elapsed() >= FLUSH) {
                copy.flush()?;
                (flushed, since) = (copy.head().seq, Instant::now());
            }
            if stopping {
                return Ok(());
            }
            std::thread::sleep(LOOK);
        }
    }

    fn catch_up(&self, copy: &mut SegmentCopy, reader: &mut dyn Reader) -> Result<(), Ended> {
        let start = Instant::now();
        while self.durable.borrow().seq > copy.head().seq {
            let Some(bytes) = reader.next()? else { return Ok(()) };
            copy.append(&bytes)?;
            if self.is_stopping() && start.elapsed() > STOP_WAIT_MAX {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// A reader of what the journal holds after the copy, if the copy is a beginning of the journal.
fn joined(journal: &dyn SharedJournal, head: Head) -> Result<Box<dyn Reader>, Ended> {
    if head.seq == 0 {
        return Ok(journal.follow(1)?);
    }
    let apart = || Ended::Apart { seq: head.seq };
    let mut reader = match journal.follow(head.seq) {
        Err(ReadError::Beyond { .. }) => return Err(apart()),
        reader => reader?,
    };
    let found = reader.next()?.ok_or_else(apart)?;
    let same = Entry::parse_unchecked_hashes(&found).is_ok_and(|entry| entry.head() == head);
    if same { Ok(reader) } else { Err(apart()) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use journal::conformance::Chain;
    use journal::{Appended, Journal as _, Memory, read_files};

    use super::*;

    /// A journal of so many entries, and what it tells of its end.
    fn journal(chain: &mut Chain, entries: u64) -> (Memory, watch::Receiver<Head>) {
        let mut memory = Memory::new();
        for _ in 0..entries {
            append(&mut memory, chain);
        }
        let head = memory.head();
        (memory, watch::channel(head).1)
    }

    fn append(memory: &mut Memory, chain: &mut Chain) {
        let appended = memory.append(&chain.next(&[b"value"]).unwrap());
        assert!(matches!(appended, Appended::Durable));
    }

    fn copier(dir: &Path, memory: &Memory, durable: &watch::Receiver<Head>) -> Copier {
        Copier {
            dir: dir.to_path_buf(),
            options: EmbeddedOptions::small(),
            journal: Arc::new(memory.clone()),
            durable: durable.clone(),
            // It copies what is durable and stops.
            stop: Arc::new(AtomicBool::new(true)),
            retry: Duration::from_millis(1),
        }
    }

    #[test]
    fn a_copy_goes_on_where_it_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let mut chain = Chain::new();
        let (mut memory, durable) = journal(&mut chain, 5);
        copier(dir.path(), &memory, &durable).follow().unwrap();
        assert_eq!(read_files(dir.path()).unwrap().1, memory.head());
        (0..3).for_each(|_| append(&mut memory, &mut chain));
        copier(dir.path(), &memory, &durable).follow().unwrap();
        assert_eq!(
            read_files(dir.path()).unwrap().1.seq,
            5,
            "nothing is copied that is not known as durable"
        );
        copier(dir.path(), &memory, &watch::channel(memory.head()).1).follow().unwrap();
        assert_eq!(read_files(dir.path()).unwrap().1, memory.head());
    }

    #[test]
    fn a_copy_that_holds_what_the_journal_does_not_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let (memory, durable) = journal(&mut Chain::new(), 5);
        copier(dir.path(), &memory, &durable).run();
        let segment = dir.path().join("segment-000000000001.journal");
        let before = fs::read(&segment).unwrap();
        let mut elsewhere = Chain::after(Head { at: base::Timestamp(77), ..Head::EMPTY });
        let (other, longer) = journal(&mut elsewhere, 9);
        for (memory, durable) in [journal(&mut Chain::new(), 4), (other, longer)] {
            let copier = copier(dir.path(), &memory, &durable);
            assert!(matches!(copier.follow(), Err(Ended::Apart { seq: 5 })));
            copier.run();
            assert_eq!(fs::read(&segment).unwrap(), before);
        }
    }

    #[test]
    fn what_stands_in_the_way_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("copy");
        fs::write(&place, "a file").unwrap();
        let (memory, durable) = journal(&mut Chain::new(), 3);
        let copier = Copier { stop: Arc::default(), ..copier(&place, &memory, &durable) };
        let stop = Arc::clone(&copier.stop);
        let running = std::thread::spawn(move || copier.run());
        std::thread::sleep(Duration::from_millis(20));
        fs::remove_file(&place).unwrap();
        while read_files(&place).map_or(0, |(_, head)| head.seq) < 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
        running.join().unwrap();
    }
}
