//! Processes that end, and what goes wrong around them.

use base::{Clock as _, Timestamp};

use runtime::replay_from;

use super::{Role, World, genesis};
use crate::copies::Reach;
use crate::disk::{Loss, SimulatedDisk, snapshots_dir};
use crate::failure::{Broken, Invariant, hold};
use crate::storage::Storage;

/// The furthest a wall clock may be wrong before somebody sets it, instead of accepting it.
const WRONG_MAX: i64 = 3 * Timestamp::HOUR;

impl World<'_> {
    /// Where the power has failed, the process is gone with the machine, and nobody hears what it was about to say.
    pub(super) fn lose_power(&mut self) {
        for machine in 0..self.machines.len() {
            if self.is_off(machine) {
                self.say(|| format!("machine {machine}: the power has failed"));
                self.end(machine);
            }
        }
    }

    /// A process has stopped by itself: it must have had a cause.
    pub(super) fn ended(&mut self, machine: usize) -> Result<(), Broken> {
        let taken = match &self.storage {
            Storage::Disk { .. } => None,
            Storage::Copies(copies) => Some(copies.taken()),
        };
        let caused = match taken {
            None => self.is_off(machine) || self.take_flush_failed(machine),
            Some((head, openings)) => self.process(machine).is_none_or(|process| {
                let own = process.runtime().map(|runtime| runtime.handle().durable());
                own != Some(head) || process.openings != openings
            }),
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
        if let Some(disk) = self.disks.get(machine) {
            self.storage.process_ended(disk, loss);
        }
    }

    pub(super) fn pass(&mut self) {
        let span = match self.dice.below(100) {
            0..80 => self.dice.between(1, 300_000),
            // Machines that share a journal hear of each other every second.
            80..97 if self.weather.copies => self.dice.between(1, 5 * Timestamp::SECOND),
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
        let handle = self.runtime(machine).map(|runtime| runtime.handle());
        if let Some(handle) = handle.filter(runtime::Handle::clock_stepped) {
            handle.accept_clock();
        }
    }

    pub(super) fn kill(&mut self, machine: usize) {
        if self.machines.get(machine).is_some_and(Option::is_some) {
            self.report.kills += 1;
            self.say(|| format!("machine {machine} is killed"));
            self.end(machine);
        }
    }

    pub(super) fn fail_power(&mut self, machine: usize) {
        let Some(disk) = self.disks.get(machine) else { return };
        let calls = 1 + self.dice.below(12);
        disk.fail_power_after(calls);
        self.report.power += 1;
        self.say(|| format!("the power fails after {calls} more calls of the disk"));
    }

    pub(super) fn fail_flush(&mut self, machine: usize) {
        if let Some(disk) = self.disks.get(machine) {
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
            self.report.late += u64::from(copies.arrive());
        }
    }

    /// A process is stopped between two of its steps, or goes on.
    pub(super) fn pause(&mut self, machine: usize) {
        if let Some(Some(process)) = self.machines.get_mut(machine) {
            process.paused = !process.paused;
            let paused = process.paused;
            self.report.pauses += u64::from(paused);
            self.say(|| format!("machine {machine} is stopped: {paused}"));
        }
    }

    pub(super) fn change_link(&mut self, machine: usize) {
        if let Storage::Copies(copies) = &self.storage {
            let reach = copies.change_reach(machine);
            self.report.links += u64::from(reach != Reach::Whole);
            self.say(|| format!("machine {machine}: its link: {reach:?}"));
        }
    }

    /// A snapshot from the newest one and what came after it; a standby writes what it has followed.
    pub(super) fn snapshot(&mut self, machine: usize) -> Result<(), Broken> {
        let (keys, hash_key) = (std::sync::Arc::clone(&self.keys), genesis(self.report.seed).hash_key);
        let (Some(snapshots), Some(process)) = (self.snapshots(machine), self.process(machine)) else {
            return Ok(());
        };
        let written = match &process.role {
            Role::Waiting(standby, _) if standby.head().seq == 0 => return Ok(()),
            Role::Waiting(standby, _) => standby.write_snapshot().map_err(|error| error.to_string()),
            Role::Leading(runtime) => {
                let replayed = replay_from(&snapshots, |from| runtime.reader(from), &keys, hash_key, 0);
                match replayed {
                    Ok(replayed) if replayed.head.seq == 0 => return Ok(()),
                    Ok(replayed) => snapshots.write(&replayed).map_err(|error| error.to_string()),
                    Err(error) => Err(error.to_string()),
                }
            }
        };
        let manifest = match written {
            Ok(manifest) => manifest,
            Err(error) => {
                let cut =
                    matches!(&self.storage, Storage::Copies(copies) if copies.reach(machine) == Reach::Cut);
                let caused = cut || self.is_off(machine) || self.take_flush_failed(machine);
                return hold(Invariant::Recovery, caused, || format!("no snapshot: {error}"));
            }
        };
        self.report.snapshots += 1;
        let seq = manifest.head().seq;
        self.say(|| format!("machine {machine}: snapshot of entry {seq}"));
        let same = manifest.head() != self.auditor.head
            || manifest.digest() == engine::state_digest(&self.auditor.state);
        hold(Invariant::ReplayIsState, same && seq <= self.auditor.head.seq, || {
            format!("the snapshot of entry {seq} is not what the journal makes")
        })
    }

    pub(super) fn rot(&mut self, machine: usize) {
        let rotten = self.disks.get(machine).is_some_and(|disk| disk.rot(&snapshots_dir()));
        self.report.rotten += u64::from(rotten);
    }

    pub(super) fn is_off(&self, machine: usize) -> bool {
        self.disks.get(machine).is_some_and(SimulatedDisk::is_off)
    }

    /// Whether a flush has failed on a machine since this was last asked.
    pub(super) fn take_flush_failed(&self, machine: usize) -> bool {
        self.disks.get(machine).is_some_and(SimulatedDisk::take_flush_failed)
    }
}
