//! Space ahead of need: a thread that writes the next segments full of zeros.
//!
//! Owns the making of segment files. A segment counts as reserved only when its zeros and its name are durable, so an
//! append never allocates. Never writes a byte that is not zero.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::segment;
use crate::bytes::{distance, length};

/// Where the space of new segments comes from: the disk, or in tests something that can run out.
pub trait SpaceSource: Send + Sync {
    /// Makes the file `path` with `bytes` zeros, durable in content and size. Stops early with an error once
    /// `cancelled` is set.
    ///
    /// # Errors
    /// When there is no space; what was made so far may stay, it is removed by the caller.
    fn prepare(&self, path: &Path, bytes: u64, cancelled: &AtomicBool) -> io::Result<()>;
}

/// Space of the file system the journal lies on.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskSpace;

/// Written and flushed at a time, so that the flush of an append never waits behind a whole segment.
const CHUNK_BYTES: usize = 1024 * 1024;

impl SpaceSource for DiskSpace {
    fn prepare(&self, path: &Path, bytes: u64, cancelled: &AtomicBool) -> io::Result<()> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
        allocate(&file, bytes)?;
        let zeros = vec![0u8; CHUNK_BYTES];
        let mut at = 0u64;
        while at < bytes {
            if cancelled.load(Ordering::Relaxed) {
                return Err(io::Error::from(io::ErrorKind::Interrupted));
            }
            let chunk = zeros.get(..length(bytes - at).min(CHUNK_BYTES)).unwrap_or_default();
            file.write_all_at(chunk, at)?;
            at += distance(chunk.len());
            file.sync_data()?;
        }
        file.sync_all()
    }
}

/// Asks for the blocks in one piece; a file system that cannot is written to all the same.
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, bytes) {
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => Ok(()),
        allocated => Ok(allocated?),
    }
}

/// A reserved segment, open for writing.
#[derive(Debug)]
pub(crate) struct Reserved {
    pub(crate) ordinal: u64,
    pub(crate) bytes: u64,
    pub(crate) path: PathBuf,
    pub(crate) file: File,
}

/// Opens a segment for writing.
pub(crate) fn open(dir: &Path, ordinal: u64) -> io::Result<Reserved> {
    let path = segment::path(dir, ordinal);
    let file = OpenOptions::new().read(true).write(true).open(&path)?;
    let bytes = file.metadata()?.len();
    Ok(Reserved { ordinal, bytes, path, file })
}

/// Makes one segment, start to end.
pub(crate) fn make(dir: &Path, ordinal: u64, plan: &Plan, cancelled: &AtomicBool) -> io::Result<Reserved> {
    let unfinished = segment::unfinished_path(dir, ordinal);
    let made = plan.space.prepare(&unfinished, plan.bytes, cancelled);
    if let Err(error) = made {
        // Half a segment would only take space from whoever tries to make room.
        let _ = std::fs::remove_file(&unfinished);
        return Err(error);
    }
    std::fs::rename(&unfinished, segment::path(dir, ordinal))?;
    File::open(dir)?.sync_all()?;
    open(dir, ordinal)
}

/// How segments are made.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) bytes: u64,
    pub(crate) ahead: usize,
    pub(crate) retry_pause: Duration,
    pub(crate) space: Arc<dyn SpaceSource>,
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
    cancelled: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Reserver {
    /// Starts with the segments already reserved; `next_ordinal` follows the last of them.
    pub(crate) fn start(
        dir: &Path,
        plan: Plan,
        ready: VecDeque<Reserved>,
        next_ordinal: u64,
    ) -> io::Result<Self> {
        let (orders, ordered) = channel::<u64>();
        let (done, results) = channel();
        let cancelled = Arc::new(AtomicBool::new(false));
        let (dir, making, stop) = (dir.to_path_buf(), plan.clone(), Arc::clone(&cancelled));
        let thread = std::thread::Builder::new().name("journal-reserve".into()).spawn(move || {
            for ordinal in ordered {
                if done.send(make(&dir, ordinal, &making, &stop)).is_err() {
                    return;
                }
            }
        })?;
        let orders = Some(orders);
        let thread = Some(thread);
        let (in_flight, failed) = (false, None);
        let mut reserver =
            Self { plan, ready, next_ordinal, in_flight, failed, orders, results, cancelled, thread };
        reserver.order();
        Ok(reserver)
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
        let resting = self.failed.as_ref().is_some_and(|(since, _)| since.elapsed() < self.plan.retry_pause);
        if self.in_flight || resting || self.ready.len() >= self.plan.ahead {
            return;
        }
        self.in_flight = self.orders.as_ref().is_some_and(|orders| orders.send(self.next_ordinal).is_ok());
    }
}

impl Drop for Reserver {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
