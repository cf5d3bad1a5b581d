//! Recovery: applies what the journal holds, and nothing else. Decides nothing.

use std::sync::Arc;

use base::Timestamp;
use engine::{Body, Engine, Position, Record, RecordError, State, apply};
use journal::{Damage, Entry, Head, KeyError, KeyRing, ReadError, Reader};

/// A journal could not be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It could not be read.
    #[error("the journal cannot be read")]
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
    /// A movement part was tampered with.
    #[error("a movement part cannot be opened")]
    Key(#[from] KeyError),
    /// A record is not known to this release.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The first record is not a genesis.
    #[error("the journal does not begin with a genesis; it is not a journal of this system")]
    NoGenesis,
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
    /// Records applied.
    pub records: u64,
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

/// Replays everything a reader gives into a new engine. Leaf hashes are checked on a second thread meanwhile.
///
/// # Errors
/// [`ReplayError`]; the state is then worth nothing.
pub fn replay(
    mut reader: Box<dyn Reader>,
    keys: &KeyRing,
    hash_key_if_empty: u64,
    reserve: usize,
) -> Result<Replayed, ReplayError> {
    let (to_check, checks) = crossbeam_channel::bounded::<Arc<[u8]>>(64);
    let checker =
        std::thread::Builder::new().name("hash check".into()).spawn(move || check_hashes(&checks))?;
    let mut state: Option<State> = None;
    let mut head = Head::EMPTY;
    let mut count = 0u64;
    while let Some(bytes) = reader.next()? {
        let (entry_head, records) = decode_entry(&bytes, keys)?;
        head = entry_head;
        if to_check.send(bytes).is_err() {
            break;
        }
        for record in &records {
            let state = match (&mut state, &record.envelope.body) {
                (Some(state), _) => state,
                (none, Body::Genesis(genesis)) => none.insert(new_state(genesis.hash_key, reserve)),
                _ => return Err(ReplayError::NoGenesis),
            };
            apply(state, &record.as_ref());
        }
        count += records.len() as u64;
    }
    drop(to_check);
    if let Ok(Err(damaged)) = checker.join() {
        return Err(damaged);
    }
    let state = state.unwrap_or_else(|| new_state(hash_key_if_empty, reserve));
    Ok(Replayed { engine: Engine::new(state), head, records: count })
}

fn new_state(hash_key: u64, reserve: usize) -> State {
    let mut state = State::new(hash_key);
    state.at = Timestamp(i64::MIN);
    state.holders.reserve(reserve);
    state.media.reserve(reserve);
    state.ledger.reserve(reserve);
    state.window.reserve(reserve);
    state
}

fn check_hashes(entries: &crossbeam_channel::Receiver<Arc<[u8]>>) -> Result<(), ReplayError> {
    for bytes in entries {
        let entry = Entry::parse_unchecked_hashes(&bytes)
            .map_err(|source| ReplayError::Damaged { seq: 0, source })?;
        entry.check_hashes().map_err(|source| ReplayError::Damaged { seq: entry.seq(), source })?;
    }
    Ok(())
}
