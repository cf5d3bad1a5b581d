//! One city: its machines, its storage, the people outside, and whose turn it is.
//!
//! Owns the schedule and the moments at which things are compared:
//!
//! - after every step: the auditor reads what became durable (chain, one outcome, holds, own ledger, a state to which each
//!   record is applied), answers and reads are held against it, and the ledger of every machine against itself; of machines
//!   that share a journal one may answer at most, and what it answers knows of everything that was heard when it was asked;
//! - whenever a machine and the journal stand at the same position: every balance and every open hold of both;
//! - at every start and takeover, at every snapshot, every 64 steps and at the end: the digest of the whole state. It walks over every table
//!   and hashes it, which after each step would cost more than the rest together, and what it could find
//!   earlier is still there when it looks.

mod calm;
mod checks;
mod faults;
mod people;
mod starts;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use engine::{Answer, Envelope, Genesis, Position, State};
use journal::{KeyRing, Reader};
use runtime::{Busy, Read, Snapshots, Standby, Stepped, Turn};
use tokio::sync::oneshot;

use crate::auditor::Auditor;
use crate::clients::Clients;
use crate::content::code;
use crate::copies::Copies;
use crate::dice::{Dice, Purpose};
use crate::disk::{SimulatedDisk, snapshots_dir};
use crate::failure::Broken;
use crate::oracle::Oracle;
use crate::ports::Ports;
use crate::report::Report;
use crate::storage::{Segments, Storage, reserve};
use crate::time::{MachineClock, Progress};
use crate::weather::{Act, Weather};

type Answers = oneshot::Receiver<Result<Vec<Answer>, Busy>>;
type Reading = Pin<Box<dyn Future<Output = Result<Read<Position>, Busy>>>>;

/// What a process does.
enum Role {
    /// It follows. Whether it has noticed silence, and would lead next.
    Waiting(Box<Standby>, bool),
    /// It leads, as far as it knows.
    Leading(Box<Stepped>),
}

/// A running process on a machine.
struct Process {
    role: Role,
    /// It takes no turns.
    paused: bool,
    segments: Option<Segments>,
    reader: Option<Box<dyn Reader>>,
    /// What was sent, and what had been heard when it was.
    waiting: Vec<(Position, Vec<Envelope>, Answers)>,
    reading: Vec<(Position, Reading)>,
    /// How often the copies had been opened when it came to lead.
    openings: u64,
}

impl Process {
    fn new(role: Role, segments: Option<Segments>) -> Self {
        let (waiting, reading) = (Vec::new(), Vec::new());
        Self { role, paused: false, segments, reader: None, waiting, reading, openings: 0 }
    }

    fn runtime(&mut self) -> Option<&mut Stepped> {
        match &mut self.role {
            Role::Waiting(..) => None,
            Role::Leading(runtime) => Some(runtime),
        }
    }

    fn state(&self) -> &State {
        match &self.role {
            Role::Waiting(standby, _) => &standby.engine().state,
            Role::Leading(runtime) => &runtime.engine().state,
        }
    }
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
    disks: [SimulatedDisk; 2],
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
        let disks = [Purpose::Disk, Purpose::OtherDisk]
            .map(|purpose| SimulatedDisk::new(Dice::new(seed, purpose), progress.clone()));
        let storage = if weather.copies {
            Storage::Copies(Copies::new(Dice::new(seed, Purpose::Copies), weather.unknown))
        } else {
            let [disk, _] = &disks;
            Storage::Disk { disk: disk.clone(), scattered: false }
        };
        Self {
            ports,
            tell,
            dice,
            clocks: [clock(), clock()],
            disks,
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
        let machine = self.dice.index(self.weather.machines);
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
            Act::Send => self.send(),
            Act::Retry => self.retry(),
            Act::Read => self.read(),
            Act::Decide => return self.decide(machine),
            Act::Write => return self.write(machine),
            Act::Reserve => self.reserve(machine),
            Act::Start => return self.start(machine),
            Act::Pass => self.pass(),
            Act::Jump => self.jump(machine),
            Act::Accept => self.accept(machine),
            Act::Kill => self.kill(machine),
            Act::Power => self.fail_power(machine),
            Act::FailFlush => self.fail_flush(machine),
            Act::Room => self.change_room(),
            Act::Slow => self.change_speed(),
            Act::Arrive => self.arrive(),
            Act::Pause => self.pause(machine),
            Act::Link => self.change_link(machine),
            Act::Snapshot => return self.snapshot(machine),
            Act::Rot => self.rot(machine),
        }
        Ok(())
    }

    /// A process that takes turns.
    fn process(&mut self, machine: usize) -> Option<&mut Process> {
        self.machines.get_mut(machine)?.as_mut().filter(|process| !process.paused)
    }

    /// What leads on a machine, as far as it knows.
    fn runtime(&mut self, machine: usize) -> Option<&mut Stepped> {
        self.process(machine)?.runtime()
    }

    fn snapshots(&self, machine: usize) -> Option<Snapshots> {
        let disk = self.disks.get(machine)?.clone();
        Some(Snapshots::on(Arc::new(disk), &snapshots_dir()))
    }

    fn decide(&mut self, machine: usize) -> Result<(), Broken> {
        if let Some(Process { role: Role::Waiting(..), .. }) = self.process(machine) {
            return self.follow(machine);
        }
        let Some(runtime) = self.runtime(machine) else { return Ok(()) };
        let turn = runtime.decide();
        if turn == Turn::Ended {
            return self.ended(machine);
        }
        if turn != Turn::Idle {
            self.say(|| format!("machine {machine}: engine: {turn:?}"));
        }
        Ok(())
    }

    fn write(&mut self, machine: usize) -> Result<(), Broken> {
        let Some(runtime) = self.runtime(machine) else { return Ok(()) };
        let turn = runtime.write();
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
            self.take_flush_failed(machine);
            self.report.segments += u64::from(made);
        }
    }
}
