//! Space ahead of need: a thread that writes the next segments full of zeros.
//!
//! Owns the making of segment files. A segment counts as reserved only when its zeros and its name are durable, so an
//! append never allocates. Never writes a byte that is not zero.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::disk::{Access, Disk, DiskFile};
use super::segment;
use crate::bytes::{distance, length};

/// Where the space of new segments comes from: the disk, or in tests something that can run out.
pub trait SpaceSource: Send + Sync {
    /// Makes the file `path` on `disk` with `bytes` zeros, durable in content and size, as it is `wanted`. Stops early with an
    /// error once that is over.
    ///
    /// # Errors
    /// When there is no space; what was made so far may stay, it is removed by the caller.
    fn prepare(&self, disk: &dyn Disk, path: &Path, bytes: u64, wanted: &Wanted) -> io::Result<()>;
}

/// How a segment is wanted; may change while it is being made.
#[derive(Debug, Default)]
pub struct Wanted {
    no_more: AtomicBool,
    in_time: AtomicBool,
}

impl Wanted {
    /// At once: whoever ordered it waits for it.
    #[must_use]
    pub fn at_once() -> Self {
        Self::default()
    }

    /// Others are ready, so that the flushes of appends go first.
    fn set_in_time(&self, in_time: bool) {
        self.in_time.store(in_time, Ordering::Relaxed);
    }

    fn cancel(&self) {
        self.no_more.store(true, Ordering::Relaxed);
    }
}

/// Space of the file system the journal lies on.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskSpace;

/// Written and flushed at a time. The flush of an append waits behind it: with 1 MiB one flush in a hundred took 10 ms where it
/// takes 0.2, and so much without a pause meets the limits that hosts set to disks.
const CHUNK_BYTES: usize = 128 * 1024;

impl SpaceSource for DiskSpace {
    fn prepare(&self, disk: &dyn Disk, path: &Path, bytes: u64, wanted: &Wanted) -> io::Result<()> {
        let file = disk.open(path, Access::Create)?;
        file.allocate(bytes)?;
        let zeros = vec![0u8; CHUNK_BYTES];
        let mut at = 0u64;
        while at < bytes {
            if wanted.no_more.load(Ordering::Relaxed) {
                return Err(io::Error::from(io::ErrorKind::Interrupted));
            }
            let start = Instant::now();
            let chunk = zeros.get(..length(bytes - at).min(CHUNK_BYTES)).unwrap_or_default();
            file.write_all_at(chunk, at)?;
            at += distance(chunk.len());
            file.sync_data()?;
            if wanted.in_time.load(Ordering::Relaxed) {
                // As long as the disk was taken it is left to others.
                std::thread::sleep(start.elapsed());
            }
        }
        file.sync_all()
    }
}

/// A reserved segment, open for writing.
pub(crate) struct Reserved {
    pub(crate) ordinal: u64,
    pub(crate) bytes: u64,
    pub(crate) path: PathBuf,
    pub(crate) file: Box<dyn DiskFile>,
}

/// Opens a segment for writing.
pub(crate) fn open(disk: &dyn Disk, dir: &Path, ordinal: u64) -> io::Result<Reserved> {
    let path = segment::path(dir, ordinal);
    let file = disk.open(&path, Access::Write)?;
    let bytes = file.bytes()?;
    Ok(Reserved { ordinal, bytes, path, file })
}

/// Makes one segment, start to end.
pub(crate) fn make(dir: &Path, ordinal: u64, plan: &Plan, wanted: &Wanted) -> io::Result<Reserved> {
    let unfinished = segment::unfinished_path(dir, ordinal);
    let disk = &*plan.disk;
    let made = plan.space.prepare(disk, &unfinished, plan.bytes, wanted);
    if let Err(error) = made {
        // Half a segment would only take space from whoever tries to make room.
        let _ = disk.remove(&unfinished);
        return Err(error);
    }
    disk.rename(&unfinished, &segment::path(dir, ordinal))?;
    disk.sync_dir(dir)?;
    open(disk, dir, ordinal)
}

/// How segments are made.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) bytes: u64,
    pub(crate) ahead: usize,
    pub(crate) retry_pause: Duration,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) space: Arc<dyn SpaceSource>,
}

/// The making of segments that are ordered: the work of the journal's second thread, or of whoever holds it.
pub struct Reserving {
    dir: PathBuf,
    plan: Plan,
    ordered: Receiver<u64>,
    done: Sender<io::Result<Reserved>>,
    wanted: Arc<Wanted>,
}

