//! Taps per minute and place, without anybody in them.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_minute")]
pub struct Model {
    /// Start of the minute, by the journal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub minute: i64,
    /// Code of the place; empty where it is not known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: String,
    /// Gates that opened without a price: a journey began, or a visit ended.
    pub passed: i64,
    /// Gates that opened for nothing.
    pub free: i64,
    /// Gates that opened for money.
    pub paid: i64,
    /// Gates that stayed shut.
    pub refused: i64,
    /// Gates that opened although something was wrong.
    pub incident: i64,
    /// Gates that opened at the price of a right.
    pub entitled: i64,
    /// What was charged.
    pub charged: i64,
    /// What benefits gave up.
    pub forgone: i64,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
