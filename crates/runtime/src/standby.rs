//! A machine that waits: follows the journal with an engine of its own, and leads when nobody else does.
//!
//! Owns the time of silence and the order of a takeover: follow, notice silence, open the journal for writing, find
//! nothing new in it, append the next epoch. Never decides anything before that entry is durable, and never replays
//! twice: the engine that followed is the one that leads.
//!
//! # Why two never lead at once
//!
//! The epoch's entry is appended right after an entry that was seen at least [`Terms::silence`] ago, or it is not
//! appended at all: what is found when the journal is opened breaks the silence, and what comes between that and the
//! append takes its number. So no entry has become durable meanwhile, and every lease that began with an earlier one has
//! run out. A [`Check`] runs between the two and only makes that time longer.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::{Clock, Micros};
use engine::{Engine, Record};
use journal::{Cover, Entry, Head, Journal, KeyError, KeyRing, ReadError, Reader, SharedJournal};

use crate::leadership::micros;
use crate::replay::decode_entry;
use crate::{
    Fault, Leadership, Manifest, Options, ReplayError, Replayed, Runtime, SnapshotIoError, Snapshots,
    StartError, Terms, replay_from,
};

/// Entries applied in one turn at most, so that a stop is noticed.
const ENTRIES_MAX: u64 = 256;

/// How long to wait at the end of the journal before it is asked again.
const POLL: Duration = Duration::from_millis(100);

/// How long to wait before a server that failed is asked again.
const TROUBLE_PAUSE: Duration = Duration::from_millis(500);

/// What is asked when this machine is about to lead: the journal is open for writing, and nothing was appended to it.
pub type Check = Box<dyn FnMut(&dyn Journal) -> Result<(), Objection> + Send>;

/// What a [`Check`] says against leading.
#[derive(Debug)]
pub enum Objection {
    /// To lead would be wrong. Unless somebody has written meanwhile, so would waiting be.
    Refused(Box<dyn Error + Send + Sync>),
    /// Nobody can tell at the moment: wait on.
    Unsure(Box<dyn Error + Send + Sync>),
}

/// A machine that waits.
pub struct Standby {
    journal: Arc<dyn SharedJournal>,
    keys: Arc<KeyRing>,
    clock: Arc<dyn Clock>,
    options: Options,
    terms: Terms,
    snapshots: Snapshots,
    replayed: Replayed,
    reader: Option<Box<dyn Reader>>,
    check: Option<Check>,
    /// When something new was seen last, by its own steady clock.
    heard: Micros,
}

/// What a turn came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// Somebody wrote so many entries.
    Entries(u64),
    /// Nothing new, but not for long.
    Nothing,
    /// Nothing new for as long as the terms say.
    Silence,
    /// The journal cannot be read at the moment. Says nothing about who leads.
    Trouble,
}

/// What an attempt to lead came to.
pub enum Lead<R = Runtime> {
    /// This machine leads.
    Leading(R),
    /// Somebody was there after all, or the journal could not be opened: wait on.
    Waiting(Box<Standby>),
}

/// How a runtime goes on from what was followed.
type Launch<R> =
    fn(Replayed, Box<dyn Journal>, Arc<KeyRing>, Arc<dyn Clock>, Options) -> Result<R, StartError>;

impl Standby {
    /// Comes to the end of the journal, from the newest snapshot on, and waits from there.
    ///
    /// # Errors
    /// [`StartError::Replay`]; also when the options do not say how machines share the journal.
    pub fn start(
        journal: Arc<dyn SharedJournal>,
        keys: Arc<KeyRing>,
        clock: Arc<dyn Clock>,
        snapshots: Snapshots,
        options: Options,
    ) -> Result<Self, StartError> {
        let Leadership::Shared(terms) = options.leadership else { return Err(StartError::Alone) };
        let reader = |from| journal.follow(from);
        let replayed = replay_from(&snapshots, reader, &keys, options.genesis.hash_key, options.reserve)?;
        let heard = clock.monotonic();
        let (reader, check) = (None, None);
        Ok(Self { journal, keys, clock, options, terms, snapshots, replayed, reader, check, heard })
    }

    /// The same, leading only if nothing is said against it.
    #[must_use]
    pub fn checked_by(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    /// The last entry applied.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.replayed.head
    }

