//! Benefits that holders have.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_entitlement")]
pub struct Model {
    /// Index of the holder.
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder: i64,
    /// Code of the benefit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub benefit: String,
    /// Version of (holder, benefit).
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// First day, days since 1970.
    pub from_day: i32,
    /// Last day, included.
    pub to_day: i32,
    /// When it was journaled.
    pub granted_at: i64,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
