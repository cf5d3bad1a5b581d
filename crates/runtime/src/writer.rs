//! The journal's thread: seals a batch, makes it durable, then lets its answers out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use journal::{Appended, Head, Journal, ReadError, Reader, Sealed, Sealer};
use tokio::sync::watch;

use crate::Fault;
use crate::admission::Shared;
use crate::batch::Batch;

/// How often the writer looks whether the journal has space again while nothing is written.
const IDLE_LOOK: Duration = Duration::from_millis(20);

/// How long to wait before an append of unknown fate is sent again.
const RESEND_AFTER: Duration = Duration::from_millis(10);

/// A follower asks for a reader.
pub struct ReaderRequest {
    pub from_seq: u64,
    pub reply: Sender<Result<Box<dyn Reader>, ReadError>>,
}

pub struct Writer {
    pub journal: Box<dyn Journal>,
    /// The last entry the engine's state rests on. Never asked of the journal again: where another process has
    /// written meanwhile, an entry sealed on top of its entries would not be fenced.
    pub head: Head,
    pub sealer: Sealer,
    pub shared: Arc<Shared>,
    pub durable: watch::Sender<Head>,
    pub incoming: Receiver<Batch>,
    pub spare: Sender<Batch>,
    pub reader_requests: Receiver<ReaderRequest>,
    pub on_fault: fn(&Fault),
}

impl Writer {
    /// Runs until the decider is gone and everything it handed over is durable, or until the journal fails.
    pub fn run(mut self) {
        let ended = catch_unwind(AssertUnwindSafe(|| self.work()));
        let fault = match ended {
            Ok(Ok(())) => return,
            Ok(Err(fault)) => fault,
            Err(_) => Fault::Append("its thread panicked".into()),
        };
        // Answers of this batch and of all that wait are dropped: nobody hears of what may be undone.
        tracing::error!(%fault, "the journal stopped");
        self.shared.fail(fault.clone());
        (self.on_fault)(&fault);
    }

    fn work(&mut self) -> Result<(), Fault> {
        loop {
            match self.incoming.recv_timeout(IDLE_LOOK) {
                Ok(batch) => self.write(batch)?,
                Err(RecvTimeoutError::Timeout) => self.shared.space(self.journal.has_space()),
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            while let Ok(request) = self.reader_requests.try_recv() {
                drop(request.reply.send(self.journal.reader(request.from_seq)));
            }
        }
    }

    fn write(&mut self, mut batch: Batch) -> Result<(), Fault> {
        if !batch.draft.is_empty() {
            let start = Instant::now();
            let sealed =
                self.sealer.seal(&batch.draft, &self.head).map_err(|error| Fault::Seal(error.to_string()))?;
            let flush = Instant::now();
            self.append(&sealed)?;
            metrics::histogram!("journal_seal_seconds").record(flush.duration_since(start));
            metrics::histogram!("journal_flush_seconds").record(flush.elapsed());
            metrics::counter!("journal_records_total").increment(u64::from(sealed.records));
            metrics::counter!("journal_entries_total").increment(1);
            // Also when nobody listens at the moment: whoever asks later has to see it.
            self.durable.send_replace(sealed.head);
            self.head = sealed.head;
        }
        for held in batch.held.drain(..) {
            held.release();
        }
        batch.draft.clear(base::Timestamp::default());
        let _ = self.spare.send(batch);
        self.shared.writer_is_free(self.journal.has_space());
        Ok(())
    }

    /// Appends until the fate is known; the same bytes each time, and meanwhile nothing new is taken up (a job at hand
    /// is decided to its end).
    fn append(&mut self, sealed: &Sealed) -> Result<(), Fault> {
        loop {
            match self.journal.append(sealed) {
                Appended::Durable => return Ok(()),
                Appended::Fenced => return Err(Fault::Fenced),
                Appended::Failed(error) => return Err(Fault::Append(error.to_string())),
                Appended::Unknown => {
                    self.shared.writer_is_unsure();
                    std::thread::sleep(RESEND_AFTER);
                }
            }
        }
    }
}
