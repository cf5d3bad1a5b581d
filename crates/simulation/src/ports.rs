//! What stands between a simulated city and what it rests on.
//!
//! Owns the places where a test may put something that lies, to see that the lie is found. Nothing lies by itself.

use std::sync::Arc;

use engine::{Answer, Envelope, Position, Record};
use journal::{Disk, Journal, SharedJournal};
use runtime::Terms;

/// Each is given what is there and gives back what the city shall see.
pub trait Ports {
    /// The disk under the segment files, at every start of a process.
    fn disk(&mut self, disk: Arc<dyn Disk>) -> Arc<dyn Disk> {
        disk
    }

    /// The journal on a disk that a process writes and replays, at every start.
    fn journal(&mut self, journal: Box<dyn Journal>) -> Box<dyn Journal> {
        journal
    }

    /// The journal that machines share, at every start.
    fn shared(&mut self, journal: Arc<dyn SharedJournal>) -> Arc<dyn SharedJournal> {
        journal
    }

    /// How long machines wait for each other, at every start.
    fn terms(&mut self, terms: Terms) -> Terms {
        terms
    }

    /// The position of a read on its way to the caller.
    fn read(&mut self, position: Position) -> Position {
        position
    }

    /// An answer on its way to the caller.
    fn answer(&mut self, command: &Envelope, answer: Answer) -> Answer {
        let _ = command;
        answer
    }

    /// The records of an entry on their way to the auditor.
    fn records(&mut self, records: Vec<Record>) -> Vec<Record> {
        records
    }

    /// A tap of the service day that is played twice, the second time, when its taps arrive in another order.
    fn late_tap(&mut self, tap: Envelope) -> Envelope {
        tap
    }
}

/// Nothing in between.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Ports for Plain {}
