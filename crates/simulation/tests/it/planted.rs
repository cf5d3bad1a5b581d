//! Faults planted on purpose, between the city and what it rests on: each kind is found, and named for what it is.
//!
//! Nothing of this is in the product. A planted disk, journal or mutation of what is heard behaves as the product would if it had
//! the fault.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::Timestamp;
use engine::{Answer, Body, Envelope, Event, Movement, Part, Position, Record, Step};
use journal::{Appended, Cover, Disk, Head, Journal, ReadError, Reader, Sealed, SharedError, SharedJournal};
use runtime::Terms;
use simulation::{Invariant, Ports, run_on};

use crate::lies::{Cut, Deaf};

/// Cities in which a planted fault has to be found. Some need a crash at the right moment.
const SEEDS_MAX: u64 = 60;

/// Runs cities until the fault is found; answers the invariant that found it.
fn found<P: Ports>(plant: impl Fn() -> P) -> Invariant {
    for seed in 0..SEEDS_MAX {
        if let Err(failure) = run_on(seed, &mut plant()) {
            println!("{failure}");
            return failure.broken.invariant;
        }
    }
    panic!("not found in {SEEDS_MAX} cities");
}

type Opened = Result<Box<dyn Reader>, ReadError>;

/// A journal between the runtime and the one that keeps its entries.
struct Between {
    inner: Box<dyn Journal>,
    append: fn(&mut Between, &Sealed) -> Appended,
    reader: fn(&Between, u64) -> Opened,
    told: Option<Head>,
    appended: u64,
}

impl Between {
    fn new(inner: Box<dyn Journal>) -> Self {
        Self {
            inner,
            append: |this, sealed| this.inner.append(sealed),
            reader: |this, from| this.inner.reader(from),
            told: None,
            appended: 0,
        }
    }
}

impl Journal for Between {
    fn head(&self) -> Head {
        self.told.unwrap_or_else(|| self.inner.head())
    }
    fn append(&mut self, sealed: &Sealed) -> Appended {
        self.appended += 1;
        (self.append)(self, sealed)
    }
    fn has_space(&mut self) -> bool {
        self.inner.has_space()
    }
    fn wait_for_space(&mut self, limit: std::time::Duration) -> bool {
        self.inner.wait_for_space(limit)
    }
    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        (self.reader)(self, from_seq)
    }
}

/// Answers are let out before the entry is durable: the journal says so of an entry it has not written.
struct Early;

impl Ports for Early {
    fn journal(&mut self, inner: Box<dyn Journal>) -> Box<dyn Journal> {
        let append = |this: &mut Between, sealed: &Sealed| {
            // The first ones are honest, so that the city gets going.
            if this.appended <= 8 { this.inner.append(sealed) } else { Appended::Durable }
        };
        Box::new(Between { append, ..Between::new(inner) })
    }
}

#[test]
fn an_answer_before_its_entry_is_durable_is_found() {
    assert_eq!(found(|| Early), Invariant::AcknowledgedInJournal);
}

#[test]
fn a_city_that_fails_names_its_seed_and_fails_so_again() {
    let failure = (0..SEEDS_MAX).find_map(|seed| Some((seed, run_on(seed, &mut Early).err()?)));
    let (seed, failure) = failure.unwrap();
    assert_eq!(failure.seed, seed);
    assert_eq!(run_on(seed, &mut Early).unwrap_err(), failure);
    let command = format!("jakone simulate --from {seed} --seeds 1 --trace");
    assert_eq!(failure.command(), command);
}

/// The disk says that it has flushed and has not.
struct NeverFlushed;

impl Ports for NeverFlushed {
    fn disk(&mut self, disk: Arc<dyn Disk>) -> Arc<dyn Disk> {
        Arc::new(Deaf(disk))
    }
}

#[test]
fn an_entry_lost_after_recovery_is_found() {
    assert_eq!(found(|| NeverFlushed), Invariant::Recovery);
}

/// Recovery takes the last whole entry for a torn one and cuts it off.
struct TailDropped;

impl Ports for TailDropped {
    fn disk(&mut self, disk: Arc<dyn Disk>) -> Arc<dyn Disk> {
        Arc::new(Cut(disk, AtomicBool::new(false)))
    }
}

#[test]
fn a_valid_tail_that_is_dropped_is_found() {
    assert_eq!(found(|| TailDropped), Invariant::Recovery);
}

/// Recovery takes an entry that never became durable for one that did: it stands at the end of what is replayed.
#[derive(Default, Clone)]
struct TornAccepted(Arc<Mutex<Option<Sealed>>>);

struct Torn {
    inner: Between,
    last: Arc<Mutex<Option<Sealed>>>,
}

