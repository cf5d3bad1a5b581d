//! The engine's thread and everything around it: admission, group commit, recovery, followers.
//!
//! Owns the order of things: a command is admitted to a bounded queue, decided by one thread, sealed and made durable
//! by another while the next batch is being decided, and only then answered. Never decides anything itself, and never
//! lets an answer out before the position it carries is durable.

mod admission;
mod batch;
mod decider;
mod follower;
mod leadership;
mod real_time;
mod replay;
mod snapshot;
mod standby;
mod steady;
mod stepped;
mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use base::{Clock, Code, CommandId};
use engine::{Answer, Engine, Envelope, Genesis, Position};
use journal::{Head, Journal, KeyRing, ReadError, Reader};
use tokio::sync::{oneshot, watch};

pub use admission::{Busy, Class, Limits, UnitTotals};
pub use follower::{Followed, Follower, Projection, ProjectionError, Records};
pub use leadership::{Leadership, Terms};
pub use real_time::{NotPermitted, RealTime};
pub use replay::{ReplayError, Replayed, decode_entry, replay};
pub use snapshot::{Found, Manifest, SnapshotIoError, Snapshots, Unsound, replay_from};
pub use standby::{Check, Heard, Lead, Objection, Standby};
pub use stepped::Stepped;

use admission::{Job, Shared, Work};
use decider::{Decider, Stopwatch};
use leadership::Lease;
use writer::{ReaderRequest, Writer};

/// How long a start waits for space in the journal: more than the making of a segment takes.
const SPACE_WAIT_MAX: Duration = Duration::from_secs(30);

/// How a runtime is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The founding facts, written if the journal is empty.
    pub genesis: Genesis,
    /// Name of this machine.
    pub node: Code,
    /// Id of the epoch that this process begins. Random, so that two processes never write the same entry and both take it for
    /// theirs, whatever their names and clocks say.
    pub epoch_id: CommandId,
    /// Name of this build.
    pub build: Code,
    /// Digest of the configuration.
    pub config: u64,
    /// How much may wait.
    pub limits: Limits,
    /// Whether other machines may take this one's place.
    pub leadership: Leadership,
    /// Room made at start, so that the hot path never copies a table: holders, media and accounts.
    pub reserve: usize,
    /// What to do when the journal can no longer be trusted to take an entry. A server ends its process here. A start
    /// that fails says so itself.
    pub on_fault: fn(&Fault),
}

/// Why a runtime stopped by itself.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// Another leader writes this journal.
    #[error("another process writes this journal; this one stops")]
    Fenced,
    /// An append failed; what is on the disk is for recovery to tell.
    #[error("the journal could not be written: {0}")]
    Append(String),
    /// A batch could not be sealed.
    #[error("a batch could not be sealed: {0}")]
    Seal(String),
    /// `apply` found a record that does not fit the state.
    #[error("the engine stopped because a record does not fit its state; recover from the journal")]
    Apply,
}

/// Why a runtime could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The journal could not be replayed.
    #[error("the journal cannot be replayed")]
    Replay(#[from] ReplayError),
    /// The wall clock is behind the last entry.
    #[error("the clock shows {now}, which is before the last entry at {last}; set the clock and start again")]
    ClockBehind {
        /// What the clock shows.
        now: base::Timestamp,
        /// Time of the last entry.
        last: base::Timestamp,
    },
    /// The journal is shared by machines.
    #[error(
        "this journal is shared by machines, so each begins as a standby and leads when the others are silent"
    )]
    Shared,
    /// A standby was asked for where there is one machine.
    #[error("there is no standby where the journal is one machine's own")]
    Alone,
    /// What is asked before a machine leads says that it must not.
    #[error("this machine must not lead: {0}")]
    Refused(Box<dyn std::error::Error + Send + Sync>),
    /// The journal has no space for the first entries.
    #[error("the journal has no space reserved; make room on its disk and start again")]
    NoSpace,
    /// A thread could not be started.
    #[error("cannot start a thread")]
    Thread(#[from] std::io::Error),
    /// The first entries could not be written.
    #[error("the first entry of this process could not be written: {0}")]
    First(Fault),
}

