//! The auditor: reads every durable entry once, keeps books of its own, and compares.
//!
//! Owns what the journal is held against: the chain, a ledger added up from the transfers that events tell, the holds
//! that are open, the ids and facts that were decided, and a state to which every record was applied as it came. Never
//! looks at the engine's figures to make its own.

use std::collections::btree_map::Entry as Place;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use base::{CommandId, DeviceNumber, PrincipalId};
use engine::ledger::AccountId;
use engine::{Body, Event, Genesis, Moved, Position, Record, Refusal, State, Unit, apply, window};
use journal::{Entry, Head, KeyRing};

use crate::failure::{Broken, Invariant, hold};
use crate::ports::Ports;

/// Who sent it and what it is called.
pub type Key = (PrincipalId, CommandId);

/// A terminal's fact.
pub type Fact = (DeviceNumber, u32, u64);

/// What the journal says came of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Where it stands.
    pub position: Position,
    /// Why it was refused, if it was.
    pub refused: Option<Refusal>,
    /// The number of the purchase or of the first hold it made.
    pub number: Option<u64>,
}

/// Balance and unit of an account by the auditor's own adding up.
struct Account {
    unit: Unit,
    balance: i64,
}

/// The auditor's books.
pub struct Auditor {
    /// The last entry read.
    pub head: Head,
    /// What every record applied as it came makes of the city.
    pub state: State,
    /// Every command decided.
    pub outcomes: BTreeMap<Key, Outcome>,
    /// Every fact of a terminal decided.
    pub facts: BTreeMap<Fact, Position>,
    /// Facts whose id was made later than any caller can have made it, as in an entry that was begun long before: the fact
    /// is known by its number, and another command may be decided under that id.
    pub unremembered: BTreeSet<Position>,
    /// Records read.
    pub records: u64,
    accounts: BTreeMap<AccountId, Account>,
    open_holds: BTreeSet<u64>,
    holds: u64,
}

impl Auditor {
    /// Before the first entry.
    pub fn new(genesis: &Genesis) -> Self {
        let mut state = State::new(genesis.hash_key);
        state.at = base::Timestamp(i64::MIN);
        Self {
            head: Head::EMPTY,
            state,
            outcomes: BTreeMap::new(),
            facts: BTreeMap::new(),
            unremembered: BTreeSet::new(),
            records: 0,
            accounts: BTreeMap::new(),
            open_holds: BTreeSet::new(),
            holds: 0,
        }
    }

    /// Reads the next entry.
    pub fn read(&mut self, bytes: &Arc<[u8]>, keys: &KeyRing, ports: &mut dyn Ports) -> Result<(), Broken> {
        let wrong = |what: String| Broken::new(Invariant::JournalOrder, what);
        let entry = Entry::parse(bytes).map_err(|error| wrong(error.to_string()))?;
        let (head, last) = (entry.head(), self.head);
        let follows = head.seq == last.seq + 1 && entry.previous_hash() == last.hash && head.at >= last.at;
        hold(Invariant::JournalOrder, follows, || format!("entry {head} does not follow {last}"))?;
        let mut records = Vec::new();
        for stored in entry.records() {
            let movement = match &stored.movement {
                Some(sealed) => keys
                    .open_movement(head.seq, stored.index, sealed)
                    .map_err(|error| wrong(error.to_string()))?,
                None => None,
            };
            let position = Position { seq: head.seq, index: stored.index };
            let record = Record::decode(position, head.at, stored.value, movement.as_deref());
            records.push(record.map_err(|error| wrong(error.to_string()))?);
        }
        for record in ports.records(records) {
            self.add(&record)?;
        }
        self.head = head;
        self.is_balanced()
    }

    fn add(&mut self, record: &Record) -> Result<(), Broken> {
        let after = record.position > self.state.position;
        hold(Invariant::JournalOrder, after, || {
            format!("record {} comes after {}", record.position, self.state.position)
        })?;
        self.decided_once(record)?;
        for event in record.outcome.iter().flatten() {
            self.happen(event)?;
        }
        let applied = catch_unwind(AssertUnwindSafe(|| apply(&mut self.state, &record.as_ref())));
        self.records += 1;
        hold(Invariant::ReplayIsState, applied.is_ok(), || {
            format!("record {} does not fit the state before it", record.position)
        })
    }

