//! The table `residents_household`.

use sea_orm::entity::prelude::*;

/// A household as stored: the family card's number encrypted, with its blind index.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residents_household")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: Vec<u8>,
    pub number_index: Vec<u8>,
    pub head_id: Uuid,
    pub formed_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
