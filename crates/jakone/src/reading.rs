//! Reading a journal from outside: no lock, no repair, beside a running system, with or without its keys.
//!
//! Owns the walk and the replay that goes with it, so that indexes in records can be given their names. The replay begins
//! with the first entry, or where only the end counts with the newest snapshot. Never writes, never decides.

use std::ops::ControlFlow;

use base::Timestamp;
use engine::{Body, Position, Record, State, apply};
use journal::{Entry, Hash, Head, KeyRing, Tear, VerifyError};

use crate::data_directory::{DataDirectory, missing, snapshot_not_on_journal};
use crate::entries;
use crate::panics;
use crate::problem::Problem;

/// A record with what was kept apart from it.
#[derive(Debug)]
pub struct Seen {
    /// The record.
    pub record: Record,
    /// Whether it had a movement part that no key opens any more.
    pub forgotten: bool,
}

/// What a walk comes past, in order.
pub enum Passed<'a> {
    /// An entry begins.
    Entry {
        /// Its number, hash and time.
        head: Head,
        /// How many records it holds.
        records: u32,
    },
    /// A record; the state is the one right after it.
    Record {
        /// The record.
        seen: &'a Seen,
        /// The state after it.
        state: &'a State,
    },
    /// An entry ends; the state is the one right after it.
    EndOfEntry {
        /// Its number, hash and time.
        head: Head,
        /// The state after it.
        state: &'a State,
    },
}

/// What a walk came to.
#[derive(Debug)]
pub struct Walked {
    /// The last entry; where the walk stopped, if it was stopped.
    pub head: Head,
    /// Entries walked over.
    pub entries: u64,
    /// Records applied.
    pub records: u64,
    /// Hash of the first entry.
    pub genesis: Hash,
    /// The snapshot that the replay began with, if it did.
    pub snapshot: Option<Head>,
    /// A last entry that was cut off.
    pub tear: Option<Tear>,
    /// The state at the end.
    pub state: State,
}

/// Why a walk ended before its end.
enum Ended {
    Enough,
    Wrong(anyhow::Error),
}

/// Walks over the journal of a data directory: every byte is checked, every record applied and shown.
///
/// # Errors
/// A [`Problem`] when there is no journal, it is damaged, or its records contradict each other; otherwise what the
/// visitor answered.
pub fn walk(
    directory: &DataDirectory,
    visit: &mut dyn FnMut(Passed<'_>) -> anyhow::Result<ControlFlow<()>>,
) -> anyhow::Result<Walked> {
    Walker::new(directory, visit)?.walk(directory)
}

/// The state at the end of the journal, from the newest sound snapshot on. Every byte is checked all the same. `settled`
/// leaves the last entry out: beside a running system it may not be durable yet, while the one before it always is.
///
/// # Errors
/// As [`walk`]; a [`Problem`] when the snapshot has seen what the journal does not have.
pub fn state_at_end(directory: &DataDirectory, settled: bool) -> anyhow::Result<Walked> {
    let mut visit = |_: Passed<'_>| Ok(ControlFlow::Continue(()));
    let mut walker = Walker::new(directory, &mut visit)?;
    walker.held = settled.then(Vec::new);
    let Some(begun) = directory.snapshots().newest(0)? else { return walker.walk(directory) };
    (walker.snapshot, walker.state) = (Some(begun.head), begun.engine.state);
    let walked = walker.walk(directory)?;
    // What is left out may be the very entry of the snapshot.
    if walked.head.seq + u64::from(settled) < begun.head.seq {
        return Err(
            snapshot_not_on_journal(directory, directory.snapshots().directory(), begun.head.seq).into()
        );
    }
    Ok(walked)
}

impl<'v> Walker<'v> {
    fn new(directory: &DataDirectory, visit: &'v mut Visit<'v>) -> anyhow::Result<Self> {
        if !directory.has_journal() {
            return Err(missing(directory).into());
        }
        Ok(Self {
            keys: directory.key_ring()?,
            directory: directory.clone(),
            state: State::new(0),
            head: Head::EMPTY,
            genesis: Hash::ZERO,
            snapshot: None,
            held: None,
            entries: 0,
            records: 0,
            visit,
        })
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Enough => f.write_str("the reader had enough"),
            Self::Wrong(error) => error.fmt(f),
        }
    }
}

/// A byte is not what was written.
pub fn damaged(finding: &str) -> Problem {
    Problem::new(
        "journal_damaged",
        format!("{finding}."),
        "Jurnal rusak pada letak di atas. Tidak ada yang diubah. Simpan berkasnya, lalu perbaiki jurnal: `jakone journal repair --from SALINAN --data DIR`, atau bila terletak di PostgreSQL pulihkan cadangan dan dump: `jakone restore`.",
    )
}

type Visit<'v> = dyn FnMut(Passed<'_>) -> anyhow::Result<ControlFlow<()>> + 'v;

