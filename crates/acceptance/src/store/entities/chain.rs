//! Office data, not a projection: the hash chain of each terminal at the ends of the batches it delivered.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_chain")]
pub struct Model {
    /// Terminal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub device: i64,
    /// Its epoch.
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    /// Last number of the batch.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Chain hash after that number, 32 bytes.
    pub hash: Vec<u8>,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
