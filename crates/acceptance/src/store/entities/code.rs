//! Codes by the indexes that events carry.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_code")]
pub struct Model {
    /// What the code names: organisation, service or benefit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// Index the engine uses.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// The code.
    pub code: String,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
