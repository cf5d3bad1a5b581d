//! Processes that begin, follow, and come to lead.

use std::sync::Arc;

use base::{Clock, CommandId};
use journal::{ReadError, SharedJournal};
use runtime::{
    Heard, Lead, Leadership, Limits, Options, ReplayError, Standby, StartError, Stepped, Terms, replay_from,
};

use super::{Process, Role, World, genesis};
use crate::content::code;
use crate::copies::Reach;
use crate::failure::{Broken, Invariant, hold};
use crate::storage::{Opened, Refused, Storage};

impl World<'_> {
    fn options(&mut self) -> Options {
        let leadership = match &self.storage {
            Storage::Disk { .. } => Leadership::Alone,
            Storage::Copies(_) => Leadership::Shared(self.ports.terms(Terms::default())),
        };
        Options {
            genesis: genesis(self.report.seed),
            // The same name for all, as two containers may have it: what tells their epochs apart is the id.
            node: code("machine"),
            epoch_id: CommandId::from_u128(self.dice.bits()),
            build: code("build"),
            config: 1,
            limits: Limits { waiting_max: 4_096, waiting_per_principal_max: 2_048 },
            leadership,
            reserve: 0,
            on_fault: |_| {},
        }
    }

    /// Starts a process on a machine that has none: where the journal is shared, as a standby.
    pub(super) fn start(&mut self, machine: usize) -> Result<(), Broken> {
        if self.machines.get(machine).is_none_or(Option::is_some) {
            return Ok(());
        }
        self.look_at_snapshots(machine);
        let options = self.options();
        let begun = match &self.storage {
            Storage::Disk { .. } => self.start_alone(machine, options)?,
            Storage::Copies(copies) => {
                let link = Arc::new(copies.link(machine)) as Arc<dyn SharedJournal>;
                let link = self.ports.shared(link);
                self.start_standby(machine, link, options)
            }
        };
        match begun {
            None => self.end(machine),
            Some(Err(error)) => return self.not_started(machine, &error),
            Some(Ok(process)) => {
                if let Some(place) = self.machines.get_mut(machine) {
                    *place = Some(process);
                }
                return self.started(machine);
            }
        }
        Ok(())
    }

    fn start_alone(
        &mut self,
        machine: usize,
        options: Options,
    ) -> Result<Option<Result<Process, StartError>>, Broken> {
        let Opened { journal, segments } = match self.storage.open(self.auditor.head, self.ports)? {
            Ok(opened) => opened,
            Err(refused) => {
                self.report.restored += u64::from(matches!(refused, Refused::Restored));
                self.say(|| format!("machine {machine} cannot open the journal now"));
                return Ok(None);
            }
        };
        let (Some(snapshots), Some(clock)) = (self.snapshots(machine), self.clocks.get(machine)) else {
            return Ok(None);
        };
        let (clock, keys) = (Arc::clone(clock) as Arc<dyn Clock>, Arc::clone(&self.keys));
        let reader = |from| journal.reader(from);
        let replayed = replay_from(&snapshots, reader, &keys, options.genesis.hash_key, 0);
        let runtime = replayed
            .map_err(StartError::from)
            .and_then(|replayed| Stepped::go_on(replayed, journal, keys, clock, options));
        Ok(Some(runtime.map(|runtime| Process::new(Role::Leading(Box::new(runtime)), Some(segments)))))
    }

    fn start_standby(
        &self,
        machine: usize,
        link: Arc<dyn SharedJournal>,
        options: Options,
    ) -> Option<Result<Process, StartError>> {
        let (snapshots, clock) = (self.snapshots(machine)?, self.clocks.get(machine)?);
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        let standby = Standby::start(link, Arc::clone(&self.keys), clock, snapshots, options);
        Some(standby.map(|standby| Process::new(Role::Waiting(Box::new(standby), false), None)))
    }

    /// What lies there for the next start: a sound snapshot, and perhaps a newer one that is not.
    fn look_at_snapshots(&mut self, machine: usize) {
        let Some(snapshots) = self.snapshots(machine) else { return };
        let (Ok(listed), Ok(sound)) = (snapshots.list(), snapshots.newest(0)) else { return };
        let sound = sound.map(|replayed| replayed.head.seq);
        self.report.from_snapshots += u64::from(sound.is_some());
        self.report.skipped += u64::from(listed.first().map(|found| found.seq) != sound);
    }

    /// A start or an attempt to lead came to nothing: it must have had a cause.
    fn not_started(&mut self, machine: usize, error: &StartError) -> Result<(), Broken> {
        // A replica that lags may not have what a snapshot has seen.
        let unread = |error: &StartError| {
            let StartError::Replay(error) = error else { return false };
            matches!(
                error,
                ReplayError::Read(ReadError::Server { .. }) | ReplayError::SnapshotNotOnJournal { .. }
            )
        };
        let caused = match error {
            StartError::ClockBehind { last, .. } => {
                if let Some(clock) = self.clocks.get(machine) {
                    clock.set(*last);
                }
                true
            }
            StartError::NoSpace => self.storage.is_full() || self.take_flush_failed(machine),
            error => self.is_off(machine) || (unread(error) && !self.is_reached(machine)),
        };
        hold(Invariant::Recovery, caused, || {
            let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            format!("no start: {error}: {cause}")
        })?;
        self.say(|| format!("machine {machine} does not start: {error}"));
        self.end(machine);
        Ok(())
    }

    fn is_reached(&self, machine: usize) -> bool {
        match &self.storage {
            Storage::Disk { .. } => true,
            Storage::Copies(copies) => copies.reach(machine) == Reach::Whole,
        }
    }

    fn started(&mut self, machine: usize) -> Result<(), Broken> {
        self.report.starts += 1;
        self.say(|| format!("machine {machine} has started"));
        self.audit()?;
        let position = self.process(machine).map(|process| process.state().position);
        let behind = self.is_off(machine) || !self.is_reached(machine);
        let same = behind || position == Some(self.auditor.state.position);
        hold(Invariant::ReplayIsState, same, || {
            format!("a start is at {position:?}, the journal at {}", self.auditor.state.position)
        })?;
        self.compare_digest(machine)
    }

    /// A standby takes a turn: it follows, or leads where it has noticed silence. Between the two anything may happen.
    pub(super) fn follow(&mut self, machine: usize) -> Result<(), Broken> {
        let Some(Process { role: Role::Waiting(standby, silent), .. }) = self.process(machine) else {
            return Ok(());
        };
        if *silent {
            return self.try_lead(machine);
        }
        let heard =
            standby.turn().map_err(|error| Broken::new(Invariant::ReplayIsState, error.to_string()))?;
        *silent = heard == Heard::Silence;
        if heard != Heard::Nothing {
            self.say(|| format!("machine {machine}: standby: {heard:?}"));
        }
        Ok(())
    }

    fn try_lead(&mut self, machine: usize) -> Result<(), Broken> {
        let Some(Process { role: Role::Waiting(standby, _), .. }) =
            self.machines.get_mut(machine).and_then(Option::take)
        else {
            return Ok(());
        };
        let role = match Stepped::try_lead(*standby) {
            Err(error) => return self.not_started(machine, &error),
            Ok(Lead::Waiting(standby)) => Role::Waiting(standby, false),
            Ok(Lead::Leading(runtime)) => Role::Leading(Box::new(runtime)),
        };
        let leads = matches!(role, Role::Leading(_));
        self.say(|| format!("machine {machine} would lead: {leads}"));
        let mut process = Process::new(role, None);
        if let Storage::Copies(copies) = &self.storage {
            (_, process.openings) = copies.taken();
        }
        if let Some(place) = self.machines.get_mut(machine) {
            *place = Some(process);
        }
        self.report.takeovers += u64::from(leads);
        self.audit()?;
        self.compare_digest(machine)
    }
}
