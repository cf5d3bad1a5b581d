//! What must hold, and how it is said that it did not.

/// What must hold after every step of every city.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Invariant {
    /// Debits equal credits per unit, and the balances are what the transfers add up to.
    Conservation,
    /// An id, and a terminal's fact, is decided once and answered alike each time.
    OneOutcome,
    /// A hold is posted, voided or expires once.
    ResolvesOnce,
    /// What was answered is in the journal, as it was answered.
    AcknowledgedInJournal,
    /// Entries are numbered without gap, chained, whole, and never change.
    JournalOrder,
    /// After a crash the journal opens and holds all it held.
    Recovery,
    /// A replay of the journal gives the state of the engine that wrote it.
    ReplayIsState,
    /// The taps of a service day cost the same in whatever order they arrive.
    FareOrder,
    /// Of machines that share a journal at most one may answer, at every moment.
    OneLeader,
    /// Nothing stops without a cause, somebody leads again soon, and without faults everything is answered.
    Progress,
}

impl Invariant {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Conservation,
        Self::OneOutcome,
        Self::ResolvesOnce,
        Self::AcknowledgedInJournal,
        Self::JournalOrder,
        Self::Recovery,
        Self::ReplayIsState,
        Self::FareOrder,
        Self::OneLeader,
        Self::Progress,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conservation => "conservation",
            Self::OneOutcome => "one_outcome",
            Self::ResolvesOnce => "resolves_once",
            Self::AcknowledgedInJournal => "acknowledged_in_journal",
            Self::JournalOrder => "journal_order",
            Self::Recovery => "recovery",
            Self::ReplayIsState => "replay_is_state",
            Self::FareOrder => "fare_order",
            Self::OneLeader => "one_leader",
            Self::Progress => "progress",
        }
    }
}

/// Something that must hold does not.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}: {what}", .invariant.name())]
pub struct Broken {
    /// What must hold.
    pub invariant: Invariant,
    /// What was found instead.
    pub what: String,
}

impl Broken {
    /// Says what was found.
    pub fn new(invariant: Invariant, what: impl Into<String>) -> Self {
        Self { invariant, what: what.into() }
    }
}

/// A city in which something did not hold.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("seed {seed}, step {step}: {broken}")]
pub struct Failure {
    /// Its seed: the same one fails in the same way every time.
    pub seed: u64,
    /// After how many steps.
    pub step: u64,
    /// What did not hold.
    pub broken: Broken,
}

impl Failure {
    /// The command that shows it again, step by step.
    #[must_use]
    pub fn command(&self) -> String {
        format!("jakone simulate --from {} --seeds 1 --trace", self.seed)
    }
}

/// Holds, or says what was found.
pub fn hold(invariant: Invariant, holds: bool, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken::new(invariant, what())) }
}
