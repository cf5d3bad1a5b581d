//! Processes that end, and what goes wrong around them.

use base::{Clock as _, Timestamp};

use super::World;
use crate::disk::Loss;
use crate::failure::{Broken, Invariant, hold};
use crate::storage::Storage;

/// The furthest a wall clock may be wrong before somebody sets it, instead of accepting it.
const WRONG_MAX: i64 = 3 * Timestamp::HOUR;

impl World<'_> {
    /// Where the power has failed, the process is gone with the machine, and nobody hears what it was about to say.
    pub(super) fn lose_power(&mut self) {
        if self.is_off() {
            self.say(|| "the power has failed".to_owned());
            self.end(0);
        }
    }

    /// A process has stopped by itself: it must have had a cause.
    pub(super) fn ended(&mut self, machine: usize) -> Result<(), Broken> {
        let alone = self.process(machine).is_none_or(|process| process.alone);
        let caused = match &self.storage {
            Storage::Disk { disk, .. } => disk.is_off() || self.storage.take_flush_failed(),
            Storage::Copies(_) => !alone,
        };
        hold(Invariant::Progress, caused, || format!("machine {machine} has stopped without a cause"))?;
        self.report.fenced += u64::from(self.weather.copies);
        self.say(|| format!("machine {machine} has stopped"));
        self.end(machine);
        Ok(())
    }

    pub(super) fn end(&mut self, machine: usize) {
        if let Some(place) = self.machines.get_mut(machine) {
            *place = None;
        }
        let loss = self.dice.one_of([Loss::All, Loss::Tail, Loss::Tail, Loss::Scattered]);
        self.storage.process_ended(loss);
    }

    pub(super) fn pass(&mut self) {
        let span = match self.dice.below(100) {
            0..80 => self.dice.between(1, 300_000),
            80..97 => self.dice.between(1, Timestamp::MINUTE),
            _ => self.dice.between(1, self.weather.pause),
        };
        self.progress.pass(span);
    }

    pub(super) fn jump(&mut self, machine: usize) {
        let far = self.dice.one_of([400_000, 2 * Timestamp::SECOND, Timestamp::HOUR]);
        let span = self.dice.between(-far, far);
        if let Some(clock) = self.clocks.get(machine) {
            clock.jump(span);
            self.report.jumps += 1;
            self.say(|| format!("machine {machine}: its clock jumps by {span} µs"));
        }
    }

    /// An operator looks at the clock: a small error is accepted, a large one set right.
    pub(super) fn accept(&mut self, machine: usize) {
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

    pub(super) fn kill(&mut self, machine: usize) {
        if self.process(machine).is_some() {
            self.report.kills += 1;
            self.say(|| format!("machine {machine} is killed"));
            self.end(machine);
        }
    }

    pub(super) fn fail_power(&mut self) {
        let Storage::Disk { disk, .. } = &self.storage else { return };
        let calls = 1 + self.dice.below(12);
        disk.fail_power_after(calls);
        self.report.power += 1;
        self.say(|| format!("the power fails after {calls} more calls of the disk"));
    }

    pub(super) fn fail_flush(&mut self) {
        if let Storage::Disk { disk, .. } = &self.storage {
            disk.fail_next_flush();
            self.report.flushes += 1;
            self.say(|| "the next flush fails".to_owned());
        }
    }

    pub(super) fn change_room(&mut self) {
        let full = !self.storage.is_full();
        self.storage.set_full(full);
        self.report.full += u64::from(full);
        self.say(|| format!("no room: {full}"));
    }

    pub(super) fn change_speed(&mut self) {
        if let Storage::Disk { disk, .. } = &self.storage {
            disk.set_slow(self.dice.permille(500));
        }
    }

    pub(super) fn arrive(&mut self) {
        if let Storage::Copies(copies) = &self.storage {
            self.report.late += u64::from(copies.late() > 0);
            copies.arrive();
        }
    }

    pub(super) fn is_off(&self) -> bool {
        matches!(&self.storage, Storage::Disk { disk, .. } if disk.is_off())
    }
}