struct Walker<'v> {
    keys: KeyRing,
    directory: DataDirectory,
    state: State,
    head: Head,
    genesis: Hash,
    snapshot: Option<Head>,
    /// The bytes of the last entry, where it is left out.
    held: Option<Vec<u8>>,
    entries: u64,
    records: u64,
    visit: &'v mut Visit<'v>,
}

impl Walker<'_> {
    fn walk(mut self, directory: &DataDirectory) -> anyhow::Result<Walked> {
        if let Some(shared) = directory.shared_journal()? {
            entries::follow(&*shared, &mut |entry| match self.entry(entry) {
                Ok(()) => Ok(ControlFlow::Continue(())),
                Err(Ended::Enough) => Ok(ControlFlow::Break(())),
                Err(Ended::Wrong(error)) => Err(error),
            })?;
            return Ok(self.walked(None));
        }
        let checked = journal::verify(&directory.journal(), |entry| self.entry(entry));
        let tear = match checked {
            Ok(checked) => checked.tear,
            Err(VerifyError::Visitor(Ended::Enough)) => None,
            Err(VerifyError::Visitor(Ended::Wrong(error))) => return Err(error),
            Err(VerifyError::Journal(error)) => return Err(damaged(&error.to_string()).into()),
            Err(error) => return Err(damaged(&error.to_string()).into()),
        };
        Ok(self.walked(tear))
    }

    fn walked(self, tear: Option<Tear>) -> Walked {
        let Self { state, head, entries, records, genesis, snapshot, .. } = self;
        Walked { head, entries, records, genesis, snapshot, tear, state }
    }

    /// Passes an entry; where the last one is left out, the one before it.
    fn entry(&mut self, entry: &Entry<'_>) -> Result<(), Ended> {
        let Some(held) = &mut self.held else { return self.pass(entry) };
        let before = std::mem::replace(held, entry.bytes().to_vec());
        if before.is_empty() {
            return Ok(());
        }
        self.pass(&Entry::parse_unchecked_hashes(&before).map_err(wrong)?)
    }

    fn pass(&mut self, entry: &Entry<'_>) -> Result<(), Ended> {
        let head = entry.head();
        if head.seq == 1 {
            self.genesis = head.hash;
        }
        if let Some(begun) = self.snapshot.filter(|begun| head.seq <= begun.seq) {
            if head.seq == begun.seq && head.hash != begun.hash {
                let snapshots = self.directory.snapshots();
                return Err(wrong(snapshot_not_on_journal(
                    &self.directory,
                    snapshots.directory(),
                    begun.seq,
                )));
            }
            (self.head, self.entries) = (head, self.entries + 1);
            return Ok(());
        }
        go((self.visit)(Passed::Entry { head, records: entry.record_count() }))?;
        for stored in entry.records() {
            let position = Position { seq: head.seq, index: stored.index };
            let movement = match &stored.movement {
                Some(sealed) => self.keys.open_movement(head.seq, stored.index, sealed).map_err(wrong)?,
                None => None,
            };
            let forgotten = stored.movement.is_some() && movement.is_none();
            let record =
                Record::decode(position, head.at, stored.value, movement.as_deref()).map_err(wrong)?;
            self.apply(&record)?;
            self.records += 1;
            let seen = Seen { record, forgotten };
            go((self.visit)(Passed::Record { seen: &seen, state: &self.state }))?;
        }
        (self.head, self.entries) = (head, self.entries + 1);
        go((self.visit)(Passed::EndOfEntry { head, state: &self.state }))
    }

    fn apply(&mut self, record: &Record) -> Result<(), Ended> {
        let contradicts = |said: &str| {
            let place = record.position;
            Ended::Wrong(
                Problem::new(
                    "record_contradicts",
                    format!("Record {place} does not fit what came before it ({said}). The bytes are as written, so this is a fault of the program that wrote or reads them: keep the journal and report it."),
                    format!("Catatan {place} tidak cocok dengan yang sebelumnya. Simpan jurnal ini dan laporkan."),
                )
                .into(),
            )
        };
        let first = self.records == 0 && self.snapshot.is_none();
        match &record.envelope.body {
            Body::Genesis(genesis) if first => {
                self.state = State::new(genesis.hash_key);
                self.state.at = Timestamp(i64::MIN);
            }
            _ if first => return Err(contradicts("a journal begins with its genesis")),
            _ => {}
        }
        let state = &mut self.state;
        panics::caught(|| apply(state, &record.as_ref())).map_err(|said| contradicts(&said))
    }
}

fn go(visited: anyhow::Result<ControlFlow<()>>) -> Result<(), Ended> {
    match visited {
        Ok(ControlFlow::Continue(())) => Ok(()),
        Ok(ControlFlow::Break(())) => Err(Ended::Enough),
        Err(error) => Err(Ended::Wrong(error)),
    }
}

fn wrong(error: impl Into<anyhow::Error>) -> Ended {
    Ended::Wrong(error.into())
}
