//! Admission: bounded queues in strict classes. A full queue refuses before anything is decided.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base::PrincipalId;
use engine::ledger::Totals;
use engine::{Answer, Engine, Envelope, Unit};
use tokio::sync::oneshot;

use crate::Fault;
use crate::batch::{RECORD_BYTES_MAX, Release, record_bytes_max};

/// Classes of work, most urgent first; a lower class waits while a higher one has work.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// Blocking a medium.
    Block,
    /// A gate or an app asks; reads of the state.
    Ask,
    /// A purchase or a top-up.
    Purchase,
    /// Taps that terminals deliver.
    Upload,
    /// Office work.
    Office,
    /// Runs over many recipients.
    Bulk,
}

impl Class {
    /// Every class, most urgent first.
    pub const ALL: [Self; 6] =
        [Self::Block, Self::Ask, Self::Purchase, Self::Upload, Self::Office, Self::Bulk];

    /// Name for metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Ask => "ask",
            Self::Purchase => "purchase",
            Self::Upload => "upload",
            Self::Office => "office",
            Self::Bulk => "bulk",
        }
    }
}

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Commands per class.
    pub waiting_max: usize,
    /// Commands of one principal in all classes together but bulk.
    pub waiting_per_principal_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { waiting_max: 65_536, waiting_per_principal_max: 32_768 }
    }
}

/// Why nothing was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// The queue of this class is full: ask again in a moment.
    #[error("the queue is full")]
    QueueFull,
    /// This principal has too much waiting: ask again in a moment.
    #[error("too much of this principal is waiting")]
    PrincipalLimit,
    /// No journal space is reserved, or the key of a new day cannot be written. Of a job a part may have been decided: ask again
    /// with the same ids.
    #[error("the journal has no space")]
    JournalFull,
    /// The wall clock made a step; an operator has to look at it. Of a job a part may have been decided: ask
    /// again with the same ids.
    #[error("the clock made a step that nobody has accepted yet")]
    ClockStepped,
    /// No entry could hold one of the commands; asking again changes nothing.
    #[error("a command is larger than the journal takes")]
    CommandTooLarge,
    /// This machine has not been able to append for a while, so that another may lead by now: ask again, or ask the others.
    #[error("another machine may lead by now")]
    NotLeading,
    /// The runtime stopped; what became of the commands is in the journal.
    #[error("the engine has stopped")]
    Stopped,
}

/// Commands that came together and are answered together.
pub struct Job {
    pub class: Class,
    pub principal: PrincipalId,
    /// All of them; freed after the answers are out, by the thread that has time.
    pub commands: Vec<Envelope>,
    /// One for each command decided so far.
    pub answers: Vec<Answer>,
    pub reply: oneshot::Sender<Result<Vec<Answer>, Busy>>,
}

impl Job {
    pub fn new(
        class: Class,
        commands: Vec<Envelope>,
        reply: oneshot::Sender<Result<Vec<Answer>, Busy>>,
    ) -> Self {
        let principal = commands.first().map_or(PrincipalId(0), |command| command.principal);
        let answers = Vec::with_capacity(commands.len());
        Self { class, principal, commands, answers, reply }
    }

    /// What is still to be decided.
    pub fn rest(&self) -> &[Envelope] {
        self.commands.get(self.answers.len()..).unwrap_or_default()
    }
}

/// Something that looks at the state and leaves an answer to be released later.
pub type Look = Box<dyn FnOnce(&Engine) -> Release + Send>;

/// What waits in a queue.
pub enum Work {
    Commands(Job),
    Read(Look),
}

impl Work {
    /// Whether every command fits an entry whatever comes of it: refused ones are recorded too.
    fn fits(&self) -> bool {
        let fits = |command: &Envelope| record_bytes_max(&command.body) <= RECORD_BYTES_MAX;
        match self {
            Self::Commands(job) => job.rest().iter().all(fits),
            Self::Read(_) => true,
        }
    }

    /// Whose waiting work this counts as. Bulk does not count: a run over many recipients is larger than any
    /// principal's share, and must not keep that principal from blocking a medium meanwhile.
    fn counted(&self) -> Option<PrincipalId> {
        match self {
            Self::Commands(job) if job.class != Class::Bulk => Some(job.principal),
            Self::Commands(_) | Self::Read(_) => None,
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::Commands(job) => job.rest().len(),
            Self::Read(_) => 1,
        }
    }
}

#[derive(Default)]
struct Queue {
    work: VecDeque<Work>,
    waiting: usize,
}

/// How the batch stands that the decider fills.
#[derive(Clone, Copy, Debug)]
pub struct Filling {
    /// It can take more.
    pub room: bool,
    /// It has something to hand over.
    pub decided: bool,
    /// Bulk has had its time in it.
    pub skip_bulk: bool,
}

/// What the decider has to do next.
pub enum Next {
    /// Decide this.
    Work(Work),
    /// The writer is free: hand over what has been decided.
    WriterFree,
    /// Everything admitted is decided: stop.
    Stop,
}

/// How long after bulk was taken up last it still counts as under way: whoever sends it hears of one batch before the next.
const BULK_PAUSE: Duration = Duration::from_millis(50);

