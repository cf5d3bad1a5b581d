//! One city: its machines, its storage, the people outside, and whose turn it is.
//!
//! Owns the schedule and the moments at which things are compared:
//!
//! - after every step: the auditor reads what became durable (chain, one outcome, holds, own ledger, a state to which each
//!   record is applied), answers and reads are held against it, and the engine's ledger against itself;
//! - whenever engine and journal stand at the same position: every balance and every open hold of both;
//! - at every start, every [`DIGEST_EVERY`] steps and at the end: the digest of the whole state. It walks over every table
//!   and hashes it, which after each step would cost more than the rest together, and what it could find
//!   earlier is still there when it looks.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use base::{Clock, Timestamp};
use engine::{Answer, Envelope, Genesis, Position, state_digest};
use journal::{Journal as _, KeyRing, Reader};
use runtime::{Busy, Class, Leadership, Limits, Options, Read, StartError, Stepped, Turn};
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use crate::auditor::Auditor;
use crate::books;
use crate::clients::Clients;
use crate::content::code;
use crate::copies::Copies;
use crate::dice::{Dice, Purpose};
use crate::disk::{Loss, SimulatedDisk};
use crate::failure::{Broken, Invariant, hold};
use crate::oracle::Oracle;
use crate::ports::Ports;
use crate::report::Report;
use crate::storage::{Opened, Refused, Segments, Storage, reserve};
use crate::time::{MachineClock, Progress};
use crate::weather::{Act, Weather};

/// After so many steps at most, the digest of the engine is compared with the auditor's.
const DIGEST_EVERY: u64 = 64;

/// Steps in which a city without faults has to answer everything; it needs some hundreds.
const CALM_STEPS_MAX: u64 = 20_000;

/// The furthest a wall clock may be wrong before somebody sets it, instead of accepting it.
const WRONG_MAX: i64 = 3 * Timestamp::HOUR;

type Answers = oneshot::Receiver<Result<Vec<Answer>, Busy>>;
type Reading = Pin<Box<dyn Future<Output = Result<Read<Position>, Busy>>>>;

/// A running process on a machine.
struct Process {
    runtime: Stepped,
    segments: Option<Segments>,
    reader: Option<Box<dyn Reader>>,
    waiting: Vec<(Vec<Envelope>, Answers)>,
    reading: Vec<(Position, Reading)>,
    /// Nobody else has written the journal since it began.
    alone: bool,
}

/// How far the city has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Founding,
    Funding,
    Business,
}

/// A city.
pub struct World<'p> {
    ports: &'p mut dyn Ports,
    tell: &'p mut dyn FnMut(&str),
    dice: Dice,
    weather: Weather,
    progress: Progress,
    clocks: [Arc<MachineClock>; 2],
    storage: Storage,
    keys: Arc<KeyRing>,
    machines: [Option<Process>; 2],
    clients: Clients,
    oracle: Oracle,
    auditor: Auditor,
    phase: Phase,
    /// What the city did.
    pub report: Report,
}

fn genesis(seed: u64) -> Genesis {
    Genesis { city: code("city"), format: 1, hash_key: seed, keys: Vec::new(), parameters: Vec::new() }
}

impl<'p> World<'p> {
    /// The city of a seed, before its first step.
    pub fn new(seed: u64, ports: &'p mut dyn Ports, tell: &'p mut dyn FnMut(&str)) -> Self {
        let mut dice = Dice::new(seed, Purpose::Schedule);
        let weather = Weather::new(&mut dice);
        let progress = Progress::default();
        let clock = || Arc::new(MachineClock::new(progress.clone()));
        let storage = if weather.copies {
            Storage::Copies(Copies::new(Dice::new(seed, Purpose::Copies)))
        } else {
            let disk = SimulatedDisk::new(Dice::new(seed, Purpose::Disk), progress.clone());
            Storage::Disk { disk, scattered: false }
        };
        if let Storage::Copies(copies) = &storage {
            copies.lose_answers(weather.unknown);
        }
        Self {
            ports,
            tell,
            dice,
            clocks: [clock(), clock()],
            storage,
            keys: Arc::new(KeyRing::in_memory([7; 32])),
            machines: [None, None],
            clients: Clients::new(Dice::new(seed, Purpose::Clients)),
            oracle: Oracle::default(),
            auditor: Auditor::new(&genesis(seed)),
            phase: Phase::Founding,
            report: Report { seed, ..Report::default() },
            weather,
            progress,
        }
    }

