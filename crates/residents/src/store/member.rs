//! The table `residents_member`: who belongs to which household; a person to at most one.

use sea_orm::entity::prelude::*;

/// A person's membership as stored.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residents_member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub individual_id: Uuid,
    pub household_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
