//! Holders as the engine knows them: opaque numbers.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance_holder")]
pub struct Model {
    /// Index the engine uses.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// Public number.
    pub holder: i64,
    /// Rider category.
    pub category: String,
    /// Home region.
    pub home: Option<String>,
    /// When it was opened.
    pub opened_at: i64,
}

/// There are no relations: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
