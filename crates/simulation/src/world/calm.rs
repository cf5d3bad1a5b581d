//! The end of every city: without faults somebody leads again, everything is answered, and a cold start finds all of it.

use base::{Micros, Timestamp};

use super::{Phase, World};
use crate::disk::Loss;
use crate::failure::{Broken, Invariant, hold};
use crate::storage::Storage;

/// Steps in which a city without faults has to answer everything; it needs some hundreds.
const CALM_STEPS_MAX: u64 = 5_000;

/// After so long somebody leads again, where nothing fails: four seconds of silence and what opening takes; twice that where two
/// standbys notice it at once and the one that comes second fences the first by opening.
const TAKEOVER_MAX: Micros = 10 * Timestamp::SECOND;

impl World<'_> {
    /// Without faults, after whoever led is killed, everything is answered, and a cold start finds all of it.
    pub(super) fn calm(&mut self) -> Result<(), Broken> {
        self.storage.heal();
        for machine in 0..self.machines.len() {
            if let Some(disk) = self.disks.get(machine) {
                disk.heal();
            }
            if self.is_off(machine) {
                self.end(machine);
            }
            if let Some(Some(process)) = self.machines.get_mut(machine) {
                process.paused = false;
            }
        }
        if self.weather.copies {
            self.take_over()?;
        }
        let until = self.report.steps + CALM_STEPS_MAX;
        while self.phase != Phase::Business || self.oracle.open_count() > 0 {
            hold(Invariant::Progress, self.report.steps < until, || {
                let open = self.oracle.open().next().map(|sent| sent.envelope.body.name());
                format!("{} commands are never answered, first a {open:?}", self.oracle.open_count())
            })?;
            self.calm_step(0..self.weather.machines)?;
        }
        self.kill(0);
        self.kill(1);
        self.cold_start()
    }

    /// Whoever leads is killed and does not come back until another leads: soon.
    fn take_over(&mut self) -> Result<(), Broken> {
        let killed = self.leading();
        if let Some(machine) = killed {
            self.kill(machine);
        }
        let others: Vec<usize> = (0..self.weather.machines)
            .filter(|machine| self.weather.machines == 1 || killed != Some(*machine))
            .collect();
        for machine in &others {
            self.start(*machine)?;
        }
        let until = self.progress.passed() + TAKEOVER_MAX;
        while !others.iter().any(|machine| self.answers(*machine)) {
            let soon = self.progress.passed() < until;
            hold(Invariant::Progress, soon, || "nobody leads although nothing fails".to_owned())?;
            self.calm_step(others.iter().copied())?;
        }
        Ok(())
    }

    fn answers(&mut self, machine: usize) -> bool {
        self.runtime(machine).is_some_and(|runtime| runtime.has_started() && runtime.handle().is_leading())
    }

    fn calm_step(&mut self, machines: impl Iterator<Item = usize>) -> Result<(), Broken> {
        self.report.steps += 1;
        self.progress.pass(if self.weather.copies { 20_000 } else { 1_000 });
        self.ask();
        for machine in machines {
            self.start(machine)?;
            if let (true, Some(clock)) = (self.process(machine).is_some(), self.clocks.get(machine)) {
                clock.set(self.auditor.head.at);
                self.accept(machine);
            }
            self.decide(machine)?;
            self.write(machine)?;
            self.reserve(machine);
        }
        self.compare()
    }

    /// Sends what is open again, or what comes next, unless something waits.
    fn ask(&mut self) {
        if self.machines.iter().flatten().any(|process| !process.waiting.is_empty()) {
            return;
        }
        let open: Vec<_> = self.oracle.open().take(500).cloned().collect();
        let Some(class) = open.first().map(|sent| sent.class) else { return self.send() };
        let together = open.into_iter().filter(|sent| sent.class == class);
        self.enqueue(class, together.map(|sent| sent.envelope).collect());
    }

    /// The power fails a last time with nothing flushed since; the journal and the snapshots must give everything back.
    fn cold_start(&mut self) -> Result<(), Broken> {
        if let Storage::Disk { disk, .. } = &self.storage {
            disk.power_cycle(Loss::All);
        }
        // A clock that is behind is set right by the first try.
        for _ in 0..2 {
            self.start(0)?;
        }
        let position = self.process(0).map(|process| process.state().position);
        hold(Invariant::Recovery, position.is_some(), || "the last start came to nothing".to_owned())?;
        hold(Invariant::ReplayIsState, position == Some(self.auditor.state.position), || {
            format!("the last start is at {position:?}, the journal at {}", self.auditor.state.position)
        })?;
        self.compare_digest(0)
    }
}
