//! The names of the files: what a directory shows, and what of it would outlive a power failure.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::Loss;
use crate::dice::Dice;

/// One change that is not flushed.
enum Change {
    Put(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

/// The names of all files, by path.
#[derive(Default)]
pub struct Names {
    shown: BTreeMap<PathBuf, usize>,
    kept: BTreeMap<PathBuf, usize>,
    /// Changes since the last flush, in their order: a file system keeps that order.
    changes: Vec<Change>,
}

impl Names {
    pub fn find(&self, path: &Path) -> Option<usize> {
        self.shown.get(path).copied()
    }

    pub fn within(&self, dir: &Path) -> Vec<OsString> {
        let inside = self.shown.keys().filter(|path| path.parent() == Some(dir));
        inside.filter_map(|path| path.file_name()).map(OsString::from).collect()
    }

    /// The files in a directory.
    pub fn numbers(&self, dir: &Path) -> impl Iterator<Item = usize> {
        self.shown.iter().filter(move |(path, _)| path.parent() == Some(dir)).map(|(_, number)| *number)
    }

    pub fn put(&mut self, path: &Path, number: usize) {
        self.change(Change::Put(path.to_path_buf(), number));
    }

    pub fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.find(from).ok_or(io::ErrorKind::NotFound)?;
        self.change(Change::Rename(from.to_path_buf(), to.to_path_buf()));
        Ok(())
    }

    pub fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.find(path).ok_or(io::ErrorKind::NotFound)?;
        self.change(Change::Remove(path.to_path_buf()));
        Ok(())
    }

    pub fn flush(&mut self) {
        self.kept.clone_from(&self.shown);
        self.changes.clear();
    }

    /// Power fails: a beginning of the changes has reached the disk.
    pub fn lose(&mut self, loss: Loss, dice: &mut Dice) {
        let kept = if loss == Loss::All { 0 } else { dice.index(self.changes.len() + 1) };
        for change in self.changes.drain(..).take(kept) {
            apply(&mut self.kept, change);
        }
        self.shown.clone_from(&self.kept);
    }

    fn change(&mut self, change: Change) {
        let again = match &change {
            Change::Put(path, number) => Change::Put(path.clone(), *number),
            Change::Rename(from, to) => Change::Rename(from.clone(), to.clone()),
            Change::Remove(path) => Change::Remove(path.clone()),
        };
        apply(&mut self.shown, again);
        self.changes.push(change);
    }
}

fn apply(names: &mut BTreeMap<PathBuf, usize>, change: Change) {
    match change {
        Change::Put(path, number) => {
            names.insert(path, number);
        }
        Change::Rename(from, to) => {
            if let Some(number) = names.remove(&from) {
                names.insert(to, number);
            }
        }
        Change::Remove(path) => {
            names.remove(&path);
        }
    }
}
