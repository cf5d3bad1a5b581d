//! A log kept by servers elsewhere: appended to on condition, with answers that get lost on the way.
//!
//! Owns the one list of entries that all links share, and what becomes of an append: it is durable, fenced by another
//! leader's entry, or unknown - written, lost, or still on its way and arriving later. Never keeps an entry that is not
//! the next one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::{AppendError, Appended, Entry, Head, Journal, ReadError, Reader, Sealed};

use crate::dice::Dice;

/// The log. Clones are the same one.
#[derive(Clone)]
pub struct Copies(Arc<Mutex<Inner>>);

struct Inner {
    entries: Vec<(Head, Arc<[u8]>)>,
    /// Appends that are still on their way.
    late: Vec<Sealed>,
    dice: Dice,
    /// Of a thousand appends, so many whose answer does not arrive.
    unknown: u64,
    full: bool,
}

impl Copies {
    /// An empty log.
    pub fn new(dice: Dice) -> Self {
        let inner = Inner { entries: Vec::new(), late: Vec::new(), dice, unknown: 0, full: false };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// Of a thousand appends, so many have no answer.
    pub fn lose_answers(&self, permille: u64) {
        self.lock().unknown = permille;
    }

    /// There is no more room, or again.
    pub fn set_full(&self, full: bool) {
        self.lock().full = full;
    }

    /// Whether there is no room.
    pub fn is_full(&self) -> bool {
        self.lock().full
    }

    /// How many appends are on their way.
    pub fn late(&self) -> usize {
        self.lock().late.len()
    }

    /// One that was on its way arrives.
    pub fn arrive(&self) {
        let mut inner = self.lock();
        let count = inner.late.len();
        if count > 0 {
            let one = inner.dice.index(count);
            let sealed = inner.late.swap_remove(one);
            // Nobody waits for its answer any more.
            let _: Appended = inner.offer(&sealed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn head(&self) -> Head {
        self.entries.last().map_or(Head::EMPTY, |(head, _)| *head)
    }

    fn get(&self, seq: u64) -> Option<&(Head, Arc<[u8]>)> {
        self.entries.get(usize::try_from(seq.checked_sub(1)?).ok()?)
    }

    /// Takes an entry if it is the next one.
    fn offer(&mut self, sealed: &Sealed) -> Appended {
        if let Some((taken, _)) = self.get(sealed.head.seq) {
            return if *taken == sealed.head { Appended::Durable } else { Appended::Fenced };
        }
        let head = self.head();
        if sealed.head.seq > head.seq + 1 {
            return Appended::Failed(AppendError::Gap { seq: sealed.head.seq, head: head.seq });
        }
        match Entry::parse_unchecked_hashes(&sealed.bytes) {
            Ok(entry) if entry.previous_hash() == head.hash => {
                self.entries.push((sealed.head, Arc::from(sealed.bytes.as_slice())));
                Appended::Durable
            }
            Ok(_) => Appended::Fenced,
            Err(damage) => Appended::Failed(AppendError::Malformed(damage)),
        }
    }
}

impl Journal for Copies {
    fn head(&self) -> Head {
        self.lock().head()
    }

    fn append(&mut self, sealed: &Sealed) -> Appended {
        let mut inner = self.lock();
        let unknown = inner.unknown;
        if !inner.dice.permille(unknown) {
            return inner.offer(sealed);
        }
        match inner.dice.below(3) {
            0 => {
                let _: Appended = inner.offer(sealed);
            }
            1 => inner.late.push(sealed.clone()),
            _ => {}
        }
        Appended::Unknown
    }

    fn has_space(&mut self) -> bool {
        !self.lock().full
    }

    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        let head = self.lock().head().seq;
        if from_seq > head.saturating_add(1) {
            return Err(ReadError::Beyond { from_seq, head });
        }
        Ok(Box::new(CopiesReader { copies: self.clone(), next: from_seq.max(1) }))
    }
}

struct CopiesReader {
    copies: Copies,
    next: u64,
}

impl Reader for CopiesReader {
    fn next(&mut self) -> Result<Option<Arc<[u8]>>, ReadError> {
        let bytes = self.copies.lock().get(self.next).map(|(_, bytes)| Arc::clone(bytes));
        self.next += u64::from(bytes.is_some());
        Ok(bytes)
    }
}
