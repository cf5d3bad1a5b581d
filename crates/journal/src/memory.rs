//! A journal in memory: for tests, simulation and the bound of benches.
//!
//! Owns a list of entries that outlives the handle: clones share it, so a test can drop one and open the next as if
//! the process had been restarted. Never survives the process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::log::{AppendError, Appended, Head, Journal, ReadError, Reader};
use crate::offer::{Offered, offered};
use crate::seal::Sealed;

/// A journal in memory. Clones share the entries.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    entries: Arc<Mutex<Entries>>,
}

#[derive(Debug, Default)]
struct Entries {
    all: Vec<(Head, Arc<[u8]>)>,
    capacity: Option<usize>,
}

impl Entries {
    fn head(&self) -> Head {
        self.all.last().map_or(Head::EMPTY, |(head, _)| *head)
    }

    fn get(&self, seq: u64) -> Option<&(Head, Arc<[u8]>)> {
        self.all.get(usize::try_from(seq.checked_sub(1)?).ok()?)
    }

    /// Whether so many more entries may come.
    fn room(&self, wanted: usize) -> bool {
        self.capacity.is_none_or(|capacity| self.all.len().saturating_add(wanted) <= capacity)
    }
}

impl Memory {
    /// An empty journal without limit.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the journal to so many entries, or lifts the limit: to see what callers do when it is full.
    pub fn limit(&self, entries: Option<usize>) {
        self.lock().capacity = entries;
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for Memory {
    fn head(&self) -> Head {
        self.lock().head()
    }

    fn append(&mut self, sealed: &Sealed) -> Appended {
        let mut entries = self.lock();
        let head = entries.head();
        match offered(sealed, &head, false) {
            Err(answer) => return answer,
            Ok(Offered::Taken) => {
                let is_same = entries.get(sealed.head.seq).is_some_and(|(taken, _)| *taken == sealed.head);
                return if is_same { Appended::Durable } else { Appended::Fenced };
            }
            Ok(Offered::Next) => {}
        }
        if !entries.room(1) {
            return Appended::Failed(AppendError::NoSpace);
        }
        entries.all.push((sealed.head, Arc::from(sealed.bytes.as_slice())));
        Appended::Durable
    }

    fn has_space(&mut self) -> bool {
        self.lock().room(2)
    }

    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        let head = self.lock().head().seq;
        if from_seq > head.saturating_add(1) {
            return Err(ReadError::Beyond { from_seq, head });
        }
        Ok(Box::new(MemoryReader { journal: self.clone(), next_seq: from_seq.max(1) }))
    }
}

struct MemoryReader {
    journal: Memory,
    next_seq: u64,
}

impl Reader for MemoryReader {
    fn next(&mut self) -> Result<Option<Arc<[u8]>>, ReadError> {
        let bytes = self.journal.lock().get(self.next_seq).map(|(_, bytes)| Arc::clone(bytes));
        self.next_seq += u64::from(bytes.is_some());
        Ok(bytes)
    }
}