    /// Lives through its weather, then without faults until everything is answered, and compares a last time.
    pub fn live(&mut self) -> Result<(), Broken> {
        for _ in 0..self.weather.steps {
            self.step()?;
        }
        self.calm()
    }

    fn step(&mut self) -> Result<(), Broken> {
        self.report.steps += 1;
        let act = self.weather.choose(&mut self.dice);
        let machine = if self.weather.leaders { self.dice.index(2) } else { 0 };
        self.act(act, machine)?;
        self.lose_power();
        self.compare()
    }

    fn say(&mut self, what: impl FnOnce() -> String) {
        if self.report.is_told {
            let line = format!("{:>6}  {}  {}", self.report.steps, self.progress.now(), what());
            (self.tell)(&line);
        }
    }

    fn act(&mut self, act: Act, machine: usize) -> Result<(), Broken> {
        match act {
            Act::Send => self.send(machine),
            Act::Retry => self.retry(machine),
            Act::Read => self.read(machine),
            Act::Decide => return self.decide(machine),
            Act::Write => return self.write(machine),
            Act::Reserve => self.reserve(machine),
            Act::Start => return self.start(machine),
            Act::Pass => self.pass(),
            Act::Jump => self.jump(machine),
            Act::Accept => self.accept(machine),
            Act::Kill => self.kill(machine),
            Act::Power => self.fail_power(),
            Act::FailFlush => self.fail_flush(),
            Act::Room => self.change_room(),
            Act::Slow => self.change_speed(),
            Act::Arrive => self.arrive(),
        }
        Ok(())
    }

    fn process(&mut self, machine: usize) -> Option<&mut Process> {
        self.machines.get_mut(machine)?.as_mut()
    }

    /// Sends something new.
    fn send(&mut self, machine: usize) {
        let now = self.progress.now();
        let (class, commands) = match self.phase {
            Phase::Business if self.weather.heavy && self.dice.permille(60) => {
                self.report.runs += 1;
                self.clients.run(now, &self.auditor.state)
            }
            Phase::Business => self.clients.next(now, &self.auditor.state),
            _ if self.oracle.open_count() > 0 => return self.retry(machine),
            Phase::Founding if self.oracle.len() == 0 => self.clients.opening(now),
            Phase::Founding => {
                self.phase = Phase::Funding;
                self.clients.funding(now, &self.auditor.state)
            }
            Phase::Funding => {
                self.phase = Phase::Business;
                return;
            }
        };
        for command in &commands {
            self.oracle.send(class, command);
        }
        self.enqueue(machine, class, commands);
    }

    /// Sends again what was sent: what nobody answered, or anything, altered or under a new id at times.
    fn retry(&mut self, machine: usize) {
        if self.phase != Phase::Business || self.dice.permille(600) {
            let open: Vec<_> = self.oracle.open().take(200).cloned().collect();
            let Some(class) = open.first().map(|sent| sent.class) else { return };
            let together = open.into_iter().filter(|sent| sent.class == class).map(|sent| sent.envelope);
            return self.enqueue(machine, class, together.collect());
        }
        let place = self.dice.index(self.oracle.len());
        let Some(sent) = self.oracle.nth(place).cloned() else { return };
        let envelope = match self.dice.below(10) {
            0 => self.clients.altered(&sent.envelope),
            1 => self.clients.anew(self.progress.now(), &sent.envelope),
            _ => sent.envelope,
        };
        self.oracle.send(sent.class, &envelope);
        self.enqueue(machine, sent.class, vec![envelope]);
    }

