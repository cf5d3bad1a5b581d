//! Recovery: applies what the journal holds, and nothing else. Decides nothing.

use std::path::PathBuf;
use std::sync::Arc;

use base::Timestamp;
use crossbeam_channel::{Receiver, Sender, bounded};
use engine::{Body, Engine, LOOK_AHEAD, Position, Record, RecordError, State, apply};
use journal::{Damage, Entry, Hash, Head, KeyError, KeyRing, ReadError, Reader};

use crate::snapshot::SnapshotIoError;

/// Entries that wait to be checked, at most.
const CHECKED_AHEAD: usize = 64;
/// Entries that wait to be applied, at most. An entry decoded takes a few megabytes.
const DECODED_AHEAD: usize = 4;

/// A journal could not be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An entry's bytes are not what was written.
    #[error("entry {seq} is damaged: {source}")]
    Damaged {
        /// Which.
        seq: u64,
        /// How.
        #[source]
        source: Damage,
    },
    /// A movement part was tampered with, or the key of its day cannot be had: the error names the day.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A record is not known to this release.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The first record is not a genesis.
    #[error("the journal does not begin with a genesis; it is not a journal of this system")]
    NoGenesis,
    /// A snapshot has seen what the journal does not have.
    #[error(
        "the snapshot {path:?} has seen entry {seq}, which this journal does not have or has otherwise: entries are missing, or it is another journal. Repair the journal: `jakone journal repair --from COPY --data DIR`. Only \
             if this journal is known to be the right one, move the snapshot away, and it is replayed from its first entry"
    )]
    SnapshotNotOnJournal {
        /// Where the snapshot lies.
        path: PathBuf,
        /// The last entry it has seen.
        seq: u64,
    },
    /// The next entry was not chained to the last one applied.
    #[error(
        "entry {seq} does not follow the entries before it: the journal was replaced while it was followed"
    )]
    NotNext {
        /// Which.
        seq: u64,
    },
    /// Snapshots could not be looked for.
    #[error(transparent)]
    Snapshots(#[from] SnapshotIoError),
    /// The runtime stopped.
    #[error("the engine has stopped")]
    Stopped,
    /// A second thread could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// What a replay came to.
pub struct Replayed {
    /// The engine with the state after the last entry.
    pub engine: Engine,
    /// The last entry.
    pub head: Head,
    /// Hash of the first entry, which names the journal; zero when there is none.
    pub genesis: Hash,
    /// Records applied.
    pub records: u64,
    /// The last entry of the snapshot it began with, if it began with one.
    pub snapshot: Option<u64>,
    /// Room made in a state that begins.
    reserve: usize,
}

impl Replayed {
    /// A replay that has not begun.
    #[must_use]
    pub fn nothing(hash_key: u64, reserve: usize) -> Self {
        let engine = Engine::new(new_state(hash_key, reserve));
        Self { engine, head: Head::EMPTY, genesis: Hash::ZERO, records: 0, snapshot: None, reserve }
    }

    /// A replay that has come as far as a snapshot, or to this entry by another way.
    #[must_use]
    pub const fn at(head: Head, genesis: Hash, state: State) -> Self {
        let engine = Engine::new(state);
        Self { engine, head, genesis, records: 0, snapshot: Some(head.seq), reserve: 0 }
    }

    /// Applies everything a reader gives. Entries are read and decoded on a second thread, and their leaf hashes checked on a
    /// third.
    ///
    /// # Errors
    /// [`ReplayError`]; the state is then worth nothing.
    pub fn go_on(mut self, reader: Box<dyn Reader>, keys: &KeyRing) -> Result<Self, ReplayError> {
        let (to_check, checks) = bounded(CHECKED_AHEAD);
        let (to_apply, decoded) = bounded(DECODED_AHEAD);
        let named = |name: &str| std::thread::Builder::new().name(name.into());
        std::thread::scope(|scope| {
            let checker = named("hash check").spawn_scoped(scope, move || check_hashes(&checks))?;
            let decoder = named("decode")
                .spawn_scoped(scope, move || decode_all(reader, keys, &to_check, &to_apply))?;
            for (head, records) in decoded {
                self.apply(head, &records)?;
            }
            for thread in [decoder, checker] {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            }
            Ok(self)
        })
    }

    /// Applies the records of the next entry.
    ///
    /// # Errors
    /// [`ReplayError::NoGenesis`] when a journal begins with something else.
    pub fn apply(&mut self, head: Head, records: &[Record]) -> Result<(), ReplayError> {
        if self.head.seq == 0 {
            let Some(Body::Genesis(genesis)) = records.first().map(|record| &record.envelope.body) else {
                return Err(ReplayError::NoGenesis);
            };
            self.engine = Engine::new(new_state(genesis.hash_key, self.reserve));
            self.genesis = head.hash;
        }
        for together in records.chunks(LOOK_AHEAD) {
            self.engine.look_ahead(together.iter().map(|record| &record.envelope));
            for record in together {
                apply(&mut self.engine.state, &record.as_ref());
            }
        }
        self.head = head;
        self.records += records.len() as u64;
        Ok(())
    }
}

/// Decodes the records of an entry; movement whose day's key is destroyed is absent.
///
/// # Errors
/// When a byte is not what was written, or a record is from a newer release.
pub fn decode_entry(bytes: &[u8], keys: &KeyRing) -> Result<(Head, Vec<Record>), ReplayError> {
    let entry =
        Entry::parse_unchecked_hashes(bytes).map_err(|source| ReplayError::Damaged { seq: 0, source })?;
    let head = entry.head();
    let mut records = Vec::with_capacity(usize::try_from(entry.record_count()).unwrap_or(0));
    for stored in entry.records() {
        let movement = match &stored.movement {
            Some(sealed) => keys.open_movement(head.seq, stored.index, sealed)?,
            None => None,
        };
        let position = Position { seq: head.seq, index: stored.index };
        records.push(Record::decode(position, head.at, stored.value, movement.as_deref())?);
    }
    Ok((head, records))
}

/// Replays everything a reader gives into a new engine.
///
/// # Errors
/// As [`Replayed::go_on`].
pub fn replay(
    reader: Box<dyn Reader>,
    keys: &KeyRing,
    hash_key_if_empty: u64,
    reserve: usize,
) -> Result<Replayed, ReplayError> {
    Replayed::nothing(hash_key_if_empty, reserve).go_on(reader, keys)
}

fn new_state(hash_key: u64, reserve: usize) -> State {
    let mut state = State::new(hash_key);
    state.at = Timestamp(i64::MIN);
    state.reserve(reserve);
    state
}

/// Decodes what a reader gives until it ends, or the other ends do.
fn decode_all(
    mut reader: Box<dyn Reader>,
    keys: &KeyRing,
    to_check: &Sender<Arc<[u8]>>,
    to_apply: &Sender<(Head, Vec<Record>)>,
) -> Result<(), ReplayError> {
    while let Some(bytes) = reader.next()? {
        let entry = decode_entry(&bytes, keys)?;
        if to_check.send(bytes).is_err() || to_apply.send(entry).is_err() {
            break;
        }
    }
    Ok(())
}

fn check_hashes(entries: &Receiver<Arc<[u8]>>) -> Result<(), ReplayError> {
    for bytes in entries {
        let entry = Entry::parse_unchecked_hashes(&bytes)
            .map_err(|source| ReplayError::Damaged { seq: 0, source })?;
        entry.check_hashes().map_err(|source| ReplayError::Damaged { seq: entry.seq(), source })?;
    }
    Ok(())
}
