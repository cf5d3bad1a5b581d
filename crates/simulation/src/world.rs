//! One city: its machines, its storage, the people outside, and whose turn it is.
//!
//! Owns the schedule and the moments at which things are compared:
//!
//! - after every step: the auditor reads what became durable (chain, one outcome, holds, own ledger, a state to which each
//!   record is applied), answers and reads are held against it, and the engine's ledger against itself;
//! - whenever engine and journal stand at the same position: every balance and every open hold of both;
//! - at every start, every 64 steps and at the end: the digest of the whole state. It walks over every table
//!   and hashes it, which after each step would cost more than the rest together, and what it could find
//!   earlier is still there when it looks.

mod calm;
mod checks;
mod faults;
mod people;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use base::Clock;
use engine::{Answer, Envelope, Genesis, Position};
use journal::{KeyRing, Reader};
use runtime::{Busy, Leadership, Limits, Options, Read, StartError, Stepped, Turn};
use tokio::sync::oneshot;

use crate::auditor::Auditor;
use crate::clients::Clients;
use crate::content::code;
use crate::copies::Copies;
use crate::dice::{Dice, Purpose};
use crate::disk::SimulatedDisk;
use crate::failure::{Broken, Invariant};
use crate::oracle::Oracle;
use crate::ports::Ports;
use crate::report::Report;
use crate::storage::{Opened, Refused, Segments, Storage, reserve};
use crate::time::{MachineClock, Progress};
use crate::weather::{Act, Weather};

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

    fn reserve(&mut self, machine: usize) {
        if let Some(segments) = self.process(machine).and_then(|process| process.segments.clone()) {
            let made = reserve(&segments);
            // A segment that could not be made is no cause for a process to stop.
            self.storage.take_flush_failed();
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
            Err(StartError::NoSpace) if self.storage.is_full() || self.storage.take_flush_failed() => {
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
}