    fn enqueue(&mut self, machine: usize, class: Class, commands: Vec<Envelope>) {
        let count = commands.len();
        let Some(process) = self.process(machine) else { return };
        let queued = process.runtime.handle().enqueue(class, commands.clone());
        let said = match &queued {
            Ok(_) => String::from("queued"),
            Err(busy) => busy.to_string(),
        };
        if let Ok(answers) = queued {
            process.waiting.push((commands, answers));
        }
        self.say(|| format!("machine {machine}: {count} of class {} sent: {said}", class.name()));
    }

    fn read(&mut self, machine: usize) {
        let seen = self.oracle.seen;
        if let Some(process) = self.process(machine) {
            let handle = process.runtime.handle();
            let reading = async move { handle.read(|engine| engine.state.position).await };
            process.reading.push((seen, Box::pin(reading)));
        }
    }

    fn decide(&mut self, machine: usize) -> Result<(), Broken> {
        let Some(process) = self.process(machine) else { return Ok(()) };
        let turn = process.runtime.decide();
        if turn == Turn::Ended {
            return self.ended(machine);
        }
        if turn != Turn::Idle {
            self.say(|| format!("machine {machine}: engine: {turn:?}"));
        }
        Ok(())
    }

    fn write(&mut self, machine: usize) -> Result<(), Broken> {
        let Some(process) = self.process(machine) else { return Ok(()) };
        let turn = process.runtime.write();
        if turn != Turn::Idle {
            self.say(|| format!("machine {machine}: journal: {turn:?}"));
        }
        self.report.unsure += u64::from(turn == Turn::Unsure);
        if turn == Turn::Ended { self.ended(machine) } else { Ok(()) }
    }

    /// Where the power has failed, the process is gone with the machine, and nobody hears what it was about to say.
    fn lose_power(&mut self) {
        if self.is_off() {
            self.say(|| "the power has failed".to_owned());
            self.end(0);
        }
    }

    /// A process has stopped by itself: it must have had a cause.
    fn ended(&mut self, machine: usize) -> Result<(), Broken> {
        let alone = self.process(machine).is_none_or(|process| process.alone);
        let caused = match &self.storage {
            Storage::Disk { disk, .. } => disk.is_off() || disk.take_flush_failed(),
            Storage::Copies(_) => !alone,
        };
        hold(Invariant::Progress, caused, || format!("machine {machine} has stopped without a cause"))?;
        self.report.fenced += u64::from(self.weather.copies);
        self.say(|| format!("machine {machine} has stopped"));
        self.end(machine);
        Ok(())
    }

    fn end(&mut self, machine: usize) {
        if let Some(place) = self.machines.get_mut(machine) {
            *place = None;
        }
        let loss = self.dice.one_of([Loss::All, Loss::Tail, Loss::Tail, Loss::Scattered]);
        self.storage.process_ended(loss);
    }

    fn reserve(&mut self, machine: usize) {
        if let Some(segments) = self.process(machine).and_then(|process| process.segments.clone()) {
            let made = reserve(&segments);
            self.report.segments += u64::from(made);
        }
    }

