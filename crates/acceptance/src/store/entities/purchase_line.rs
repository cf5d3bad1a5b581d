//! Lines of purchases.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_purchase_line")]
pub struct Model {
    /// Number of the purchase.
    #[sea_orm(primary_key, auto_increment = false)]
    pub purchase: i64,
    /// Line of the basket, counted from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// Code of the good.
    pub good: String,
    /// How many.
    pub quantity: i64,
    /// What they cost together.
    pub amount: i64,
    /// Whether it was authorised and then not captured.
    pub left_out: bool,
    /// What came back of it.
    pub refunded: i64,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
