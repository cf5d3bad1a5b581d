//! The engine's thread: takes work in order of class, decides, fills a batch, hands it to the writer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use base::{CivilDate, Clock, CommandId, PrincipalId, Timestamp};
use crossbeam_channel::{Receiver, Sender};
use engine::{Answer, Body, Channel, Engine, Envelope, Epoch, LOOK_AHEAD, Position, Step, Unit};
use journal::{Head, KeyError, KeyRing, Movement};

use crate::admission::{Filling, Job, Next, Shared, Work};
use crate::batch::{Batch, Held, RECORD_BYTES_MAX};
use crate::steady::Steady;
use crate::{Busy, Class, Fault, Options, Turn};

/// Records per entry at most; bytes usually end a batch first.
const RECORDS_MAX: usize = 16_384;

/// Records that are worth an entry of their own as soon as the writer is free: what waits beyond them is decided while they are
/// written, instead of being waited for. Deciding so many takes about as long as a flush or two.
const WORTH_AN_ENTRY: usize = 1_024;

/// How long bulk work may decide per batch, so that gates hardly wait for it: an ask may meet two such batches, the one being
/// decided and the one being written.
const BULK_TIME_MAX: Duration = Duration::from_micros(150);

/// The process's own commands are never sent again, so that nothing has to tell them apart.
const NO_ID: CommandId = CommandId::from_u128(0);

/// How long the thread waits for work before it looks around.
const IDLE_LOOK: Duration = Duration::from_secs(1);

/// How long it waits at least where a tick is due and cannot be written yet.
const TICK_LOOK: Duration = Duration::from_millis(5);

/// Tells how long something took; only differences mean something.
pub type Stopwatch = Box<dyn Fn() -> Duration + Send>;

/// What a decider reaches.
pub struct Ends {
    pub clock: Arc<dyn Clock>,
    /// Measures the time that bulk takes.
    pub stopwatch: Stopwatch,
    pub shared: Arc<Shared>,
    pub keys: Arc<KeyRing>,
    /// Room for two: genesis and epoch are handed over in one turn.
    pub batches: Sender<Batch>,
    pub spares: Receiver<Batch>,
}

pub struct Decider {
    pub engine: Engine,
    steady: Steady,
    stopwatch: Stopwatch,
    /// What is told to the journal first; none once that has been done.
    opening: Option<Options>,
    on_fault: fn(&Fault),
    shared: Arc<Shared>,
    keys: Arc<KeyRing>,
    /// The date whose key was asked for last.
    keyed: Option<CivilDate>,
    batches: Sender<Batch>,
    spares: Receiver<Batch>,
    batch: Batch,
    /// Number of the entry being filled.
    seq: u64,
    at: Timestamp,
    bulk_time: Duration,
    /// After how long without an entry a tick is written.
    tick: Option<Duration>,
    /// When the last entry was handed over, by the stopwatch.
    last_entry: Duration,
}

impl Decider {
    pub fn new(engine: Engine, head: Head, options: Options, ends: Ends) -> Self {
        Self {
            engine,
            steady: Steady::new(ends.clock, head.at),
            stopwatch: ends.stopwatch,
            on_fault: options.on_fault,
            shared: ends.shared,
            keys: ends.keys,
            keyed: None,
            batches: ends.batches,
            spares: ends.spares,
            batch: Batch::default(),
            seq: head.seq + 1,
            at: head.at,
            bulk_time: Duration::ZERO,
            tick: options.leadership.tick(),
            last_entry: Duration::ZERO,
            opening: Some(options),
        }
    }

    /// Runs until closed or failed, then answers the engine.
    pub fn run(mut self) -> Engine {
        while self.turn(IDLE_LOOK) != Turn::Ended {}
        self.engine
    }

    /// Does one thing, or waits so long at most for something to do. A panic here is a record that does not fit the
    /// state.
    pub fn turn(&mut self, patience: Duration) -> Turn {
        catch_unwind(AssertUnwindSafe(|| self.work(patience))).unwrap_or_else(|_| {
            self.shared.fail(Fault::Apply);
            (self.on_fault)(&Fault::Apply);
            Turn::Ended
        })
    }

