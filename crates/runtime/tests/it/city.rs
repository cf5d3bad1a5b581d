//! A small city on a running runtime: its journal behind a gate, its clock, and a clerk who writes commands.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::{Clock, CommandId, DeviceNumber, HolderNumber, ManualClock, MediumSerial, PrincipalId, Timestamp};
use engine::{
    Accepted, Amount, Answer, Ask, Body, Channel, Engine, Envelope, Genesis, IssueMedium, Movement,
    OpenHolder, Position, Record, Refusal, SetMedium, Step, Tap, TopUp,
};
use fixtures::{code, content::small_city, moment};
use journal::{Entry, Journal, KeyRing, Memory};
use runtime::{Busy, Class, Fault, Handle, Leadership, Limits, Options, Runtime};
use tokio::sync::oneshot;

use crate::faulty::{Control, Faulty};

/// The longest a test may take before it counts as stuck; far more than any of them needs.
const TEST_TIME_MAX: Duration = Duration::from_secs(120);

/// The longest to look whether something arrives that must not.
const SILENCE: Duration = Duration::from_millis(30);

/// Seed of every key ring.
pub const SEED: [u8; 32] = [7; 32];

/// Runs a test that may not hang.
pub fn bounded(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = channel();
    let thread = std::thread::Builder::new()
        .spawn(move || {
            test();
            let _ = done.send(());
        })
        .unwrap();
    match ended.recv_timeout(TEST_TIME_MAX) {
        Err(RecvTimeoutError::Timeout) => panic!("the test did not end within {TEST_TIME_MAX:?}"),
        Ok(()) | Err(RecvTimeoutError::Disconnected) => {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

/// A fresh ring with the seed of all tests.
pub fn keys() -> Arc<KeyRing> {
    Arc::new(KeyRing::in_memory(SEED))
}

/// How a runtime of these tests is set up.
pub fn options(on_fault: fn(&Fault)) -> Options {
    Options {
        genesis: Genesis {
            city: code("small"),
            format: 1,
            hash_key: 0x5EED,
            keys: Vec::new(),
            parameters: Vec::new(),
        },
        node: code("node_a"),
        epoch_id: CommandId::from_u128(1),
        build: code("build_1"),
        config: 1,
        limits: Limits::default(),
        leadership: Leadership::Alone,
        reserve: 0,
        on_fault,
    }
}

/// For runtimes that are not expected to fail.
pub fn no_fault(fault: &Fault) {
    panic!("nothing was to fail, but: {fault}");
}

/// For runtimes whose failing is looked at elsewhere.
pub fn any_fault(_: &Fault) {}

/// A clerk: writes commands with fresh ids.
pub struct Clerk {
    clock: Arc<dyn Clock>,
    pub principal: PrincipalId,
    ids: u128,
}

/// Somebody with a purse at `bank_a` and an active card.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub holder: HolderNumber,
    pub medium: MediumSerial,
}

impl Clerk {
    pub fn new(clock: Arc<dyn Clock>, principal: u32) -> Self {
        // Ids of different clerks must differ too where they share a principal, as after a restart.
        static CLERKS: AtomicU64 = AtomicU64::new(1);
        let first = u128::from(CLERKS.fetch_add(1, Ordering::Relaxed)) << 32;
        Self { clock, principal: PrincipalId(principal), ids: first }
    }

    /// A clerk whose ids are the same in every run.
    pub fn predictable(clock: Arc<dyn Clock>, principal: u32) -> Self {
        Self { clock, principal: PrincipalId(principal), ids: 0 }
    }

    pub fn command(&mut self, body: Body) -> Envelope {
        self.ids += 1;
        let now = self.clock.now();
        Envelope {
            schema: 1,
            id: CommandId::new(now, self.ids),
            principal: self.principal,
            channel: Channel::Api,
            on_behalf_of: None,
            received_at: now,
            body,
        }
    }

    /// What the small city publishes.
    pub fn content(&mut self) -> Vec<Envelope> {
        small_city().into_iter().map(|body| self.command(body)).collect()
    }

    /// Opens the `n`-th person, who gets the `n`-th card and so much money.
    pub fn person(&mut self, n: u32, money: u64) -> (Person, Vec<Envelope>) {
        let person = Person { holder: HolderNumber::new(u64::from(n)).unwrap(), medium: MediumSerial(n) };
        let open =
            OpenHolder { holder: person.holder, category: code("adult"), home: None, bank: code("bank_a") };
        let issue = IssueMedium {
            medium: person.medium,
            holder: person.holder,
            kind: code("card"),
            assurance: 2,
            replaces: None,
        };
        let activate = SetMedium { medium: person.medium, version: 1, reason: None };
        let bodies = [Body::OpenHolder(open), Body::IssueMedium(issue), Body::ActivateMedium(activate)];
        let mut commands: Vec<Envelope> = bodies.into_iter().map(|body| self.command(body)).collect();
        commands.push(self.top_up(person, money));
        (person, commands)
    }

    pub fn top_up(&mut self, person: Person, amount: u64) -> Envelope {
        let holder = Some(person.holder);
        let top_up = TopUp { medium: None, holder, bank: code("bank_a"), amount: Amount(amount) };
        self.command(Body::TopUp(top_up))
    }

    pub fn ask(&mut self, medium: MediumSerial, place: &str) -> Envelope {
        let movement = Movement::new(code(place), self.clock.now());
        self.command(Body::Ask(Ask { medium, movement: Some(movement) }))
    }

    /// A tap with the time its terminal shows.
    pub fn tap(&mut self, (device, seq): (u32, u64), medium: MediumSerial, at: Timestamp) -> Envelope {
        self.command(Body::Tap(Tap {
            device: DeviceNumber(device),
            epoch: 1,
            seq,
            medium,
            counter: None,
            opened: true,
            refused: None,
            movement: Some(Movement::new(code("stop_1"), at)),
        }))
    }

    pub fn block(&mut self, medium: MediumSerial, version: u64) -> Envelope {
        self.command(Body::BlockMedium(SetMedium { medium, version, reason: None }))
    }
}

/// A running city with its content and one person.
pub struct City {
    pub runtime: Runtime,
    pub handle: Handle,
    pub control: Control,
    pub journal: Memory,
    pub keys: Arc<KeyRing>,
    pub clock: Arc<ManualClock>,
    pub clerk: Clerk,
    pub siti: Person,
}

impl City {
    /// The city; nothing is expected to fail.
    pub fn new() -> Self {
        Self::with(options(no_fault))
    }

    pub fn with(options: Options) -> Self {
        let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        Self::on(options, Arc::clone(&clock) as Arc<dyn Clock>, clock)
    }

    /// The city on a clock of the test's own, which shows what `shown` shows.
    pub fn on(options: Options, clock: Arc<dyn Clock>, shown: Arc<ManualClock>) -> Self {
        Self::sealed(options, clock, shown, keys())
    }

    /// The city with keys of the test's own.
    pub fn sealed(
        options: Options,
        clock: Arc<dyn Clock>,
        shown: Arc<ManualClock>,
        keys: Arc<KeyRing>,
    ) -> Self {
        let journal = Memory::new();
        let (faulty, control) = Faulty::new(journal.clone());
        let runtime = Runtime::start(Box::new(faulty), Arc::clone(&keys), clock, options).unwrap();
        let handle = runtime.handle();
        let mut clerk = Clerk::new(Arc::clone(&shown) as Arc<dyn Clock>, 1);
        let (siti, opening) = clerk.person(0, 1_000_000);
        let setup: Vec<Envelope> = clerk.content().into_iter().chain(opening).collect();
        all_accepted(&handle.submit_blocking(Class::Office, setup).unwrap());
        Self { runtime, handle, control, journal, keys, clock: shown, clerk, siti }
    }

    /// Sends one command and waits for its answer.
    pub fn send(&self, class: Class, command: Envelope) -> Answer {
        one(self.handle.submit_blocking(class, vec![command]))
    }

    /// Queues one command.
    pub fn enqueue(&self, class: Class, command: &Envelope) -> Waiting {
        self.handle.enqueue(class, vec![command.clone()]).unwrap()
    }
}

/// Where the answers of queued commands arrive.
pub type Waiting = oneshot::Receiver<Result<Vec<Answer>, Busy>>;

/// The answers of queued commands, once they are there.
pub fn answers(waiting: Waiting) -> Result<Vec<Answer>, Busy> {
    waiting.blocking_recv().unwrap_or(Err(Busy::Stopped))
}

/// The only answer.
pub fn one(answers: Result<Vec<Answer>, Busy>) -> Answer {
    let mut answers = answers.unwrap();
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

/// What was accepted.
pub fn accepted(answer: &Answer) -> Accepted {
    match &answer.step {
        Step::Decided(Ok(accepted)) => accepted.clone(),
        other => panic!("was to be accepted, came to {other:?}"),
    }
}

/// Every one of them was accepted.
pub fn all_accepted(answers: &[Answer]) {
    for answer in answers {
        accepted(answer);
    }
}

/// Why it was refused.
pub fn refused(answer: &Answer) -> Refusal {
    match &answer.step {
        Step::Decided(Err(refusal)) => refusal.refusal,
        other => panic!("was to be refused, came to {other:?}"),
    }
}

/// Whether nothing has arrived yet. An answer that is gone for good has not arrived either.
pub fn is_silent(waiting: &mut Waiting) -> bool {
    matches!(waiting.try_recv(), Err(oneshot::error::TryRecvError::Empty))
}

/// A read under way on a thread of its own.
pub struct Reading<T, S> {
    /// Arrives while the engine's thread is looking at the state.
    pub seen: Receiver<S>,
    /// Arrives when the read is released.
    pub released: Receiver<Result<runtime::Read<T>, Busy>>,
}

/// Starts a read: `look` runs on the engine's thread, and what it says to the sender is heard at once.
pub fn reading<T: Send + 'static, S: Send + 'static>(
    handle: &Handle,
    look: impl FnOnce(&Engine, &Sender<S>) -> T + Send + 'static,
) -> Reading<T, S> {
    let (say, seen) = channel();
    let (release, released) = channel();
    let handle = handle.clone();
    std::thread::spawn(move || release.send(handle.read_blocking(move |engine| look(engine, &say))));
    Reading { seen, released }
}

/// Waits until the engine has dealt with everything of class `Ask` and above that was queued before.
pub fn pass_engine(handle: &Handle) -> Reading<Position, Position> {
    let reading = reading(handle, |engine, say| {
        let _ = say.send(engine.state.position);
        engine.state.position
    });
    let Reading { seen, released } = reading;
    let (again, seen_again) = channel();
    again.send(seen.recv().unwrap()).unwrap();
    Reading { seen: seen_again, released }
}

/// Holds the engine's thread until the sender is used or dropped.
pub fn hold_engine(handle: &Handle) -> Sender<()> {
    let (release, held) = channel::<()>();
    let held = Mutex::new(held);
    let reading = reading(handle, move |_, say| {
        let _ = say.send(());
        let _ = held.lock().unwrap().recv();
    });
    reading.seen.recv().unwrap();
    release
}

/// Looks a moment whether something arrives that must not. Can only miss a fault, never report a false one.
pub fn stays_silent<T>(receiver: &Receiver<T>) -> bool {
    matches!(receiver.recv_timeout(SILENCE), Err(RecvTimeoutError::Timeout))
}

/// The bytes of every entry.
pub fn entries(journal: &dyn Journal) -> Vec<Arc<[u8]>> {
    let mut reader = journal.reader(1).unwrap();
    let mut all = Vec::new();
    while let Some(bytes) = reader.next().unwrap() {
        all.push(bytes);
    }
    all
}

/// Every record of a journal.
pub fn records(journal: &dyn Journal, keys: &KeyRing) -> Vec<Record> {
    let mut all = Vec::new();
    for bytes in entries(journal) {
        let entry = Entry::parse(&bytes).unwrap();
        for stored in entry.records() {
            let sealed = stored.movement.as_ref();
            let movement = sealed.and_then(|one| keys.open_movement(entry.seq(), stored.index, one).unwrap());
            let position = Position { seq: entry.seq(), index: stored.index };
            all.push(Record::decode(position, entry.at(), stored.value, movement.as_deref()).unwrap());
        }
    }
    all
}

/// The digest of what a journal replays to.
pub fn replayed_digest(journal: &dyn Journal, keys: &KeyRing) -> [u8; 32] {
    let replayed = runtime::replay(journal.reader(1).unwrap(), keys, 0x5EED, 0).unwrap();
    assert_eq!(replayed.head, journal.head());
    engine::state_digest(&replayed.engine.state)
}
