//! The journal's thread: seals a batch, makes it durable, then lets its answers out, while this machine may answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use journal::{Appended, Head, Journal, ReadError, Reader, Sealed, Sealer};
use tokio::sync::watch;

use crate::admission::Shared;
use crate::batch::Batch;
use crate::leadership::Lease;
use crate::{Fault, Turn};

/// How often the writer looks whether the journal has space again while nothing is written.
const IDLE_LOOK: Duration = Duration::from_millis(20);

/// How long to wait before an append of unknown fate is sent again.
const RESEND_AFTER: Duration = Duration::from_millis(10);

/// A follower asks for a reader.
pub struct ReaderRequest {
    pub from_seq: u64,
    pub reply: Sender<Result<Box<dyn Reader>, ReadError>>,
}

/// Where the batch at hand stands.
#[derive(Default)]
pub enum Stage {
    /// There is none.
    #[default]
    None,
    /// Its entry is sealed, and nobody knows that it is durable.
    Sealed(Batch, Sealed, Began),
    /// Its answers may go out.
    Durable(Batch),
}

/// When the first try to append an entry began.
#[derive(Clone, Copy)]
pub struct Began {
    flush: Instant,
    lease: base::Micros,
}

pub struct Writer {
    pub journal: Box<dyn Journal>,
    /// The last entry the engine's state rests on. Never asked of the journal again: where another process has
    /// written meanwhile, an entry sealed on top of its entries would not be fenced.
    pub head: Head,
    pub sealer: Sealer,
    pub stage: Stage,
    pub shared: Arc<Shared>,
    pub lease: Arc<Lease>,
    /// Whether an entry of this process is durable. Before that a fault is a start that failed, and its caller hears it.
    pub has_written: bool,
    pub durable: watch::Sender<Head>,
    pub incoming: Receiver<Batch>,
    pub spare: Sender<Batch>,
    pub reader_requests: Receiver<ReaderRequest>,
    pub on_fault: fn(&Fault),
}

impl Writer {
    /// Runs until the decider is gone and everything it handed over is durable, or until the journal fails.
    pub fn run(mut self) {
        while self.turn(IDLE_LOOK) != Turn::Ended {}
    }

    /// Does one thing, or waits so long at most for something to do.
    pub fn turn(&mut self, patience: Duration) -> Turn {
        let fault = match catch_unwind(AssertUnwindSafe(|| self.work(patience))) {
            Ok(Ok(turn)) => return turn,
            Ok(Err(fault)) => fault,
            Err(_) => Fault::Append("its thread panicked".into()),
        };
        // Answers of this batch and of all that wait are dropped: nobody hears of what may be undone.
        tracing::error!(%fault, "the journal stopped");
        self.shared.fail(fault.clone());
        if self.has_written {
            (self.on_fault)(&fault);
        }
        Turn::Ended
    }

    fn work(&mut self, patience: Duration) -> Result<Turn, Fault> {
        match std::mem::take(&mut self.stage) {
            Stage::None => self.wait(patience),
            Stage::Sealed(batch, sealed, began) => self.append(batch, sealed, began, patience),
            Stage::Durable(batch) => {
                self.release(batch);
                self.answer_readers();
                Ok(Turn::Released)
            }
        }
    }

    fn wait(&mut self, patience: Duration) -> Result<Turn, Fault> {
        match self.incoming.recv_timeout(patience) {
            Ok(batch) => self.seal(batch),
            Err(RecvTimeoutError::Timeout) => {
                self.shared.space(self.journal.has_space());
                self.answer_readers();
                Ok(Turn::Idle)
            }
            Err(RecvTimeoutError::Disconnected) => Ok(Turn::Ended),
        }
    }

    fn answer_readers(&self) {
        while let Ok(request) = self.reader_requests.try_recv() {
            drop(request.reply.send(self.journal.reader(request.from_seq)));
        }
    }

    fn seal(&mut self, batch: Batch) -> Result<Turn, Fault> {
        if batch.draft.is_empty() {
            self.stage = Stage::Durable(batch);
            return Ok(Turn::Sealed);
        }
        let start = Instant::now();
        let sealed =
            self.sealer.seal(&batch.draft, &self.head).map_err(|error| Fault::Seal(error.to_string()))?;
        let flush = Instant::now();
        metrics::histogram!("journal_seal_seconds").record(flush.duration_since(start));
        self.stage = Stage::Sealed(batch, sealed, Began { flush, lease: self.lease.now() });
        Ok(Turn::Sealed)
    }

    /// Appends; while the fate is unknown, turn after turn the same bytes, and meanwhile nothing new is taken up (a job
    /// at hand is decided to its end).
    fn append(
        &mut self,
        batch: Batch,
        sealed: Sealed,
        began: Began,
        patience: Duration,
    ) -> Result<Turn, Fault> {
        match self.journal.append(&sealed) {
            Appended::Durable => {}
            Appended::Fenced => return Err(Fault::Fenced),
            Appended::Failed(error) => return Err(Fault::Append(error.to_string())),
            Appended::Unknown => {
                self.shared.writer_is_unsure();
                self.shared.space(self.journal.has_space());
                self.stage = Stage::Sealed(batch, sealed, began);
                std::thread::sleep(RESEND_AFTER.min(patience));
                return Ok(Turn::Unsure);
            }
        }
        metrics::histogram!("journal_flush_seconds").record(began.flush.elapsed());
        metrics::histogram!("journal_batch_records").record(f64::from(sealed.records));
        metrics::counter!("journal_records_total").increment(u64::from(sealed.records));
        metrics::counter!("journal_entries_total").increment(1);
        // Also when nobody listens at the moment: whoever asks later has to see it.
        self.durable.send_replace(sealed.head);
        self.head = sealed.head;
        self.lease.renew(began.lease);
        self.has_written = true;
        self.stage = Stage::Durable(batch);
        Ok(Turn::Appended)
    }

    /// Lets the answers out. What tells of the state goes only while the lease holds at this very moment: the process may
    /// have been stopped since it was looked up, or since its entry became durable.
    fn release(&mut self, mut batch: Batch) {
        let recorded = !batch.draft.is_empty();
        for held in batch.held.drain(..) {
            if held.is_view(recorded) && !self.lease.holds() {
                held.withhold();
            } else {
                held.release();
            }
        }
        batch.draft.clear(base::Timestamp::default());
        let _ = self.spare.send(batch);
        self.shared.writer_is_free(self.journal.has_space());
    }
}
