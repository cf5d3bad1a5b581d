//! The table `governance_user`.

use sea_orm::entity::prelude::*;

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "governance_user")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub role: String,
    pub agency: Option<String>,
    pub password: String,
    pub code_secret: Vec<u8>,
    /// Last step whose code was used: a code counts once.
    pub code_step: i64,
    pub failures: i32,
    pub paused_until: Option<i64>,
    pub created_at: i64,
    pub disabled_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