    fn decided_once(&mut self, record: &Record) -> Result<(), Broken> {
        let envelope = &record.envelope;
        if envelope.body.is_own() {
            return Ok(());
        }
        let number = record.outcome.iter().flatten().find_map(|event| match event {
            Event::PurchaseQuoted(told) | Event::PurchaseAuthorised(told) | Event::PurchaseCaptured(told) => {
                Some(told.purchase)
            }
            Event::Held { pending, .. } if matches!(envelope.body, Body::Hold(_)) => Some(*pending),
            _ => None,
        });
        let refused = record.outcome.as_ref().err().map(|refused| refused.refusal);
        let new = Outcome { position: record.position, refused, number };
        let twice = |known: Position| {
            let what = format!("{} was decided at {known} and again at {}", envelope.id, record.position);
            Broken::new(Invariant::OneOutcome, what)
        };
        if let Body::Tap(tap) = &envelope.body {
            let known = self.facts.insert((tap.device, tap.epoch, tap.seq), record.position);
            if let Some(known) = known {
                return Err(twice(known));
            }
            if window::is_ahead(envelope.id, record.at, &self.state.parameters) {
                self.unremembered.insert(record.position);
            }
        }
        match self.outcomes.entry((envelope.principal, envelope.id)) {
            Place::Occupied(mut known) if self.unremembered.contains(&known.get().position) => {
                known.insert(new);
                Ok(())
            }
            Place::Occupied(known) => Err(twice(known.get().position)),
            Place::Vacant(place) => {
                place.insert(new);
                Ok(())
            }
        }
    }

    fn happen(&mut self, event: &Event) -> Result<(), Broken> {
        match event {
            Event::AccountOpened(id, key) => {
                self.accounts.insert(*id, Account { unit: key.unit, balance: 0 });
                Ok(())
            }
            Event::Moved(moved) => self.moved(moved),
            Event::Held { pending, .. } => {
                let next = *pending == self.holds;
                self.holds = pending + 1;
                self.open_holds.insert(*pending);
                hold(Invariant::ResolvesOnce, next, || format!("hold {pending} has not the next number"))
            }
            Event::PendingPosted(pending, moved) => {
                self.resolve(*pending)?;
                self.moved(moved)
            }
            Event::PendingVoided(pending) | Event::PendingExpired(pending) => self.resolve(*pending),
            _ => Ok(()),
        }
    }

    fn resolve(&mut self, pending: u64) -> Result<(), Broken> {
        let was_open = self.open_holds.remove(&pending);
        hold(Invariant::ResolvesOnce, was_open, || format!("hold {pending} is resolved and was not open"))
    }

    fn moved(&mut self, moved: &Moved) -> Result<(), Broken> {
        let amount = i64::try_from(moved.amount.0).unwrap_or(i64::MAX);
        let sides =
            [(moved.debit, -amount, moved.debit_balance), (moved.credit, amount, moved.credit_balance)];
        for (id, change, told) in sides {
            let account = self.accounts.get_mut(&id).ok_or_else(|| {
                Broken::new(Invariant::Conservation, format!("account {} is not open", id.0))
            })?;
            account.balance += change;
            let found = account.balance;
            hold(Invariant::Conservation, found == told, || {
                format!("account {} holds {found} by its transfers and {told} by the last one", id.0)
            })?;
        }
        Ok(())
    }

    fn is_balanced(&self) -> Result<(), Broken> {
        for unit in Unit::ALL {
            let of_unit = self.accounts.values().filter(|account| account.unit == unit);
            let sum: i128 = of_unit.map(|account| i128::from(account.balance)).sum();
            hold(Invariant::Conservation, sum == 0, || format!("all accounts in {unit:?} hold {sum}"))?;
        }
        Ok(())
    }

    /// Holds the engine's ledger against these books, which stand at the same position.
    pub fn compare(&self, state: &State) -> Result<(), Broken> {
        let accounts = state.ledger.accounts();
        hold(Invariant::Conservation, accounts.len() == self.accounts.len(), || {
            format!("the engine has {} accounts, the journal {}", accounts.len(), self.accounts.len())
        })?;
        for (account, (id, own)) in accounts.iter().zip(&self.accounts) {
            hold(Invariant::Conservation, account.balance() == own.balance, || {
                let (found, told) = (account.balance(), own.balance);
                format!("account {} holds {found} in the engine and {told} by the journal", id.0)
            })?;
        }
        let open = state.ledger.pendings.iter().map(|(number, _)| *number);
        hold(Invariant::ResolvesOnce, open.eq(self.open_holds.iter().copied()), || {
            "the engine has other holds open than the journal".to_owned()
        })
    }
}