    /// Starts a process on a machine that has none.
    fn start(&mut self, machine: usize) -> Result<(), Broken> {
        if self.machines.get(machine).is_none_or(Option::is_some) {
            return Ok(());
        }
        let Opened { journal, segments } = match self.storage.open(self.auditor.head, self.ports)? {
            Ok(opened) => opened,
            Err(refused) => {
                self.report.restored += u64::from(matches!(refused, Refused::Restored));
                self.say(|| format!("machine {machine} cannot open the journal now"));
                self.end(machine);
                return Ok(());
            }
        };
        let options = Options {
            genesis: genesis(self.report.seed),
            node: code("machine"),
            build: code("build"),
            config: 1,
            limits: Limits { waiting_max: 4_096, waiting_per_principal_max: 2_048 },
            leadership: Leadership::Alone,
            reserve: 0,
            on_fault: |_| {},
        };
        let Some(clock) = self.clocks.get(machine).cloned() else { return Ok(()) };
        let steady = Arc::clone(&clock) as Arc<dyn Clock>;
        match Stepped::start(journal, Arc::clone(&self.keys), steady, options) {
            Ok(runtime) => self.started(machine, runtime, segments),
            Err(StartError::ClockBehind { last, .. }) => {
                clock.set(last);
                self.end(machine);
                Ok(())
            }
            Err(StartError::NoSpace) if self.storage.is_full() => {
                self.end(machine);
                Ok(())
            }
            Err(_) if matches!(&self.storage, Storage::Disk { disk, .. } if disk.is_off()) => {
                self.end(machine);
                Ok(())
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                Err(Broken::new(Invariant::Recovery, format!("no start: {error}: {cause}")))
            }
        }
    }

    fn started(
        &mut self,
        machine: usize,
        runtime: Stepped,
        segments: Option<Segments>,
    ) -> Result<(), Broken> {
        let late = matches!(&self.storage, Storage::Copies(copies) if copies.late() > 0);
        for other in self.machines.iter_mut().flatten() {
            other.alone = false;
        }
        let alone = !late && self.machines.iter().all(Option::is_none);
        let waiting = Vec::new();
        let process = Process { runtime, segments, reader: None, waiting, reading: Vec::new(), alone };
        if let Some(place) = self.machines.get_mut(machine) {
            *place = Some(process);
        }
        self.report.starts += 1;
        self.say(|| format!("machine {machine} has started"));
        self.audit()?;
        self.compare_digest(machine)
    }

    fn pass(&mut self) {
        let span = match self.dice.below(100) {
            0..80 => self.dice.between(1, 300_000),
            80..97 => self.dice.between(1, Timestamp::MINUTE),
            _ => self.dice.between(1, self.weather.pause),
        };
        self.progress.pass(span);
    }

    fn jump(&mut self, machine: usize) {
        let far = self.dice.one_of([400_000, 2 * Timestamp::SECOND, Timestamp::HOUR]);
        let span = self.dice.between(-far, far);
        if let Some(clock) = self.clocks.get(machine) {
            clock.jump(span);
            self.report.jumps += 1;
            self.say(|| format!("machine {machine}: its clock jumps by {span} µs"));
        }
    }

    /// An operator looks at the clock: a small error is accepted, a large one set right.
    fn accept(&mut self, machine: usize) {
        let (now, last) = (self.progress.now(), self.auditor.head.at);
        let Some(clock) = self.clocks.get(machine) else { return };
        if clock.now().since(now).abs() > WRONG_MAX {
            clock.set(last);
        }
        if let Some(process) =
            self.process(machine).filter(|process| process.runtime.handle().clock_stepped())
        {
            process.runtime.handle().accept_clock();
        }
    }

    fn kill(&mut self, machine: usize) {
        if self.process(machine).is_some() {
            self.report.kills += 1;
            self.say(|| format!("machine {machine} is killed"));
            self.end(machine);
        }
    }

    fn fail_power(&mut self) {
        let Storage::Disk { disk, .. } = &self.storage else { return };
        let calls = 1 + self.dice.below(12);
        disk.fail_power_after(calls);
        self.report.power += 1;
        self.say(|| format!("the power fails after {calls} more calls of the disk"));
    }

    fn fail_flush(&mut self) {
        if let Storage::Disk { disk, .. } = &self.storage {
            disk.fail_next_flush();
            self.report.flushes += 1;
            self.say(|| "the next flush fails".to_owned());
        }
    }

