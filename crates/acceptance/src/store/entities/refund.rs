//! Goods taken back, and purchases undone.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_refund")]
pub struct Model {
    /// Entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// Time of the entry.
    pub at: i64,
    /// Number of the purchase.
    pub purchase: i64,
    /// Index of the holder.
    pub holder: i64,
    /// Handle of the account it went to.
    pub account: i64,
    /// How much.
    pub amount: i64,
    /// What is in that account afterwards.
    pub balance: i64,
    /// Whether the purchase was undone as a whole.
    pub voided: bool,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