/// How many entries back the engine's totals are kept, so that a projection can be held against them at its cursor.
const TOTALS_KEPT: usize = 16_384;

/// The engine's totals by unit.
pub type UnitTotals = [Totals; Unit::ALL.len()];

#[derive(Default)]
struct Inner {
    queues: [Queue; Class::ALL.len()],
    per_principal: HashMap<PrincipalId, usize>,
    /// Batches handed over and not yet done with.
    in_flight: usize,
    /// The fate of the one being written is unknown.
    unsure: bool,
    closed: bool,
    /// Bulk waits until this is taken back.
    bulk_held: bool,
    /// When some was last taken up.
    bulk_taken: Option<Instant>,
    fault: Option<Fault>,
}

/// What callers, decider and writer share.
pub struct Shared {
    inner: Mutex<Inner>,
    changed: Condvar,
    limits: Limits,
    has_space: AtomicBool,
    clock_stepped: AtomicBool,
    clock_accepted: AtomicBool,
    totals: Mutex<VecDeque<(u64, UnitTotals)>>,
}

impl Shared {
    pub fn new(limits: Limits) -> Self {
        Self {
            inner: Mutex::default(),
            changed: Condvar::new(),
            limits,
            has_space: AtomicBool::new(true),
            clock_stepped: AtomicBool::new(false),
            clock_accepted: AtomicBool::new(false),
            totals: Mutex::default(),
        }
    }

    /// Keeps the engine's totals as they are after an entry.
    pub fn keep_totals(&self, seq: u64, totals: UnitTotals) {
        let mut kept = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= TOTALS_KEPT {
            kept.pop_front();
        }
        kept.push_back((seq, totals));
    }

    /// The engine's totals after an entry, if it is recent enough.
    pub fn totals_at(&self, seq: u64) -> Option<UnitTotals> {
        let kept = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
        kept.get(place).map(|(_, totals)| *totals)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while holding the lock leaves counters at worst; the threads' own fault handling ends the process.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues work, or says why not. A stepped clock is not looked at here: the decider asks the clock again for every
    /// job, and if nothing reached it nobody would notice that the step has gone away.
    pub fn admit(&self, class: Class, work: Work) -> Result<(), Busy> {
        let value = matches!(work, Work::Commands(_));
        if !work.fits() {
            return Err(Busy::CommandTooLarge);
        }
        if value && !self.has_space() {
            return Err(Busy::JournalFull);
        }
        let mut inner = self.lock();
        if inner.closed {
            return Err(Busy::Stopped);
        }
        let weight = work.weight();
        let principal = work.counted();
        if let Some(principal) = principal {
            let waiting = inner.per_principal.get(&principal).copied().unwrap_or(0);
            if waiting + weight > self.limits.waiting_per_principal_max {
                return Err(Busy::PrincipalLimit);
            }
        }
        let Some(queue) = inner.queues.get_mut(class as usize) else { return Err(Busy::QueueFull) };
        // A single large job may enter an empty queue; otherwise it could never run.
        if queue.waiting > 0 && queue.waiting + weight > self.limits.waiting_max {
            return Err(Busy::QueueFull);
        }
        queue.waiting += weight;
        queue.work.push_back(work);
        if let Some(principal) = principal {
            *inner.per_principal.entry(principal).or_default() += weight;
        }
        drop(inner);
        self.changed.notify_all();
        Ok(())
    }

    /// What the decider has to do next; if nothing, waits for a change once, so long at most.
    pub fn next(&self, batch: Filling, patience: Duration) -> Option<Next> {
        let mut inner = self.lock();
        let next = inner.next(batch);
        if next.is_some() || patience.is_zero() {
            return next;
        }
        let waited = self.changed.wait_timeout(inner, patience);
        waited.unwrap_or_else(PoisonError::into_inner).0.next(batch)
    }

    /// Work that is urgent enough to join a batch although the writer is free.
    pub fn more(&self, skip_bulk: bool) -> Option<Work> {
        self.lock().pop(skip_bulk)
    }

    /// Holds bulk work back, or lets it go on.
    pub fn hold_bulk(&self, held: bool) {
        self.lock().bulk_held = held;
        self.changed.notify_all();
    }

    pub fn is_bulk_held(&self) -> bool {
        self.lock().bulk_held
    }

    /// Whether bulk is being decided.
    pub fn is_bulk_under_way(&self) -> bool {
        let inner = self.lock();
        let waits = inner.queues.get(Class::Bulk as usize).is_some_and(|queue| !queue.work.is_empty());
        (waits && !inner.bulk_held) || inner.bulk_taken.is_some_and(|taken| taken.elapsed() < BULK_PAUSE)
    }

    /// Puts back a job whose rest did not fit the batch. After a fault nobody would take it again: it is dropped, so
    /// that its caller hears that the engine stopped.
    pub fn put_back(&self, job: Job) {
        let mut inner = self.lock();
        if inner.fault.is_some() {
            return;
        }
        let class = job.class;
        let work = Work::Commands(job);
        let (weight, principal) = (work.weight(), work.counted());
        if let Some(queue) = inner.queues.get_mut(class as usize) {
            queue.waiting += weight;
            queue.work.push_front(work);
        }
        if let Some(principal) = principal {
            *inner.per_principal.entry(principal).or_default() += weight;
        }
    }

    /// Whether the writer would begin at once with what it is given.
    pub fn is_writer_free(&self) -> bool {
        let inner = self.lock();
        inner.in_flight == 0 && !inner.unsure && !inner.closed && inner.fault.is_none()
    }

    pub fn writer_takes(&self) {
        self.lock().in_flight += 1;
    }

    /// Nobody knows whether the entry being written is durable: nothing new is taken up until that is clear.
    pub fn writer_is_unsure(&self) {
        self.lock().unsure = true;
    }

    pub fn writer_is_free(&self, has_space: bool) {
        self.has_space.store(has_space, Ordering::Relaxed);
        let mut inner = self.lock();
        inner.in_flight = inner.in_flight.saturating_sub(1);
        inner.unsure = false;
        drop(inner);
        self.changed.notify_all();
    }

    pub fn space(&self, has_space: bool) {
        self.has_space.store(has_space, Ordering::Relaxed);
    }

    pub fn has_space(&self) -> bool {
        self.has_space.load(Ordering::Relaxed)
    }

    /// Stops for good: nothing is admitted, waiting work is dropped, its callers hear that the engine stopped.
    pub fn fail(&self, fault: Fault) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.fault = Some(fault);
        inner.queues = Default::default();
        drop(inner);
        self.changed.notify_all();
    }