    /// The engine as far as it has followed. Behind the leader's, so nobody is answered from it.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.replayed.engine
    }

    /// Writes a snapshot of what it has followed.
    ///
    /// # Errors
    /// As [`Snapshots::write`].
    pub fn write_snapshot(&self) -> Result<Manifest, SnapshotIoError> {
        self.snapshots.write(&self.replayed)
    }

    /// Applies what is new. Never waits.
    ///
    /// # Errors
    /// [`ReplayError`] where going on would be wrong: damage, another journal, a record of a newer release.
    pub fn turn(&mut self) -> Result<Heard, ReplayError> {
        // Nothing that is not found now was durable at this moment, however long the answer takes.
        let asked = self.clock.monotonic();
        match self.follow() {
            Ok(0) if asked.saturating_sub(self.heard) >= micros(self.terms.silence) => Ok(Heard::Silence),
            Ok(0) => Ok(Heard::Nothing),
            Ok(entries) => {
                self.heard = self.clock.monotonic();
                Ok(Heard::Entries(entries))
            }
            Err(error) if may_pass(&error) => {
                tracing::warn!(%error, "the journal cannot be followed at the moment");
                self.reader = None;
                Ok(Heard::Trouble)
            }
            Err(error) => Err(error),
        }
    }

    fn follow(&mut self) -> Result<u64, ReplayError> {
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => self.journal.follow(self.replayed.head.seq + 1)?,
        };
        let entries = self.apply(&mut *reader, ENTRIES_MAX)?;
        self.reader = Some(reader);
        Ok(entries)
    }

    fn apply(&mut self, reader: &mut dyn Reader, most: u64) -> Result<u64, ReplayError> {
        let mut entries = 0;
        while entries < most
            && let Some(bytes) = reader.next()?
        {
            let (head, records) = self.checked(&bytes)?;
            self.replayed.apply(head, &records)?;
            entries += 1;
        }
        Ok(entries)
    }

    /// An entry that follows the last one, with its records.
    fn checked(&self, bytes: &[u8]) -> Result<(Head, Vec<Record>), ReplayError> {
        let last = self.replayed.head;
        let seq = last.seq + 1;
        let damaged = |source| ReplayError::Damaged { seq, source };
        let entry = Entry::parse(bytes).map_err(damaged)?;
        if !entry.follows(&last) {
            return Err(ReplayError::NotNext { seq });
        }
        decode_entry(bytes, &self.keys)
    }

    /// Opens the journal for writing and leads, if it holds nothing that has not been seen. To be called after
    /// [`Heard::Silence`].
    ///
    /// # Errors
    /// [`StartError`] where waiting on would be wrong.
    pub fn try_lead(self) -> Result<Lead, StartError> {
        self.try_lead_with(Runtime::launch)
    }

    pub(crate) fn try_lead_with<R>(mut self, launch: Launch<R>) -> Result<Lead<R>, StartError> {
        let head = self.replayed.head;
        let cover = (head.seq > 0).then_some(Cover { seq: head.seq, hash: head.hash });
        let journal = match self.journal.open(cover) {
            Ok(journal) => journal,
            Err(error) => {
                tracing::warn!(%error, "the others are silent, but the journal cannot be opened");
                return Ok(Lead::Waiting(Box::new(self)));
            }
        };
        // What came since the silence was noticed breaks it: whoever wrote it may still answer.
        let mut rest = journal.reader(head.seq + 1).map_err(ReplayError::from)?;
        if self.apply(&mut *rest, u64::MAX)? > 0 {
            (self.reader, self.heard) = (None, self.clock.monotonic());
            return Ok(Lead::Waiting(Box::new(self)));
        }
        drop(rest);
        match self.check.as_mut().map_or(Ok(()), |check| check(&*journal)) {
            Ok(()) => self.launch(journal, launch),
            Err(Objection::Refused(reason)) => self.refused(reason),
            Err(Objection::Unsure(reason)) => {
                tracing::warn!(%reason, "the others are silent, but it cannot be told whether to lead");
                // Each try takes the lead from whoever else tries, so the next one is not made at once.
                self.heard = self.clock.monotonic();
                Ok(Lead::Waiting(Box::new(self)))
            }
        }
    }

    /// Whoever has led meanwhile has shown others entries that were not there when the journal was opened.
    fn refused<R>(mut self, reason: Box<dyn Error + Send + Sync>) -> Result<Lead<R>, StartError> {
        self.reader = None;
        match self.turn()? {
            Heard::Entries(_) | Heard::Trouble => Ok(Lead::Waiting(Box::new(self))),
            Heard::Nothing | Heard::Silence => Err(StartError::Refused(reason)),
        }
    }

    fn launch<R>(self, journal: Box<dyn Journal>, launch: Launch<R>) -> Result<Lead<R>, StartError> {
        let Self { journal: shared, keys, clock, options, snapshots, replayed, check, .. } = self;
        let (ring, shown) = (Arc::clone(&keys), Arc::clone(&clock));
        match launch(replayed, journal, ring, shown, options.clone()) {
            Ok(runtime) => Ok(Lead::Leading(runtime)),
            // Another was faster, and this engine has applied an epoch that is not in the journal.
            Err(StartError::First(Fault::Fenced)) => {
                let standby = Self { check, ..Self::start(shared, keys, clock, snapshots, options)? };
                Ok(Lead::Waiting(Box::new(standby)))
            }
            Err(other) => Err(other),
        }
    }

    /// Waits until this machine leads; none when it is to stop first.
    ///
    /// # Errors
    /// [`StartError`] where waiting on would be wrong.
    pub fn lead(mut self, stop: &AtomicBool) -> Result<Option<Runtime>, StartError> {
        while !stop.load(Ordering::Relaxed) {
            match self.turn()? {
                Heard::Entries(_) => {}
                Heard::Nothing => std::thread::sleep(POLL),
                Heard::Trouble => std::thread::sleep(TROUBLE_PAUSE),
                Heard::Silence => match self.try_lead()? {
                    Lead::Leading(runtime) => return Ok(Some(runtime)),
                    Lead::Waiting(standby) => {
                        self = *standby;
                        std::thread::sleep(POLL);
                    }
                },
            }
        }
        Ok(None)
    }
}

/// Whether it may be otherwise in a moment: a server that is not there or has not caught up, a key that has not come yet.
/// A journal that stays behind is warned of for ever, and is never led: opening it compares with what was seen.
const fn may_pass(error: &ReplayError) -> bool {
    use ReadError::{Beyond, Io, Server};
    let unread = matches!(error, ReplayError::Read(Server { .. } | Io { .. } | Beyond { .. }));
    unread || matches!(error, ReplayError::Key(KeyError::Lost { .. }))
}