    /// Genesis, if there is none, and this process's epoch, each in an entry of its own.
    fn begin(&mut self, options: &Options) {
        self.set_time();
        if self.engine.state.genesis.is_none() {
            self.open_entry();
            self.own(NO_ID, Body::Genesis(Box::new(options.genesis.clone())));
            self.hand_over();
        }
        let epoch = Epoch {
            number: self.engine.state.epoch + 1,
            node: options.node,
            build: options.build,
            config: options.config,
        };
        self.open_entry();
        self.own(NO_ID, Body::Tick);
        self.own(options.epoch_id, Body::Epoch(epoch));
        self.hand_over();
    }

    fn work(&mut self, patience: Duration) -> Turn {
        if let Some(options) = self.opening.take() {
            self.begin(&options);
            return Turn::HandedOver;
        }
        let until_tick = self.until_tick();
        if until_tick == Some(Duration::ZERO) && self.shared.is_writer_free() && self.shared.has_space() {
            self.sign_of_life();
            return Turn::HandedOver;
        }
        let patience = until_tick.map_or(patience, |left| patience.min(left.max(TICK_LOOK)));
        if self.batch.is_empty() {
            // Nothing to hand over, so nothing would end this batch: bulk that only repeated goes on in turns.
            self.bulk_time = Duration::ZERO;
        }
        let batch = Filling {
            room: self.has_room(RECORD_BYTES_MAX),
            decided: !self.batch.is_empty(),
            skip_bulk: self.bulk_time >= BULK_TIME_MAX,
        };
        match self.shared.next(batch, patience) {
            None => Turn::Idle,
            Some(Next::Work(work)) => {
                self.take(work);
                Turn::Decided
            }
            Some(Next::WriterFree) => {
                // What came in while the last batch was written joins this one.
                while !self.is_worth_an_entry()
                    && self.has_room(RECORD_BYTES_MAX)
                    && let Some(work) = self.shared.more(self.bulk_time >= BULK_TIME_MAX)
                {
                    self.take(work);
                }
                self.hand_over();
                Turn::HandedOver
            }
            Some(Next::Stop) => Turn::Ended,
        }
    }

    /// How long until a tick is due; an entry that is being filled begins with one.
    fn until_tick(&self) -> Option<Duration> {
        let tick = self.tick.filter(|_| self.batch.draft.is_empty())?;
        Some(tick.saturating_sub(self.since(self.last_entry)))
    }

    /// An entry with nothing but a tick, so that others see that this one leads. Reads that wait go with it.
    fn sign_of_life(&mut self) {
        self.set_time();
        self.open_entry();
        self.own(NO_ID, Body::Tick);
        self.hand_over();
    }

    fn has_room(&self, bytes: usize) -> bool {
        self.batch.draft.len() < RECORDS_MAX && self.batch.draft.fits(bytes, 0)
    }

    fn is_worth_an_entry(&self) -> bool {
        self.batch.draft.len() >= WORTH_AN_ENTRY
    }

    fn take(&mut self, work: Work) {
        match work {
            Work::Read(look) => {
                let release = look(&self.engine);
                self.batch.held.push(Held::Read(release));
            }
            Work::Commands(job) => self.decide_job(job),
        }
    }

    fn decide_job(&mut self, mut job: Job) {
        let start = (self.stopwatch)();
        if self.batch.draft.is_empty() {
            self.set_time();
        }
        if let Some(busy) = self.stopped_by(job.class) {
            drop(job.reply.send(Err(busy)));
            return;
        }
        let bulk = job.class == Class::Bulk;
        loop {
            let late = bulk && self.bulk_time + self.since(start) >= BULK_TIME_MAX;
            if late || !self.has_room(RECORD_BYTES_MAX) {
                break;
            }
            if job.answers.len().is_multiple_of(LOOK_AHEAD) {
                if self.is_worth_an_entry() && self.shared.is_writer_free() {
                    break;
                }
                self.engine.look_ahead(job.rest().iter().take(LOOK_AHEAD));
            }
            let Some(command) = job.rest().first() else { break };
            if !self.has_key(command) {
                drop(job.reply.send(Err(Busy::JournalFull)));
                return;
            }
            let answer = self.decide(command);
            job.answers.push(answer);
        }
        if bulk {
            self.bulk_time += self.since(start);
        }
        if job.rest().is_empty() {
            self.batch.held.push(Held::Answers(job));
        } else {
            self.shared.put_back(job);
        }
    }