struct WithTail(Box<dyn Reader>, Option<Sealed>, u64);

impl Reader for WithTail {
    fn next(&mut self) -> Result<Option<Arc<[u8]>>, ReadError> {
        if let Some(bytes) = self.0.next()? {
            self.2 += 1;
            return Ok(Some(bytes));
        }
        let (torn, next) = (self.1.take(), self.2 + 1);
        Ok(torn.filter(|torn| torn.head.seq == next).map(|torn| Arc::from(torn.bytes)))
    }
}

impl Journal for Torn {
    fn head(&self) -> Head {
        self.inner.head()
    }
    fn append(&mut self, sealed: &Sealed) -> Appended {
        let appended = self.inner.append(sealed);
        let torn = !matches!(appended, Appended::Durable);
        *self.last.lock().unwrap() = torn.then(|| sealed.clone());
        appended
    }
    fn has_space(&mut self) -> bool {
        self.inner.has_space()
    }
    fn wait_for_space(&mut self, limit: std::time::Duration) -> bool {
        self.inner.wait_for_space(limit)
    }
    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        let reader = self.inner.reader(from_seq)?;
        let torn = if from_seq == 1 { self.last.lock().unwrap().take() } else { None };
        Ok(Box::new(WithTail(reader, torn, from_seq - 1)))
    }
}

impl Ports for TornAccepted {
    fn journal(&mut self, inner: Box<dyn Journal>) -> Box<dyn Journal> {
        Box::new(Torn { inner: Between::new(inner), last: Arc::clone(&self.0) })
    }
}

#[test]
fn a_torn_tail_that_is_accepted_is_found() {
    let invariant = found(TornAccepted::default);
    let names = [Invariant::ReplayIsState, Invariant::Progress, Invariant::AcknowledgedInJournal];
    assert!(names.contains(&invariant), "{invariant:?}");
}

/// A start replays all entries but one: its ids are forgotten, and its transfers.
struct Forgotten;

/// Reads from the first entry on and leaves the seventh out.
struct Skipping(Box<dyn Reader>, u64);

impl Reader for Skipping {
    fn next(&mut self) -> Result<Option<Arc<[u8]>>, ReadError> {
        self.1 += 1;
        if self.1 == 7 {
            self.0.next()?;
        }
        self.0.next()
    }
}

impl Ports for Forgotten {
    fn journal(&mut self, inner: Box<dyn Journal>) -> Box<dyn Journal> {
        let reader = |this: &Between, from: u64| {
            let (reader, replays) = (this.inner.reader(from)?, from == 1 && this.inner.head().seq > 8);
            Ok(if replays { Box::new(Skipping(reader, 0)) as Box<dyn Reader> } else { reader })
        };
        Box::new(Between { reader, ..Between::new(inner) })
    }
}

#[test]
fn a_state_that_differs_from_its_replay_is_found() {
    assert_eq!(found(|| Forgotten), Invariant::ReplayIsState);
}

/// Changes the records of the journal on their way to the auditor, as if they had been written so.
struct Written<F: FnMut(Vec<Record>) -> Vec<Record>>(F);

impl<F: FnMut(Vec<Record>) -> Vec<Record>> Ports for Written<F> {
    fn records(&mut self, records: Vec<Record>) -> Vec<Record> {
        (self.0)(records)
    }
}

fn events(record: &mut Record) -> Option<&mut Vec<Event>> {
    record.outcome.as_mut().ok()
}

#[test]
fn a_movement_written_twice_is_found() {
    let twice = |mut records: Vec<Record>| {
        for events in records.iter_mut().filter_map(events) {
            let moved = events.iter().find(|event| matches!(event, Event::Moved(_))).cloned();
            events.extend(moved);
        }
        records
    };
    assert_eq!(found(|| Written(twice)), Invariant::Conservation);
}

#[test]
fn money_from_nowhere_is_found() {
    let more = |mut records: Vec<Record>| {
        for event in records.iter_mut().filter_map(events).flatten() {
            if let Event::Moved(moved) = event {
                moved.credit_balance += 1;
            }
        }
        records
    };
    assert_eq!(found(|| Written(more)), Invariant::Conservation);
}

#[test]
fn a_hold_resolved_twice_is_found() {
    let twice = |mut records: Vec<Record>| {
        for events in records.iter_mut().filter_map(events) {
            let resolved = |event: &&Event| {
                matches!(event, Event::PendingVoided(_) | Event::PendingExpired(_) | Event::PendingPosted(..))
            };
            let again = events.iter().find(resolved).cloned();
            events.extend(again);
        }
        records
    };
    assert_eq!(found(|| Written(twice)), Invariant::ResolvesOnce);
}

