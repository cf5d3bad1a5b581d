//! How far the projection is: moved in the transaction that moves the rows.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_cursor")]
pub struct Model {
    /// Name of the projection.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Last entry it holds.
    pub seq: i64,
    /// Hash of that entry.
    pub hash: Vec<u8>,
    /// Time of that entry.
    pub at: i64,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
