//! The table `governance_session`.

use sea_orm::entity::prelude::*;

/// A session of a user or of a holder: its token is not kept, only the hash.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "governance_session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    pub user_id: Option<Uuid>,
    /// Index of the holder number.
    pub holder: Option<i64>,
    pub begun_at: i64,
    pub seen_at: i64,
    pub ended_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