#[test]
fn an_id_decided_twice_is_found() {
    // As after a start that forgot its ids: what was decided before is decided again, later.
    let mut seen: Option<Envelope> = None;
    let again = move |mut records: Vec<Record>| {
        for record in &mut records {
            let own = record.envelope.body.is_own();
            match &seen {
                None if !own && !matches!(record.envelope.body, Body::Tap(_)) => {
                    seen = Some(record.envelope.clone());
                }
                Some(envelope) if !own && record.position.seq > 12 => {
                    record.envelope.id = envelope.id;
                    record.envelope.principal = envelope.principal;
                }
                _ => {}
            }
        }
        records
    };
    assert_eq!(found(|| Written(again.clone())), Invariant::OneOutcome);
}

#[test]
fn two_records_at_one_position_are_found() {
    let twice = |mut records: Vec<Record>| {
        if let Some(record) = records.last().cloned().filter(|record| record.position.seq > 9) {
            records.push(record);
        }
        records
    };
    assert_eq!(found(|| Written(twice)), Invariant::JournalOrder);
}

/// Changes what callers hear.
struct Heard(fn(&Envelope, &mut Answer));

impl Ports for Heard {
    fn answer(&mut self, command: &Envelope, mut answer: Answer) -> Answer {
        (self.0)(command, &mut answer);
        answer
    }
}

#[test]
fn another_position_for_a_known_id_is_found() {
    // Ids forgotten on a restart: what was decided is said to be decided now.
    let lie = |_: &Envelope, answer: &mut Answer| {
        if let Step::Repeated(position) = &mut answer.step {
            *position = Position { seq: position.seq, index: position.index + 1 };
        }
    };
    // Whether the right one was heard before says which of the two names it.
    let invariant = found(|| Heard(lie));
    assert!([Invariant::OneOutcome, Invariant::AcknowledgedInJournal].contains(&invariant), "{invariant:?}");
}

#[test]
fn an_outcome_the_journal_does_not_have_is_found() {
    let lie = |_: &Envelope, answer: &mut Answer| {
        if matches!(answer.step, Step::Decided(Err(_))) {
            answer.step = Step::Decided(Ok(engine::Accepted::default()));
        }
    };
    assert_eq!(found(|| Heard(lie)), Invariant::AcknowledgedInJournal);
}

#[test]
fn an_id_called_expired_within_the_window_is_found() {
    let lie = |_: &Envelope, answer: &mut Answer| {
        if matches!(answer.step, Step::Repeated(_)) {
            answer.step = Step::Expired;
        }
    };
    assert_eq!(found(|| Heard(lie)), Invariant::OneOutcome);
}

/// A journal that machines share, with something between it and whoever opens it.
struct SharedBetween {
    inner: Arc<dyn SharedJournal>,
    append: fn(&mut Between, &Sealed) -> Appended,
}

impl SharedJournal for SharedBetween {
    fn follow(&self, from_seq: u64) -> Opened {
        self.inner.follow(from_seq)
    }
    fn open(&self, cover: Option<Cover>) -> Result<Box<dyn Journal>, SharedError> {
        Ok(Box::new(Between { append: self.append, ..Between::new(self.inner.open(cover)?) }))
    }
}

/// Two entries are acknowledged at one number: the second leader's append goes to a list of its own.
struct TwoAtOneSeq;

impl Ports for TwoAtOneSeq {
    fn shared(&mut self, inner: Arc<dyn SharedJournal>) -> Arc<dyn SharedJournal> {
        let append = |this: &mut Between, sealed: &Sealed| match this.inner.append(sealed) {
            Appended::Fenced => Appended::Durable,
            appended => appended,
        };
        Arc::new(SharedBetween { inner, append })
    }
}

#[test]
fn two_acknowledged_entries_with_one_number_are_found() {
    let invariant = found(|| TwoAtOneSeq);
    assert!([Invariant::OneLeader, Invariant::AcknowledgedInJournal].contains(&invariant), "{invariant:?}");
}

/// An epoch that fences nobody and is fenced by nobody: the first append of who takes over counts as durable, whoever has
/// written meanwhile.
struct Unfenced;

impl Ports for Unfenced {
    fn shared(&mut self, inner: Arc<dyn SharedJournal>) -> Arc<dyn SharedJournal> {
        let append = |this: &mut Between, sealed: &Sealed| match this.inner.append(sealed) {
            Appended::Fenced if this.appended == 1 => Appended::Durable,
            appended => appended,
        };
        Arc::new(SharedBetween { inner, append })
    }
}

#[test]
fn a_takeover_whose_epoch_is_not_fenced_is_found() {
    let invariant = found(|| Unfenced);
    assert!([Invariant::OneLeader, Invariant::AcknowledgedInJournal].contains(&invariant), "{invariant:?}");
}

