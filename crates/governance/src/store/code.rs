//! The table `governance_code`.

use sea_orm::entity::prelude::*;

/// A code that somebody asked for: neither the code nor what its browser knows it by is kept.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "governance_code")]
pub struct Model {
    /// Hash of what the browser that asked keeps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub asker: Vec<u8>,
    pub holder: i64,
    pub code_mac: Vec<u8>,
    pub asked_at: i64,
    /// Whether it counts towards the holder's limit.
    pub is_sent: bool,
    /// When the gateway took the message; before that the code lets nobody in.
    pub delivered_at: Option<i64>,
    pub tries: i32,
    /// When it was used, or that it never could be.
    pub ended_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
