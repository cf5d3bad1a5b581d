//! What a city did: so that people see what was tried, and a test that every fault was.

use engine::Position;

/// What a city did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// Things that happened.
    pub steps: u64,
    /// Entries of its journal.
    pub entries: u64,
    /// Records of its journal.
    pub records: u64,
    /// Answers heard.
    pub answers: u64,
    /// Reads heard.
    pub reads: u64,
    /// Starts of a process.
    pub starts: u64,
    /// Processes killed.
    pub kills: u64,
    /// Power failures.
    pub power: u64,
    /// Flushes that were to fail.
    pub flushes: u64,
    /// Times there was no more room.
    pub full: u64,
    /// Jumps of a clock.
    pub jumps: u64,
    /// Segments made beside the writing.
    pub segments: u64,
    /// Runs over many recipients.
    pub runs: u64,
    /// Journals called damaged after sectors were written out of order, and put back from a copy.
    pub restored: u64,
    /// Appends whose fate was unknown.
    pub unsure: u64,
    /// Appends that arrived late.
    pub late: u64,
    /// Leaders that found another one.
    pub fenced: u64,
    /// Standbys that have come to lead.
    pub takeovers: u64,
    /// Processes stopped between two steps.
    pub pauses: u64,
    /// Links that broke or lagged.
    pub links: u64,
    /// Snapshots written.
    pub snapshots: u64,
    /// Snapshots that were no longer what was written.
    pub rotten: u64,
    /// Starts from a snapshot and its tail.
    pub from_snapshots: u64,
    /// Starts that could not use the newest snapshot.
    pub skipped: u64,
    /// Whether its steps are told.
    pub(crate) is_told: bool,
    /// Positions whose ledger was added up, by machine.
    pub(crate) checked: [Position; 2],
}

impl Report {
    /// Adds what another city did.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in self.figures_mut().into_iter().zip(other.figures()) {
            *sum += more.1;
        }
    }

    /// Every figure with its name.
    #[must_use]
    pub fn figures(&self) -> [(&'static str, u64); 24] {
        [
            ("steps", self.steps),
            ("entries", self.entries),
            ("records", self.records),
            ("answers", self.answers),
            ("reads", self.reads),
            ("starts", self.starts),
            ("kills", self.kills),
            ("power_failures", self.power),
            ("failed_flushes", self.flushes),
            ("full_disks", self.full),
            ("clock_jumps", self.jumps),
            ("segments", self.segments),
            ("runs", self.runs),
            ("restored_copies", self.restored),
            ("unknown_appends", self.unsure),
            ("late_appends", self.late),
            ("fenced_leaders", self.fenced),
            ("takeovers", self.takeovers),
            ("pauses", self.pauses),
            ("broken_links", self.links),
            ("snapshots", self.snapshots),
            ("damaged_snapshots", self.rotten),
            ("snapshot_starts", self.from_snapshots),
            ("skipped_snapshots", self.skipped),
        ]
    }

    fn figures_mut(&mut self) -> [&mut u64; 24] {
        [
            &mut self.steps,
            &mut self.entries,
            &mut self.records,
            &mut self.answers,
            &mut self.reads,
            &mut self.starts,
            &mut self.kills,
            &mut self.power,
            &mut self.flushes,
            &mut self.full,
            &mut self.jumps,
            &mut self.segments,
            &mut self.runs,
            &mut self.restored,
            &mut self.unsure,
            &mut self.late,
            &mut self.fenced,
            &mut self.takeovers,
            &mut self.pauses,
            &mut self.links,
            &mut self.snapshots,
            &mut self.rotten,
            &mut self.from_snapshots,
            &mut self.skipped,
        ]
    }
}
