//! A log kept by servers elsewhere and shared by machines: appended to on condition, over links that fail.
//!
//! Owns the one list of entries that all links share, and what becomes of an append: it is durable, fenced by another
//! leader, or unknown - written, lost, or still on its way and arriving later. Never keeps an entry that is not
//! the next one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::{
    AppendError, Appended, Cover, Entry, Head, Journal, PostgresError, ReadError, Reader, Sealed,
    SharedError, SharedJournal,
};

use crate::dice::Dice;

/// How a machine reaches the servers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reach {
    /// It reads and writes.
    #[default]
    Whole,
    /// What it follows has stopped at an entry, as a replica that lags; whoever writes meets the servers themselves.
    Lags(u64),
    /// Nothing arrives.
    Cut,
}

/// The log. Clones are the same one.
#[derive(Clone)]
pub struct Copies(Arc<Mutex<Inner>>);

struct Inner {
    entries: Vec<(Head, Arc<[u8]>)>,
    /// Appends that are still on their way, with the opening they belong to.
    late: Vec<(u64, Sealed)>,
    dice: Dice,
    /// Of a thousand appends, so many whose answer does not arrive.
    unknown: u64,
    full: bool,
    reach: [Reach; 2],
    /// How often it was opened for writing.
    openings: u64,
    /// Who opened it earlier is fenced by the opening, as on PostgreSQL, and not only by an entry.
    fences_on_opening: bool,
}

