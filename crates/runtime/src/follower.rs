//! Followers: each keeps one projection up with the journal, in order, behind its own cursor.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use engine::Record;
use journal::{Head, KeyRing, ReadError, Reader};
use tokio::sync::watch;

use crate::admission::Shared;
use crate::replay::decode_entry;
use crate::{Handle, ReplayError};

/// Records per call of [`Projection::apply`] at most, entries permitting: one transaction each.
const RECORDS_MAX: usize = 8_192;

/// How long a follower sleeps when nothing new is durable, so that a stop is noticed.
const IDLE: Duration = Duration::from_millis(100);

/// The pause after a store refused, doubled up to [`RETRY_MAX`].
const RETRY_FIRST: Duration = Duration::from_millis(10);

/// The longest pause between two tries.
const RETRY_MAX: Duration = Duration::from_secs(2);

/// Under a stream of small entries so long is waited for more, unless there are so many records: a transaction costs more than
/// its rows. Never where nothing came meanwhile, so that whoever waits for what was just written does not wait for this.
const GATHER: Duration = Duration::from_millis(10);
const GATHERED_MIN: usize = 512;

/// How long a projection that held everything lets itself fall behind while bulk is being decided: a run over many recipients is
/// over in seconds, and gates should share the cores with it alone.
const BEHIND_FOR_BULK: Duration = Duration::from_secs(5);

/// How often it looks whether bulk is still being decided.
const BULK_LOOK: Duration = Duration::from_millis(5);

/// The records of one entry.
pub type Records = Vec<Record>;

/// One entry as a projection sees it.
#[derive(Debug)]
pub struct Followed {
    /// Its number, hash and time.
    pub head: Head,
    /// Its records, in order of index.
    pub records: Records,
}

/// Something built from the journal that can be rebuilt from it.
pub trait Projection: Send {
    /// Name for metrics and messages.
    fn name(&self) -> &'static str;

    /// The last entry it holds; `Head::EMPTY` when it holds none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn cursor(&mut self) -> Result<Head, ProjectionError>;

    /// Adds entries and moves the cursor past them, in one transaction.
    ///
    /// # Errors
    /// When it cannot be written; the same entries come again.
    fn apply(&mut self, entries: &[Followed]) -> Result<(), ProjectionError>;
}

/// A projection cannot follow.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The cursor is not on this journal.
    #[error(
        "the projection {name} has seen entry {seq}, which this journal does not have or has otherwise; \
             repair the journal: `jakone journal repair --from COPY --data DIR`. Only if this journal is known to be the right \
             one, move the projection away, and it is built again"
    )]
    NotOnJournal {
        /// Which projection.
        name: &'static str,
        /// Its cursor.
        seq: u64,
    },
    /// The journal could not be read.
    #[error("the journal cannot be followed")]
    Replay(#[from] ReplayError),
    /// The store refused.
    #[error("the store of the projection refused: {0}")]
    Store(String),
    /// A thread could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// A running follower.
pub struct Follower {
    cursor: watch::Receiver<Head>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), ProjectionError>>,
}

impl Follower {
    /// How far it is.
    #[must_use]
    pub fn cursor(&self) -> watch::Receiver<Head> {
        self.cursor.clone()
    }

    /// Stops after the batch at hand.
    ///
    /// # Errors
    /// Why it had stopped by itself.
    pub fn stop(self) -> Result<(), ProjectionError> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or(Err(ProjectionError::Store("the follower panicked".into())))
    }
}

pub(crate) fn start(
    handle: &Handle,
    mut projection: Box<dyn Projection>,
) -> Result<Follower, ProjectionError> {
    let cursor = projection.cursor()?;
    let mut reader = handle.reader(cursor.seq).map_err(|error| match error {
        ReplayError::Read(ReadError::Beyond { .. }) => not_on_journal(&*projection, &cursor),
        other => other.into(),
    })?;
    if cursor.seq > 0 {
        confirm(&mut reader, &cursor, &*projection)?;
    }
    let (moved, watching) = watch::channel(cursor);
    let stop = Arc::new(AtomicBool::new(false));
    let mut run = Run {
        reader,
        projection,
        keys: Arc::clone(handle.keys()),
        durable: handle.watch_durable(),
        shared: Arc::clone(&handle.shared),
        level: Instant::now(),
        moved,
        stop: Arc::clone(&stop),
    };
    let thread = std::thread::Builder::new().name("projection".into()).spawn(move || {
        base::give_way();
        let ended = run.run();
        if let Err(error) = &ended {
            tracing::error!(projection.name = run.projection.name(), %error, "a projection stopped");
        }
        ended
    })?;
    Ok(Follower { cursor: watching, stop, thread })
}

