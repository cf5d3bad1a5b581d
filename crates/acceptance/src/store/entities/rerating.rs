//! What taps came to cost when their service day was rated anew. The tap's own row stays as it was answered.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_rerating")]
pub struct Model {
    /// Entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// Event within the record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub leg: i32,
    /// Time of the entry.
    pub at: i64,
    /// Entry of the tap.
    pub tap_seq: i64,
    /// Record of the tap.
    pub tap_idx: i32,
    /// Index of the holder.
    pub holder: i64,
    /// What the tariff asks.
    pub full: i64,
    /// What the holder is asked.
    pub charged: i64,
    /// What the benefit's budget pays.
    pub funded: i64,
    /// Benefit that set the price.
    pub benefit: Option<String>,
    /// Rule of the tariff that set the full price.
    pub fare: String,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
