//! A runtime without threads: whoever holds it says whose turn it is.
//!
//! For simulation, where one thread decides in which order things happen and where a process ends between them. Takes
//! the same turns as the threads of [`crate::Runtime`], and waits for nothing: what a caller of the [`Handle`] would
//! wait for comes only by further turns, so of the handle only what answers at once is of use here.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use engine::Engine;
use journal::{Journal, KeyRing, ReadError, Reader};

use crate::decider::Decider;
use crate::writer::Writer;
use crate::{Handle, Lead, Options, Parts, Replayed, Standby, StartError, Turn, assemble, replay_whole};

/// A runtime that goes on only when told. Dropping it is a process that ends.
pub struct Stepped {
    handle: Handle,
    decider: Decider,
    writer: Writer,
    epoch: u64,
    writer_ended: bool,
}

impl Stepped {
    /// Replays the journal and goes on from there.
    ///
    /// # Errors
    /// [`StartError`] as far as it can come before the first entry.
    pub fn start(
        journal: Box<dyn Journal>,
        keys: Arc<KeyRing>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StartError> {
        let replayed = replay_whole(&*journal, &keys, &options)?;
        Self::go_on(replayed, journal, keys, clock, options)
    }

    /// As [`Standby::try_lead`]. Whether another was faster shows when the epoch is written: then this runtime ends without
    /// having started, and its machine begins as a standby again.
    ///
    /// # Errors
    /// As [`Standby::try_lead`], before the first entry.
    pub fn try_lead(standby: Standby) -> Result<Lead<Self>, StartError> {
        standby.try_lead_with(Self::go_on)
    }

    /// Goes on from a replay that has come to the head of the journal; genesis and epoch are the engine's first turn. What
    /// bulk takes is measured by the clock's steady progress.
    ///
    /// # Errors
    /// [`StartError`] as far as it can come before the first entry.
    pub fn go_on(
        replayed: Replayed,
        journal: Box<dyn Journal>,
        keys: Arc<KeyRing>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StartError> {
        let steady = Arc::clone(&clock);
        let stopwatch =
            Box::new(move || Duration::from_micros(u64::try_from(steady.monotonic()).unwrap_or_default()));
        let parts = assemble(replayed, journal, keys, clock, stopwatch, options)?;
        let Parts { handle, decider, writer, epoch } = parts;
        Ok(Self { handle, decider, writer, epoch, writer_ended: false })
    }

    /// A way to reach it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Whether this process's epoch is durable: before that, [`crate::Runtime::start`] would not have returned.
    #[must_use]
    pub fn has_started(&self) -> bool {
        self.handle.durable().seq >= self.epoch
    }

    /// The engine takes a turn.
    pub fn decide(&mut self) -> Turn {
        self.decider.turn(Duration::ZERO)
    }

    /// The journal's side takes a turn.
    pub fn write(&mut self) -> Turn {
        if self.writer_ended {
            return Turn::Ended;
        }
        let turn = self.writer.turn(Duration::ZERO);
        self.writer_ended = turn == Turn::Ended;
        turn
    }

    /// Nothing more is admitted; what was admitted is decided and written by further turns.
    pub fn close(&self) {
        self.handle.shared.close();
    }

    /// The engine with its state as decided so far, which may be ahead of what is durable.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.decider.engine
    }

    /// Reads durable entries from `from_seq` on.
    ///
    /// # Errors
    /// [`ReadError`] of the journal.
    pub fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        self.writer.journal.reader(from_seq)
    }
}