/// The entry at the cursor must be the one the projection has seen.
fn confirm(
    reader: &mut Box<dyn Reader>,
    cursor: &Head,
    projection: &dyn Projection,
) -> Result<(), ProjectionError> {
    let refused = || not_on_journal(projection, cursor);
    let bytes = reader.next().map_err(ReplayError::from)?.ok_or_else(refused)?;
    let entry = journal::Entry::parse_unchecked_hashes(&bytes)
        .map_err(|source| ReplayError::Damaged { seq: cursor.seq, source })?;
    if entry.head().hash == cursor.hash { Ok(()) } else { Err(refused()) }
}

fn not_on_journal(projection: &dyn Projection, cursor: &Head) -> ProjectionError {
    ProjectionError::NotOnJournal { name: projection.name(), seq: cursor.seq }
}

struct Run {
    reader: Box<dyn Reader>,
    projection: Box<dyn Projection>,
    keys: Arc<KeyRing>,
    durable: watch::Receiver<Head>,
    shared: Arc<Shared>,
    /// When it last held everything.
    level: Instant,
    moved: watch::Sender<Head>,
    stop: Arc<AtomicBool>,
}

impl Run {
    fn run(&mut self) -> Result<(), ProjectionError> {
        while !self.is_stopped() {
            self.make_way();
            let entries = self.read()?;
            let Some(last) = entries.last() else {
                self.level = Instant::now();
                self.wait();
                continue;
            };
            let head = last.head;
            let start = Instant::now();
            if !self.add(&entries)? {
                break;
            }
            metrics::histogram!("projection_batch_seconds").record(start.elapsed());
            // Also when nobody listens: the next wait compares with it.
            self.moved.send_replace(head);
            let records: usize = entries.iter().map(|entry| entry.records.len()).sum();
            if records < GATHERED_MIN && self.durable.borrow().seq > head.seq {
                std::thread::sleep(GATHER);
            }
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Waits while bulk is being decided, as long as it may fall behind for that.
    fn make_way(&self) {
        while self.shared.is_bulk_under_way() && self.level.elapsed() < BEHIND_FOR_BULK && !self.is_stopped()
        {
            std::thread::sleep(BULK_LOOK);
        }
    }

    /// Adds entries, again and again while the store refuses: a full disk is no reason to end. False when a stop was
    /// asked for meanwhile; the same entries come again at the next start.
    fn add(&mut self, entries: &[Followed]) -> Result<bool, ProjectionError> {
        let mut pause = RETRY_FIRST;
        loop {
            match self.projection.apply(entries) {
                Err(ProjectionError::Store(reason)) if !self.is_stopped() => {
                    let name = self.projection.name();
                    tracing::warn!(projection.name = name, reason, "the store refused; trying again");
                    metrics::counter!("projection_refusals_total", "projection" => name).increment(1);
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(RETRY_MAX);
                }
                Err(ProjectionError::Store(_)) => return Ok(false),
                added => return added.map(|()| true),
            }
        }
    }

    fn read(&mut self) -> Result<Vec<Followed>, ProjectionError> {
        let mut entries = Vec::new();
        let mut count = 0;
        while count < RECORDS_MAX
            && let Some(bytes) = self.reader.next().map_err(ReplayError::from)?
        {
            let (head, records) = decode_entry(&bytes, &self.keys)?;
            count += records.len();
            entries.push(Followed { head, records });
        }
        Ok(entries)
    }

    /// Waits for something new to be durable, or a moment.
    fn wait(&mut self) {
        let seen = self.moved.borrow().seq;
        let start = Instant::now();
        while self.durable.borrow_and_update().seq <= seen && !self.is_stopped() && start.elapsed() < IDLE {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