    fn change_room(&mut self) {
        let full = !self.storage.is_full();
        self.storage.set_full(full);
        self.report.full += u64::from(full);
        self.say(|| format!("no room: {full}"));
    }

    fn change_speed(&mut self) {
        if let Storage::Disk { disk, .. } = &self.storage {
            disk.set_slow(self.dice.permille(500));
        }
    }

    fn arrive(&mut self) {
        if let Storage::Copies(copies) = &self.storage {
            self.report.late += u64::from(copies.late() > 0);
            copies.arrive();
        }
    }

    /// What must hold after every step.
    fn compare(&mut self) -> Result<(), Broken> {
        self.audit()?;
        for machine in 0..self.machines.len() {
            self.hear(machine)?;
            let Some(process) = self.machines.get(machine).and_then(Option::as_ref) else { continue };
            let state = &process.runtime.engine().state;
            let position = state.position;
            if Some(&position) != self.report.checked.get(machine) {
                books::balance(state)?;
            }
            if self.stands_with(process) {
                self.auditor.compare(state)?;
            }
            if let Some(checked) = self.report.checked.get_mut(machine) {
                *checked = position;
            }
            if self.report.steps.is_multiple_of(DIGEST_EVERY) {
                self.compare_digest(machine)?;
            }
        }
        Ok(())
    }

    /// The auditor reads what became durable.
    fn audit(&mut self) -> Result<(), Broken> {
        let next = self.auditor.head.seq + 1;
        let mut reader = match &self.storage {
            Storage::Copies(copies) => copies.reader(next).ok(),
            Storage::Disk { .. } => {
                let Some(Some(process)) = self.machines.first_mut() else { return Ok(()) };
                match process.reader.take() {
                    Some(reader) => Some(reader),
                    None => match process.runtime.reader(next) {
                        Ok(reader) => Some(reader),
                        Err(_) if self.is_off() => None,
                        Err(error) => return Err(Broken::new(Invariant::Recovery, error.to_string())),
                    },
                }
            }
        };
        while let Some(from) = &mut reader {
            match from.next() {
                Ok(Some(bytes)) => self.auditor.read(&bytes, &self.keys, self.ports)?,
                Ok(None) => break,
                Err(_) if self.is_off() => reader = None,
                Err(error) => return Err(Broken::new(Invariant::JournalOrder, error.to_string())),
            }
        }
        self.report.entries = self.auditor.head.seq;
        self.report.records = self.auditor.records;
        if let (Storage::Disk { .. }, Some(Some(process))) = (&self.storage, self.machines.first_mut()) {
            process.reader = reader;
        }
        Ok(())
    }

    fn is_off(&self) -> bool {
        matches!(&self.storage, Storage::Disk { disk, .. } if disk.is_off())
    }

