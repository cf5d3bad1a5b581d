//! What must hold after every step: the auditor reads, answers are heard, figures are compared.

use std::task::{Context, Poll, Waker};

use engine::{Position, state_digest};
use tokio::sync::oneshot::error::TryRecvError;

use super::{Process, Role, World};
use crate::books;
use crate::failure::{Broken, Invariant, hold};
use crate::storage::Storage;

/// After so many steps at most, the digest of the engine is compared with the auditor's.
const DIGEST_EVERY: u64 = 64;

impl World<'_> {
    /// What must hold after every step.
    pub(super) fn compare(&mut self) -> Result<(), Broken> {
        self.audit()?;
        for machine in 0..self.machines.len() {
            self.hear(machine)?;
            let Some(process) = self.machines.get(machine).and_then(Option::as_ref) else { continue };
            let state = process.state();
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
        self.one_leads()
    }

    /// Of several machines at most one may answer at this moment, stopped or not.
    fn one_leads(&self) -> Result<(), Broken> {
        let leads = |process: &&Process| match &process.role {
            Role::Waiting(..) => false,
            Role::Leading(runtime) => runtime.handle().is_leading(),
        };
        let leading = self.machines.iter().flatten().filter(leads).count();
        hold(Invariant::OneLeader, leading <= 1, || "two machines may answer at the same moment".to_owned())
    }

    /// The auditor reads what became durable.
    pub(super) fn audit(&mut self) -> Result<(), Broken> {
        let next = self.auditor.head.seq + 1;
        let mut reader = match &self.storage {
            Storage::Copies(copies) => Some(copies.reader(next)),
            Storage::Disk { .. } => {
                let Some(Some(process)) = self.machines.first_mut() else { return Ok(()) };
                let Role::Leading(runtime) = &process.role else { return Ok(()) };
                match process.reader.take() {
                    Some(reader) => Some(reader),
                    None => match runtime.reader(next) {
                        Ok(reader) => Some(reader),
                        Err(_) if self.is_off(0) => None,
                        Err(error) => return Err(Broken::new(Invariant::Recovery, error.to_string())),
                    },
                }
            }
        };
        while let Some(from) = &mut reader {
            match from.next() {
                Ok(Some(bytes)) => self.auditor.read(&bytes, &self.keys, self.ports)?,
                Ok(None) => break,
                Err(_) if self.is_off(0) => reader = None,
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

    /// Hears what a process has let out. It knows of everything that had been heard when it was asked: a leader that does
    /// not know yet that it is none does not answer.
    pub(super) fn hear(&mut self, machine: usize) -> Result<(), Broken> {
        let process = self.machines.get_mut(machine).and_then(Option::as_mut);
        let Some(process) = process.filter(|process| !process.paused) else { return Ok(()) };
        let waiting = std::mem::take(&mut process.waiting);
        let mut still = Vec::new();
        for (seen, commands, mut answers) in waiting {
            match answers.try_recv() {
                Err(TryRecvError::Empty) => still.push((seen, commands, answers)),
                // Busy, or the runtime stopped: to be sent again.
                Err(TryRecvError::Closed) | Ok(Err(_)) => {}
                Ok(Ok(answers)) => {
                    for (command, answer) in commands.iter().zip(answers) {
                        let answer = self.ports.answer(command, answer);
                        self.oracle.hear(command, &answer, &self.auditor)?;
                        knows(seen, answer.position)?;
                    }
                }
            }
        }
        process.waiting = still;
        self.report.answers = self.oracle.answers;
        for (seen, mut reading) in std::mem::take(&mut process.reading) {
            match reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Pending => process.reading.push((seen, reading)),
                Poll::Ready(Ok(read)) => {
                    let position = self.ports.read(read.position);
                    let durable = position.seq <= self.auditor.head.seq;
                    hold(Invariant::AcknowledgedInJournal, durable, || {
                        format!("a read was answered at {position}, which is not durable")
                    })?;
                    knows(seen, position)?;
                    self.report.reads += 1;
                }
                Poll::Ready(Err(_)) => {}
            }
        }
        Ok(())
    }

    /// Whether an engine has decided, or followed, exactly what the auditor has read: nothing that is not durable, and
    /// nothing is durable that it does not know of.
    pub(super) fn stands_with(&self, process: &Process) -> bool {
        let head = match &process.role {
            Role::Waiting(standby, _) => standby.head(),
            Role::Leading(runtime) => runtime.handle().durable(),
        };
        process.state().position.seq == self.auditor.head.seq && head == self.auditor.head
    }

    /// Holds the whole state of an engine against the auditor's, if they stand at the same position.
    pub(super) fn compare_digest(&self, machine: usize) -> Result<(), Broken> {
        let Some(process) = self.machines.get(machine).and_then(Option::as_ref) else { return Ok(()) };
        let state = process.state();
        let same = !self.stands_with(process) || state_digest(state) == state_digest(&self.auditor.state);
        hold(Invariant::ReplayIsState, same, || {
            format!("the state of machine {machine} at {} is not what the journal makes", state.position)
        })
    }
}

/// What is answered at a position knows of what had been heard when it was asked.
fn knows(seen: Position, answered: Position) -> Result<(), Broken> {
    hold(Invariant::AcknowledgedInJournal, answered >= seen, || {
        format!("what is answered at {answered} does not know of {seen}")
    })
}