impl Copies {
    /// An empty log.
    pub fn new(mut dice: Dice, unknown: u64) -> Self {
        let fences_on_opening = dice.permille(500);
        let inner = Inner {
            entries: Vec::new(),
            late: Vec::new(),
            dice,
            unknown,
            full: false,
            reach: [Reach::Whole; 2],
            openings: 0,
            fences_on_opening,
        };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// The log as a machine reaches it.
    pub fn link(&self, machine: usize) -> Link {
        Link { copies: self.clone(), machine }
    }

    /// Reads from an entry on, whatever fails.
    pub fn reader(&self, from_seq: u64) -> Box<dyn Reader> {
        Box::new(CopiesReader { link: self.link(0), next: from_seq, as_whom: Whom::Auditor })
    }

    /// The last entry and how often the log was opened: who finds both as they were has not been fenced.
    pub fn taken(&self) -> (Head, u64) {
        let inner = self.lock();
        (inner.head(), inner.openings)
    }

    /// There is no more room, or again.
    pub fn set_full(&self, full: bool) {
        self.lock().full = full;
    }

    /// Whether there is no room.
    pub fn is_full(&self) -> bool {
        self.lock().full
    }

    /// A link breaks, lags, or is whole again.
    pub fn change_reach(&self, machine: usize) -> Reach {
        let mut inner = self.lock();
        let lags = Reach::Lags(inner.head().seq);
        let now = inner.dice.one_of([Reach::Whole, Reach::Whole, lags, Reach::Cut, Reach::Cut]);
        if let Some(reach) = inner.reach.get_mut(machine) {
            *reach = now;
        }
        now
    }

    /// How a machine reaches it.
    pub fn reach(&self, machine: usize) -> Reach {
        self.lock().reach.get(machine).copied().unwrap_or_default()
    }

    /// Nothing fails any more, and what was on its way arrives.
    pub fn heal(&self) {
        let mut inner = self.lock();
        (inner.unknown, inner.full, inner.reach) = (0, false, [Reach::Whole; 2]);
        while inner.arrive() {}
    }

    /// One append that was on its way arrives, if there is one.
    pub fn arrive(&self) -> bool {
        self.lock().arrive()
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

    fn arrive(&mut self) -> bool {
        if self.late.is_empty() {
            return false;
        }
        let one = self.dice.index(self.late.len());
        let (opening, sealed) = self.late.swap_remove(one);
        // Nobody waits for its answer any more.
        let _: Appended = self.offer(opening, &sealed);
        true
    }

    /// Takes an entry if it is the next one.
    fn offer(&mut self, opening: u64, sealed: &Sealed) -> Appended {
        if let Some((taken, _)) = self.get(sealed.head.seq) {
            return if *taken == sealed.head { Appended::Durable } else { Appended::Fenced };
        }
        if self.fences_on_opening && opening != self.openings {
            return Appended::Fenced;
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

/// The log as one machine reaches it.
#[derive(Clone)]
pub struct Link {
    copies: Copies,
    machine: usize,
}

fn server() -> String {
    "the copies".to_owned()
}

impl Link {
    fn read(&self, from_seq: u64, as_whom: Whom) -> Result<Box<dyn Reader>, ReadError> {
        let mut reader = CopiesReader { link: self.clone(), next: from_seq.max(1), as_whom };
        let head = reader.end()?;
        if from_seq > head.saturating_add(1) {
            return Err(ReadError::Beyond { from_seq, head });
        }
        Ok(Box::new(reader))
    }
}

impl SharedJournal for Link {
    fn follow(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        self.read(from_seq, Whom::Standby)
    }

    fn open(&self, _: Option<Cover>) -> Result<Box<dyn Journal>, SharedError> {
        if self.copies.reach(self.machine) == Reach::Cut {
            let reason = "nothing arrives".to_owned();
            return Err(PostgresError::Reach { server: server(), reason }.into());
        }
        let mut inner = self.copies.lock();
        // What was on its way may come at the last moment.
        if inner.dice.permille(300) {
            inner.arrive();
        }
        inner.openings += 1;
        Ok(Box::new(Writing { link: self.clone(), opening: inner.openings }))
    }
}

/// The log opened for writing.
struct Writing {
    link: Link,
    opening: u64,
}

impl Journal for Writing {
    fn head(&self) -> Head {
        self.link.copies.lock().head()
    }

    fn append(&mut self, sealed: &Sealed) -> Appended {
        if self.link.copies.reach(self.link.machine) == Reach::Cut {
            return Appended::Unknown;
        }
        let mut inner = self.link.copies.lock();
        let unknown = inner.unknown;
        if !inner.dice.permille(unknown) {
            return inner.offer(self.opening, sealed);
        }
        match inner.dice.below(3) {
            0 => {
                let _: Appended = inner.offer(self.opening, sealed);
            }
            1 => inner.late.push((self.opening, sealed.clone())),
            _ => {}
        }
        Appended::Unknown
    }

    fn has_space(&mut self) -> bool {
        !self.link.copies.lock().full
    }

    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        self.link.read(from_seq, Whom::Leader)
    }
}

/// Who reads, which says what is in the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whom {
    Auditor,
    Leader,
    Standby,
}

struct CopiesReader {
    link: Link,
    next: u64,
    as_whom: Whom,
}

impl CopiesReader {
    /// The last entry that can be seen from here.
    fn end(&mut self) -> Result<u64, ReadError> {
        let head = self.link.copies.lock().head().seq;
        match self.link.copies.reach(self.link.machine) {
            _ if self.as_whom == Whom::Auditor => Ok(head),
            Reach::Lags(seq) if self.as_whom == Whom::Standby => Ok(seq.min(head)),
            Reach::Whole | Reach::Lags(_) => Ok(head),
            Reach::Cut => Err(ReadError::Server {
                action: "read an entry",
                server: server(),
                reason: "nothing arrives".to_owned(),
            }),
        }
    }
}

impl Reader for CopiesReader {
    fn next(&mut self) -> Result<Option<Arc<[u8]>>, ReadError> {
        if self.next > self.end()? {
            return Ok(None);
        }
        let bytes = self.link.copies.lock().get(self.next).map(|(_, bytes)| Arc::clone(bytes));
        self.next += u64::from(bytes.is_some());
        Ok(bytes)
    }
}
