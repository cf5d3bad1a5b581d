//! The table `programmes_label`. Dates are days since 1970-01-01.

use sea_orm::entity::prelude::*;

/// One name for one time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "programmes_label")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: i64,
    pub valid_to: Option<i64>,
    pub role: Option<String>,
    pub mode: Option<String>,
    pub age_min: Option<i16>,
    pub aid_routine: Option<i64>,
    pub aid_periodic: Option<i64>,
    pub aid_private_fees: Option<i64>,
    pub name_id: String,
    pub name_en: String,
    pub legal_basis: String,
    pub evidence: String,
    pub reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