    /// Hears what a process has let out.
    fn hear(&mut self, machine: usize) -> Result<(), Broken> {
        let Some(process) = self.machines.get_mut(machine).and_then(Option::as_mut) else { return Ok(()) };
        let waiting = std::mem::take(&mut process.waiting);
        let mut still = Vec::new();
        for (commands, mut answers) in waiting {
            match answers.try_recv() {
                Err(TryRecvError::Empty) => still.push((commands, answers)),
                // Busy, or the runtime stopped: to be sent again.
                Err(TryRecvError::Closed) | Ok(Err(_)) => {}
                Ok(Ok(answers)) => {
                    for (command, answer) in commands.iter().zip(answers) {
                        let answer = self.ports.answer(command, answer);
                        self.oracle.hear(command, &answer, &self.auditor)?;
                    }
                }
            }
        }
        process.waiting = still;
        self.report.answers = self.oracle.answers;
        let alone = process.alone;
        for (seen, mut reading) in std::mem::take(&mut process.reading) {
            match reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Pending => process.reading.push((seen, reading)),
                Poll::Ready(Ok(read)) => {
                    let durable = read.position.seq <= self.auditor.head.seq;
                    hold(Invariant::AcknowledgedInJournal, durable, || {
                        format!("a read was answered at {}, which is not durable", read.position)
                    })?;
                    // A leader that does not know yet that it is none may be behind.
                    let knows = !alone || read.position >= seen;
                    hold(Invariant::AcknowledgedInJournal, knows, || {
                        format!("a read at {} does not know of {seen}", read.position)
                    })?;
                    self.report.reads += 1;
                }
                Poll::Ready(Err(_)) => {}
            }
        }
        Ok(())
    }

    /// Whether an engine has decided exactly what the auditor has read: nothing that is not durable, and nothing is
    /// durable that it does not know of.
    fn stands_with(&self, process: &Process) -> bool {
        let decided = process.runtime.engine().state.position.seq;
        decided == self.auditor.head.seq && process.runtime.handle().durable() == self.auditor.head
    }

    /// Holds the whole state of an engine against the auditor's, if they stand at the same position.
    fn compare_digest(&self, machine: usize) -> Result<(), Broken> {
        let Some(process) = self.machines.get(machine).and_then(Option::as_ref) else { return Ok(()) };
        let state = &process.runtime.engine().state;
        let same = !self.stands_with(process) || state_digest(state) == state_digest(&self.auditor.state);
        hold(Invariant::ReplayIsState, same, || {
            format!("the state of machine {machine} at {} is not what the journal makes", state.position)
        })
    }

    /// Without faults, one process is left, everything is answered, and a cold start finds all of it.
    fn calm(&mut self) -> Result<(), Broken> {
        self.storage.heal();
        if self.is_off() {
            self.end(0);
        }
        self.kill(1);
        while let Storage::Copies(copies) = &self.storage
            && copies.late() > 0
        {
            copies.arrive();
        }
        let until = self.report.steps + CALM_STEPS_MAX;
        while self.phase != Phase::Business || self.oracle.open_count() > 0 {
            self.report.steps += 1;
            hold(Invariant::Progress, self.report.steps < until, || {
                let open = self.oracle.open().next().map(|sent| sent.envelope.body.name());
                format!("{} commands are never answered, first a {open:?}", self.oracle.open_count())
            })?;
            self.calm_step()?;
        }
        self.kill(0);
        self.cold_start()
    }

    fn calm_step(&mut self) -> Result<(), Broken> {
        self.start(0)?;
        if self.process(0).is_some() {
            let [clock, _] = &self.clocks;
            clock.set(self.auditor.head.at);
            self.accept(0);
        }
        self.progress.pass(1_000);
        let waits = self.process(0).is_some_and(|process| !process.waiting.is_empty());
        if !waits {
            if self.oracle.open_count() > 0 {
                let open: Vec<_> = self.oracle.open().take(500).cloned().collect();
                let Some(class) = open.first().map(|sent| sent.class) else { return Ok(()) };
                let together = open.into_iter().filter(|sent| sent.class == class);
                self.enqueue(0, class, together.map(|sent| sent.envelope).collect());
            } else {
                self.send(0);
            }
        }
        self.decide(0)?;
        self.write(0)?;
        self.reserve(0);
        self.compare()
    }

    /// The power fails a last time with nothing flushed since; the journal alone must give everything back.
    fn cold_start(&mut self) -> Result<(), Broken> {
        if let Storage::Disk { disk, .. } = &self.storage {
            disk.power_cycle(Loss::All);
        }
        // A clock that is behind is set right by the first try.
        for _ in 0..2 {
            self.start(0)?;
        }
        let started = self.process(0).is_some();
        hold(Invariant::Recovery, started, || "the last start came to nothing".to_owned())?;
        let position = self.process(0).map(|process| process.runtime.engine().state.position);
        hold(Invariant::ReplayIsState, position == Some(self.auditor.state.position), || {
            format!("the last start is at {position:?}, the journal at {}", self.auditor.state.position)
        })?;
        self.compare_digest(0)
    }
}
