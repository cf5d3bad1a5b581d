//! The table `platform_outbox`.

use sea_orm::entity::prelude::*;

/// A message as stored.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub sequence: i64,
    pub subject: String,
    pub command_id: Uuid,
    pub body: Vec<u8>,
    pub state: i16,
    pub code: Option<String>,
    pub position: Option<i64>,
    pub created_at: i64,
    pub settled_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
