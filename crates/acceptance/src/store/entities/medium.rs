//! Media with their state.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_medium")]
pub struct Model {
    /// Serial.
    #[sea_orm(primary_key, auto_increment = false)]
    pub serial: i64,
    /// Index of the holder.
    pub holder: i64,
    /// Kind.
    pub kind: String,
    /// Assurance level.
    pub assurance: i32,
    /// State.
    pub state: String,
    /// Since when.
    pub since: i64,
    /// Version of the last change.
    pub version: i64,
    /// Why it is blocked.
    pub reason: Option<String>,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
