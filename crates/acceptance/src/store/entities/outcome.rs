//! One row per outcome: accepted or refused, as it was answered.

use engine::Position;
use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_outcome")]
pub struct Model {
    /// Entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// Time of the entry.
    pub at: i64,
    /// Who sent it.
    pub principal: i64,
    /// Id of the command, 16 bytes.
    pub command: Vec<u8>,
    /// Name of the command.
    pub kind: String,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Why not; for a gate that stayed shut, the reason the terminal gave.
    pub code: Option<String>,
    /// What the refusal is about.
    pub about: Option<String>,
    /// Index of the holder.
    pub holder: Option<i64>,
    /// Serial of the medium.
    pub medium: Option<i64>,
    /// Terminal.
    pub device: Option<i64>,
    /// Epoch of the terminal.
    pub epoch: Option<i64>,
    /// Number of the fact.
    pub device_seq: Option<i64>,
    /// Whether the gate opened.
    pub opened: bool,
    /// Code of the service.
    pub service: Option<String>,
    /// Place (movement; dropped with its key).
    pub place: Option<String>,
    /// Line (movement).
    pub line: Option<String>,
    /// Clock of the terminal (movement).
    pub device_at: Option<i64>,
    /// Which end of a journey or visit, where it is not the only tap (movement).
    pub part: Option<String>,
    /// Metres travelled (movement).
    pub metres: Option<i64>,
    /// Who came along, as `category:count` (movement).
    pub party: Option<String>,
    /// How many people came on the medium, where more than one.
    pub people: Option<i32>,
    /// What the tariff asks, what goods cost, or what came in.
    pub full: i64,
    /// What the holder was asked for this use; negative where money came back.
    pub charged: i64,
    /// What the holder's other taps of the service day came to cost more (or less) because of it.
    pub adjusted: i64,
    /// The same for what the tariffs ask.
    pub adjusted_full: i64,
    /// Rule of the tariff that set the full price.
    pub fare: Option<String>,
    /// Legs of the package of several modes that the tap belongs to.
    pub package_legs: Option<i32>,
    /// Kilometres of the package.
    pub package_kilometres: Option<i64>,
    /// The fare for the package.
    pub package_integrated: Option<i64>,
    /// The sum of its legs' own fares.
    pub package_separate: Option<i64>,
    /// Of that, what became debt.
    pub debt: i64,
    /// The account that paid, afterwards: the purse, or a wallet.
    pub balance: Option<i64>,
    /// Benefit that set the price.
    pub benefit: Option<String>,
    /// Its version.
    pub benefit_version: Option<i32>,
    /// Where something was charged and no benefit set the price: the held right that came nearest to it.
    pub lost: Option<String>,
    /// Why it did not: `assurance`, `quota`, `budget`, `time`, `day`, `home`, `ended`, `not_yet` or `revoked`.
    pub lost_why: Option<String>,
    /// What people have to look at.
    pub incident: Option<String>,
    /// Why a tap was kept without a price.
    pub held: Option<String>,
    /// Number of the purchase.
    pub purchase: Option<i64>,
    /// Benefit of the wallet whose money moved; none for the purse.
    pub wallet: Option<String>,
}

impl Model {
    /// Where it stands in the journal.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { seq: self.seq.unsigned_abs(), index: self.idx.unsigned_abs() }
    }

    /// Kinds that bring money in: their `full` is what came.
    #[must_use]
    pub fn is_income(&self) -> bool {
        matches!(self.kind.as_str(), "top_up" | "disburse")
    }

    /// What the holder was asked then: for this use, and more or less for the others of its day.
    #[must_use]
    pub const fn charged_now(&self) -> i64 {
        self.charged.saturating_add(self.adjusted)
    }

    /// What the tariffs asked then, likewise.
    #[must_use]
    pub const fn full_now(&self) -> i64 {
        self.full.saturating_add(self.adjusted_full)
    }

    /// Whether a journey began or a visit ended, so that nothing was priced.
    #[must_use]
    pub fn only_passed(&self) -> bool {
        matches!(self.fare.as_deref(), Some("begun" | "left"))
    }
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