    fn since(&self, start: Duration) -> Duration {
        (self.stopwatch)().saturating_sub(start)
    }

    /// Why a job cannot be decided now. Space is asked for when an entry begins: the journal's thread said, before it
    /// took the entry in flight, that there was room for that one and for this one.
    fn stopped_by(&self, class: Class) -> Option<Busy> {
        if self.shared.clock_stepped() && class != Class::Block {
            return Some(Busy::ClockStepped);
        }
        (self.batch.draft.is_empty() && !self.shared.has_space()).then_some(Busy::JournalFull)
    }

    /// Whether the day of a command's movement has its key, made now if there is none. Where none can be written the command
    /// is refused before it is decided: when its entry is sealed it would be too late.
    fn has_key(&mut self, command: &Envelope) -> bool {
        let Some(date) = self.engine.movement_date(self.at, command) else { return true };
        if self.keyed == Some(date) {
            return true;
        }
        match self.keys.day_or_create(date) {
            Err(error @ KeyError::Io { .. }) => {
                tracing::error!(%error, "no key for the movement of a day");
                false
            }
            // A destroyed day needs none, and what else is wrong with a key ends the journal when the entry is sealed.
            _ => {
                self.keyed = Some(date);
                true
            }
        }
    }

    /// Recognises or decides one command. The first decision of an entry is preceded by its tick.
    fn decide(&mut self, command: &Envelope) -> Answer {
        if self.batch.draft.is_empty() {
            if let Some(step) = self.engine.recognise(self.at, command) {
                return Answer { position: self.engine.state.position, at: self.at, step };
            }
            self.open_entry();
            self.own(NO_ID, Body::Tick);
        }
        let position = self.position();
        let step = self.engine.step(position, self.at, command);
        if matches!(step, Step::Decided(_)) {
            self.record();
            return Answer { position, at: self.at, step };
        }
        Answer { position: self.engine.state.position, at: self.at, step }
    }

    fn position(&self) -> Position {
        Position { seq: self.seq, index: u32::try_from(self.batch.draft.len()).unwrap_or(u32::MAX) }
    }

    fn record(&mut self) {
        let movement = self.engine.movement().map(|(date, plain)| Movement { date, plain });
        self.batch.draft.push(self.engine.value(), movement);
    }

    /// Writes one of the process's own commands.
    fn own(&mut self, id: CommandId, body: Body) {
        let envelope = Envelope {
            schema: 1,
            id,
            principal: PrincipalId(0),
            channel: Channel::System,
            on_behalf_of: None,
            received_at: self.at,
            body,
        };
        let step = self.engine.step(self.position(), self.at, &envelope);
        assert!(matches!(step, Step::Decided(Ok(_))), "the process's own commands are never refused");
        self.record();
    }

    fn set_time(&mut self) {
        if self.shared.take_clock_acceptance() {
            self.steady.accept();
        }
        let (at, stepped) = self.steady.next();
        self.shared.set_clock_stepped(stepped);
        self.at = at;
    }

    fn open_entry(&mut self) {
        self.batch.draft.clear(self.at);
    }

    fn hand_over(&mut self) {
        self.bulk_time = Duration::ZERO;
        if !self.batch.draft.is_empty() {
            let ledger = &self.engine.state.ledger;
            self.shared.keep_totals(self.seq, Unit::ALL.map(|unit| ledger.totals(unit)));
            self.seq += 1;
            self.last_entry = (self.stopwatch)();
        }
        self.shared.writer_takes();
        let next = self.spares.try_recv().unwrap_or_default();
        let batch = std::mem::replace(&mut self.batch, next);
        if self.batches.send(batch).is_err() {
            // The writer has stopped; it said why.
            self.shared.close();
        }
    }
}
