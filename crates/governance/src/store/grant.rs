//! The table `governance_grant`.

use sea_orm::entity::prelude::*;

/// Leave to see persons, as it was issued. What became of it stands in `governance_grant_change`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "governance_grant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub role: String,
    /// Only for users of this agency; none for all of the role.
    pub agency: Option<String>,
    /// Names of the columns, in order, between spaces.
    pub columns: String,
    pub purpose: String,
    pub document: String,
    pub from_day: i32,
    pub to_day: i32,
    pub issued_by: String,
    pub issued_at: i64,
}

impl Model {
    /// All of it, as the audit tells of it.
    pub fn told(&self) -> impl serde::Serialize {
        let to = (self.id.to_string(), &self.role, &self.agency, &self.columns);
        let days = (self.from_day, self.to_day);
        serde_json::json!([to, self.purpose, self.document, days, self.issued_by, self.issued_at])
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
