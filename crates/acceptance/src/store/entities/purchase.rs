//! Purchases as they stand: authorised, captured, undone, and how much came back.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_purchase")]
pub struct Model {
    /// Number of the purchase.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// Entry.
    pub seq: i64,
    /// Record.
    pub idx: i32,
    /// Time of the entry.
    pub at: i64,
    /// Who sent it.
    pub principal: i64,
    /// Index of the holder.
    pub holder: i64,
    /// Serial of the medium.
    pub medium: Option<i64>,
    /// Code of the merchant.
    pub merchant: String,
    /// Handle of the account that pays.
    pub account: i64,
    /// Benefit of the wallet that pays; none for the purse.
    pub wallet: Option<String>,
    /// What the basket costs, or what was captured of it.
    pub amount: i64,
    /// What came back of it.
    pub refunded: i64,
    /// `authorised`, `captured`, `voided` or `lapsed`.
    pub state: String,
    /// Benefit that let goods be sold at their price.
    pub benefit: Option<String>,
    /// Number of the hold on the money, while it is one.
    pub hold: Option<i64>,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
