//! Sums of all accounts by kind and unit as they were after some entries.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_sum")]
pub struct Model {
    /// The entry up to which is added up.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Row of the chart of accounts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// What it counts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit: String,
    /// How many accounts were open.
    pub accounts: i64,
    /// Sum of debits.
    pub debits: i64,
    /// Sum of credits.
    pub credits: i64,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