/// What the engine's or the journal's thread did in one turn: threads take turns until they have ended, a
/// [`Stepped`] runtime takes the turns that it is told to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// There is nothing to do at the moment.
    Idle,
    /// The engine took up a job or a read.
    Decided,
    /// The engine handed a batch to the journal's thread.
    HandedOver,
    /// The journal's thread took a batch and sealed it, if it holds records.
    Sealed,
    /// An entry is durable.
    Appended,
    /// Nobody knows whether the entry is durable; the next turn sends the same bytes again.
    Unsure,
    /// The answers of a durable batch are out.
    Released,
    /// It is over: everything is done, or the runtime failed.
    Ended,
}

/// A running engine with its journal.
pub struct Runtime {
    handle: Handle,
    decider: JoinHandle<Engine>,
    writer: JoinHandle<()>,
}

/// A way to reach a running engine; cheap to clone.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
    lease: Arc<Lease>,
    durable: watch::Receiver<Head>,
    readers: crossbeam_channel::Sender<ReaderRequest>,
    keys: Arc<KeyRing>,
}

/// Something read from the engine's state, with the position it was read at. Released when that position is durable.
#[derive(Clone, Copy, Debug)]
pub struct Read<T> {
    /// The last record the state had seen.
    pub position: Position,
    /// What was read.
    pub value: T,
}

/// What a read came to on the engine's thread: a panic there is its caller's, not the engine's.
type Looked<T> = std::thread::Result<Read<T>>;

fn released<T>(answer: Result<Result<Looked<T>, Busy>, oneshot::error::RecvError>) -> Result<Read<T>, Busy> {
    answer.map_err(|_| Busy::Stopped)??.map_err(|panic| resume_unwind(panic))
}