/// Other terms than machines must wait for each other.
struct Waits(fn(&mut Terms));

impl Ports for Waits {
    fn terms(&mut self, mut terms: Terms) -> Terms {
        (self.0)(&mut terms);
        terms
    }
}

#[test]
fn a_leader_that_ignores_its_lease_is_found() {
    assert_eq!(found(|| Waits(|terms| terms.lease = Duration::MAX)), Invariant::OneLeader);
}

#[test]
fn a_standby_that_takes_over_without_waiting_is_found() {
    assert_eq!(found(|| Waits(|terms| terms.silence = Duration::from_millis(300))), Invariant::OneLeader);
}

#[test]
fn a_standby_that_never_takes_over_is_found() {
    assert_eq!(found(|| Waits(|terms| terms.silence = Duration::MAX)), Invariant::Progress);
}

/// Reads are answered from a state that has been left behind.
#[derive(Default)]
struct Stale(Option<Position>);

impl Ports for Stale {
    fn read(&mut self, position: Position) -> Position {
        *self.0.get_or_insert(position)
    }
}

#[test]
fn a_read_that_does_not_know_what_was_acknowledged_is_found() {
    assert_eq!(found(Stale::default), Invariant::AcknowledgedInJournal);
}

/// A start from a snapshot reads this of what the journal has from the snapshot's last entry on.
struct Tail(Changed);

type Changed = fn(&[Arc<[u8]>]) -> Vec<Arc<[u8]>>;

/// Entries that were read before.
struct Ready(std::vec::IntoIter<Arc<[u8]>>);

impl Reader for Ready {
    fn next(&mut self) -> Result<Option<Arc<[u8]>>, ReadError> {
        Ok(self.0.next())
    }
}

struct WithTailOf {
    inner: Box<dyn Journal>,
    tail: Changed,
    replayed: bool,
}

impl Journal for WithTailOf {
    fn head(&self) -> Head {
        self.inner.head()
    }
    fn append(&mut self, sealed: &Sealed) -> Appended {
        self.inner.append(sealed)
    }
    fn has_space(&mut self) -> bool {
        self.inner.has_space()
    }
    fn wait_for_space(&mut self, limit: Duration) -> bool {
        // Who waits for space has replayed.
        self.replayed = true;
        self.inner.wait_for_space(limit)
    }
    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        let mut reader = self.inner.reader(from_seq)?;
        if from_seq == 1 || self.replayed {
            return Ok(reader);
        }
        let entries: Result<Vec<_>, _> = std::iter::from_fn(|| reader.next().transpose()).collect();
        Ok(Box::new(Ready((self.tail)(&entries?).into_iter())))
    }
}

impl Ports for Tail {
    fn journal(&mut self, inner: Box<dyn Journal>) -> Box<dyn Journal> {
        Box::new(WithTailOf { inner, tail: self.0, replayed: false })
    }
}

#[test]
fn a_snapshot_restored_without_its_tail_is_found() {
    assert_eq!(found(|| Tail(|entries| entries[..1].to_vec())), Invariant::ReplayIsState);
}

#[test]
fn a_snapshot_restored_with_one_entry_twice_is_found() {
    let twice = |entries: &[Arc<[u8]>]| [&entries[..1], entries].concat();
    let invariant = found(|| Tail(twice));
    // An entry applied to a state that knows it does not fit, or leaves another state.
    assert!([Invariant::ReplayIsState, Invariant::Progress].contains(&invariant), "{invariant:?}");
}

#[test]
fn a_snapshot_restored_with_an_entry_left_out_is_found() {
    let gap = |entries: &[Arc<[u8]>]| [&entries[..1], entries.get(2..).unwrap_or_default()].concat();
    let invariant = found(|| Tail(gap));
    assert!([Invariant::ReplayIsState, Invariant::Progress].contains(&invariant), "{invariant:?}");
}

/// Fares that depend on when a tap arrives: late ones count as made some minutes after.
#[derive(Default)]
struct ByArrival {
    taps: u64,
}

impl Ports for ByArrival {
    fn late_tap(&mut self, mut tap: Envelope) -> Envelope {
        self.taps += 1;
        if let Body::Tap(tap) = &mut tap.body
            && let Some(Movement { device_at, part, .. }) = &mut tap.movement
            && *part == Part::Out
        {
            *device_at = device_at.plus(5 * Timestamp::HOUR);
        }
        tap
    }
}

#[test]
fn fares_that_depend_on_the_order_of_arrival_are_found() {
    assert_eq!(found(ByArrival::default), Invariant::FareOrder);
}
