//! Aid paid into wallets.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_disbursement")]
pub struct Model {
    /// Entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// Time of the entry.
    pub at: i64,
    /// Index of the holder.
    pub holder: i64,
    /// Benefit of the wallet.
    pub wallet: String,
    /// Code of the bank that received it.
    pub bank: String,
    /// How much.
    pub amount: i64,
    /// What is in the wallet afterwards.
    pub balance: i64,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