impl Runtime {
    /// Replays the journal, writes genesis if it is empty, writes this process's epoch, and starts deciding.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running.
    pub fn start(
        journal: Box<dyn Journal>,
        keys: Arc<KeyRing>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StartError> {
        let replayed = replay_whole(&*journal, &keys, &options)?;
        Self::go_on(replayed, journal, keys, clock, options)
    }

    /// As [`Runtime::start`], after a replay that has come to the head of this journal, such as [`replay_from`] a
    /// snapshot.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running.
    pub fn go_on(
        replayed: Replayed,
        journal: Box<dyn Journal>,
        keys: Arc<KeyRing>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StartError> {
        match options.leadership {
            Leadership::Alone => Self::launch(replayed, journal, keys, clock, options),
            Leadership::Shared(_) => Err(StartError::Shared),
        }
    }

    fn launch(
        replayed: Replayed,
        journal: Box<dyn Journal>,
        keys: Arc<KeyRing>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StartError> {
        let start = Instant::now();
        let stopwatch = Box::new(move || start.elapsed());
        let parts = assemble(replayed, journal, keys, clock, stopwatch, options)?;
        let Parts { handle, decider, writer, epoch } = parts;
        let writer = std::thread::Builder::new().name("journal".into()).spawn(move || writer.run())?;
        let decider = std::thread::Builder::new().name("engine".into()).spawn(move || decider.run())?;
        let started = handle.wait_for_durable(epoch);
        let runtime = Self { handle, decider, writer };
        if let Err(fault) = started {
            // Both threads have ended or are about to; the journal is closed when they have.
            drop(runtime.shutdown());
            return Err(StartError::First(fault));
        }
        Ok(runtime)
    }

    /// A way to reach it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Gives the journal's thread a real-time priority.
    ///
    /// # Errors
    /// What the system says; the priority is then as before.
    pub fn raise_writer(&self, priority: RealTime) -> std::io::Result<()> {
        priority.give(&self.writer)
    }

    /// Stops: nothing more is admitted, what was admitted is decided and made durable. Answers the engine with its
    /// last state.
    #[must_use]
    pub fn shutdown(self) -> Option<Engine> {
        self.handle.shared.close();
        let engine = self.decider.join().ok();
        let _ = self.writer.join();
        engine
    }
}

/// A runtime of which nothing runs yet.
struct Parts {
    handle: Handle,
    decider: Decider,
    writer: Writer,
    /// The entry that holds this process's epoch: once it is durable, the runtime has started.
    epoch: u64,
}

/// Replays the journal from its first entry.
fn replay_whole(journal: &dyn Journal, keys: &KeyRing, options: &Options) -> Result<Replayed, ReplayError> {
    replay(journal.reader(1)?, keys, options.genesis.hash_key, options.reserve)
}

/// Puts together what goes on from a replay that has come to the head of the journal.
fn assemble(
    replayed: Replayed,
    mut journal: Box<dyn Journal>,
    keys: Arc<KeyRing>,
    clock: Arc<dyn Clock>,
    stopwatch: Stopwatch,
    options: Options,
) -> Result<Parts, StartError> {
    let (head, now) = (replayed.head, clock.now());
    if now < head.at {
        return Err(StartError::ClockBehind { now, last: head.at });
    }
    // A process that was killed while it reserved space left none; the journal makes it again meanwhile.
    if !journal.wait_for_space(SPACE_WAIT_MAX) {
        return Err(StartError::NoSpace);
    }
    let shared = Arc::new(Shared::new(options.limits));
    let lease = Arc::new(Lease::new(options.leadership, Arc::clone(&clock)));
    let (durable_tx, durable) = watch::channel(head);
    let (readers, reader_requests) = crossbeam_channel::unbounded();
    let (batches, incoming) = crossbeam_channel::bounded(2);
    let (spare, spares) = crossbeam_channel::unbounded();
    let writer = Writer {
        journal,
        head,
        sealer: journal::Sealer::new(Arc::clone(&keys)),
        stage: writer::Stage::None,
        shared: Arc::clone(&shared),
        lease: Arc::clone(&lease),
        has_written: false,
        durable: durable_tx,
        incoming,
        spare,
        reader_requests,
        on_fault: options.on_fault,
    };
    let ends = decider::Ends {
        clock,
        stopwatch,
        shared: Arc::clone(&shared),
        keys: Arc::clone(&keys),
        batches,
        spares,
    };
    let decider = Decider::new(replayed.engine, head, options, ends);
    let handle = Handle { shared, lease, durable, readers, keys };
    // Genesis has an entry of its own before the epoch's.
    let epoch = head.seq + if head.seq == 0 { 2 } else { 1 };
    Ok(Parts { handle, decider, writer, epoch })
}

impl Handle {
    fn wait_for_durable(&self, seq: u64) -> Result<(), Fault> {
        loop {
            if self.durable.borrow().seq >= seq {
                return Ok(());
            }
            if let Some(fault) = self.shared.fault() {
                return Err(fault);
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Submits commands of one class and waits for their answers, in the same order. Dropping the future does not
    /// withdraw them.
    ///
    /// # Errors
    /// [`Busy`] before anything was decided, or when the runtime stopped meanwhile: then ask again with the same ids.
    pub async fn submit(&self, class: Class, commands: Vec<Envelope>) -> Result<Vec<Answer>, Busy> {
        let reply = self.enqueue(class, commands)?;
        reply.await.unwrap_or(Err(Busy::Stopped))
    }

    /// As [`Handle::submit`], for a thread that has nothing else to do.
    ///
    /// # Errors
    /// As [`Handle::submit`].
    pub fn submit_blocking(&self, class: Class, commands: Vec<Envelope>) -> Result<Vec<Answer>, Busy> {
        let reply = self.enqueue(class, commands)?;
        reply.blocking_recv().unwrap_or(Err(Busy::Stopped))
    }

    /// Queues commands and answers at once with the place where their answers will arrive.
    ///
    /// # Errors
    /// [`Busy`]: nothing was queued.
    pub fn enqueue(
        &self,
        class: Class,
        commands: Vec<Envelope>,
    ) -> Result<oneshot::Receiver<Result<Vec<Answer>, Busy>>, Busy> {
        let (reply, answers) = oneshot::channel();
        self.shared.admit(class, Work::Commands(Job::new(class, commands, reply)))?;
        Ok(answers)
    }

    /// Reads the engine's state. The answer is held until everything the state had seen is durable. `read` runs on the
    /// engine's thread, so it should be short; a panic in it goes on in the caller.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full, another machine may lead by now, or the runtime stopped.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<Read<T>, Busy> {
        released(self.enqueue_read(read)?.await)
    }

    /// As [`Handle::read`], for a thread that has nothing else to do.
    ///
    /// # Errors
    /// As [`Handle::read`].
    pub fn read_blocking<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<Read<T>, Busy> {
        released(self.enqueue_read(read)?.blocking_recv())
    }

    fn enqueue_read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<Looked<T>, Busy>>, Busy> {
        if !self.lease.holds() {
            return Err(Busy::NotLeading);
        }
        let (reply, answer) = oneshot::channel();
        let look = Box::new(move |engine: &Engine| {
            let position = engine.state.position;
            let value = catch_unwind(AssertUnwindSafe(|| read(engine)));
            let found = value.map(|value| Read { position, value });
            Box::new(move |may: Result<(), Busy>| drop(reply.send(may.map(|()| found)))) as batch::Release
        });
        self.shared.admit(Class::Ask, Work::Read(look))?;
        Ok(answer)
    }

    /// The last durable entry.
    #[must_use]
    pub fn durable(&self) -> Head {
        *self.durable.borrow()
    }

    /// Changes whenever an entry becomes durable.
    #[must_use]
    pub fn watch_durable(&self) -> watch::Receiver<Head> {
        self.durable.clone()
    }

    /// Reads durable entries from `from_seq` on.
    ///
    /// # Errors
    /// [`ReadError`] of the journal; [`ReplayError::Stopped`] when the runtime stopped.
    pub fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReplayError> {
        let (reply, answer) = crossbeam_channel::bounded(1);
        self.readers.send(ReaderRequest { from_seq, reply }).map_err(|_| ReplayError::Stopped)?;
        let reader: Result<Box<dyn Reader>, ReadError> = answer.recv().map_err(|_| ReplayError::Stopped)?;
        Ok(reader?)
    }

    /// The entry of a number with its records, if it is durable.
    ///
    /// # Errors
    /// As [`Handle::reader`]; [`ReplayError`] when the entry is damaged.
    pub fn entry(&self, seq: u64) -> Result<Option<Followed>, ReplayError> {
        if seq == 0 || seq > self.durable().seq {
            return Ok(None);
        }
        let Some(bytes) = self.reader(seq)?.next()? else { return Ok(None) };
        let (head, records) = replay::decode_entry(&bytes, &self.keys)?;
        Ok(Some(Followed { head, records }))
    }

    /// The keys of the journal.
    #[must_use]
    pub fn keys(&self) -> &Arc<KeyRing> {
        &self.keys
    }

    /// Starts a follower that keeps a projection up with the journal.
    ///
    /// # Errors
    /// When the projection's cursor is not on this journal, or a thread could not be started.
    pub fn follow(&self, projection: Box<dyn Projection>) -> Result<Follower, ProjectionError> {
        follower::start(self, projection)
    }

    /// Whether commands are taken: false once a stop was asked for or the journal failed.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !self.shared.is_closed()
    }

    /// Whether this machine may answer reads at this moment: it leads, and no other can have begun to.
    #[must_use]
    pub fn is_leading(&self) -> bool {
        self.is_running() && self.lease.holds()
    }

    /// Whether the wall clock made a step that an operator has to accept.
    #[must_use]
    pub fn clock_stepped(&self) -> bool {
        self.shared.clock_stepped()
    }

    /// An operator accepts the wall clock as it now is.
    pub fn accept_clock(&self) {
        self.shared.accept_clock();
    }

    /// Whether the journal has space reserved: while it has none, commands are answered [`Busy::JournalFull`].
    #[must_use]
    pub fn has_space(&self) -> bool {
        self.shared.has_space()
    }

    /// The engine's own totals by unit as they were after an entry; none if that is too long ago.
    #[must_use]
    pub fn totals_at(&self, seq: u64) -> Option<UnitTotals> {
        self.shared.totals_at(seq)
    }

    /// Holds bulk work back, or lets it go on: what waits is kept, whatever else comes is decided meanwhile. A stop does not
    /// wait for it.
    pub fn hold_bulk(&self, held: bool) {
        self.shared.hold_bulk(held);
    }

    /// Whether bulk work is held back.
    #[must_use]
    pub fn is_bulk_held(&self) -> bool {
        self.shared.is_bulk_held()
    }

    /// How many commands wait, per class.
    #[must_use]
    pub fn waiting(&self) -> [usize; Class::ALL.len()] {
        self.shared.waiting()
    }
}
