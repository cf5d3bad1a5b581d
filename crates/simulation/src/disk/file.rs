//! One file: what it shows, what of it was flushed, and what lies between the two.

use std::io;
use std::ops::Range;

use super::Loss;
use crate::dice::Dice;

/// What a disk writes as a whole.
const SECTOR_BYTES: usize = 512;

/// A file.
#[derive(Default)]
pub struct File {
    shown: Vec<u8>,
    flushed: Vec<u8>,
    /// Written since the last flush, in order.
    dirty: Vec<Range<usize>>,
    /// What was flushed before sectors reached the disk out of order; none once a flush has put that right.
    copy: Option<Vec<u8>>,
}

impl File {
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.shown.len()).unwrap_or(u64::MAX)
    }

    pub fn read(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        let start = place(at);
        let found = self.shown.get(start..start.saturating_add(into.len()));
        into.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    pub fn write(&mut self, bytes: &[u8], at: u64) {
        let range = place(at)..place(at).saturating_add(bytes.len());
        if self.shown.len() < range.end {
            self.shown.resize(range.end, 0);
        }
        if let Some(target) = self.shown.get_mut(range.clone()) {
            target.copy_from_slice(bytes);
        }
        self.dirty.push(range);
    }

    pub fn allocate(&mut self, bytes: u64) {
        self.shown.resize(self.shown.len().max(place(bytes)), 0);
    }

    /// Without its size, only what lies within the size that was flushed before is safe; a journal never relies on more.
    pub fn flush(&mut self, with_size: bool) {
        self.copy = None;
        if with_size {
            self.flushed.resize(self.shown.len(), 0);
        }
        for range in std::mem::take(&mut self.dirty) {
            copy(&self.shown, &mut self.flushed, range);
        }
    }

    /// Some sectors were written, and the system takes all of them for written: what is shown stays until the power
    /// fails, and a later flush does not write it.
    pub fn fail_to_flush(&mut self, dice: &mut Dice) {
        self.write_some(dice, |dice, _| dice.permille(300));
    }

    /// Power fails. Answers whether a sector has reached the disk although one written before it has not.
    pub fn lose(&mut self, loss: Loss, dice: &mut Dice) -> bool {
        let kept = dice.index(self.sectors().len() + 1);
        self.write_some(dice, |dice, number| match loss {
            Loss::All => false,
            Loss::Tail => number < kept,
            Loss::Scattered => dice.permille(500),
        });
        self.shown.clone_from(&self.flushed);
        self.copy.is_some()
    }

    /// Writes those sectors that reach the disk. If one does although one written before it does not, a copy of what was
    /// there is kept.
    fn write_some(&mut self, dice: &mut Dice, reaches: impl Fn(&mut Dice, usize) -> bool) {
        let sectors = self.sectors();
        let reached: Vec<bool> = (0..sectors.len()).map(|number| reaches(dice, number)).collect();
        let scattered = !reached.is_sorted_by(|one, next| one >= next);
        if scattered && self.copy.is_none() {
            self.copy = Some(self.flushed.clone());
        }
        for (sector, _) in sectors.into_iter().zip(reached).filter(|(_, reached)| *reached) {
            copy(&self.shown, &mut self.flushed, sector);
        }
        self.dirty.clear();
    }

    /// What is read from here on is not what was written: a byte is another, or the end is gone.
    pub fn rot(&mut self, dice: &mut Dice) {
        let at = dice.index(self.shown.len());
        if dice.permille(300) {
            self.shown.truncate(at);
        } else if let Some(byte) = self.shown.get_mut(at) {
            *byte ^= 1 << dice.below(8);
        }
        self.flushed.clone_from(&self.shown);
    }

    pub fn restore_copy(&mut self) {
        if let Some(copy) = self.copy.take() {
            self.shown.clone_from(&copy);
            self.flushed = copy;
        }
    }

    /// What was written and not flushed, cut at the sectors of the disk, in the order of writing.
    fn sectors(&self) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        for range in &self.dirty {
            let mut start = range.start;
            while start < range.end {
                let end = ((start / SECTOR_BYTES + 1) * SECTOR_BYTES).min(range.end);
                all.push(start..end);
                start = end;
            }
        }
        all
    }
}

fn copy(from: &[u8], to: &mut Vec<u8>, range: Range<usize>) {
    if to.len() < range.end {
        to.resize(range.end, 0);
    }
    if let (Some(from), Some(to)) = (from.get(range.clone()), to.get_mut(range)) {
        to.copy_from_slice(from);
    }
}

fn place(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