    pub fn fault(&self) -> Option<Fault> {
        self.lock().fault.clone()
    }

    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub fn waiting(&self) -> [usize; Class::ALL.len()] {
        let inner = self.lock();
        std::array::from_fn(|class| inner.queues.get(class).map_or(0, |queue| queue.waiting))
    }

    pub fn clock_stepped(&self) -> bool {
        self.clock_stepped.load(Ordering::Relaxed)
    }

    pub fn set_clock_stepped(&self, stepped: bool) {
        self.clock_stepped.store(stepped, Ordering::Relaxed);
    }

    pub fn accept_clock(&self) {
        self.clock_accepted.store(true, Ordering::Relaxed);
        self.clock_stepped.store(false, Ordering::Relaxed);
    }

    /// Whether an operator has accepted the clock since the last time this was asked.
    pub fn take_clock_acceptance(&self) -> bool {
        self.clock_accepted.swap(false, Ordering::Relaxed)
    }
}

impl Inner {
    fn next(&mut self, batch: Filling) -> Option<Next> {
        if batch.decided && self.in_flight == 0 {
            return Some(Next::WriterFree);
        }
        if batch.room
            && !self.unsure
            && let Some(work) = self.pop(batch.skip_bulk)
        {
            return Some(Next::Work(work));
        }
        let stop = self.fault.is_some() || (self.closed && !batch.decided && self.is_empty());
        stop.then_some(Next::Stop)
    }

    fn is_empty(&self) -> bool {
        self.queues.iter().all(|queue| queue.work.is_empty())
    }

    fn pop(&mut self, skip_bulk: bool) -> Option<Work> {
        // What was admitted is decided before a stop, held or not.
        let skip_bulk = skip_bulk || (self.bulk_held && !self.closed);
        let last = if skip_bulk { Class::Bulk as usize } else { Class::ALL.len() };
        let (class, queue) =
            self.queues.iter_mut().enumerate().take(last).find(|(_, queue)| !queue.work.is_empty())?;
        let work = queue.work.pop_front()?;
        if class == Class::Bulk as usize {
            self.bulk_taken = Some(Instant::now());
        }
        queue.waiting = queue.waiting.saturating_sub(work.weight());
        if let Some(principal) = work.counted() {
            let left = self.per_principal.get(&principal).copied().unwrap_or(0);
            match left.saturating_sub(work.weight()) {
                0 => self.per_principal.remove(&principal),
                rest => self.per_principal.insert(principal, rest),
            };
        }
        Some(work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_is_free_only_when_every_batch_handed_over_is_done_with() {
        let shared = std::sync::Arc::new(Shared::new(Limits::default()));
        let (reply, _answers) = oneshot::channel();
        shared.admit(Class::Office, Work::Commands(Job::new(Class::Office, Vec::new(), reply))).unwrap();
        shared.writer_takes();
        shared.writer_takes();
        shared.writer_is_free(true);
        let (say, heard) = std::sync::mpsc::channel();
        let decider = std::sync::Arc::clone(&shared);
        let limit = Duration::from_secs(60);
        std::thread::spawn(move || {
            let batch = Filling { room: true, decided: true, skip_bulk: false };
            let mut heard = 0;
            while heard < 2 {
                let Some(next) = decider.next(batch, limit) else { continue };
                let _ = say.send(matches!(next, Next::WriterFree));
                heard += 1;
            }
        });
        assert!(!heard.recv_timeout(limit).unwrap(), "one is still being written, so work is taken up");
        shared.writer_is_free(true);
        assert!(heard.recv_timeout(limit).unwrap());
    }
}
