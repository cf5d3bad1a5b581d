//! The table `platform_device`.

use sea_orm::entity::prelude::*;

/// A device as stored.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_device")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub client_id: Uuid,
    pub public_key: Vec<u8>,
    pub place: Option<String>,
    pub created_at: i64,
    pub disabled_at: Option<i64>,
    pub limit_per_minute: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
