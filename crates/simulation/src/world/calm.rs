//! The end of every city: without faults everything is answered, and a cold start finds all of it.

use super::{Phase, World};
use crate::disk::Loss;
use crate::failure::{Broken, Invariant, hold};
use crate::storage::Storage;

/// Steps in which a city without faults has to answer everything; it needs some hundreds.
const CALM_STEPS_MAX: u64 = 20_000;

impl World<'_> {
    /// Without faults, one process is left, everything is answered, and a cold start finds all of it.
    pub(super) fn calm(&mut self) -> Result<(), Broken> {
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

    pub(super) fn calm_step(&mut self) -> Result<(), Broken> {
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
    pub(super) fn cold_start(&mut self) -> Result<(), Broken> {
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