impl std::fmt::Debug for Reserving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reserving").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl Reserving {
    /// Makes the segment that is ordered; false if none is.
    pub fn turn(&self) -> bool {
        let ordered = self.ordered.try_recv();
        ordered.is_ok_and(|ordinal| self.make(ordinal))
    }

    fn run(self) {
        while let Ok(ordinal) = self.ordered.recv() {
            if !self.make(ordinal) {
                return;
            }
        }
    }

    /// False if nobody waits for segments any more.
    fn make(&self, ordinal: u64) -> bool {
        self.done.send(make(&self.dir, ordinal, &self.plan, &self.wanted)).is_ok()
    }
}

/// The segments reserved so far and the thread that makes more.
pub(crate) struct Reserver {
    plan: Plan,
    ready: VecDeque<Reserved>,
    next_ordinal: u64,
    in_flight: bool,
    failed: Option<(Instant, io::Error)>,
    orders: Option<Sender<u64>>,
    results: Receiver<io::Result<Reserved>>,
    wanted: Arc<Wanted>,
    thread: Option<JoinHandle<()>>,
}

impl Reserver {
    /// Starts with the segments already reserved; `next_ordinal` follows the last of them.
    pub(crate) fn new(
        dir: &Path,
        plan: Plan,
        ready: VecDeque<Reserved>,
        next_ordinal: u64,
    ) -> (Self, Reserving) {
        let (orders, ordered) = channel();
        let (done, results) = channel();
        let wanted = Arc::new(Wanted::at_once());
        let reserving = Reserving {
            dir: dir.to_path_buf(),
            plan: plan.clone(),
            ordered,
            done,
            wanted: Arc::clone(&wanted),
        };
        let orders = Some(orders);
        let (in_flight, failed, thread) = (false, None, None);
        let mut reserver =
            Self { plan, ready, next_ordinal, in_flight, failed, orders, results, wanted, thread };
        reserver.order();
        (reserver, reserving)
    }

    /// Gives the making of segments a thread of its own.
    pub(crate) fn spawn(&mut self, reserving: Reserving) -> io::Result<()> {
        let thread = std::thread::Builder::new().name("journal-reserve".into());
        self.thread = Some(thread.spawn(move || reserving.run())?);
        Ok(())
    }

    /// Whether a segment is ready now.
    pub(crate) fn is_ready(&mut self) -> bool {
        self.collect();
        self.order();
        !self.ready.is_empty()
    }

    /// Takes the next segment and orders another.
    pub(crate) fn take(&mut self) -> Option<Reserved> {
        self.collect();
        let next = self.ready.pop_front();
        self.order();
        next
    }

    /// Waits for a segment at most so long.
    pub(crate) fn wait(&mut self, limit: Duration) -> bool {
        let start = Instant::now();
        while !self.is_ready() {
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            // Nothing is under way only while a failure is young; then the wait is the pause before the next try.
            let pause = if self.in_flight { left } else { left.min(self.plan.retry_pause) };
            if let Ok(result) = self.results.recv_timeout(pause) {
                self.receive(result);
            }
        }
        true
    }

    /// Why the last try failed, if it did.
    pub(crate) fn failure(&self) -> Option<&io::Error> {
        self.failed.as_ref().map(|(_, error)| error)
    }

    fn collect(&mut self) {
        loop {
            match self.results.try_recv() {
                Ok(result) => self.receive(result),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    fn receive(&mut self, result: io::Result<Reserved>) {
        self.in_flight = false;
        match result {
            Ok(reserved) => {
                self.failed = None;
                self.next_ordinal = reserved.ordinal + 1;
                self.ready.push_back(reserved);
            }
            Err(error) => self.failed = Some((Instant::now(), error)),
        }
    }

    fn order(&mut self) {
        self.wanted.set_in_time(self.thread.is_some() && !self.ready.is_empty());
        let resting = self.failed.as_ref().is_some_and(|(since, _)| since.elapsed() < self.plan.retry_pause);
        if self.in_flight || resting || self.ready.len() >= self.plan.ahead {
            return;
        }
        self.in_flight = self.orders.as_ref().is_some_and(|orders| orders.send(self.next_ordinal).is_ok());
    }
}

impl Drop for Reserver {
    fn drop(&mut self) {
        self.wanted.cancel();
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
