//! Posted transfers, each with the balances after it.

use engine::Position;
use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_transfer")]
pub struct Model {
    /// Entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// Leg within the record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub leg: i32,
    /// Account that gave.
    pub debit: i64,
    /// Account that received.
    pub credit: i64,
    /// How much.
    pub amount: i64,
    /// What it counts.
    pub unit: String,
    /// Balance of the debit account afterwards.
    pub debit_balance: i64,
    /// Balance of the credit account afterwards.
    pub credit_balance: i64,
}

impl Model {
    /// The record it belongs to.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { seq: self.seq.unsigned_abs(), index: self.idx.unsigned_abs() }
    }
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
