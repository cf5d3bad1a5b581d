//! Reading a journal from outside: no lock, no repair, beside a running system, with or without its keys.
//!
//! Owns the walk and the replay that goes with it, so that indexes in records can be given their names. Never writes,
//! never decides.

use std::ops::ControlFlow;

use base::Timestamp;
use engine::{Body, Position, Record, State, apply};
use journal::{Entry, Head, KeyRing, Tear, VerifyError};

use crate::data_directory::DataDirectory;
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
    if !directory.has_journal() {
        return Err(missing(directory).into());
    }
    let keys = directory.key_ring()?;
    let mut walker = Walker { keys, state: State::new(0), head: Head::EMPTY, entries: 0, records: 0, visit };
    let checked = journal::verify(&directory.journal(), |entry| walker.entry(entry));
    let tear = match checked {
        Ok(checked) => checked.tear,
        Err(VerifyError::Visitor(Ended::Enough)) => None,
        Err(VerifyError::Visitor(Ended::Wrong(error))) => return Err(error),
        Err(VerifyError::Journal(error)) => return Err(damaged(&error.to_string()).into()),
        Err(error) => return Err(damaged(&error.to_string()).into()),
    };
    let Walker { state, head, entries, records, .. } = walker;
    Ok(Walked { head, entries, records, tear, state })
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Enough => f.write_str("the reader had enough"),
            Self::Wrong(error) => error.fmt(f),
        }
    }
}

/// There is nothing to read.
fn missing(directory: &DataDirectory) -> Problem {
    let dir = directory.root().display();
    Problem::new(
        "journal_missing",
        format!(
            "There is no journal in {dir}. Name the city's directory with --data, or start one with `jakone demo --data {dir}`."
        ),
        format!(
            "Tidak ada jurnal di {dir}. Sebutkan direktori kota dengan --data, atau mulai dengan `jakone demo --data {dir}`."
        ),
    )
}

/// A byte is not what was written.
fn damaged(finding: &str) -> Problem {
    Problem::new(
        "journal_damaged",
        format!("{finding}."),
        "Jurnal rusak pada letak di atas. Tidak ada yang diubah; simpan berkasnya dan pulihkan dari salinan.",
    )
}

struct Walker<'v> {
    keys: KeyRing,
    state: State,
    head: Head,
    entries: u64,
    records: u64,
    visit: &'v mut dyn FnMut(Passed<'_>) -> anyhow::Result<ControlFlow<()>>,
}

impl Walker<'_> {
    fn entry(&mut self, entry: &Entry<'_>) -> Result<(), Ended> {
        let head = entry.head();
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
        match &record.envelope.body {
            Body::Genesis(genesis) if self.records == 0 => {
                self.state = State::new(genesis.hash_key);
                self.state.at = Timestamp(i64::MIN);
            }
            _ if self.records == 0 => return Err(contradicts("a journal begins with its genesis")),
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
