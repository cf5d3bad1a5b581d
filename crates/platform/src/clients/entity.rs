//! The table `platform_client`.

use sea_orm::entity::prelude::*;

/// A client as stored.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_client")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub principal: i64,
    pub name: String,
    pub role: String,
    pub token_hash: Vec<u8>,
    pub created_at: i64,
    pub disabled_at: Option<i64>,
    pub limit_per_minute: Option<i32>,
    pub organisation: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
