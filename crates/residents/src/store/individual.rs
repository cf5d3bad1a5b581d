//! The table `residents_individual`.

use sea_orm::entity::prelude::*;

/// A person as stored: name, identity number and mobile number encrypted, the number's blind index beside it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residents_individual")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub holder: i64,
    pub name: Vec<u8>,
    pub nik: Vec<u8>,
    pub nik_index: Vec<u8>,
    pub birth_date: i32,
    pub home: Option<String>,
    pub category: String,
    pub registered_at: i64,
    pub phone: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
