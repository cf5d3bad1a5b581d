//! Visits to places that are entered: who came in with how many, and when they left.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_visit")]
pub struct Model {
    /// Entry of the tap-in.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Record of the tap-in.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// Index of the holder.
    pub holder: i64,
    /// Serial of the medium.
    pub medium: i64,
    /// Code of the service.
    pub service: Option<String>,
    /// Place (movement; dropped with its key).
    pub place: Option<String>,
    /// When they came in (movement).
    pub entered_at: Option<i64>,
    /// How many came in on the medium.
    pub people: i32,
    /// Who they were, as `category:count` (movement).
    pub party: Option<String>,
    /// When they left (movement); none while they are inside.
    pub left_at: Option<i64>,
    /// Entry of the tap-out.
    pub left_seq: Option<i64>,
    /// Record of the tap-out.
    pub left_idx: Option<i32>,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
