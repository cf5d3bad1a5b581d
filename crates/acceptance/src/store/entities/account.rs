//! Accounts with their balance.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_account")]
pub struct Model {
    /// Handle.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Row of the chart of accounts.
    pub kind: String,
    /// Index of the owner in the table that the kind names.
    pub owner: i64,
    /// Fiscal year or other part.
    pub sub: i64,
    /// What it counts.
    pub unit: String,
    /// Balance as the last event said: credits minus debits.
    pub balance: i64,
    /// Sum of debits, counted here.
    pub debits: i64,
    /// Sum of credits, counted here.
    pub credits: i64,
    /// Entry in which it was opened.
    pub opened: i64,
    /// Entry of the last change.
    pub seq: i64,
    /// Record of the last change.
    pub idx: i32,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
