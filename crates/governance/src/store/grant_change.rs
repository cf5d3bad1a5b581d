//! The table `governance_grant_change`.

use sea_orm::entity::prelude::*;

/// What became of a grant: never changed, only added to.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "governance_grant_change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub grant_id: Uuid,
    /// `suspended`, `resumed` or `revoked`.
    pub kind: String,
    pub reason: String,
    pub changed_by: String,
    pub changed_at: i64,
}

impl Model {
    /// All of it, as the audit tells of it.
    pub fn told(&self) -> impl serde::Serialize {
        let of = (self.id.to_string(), self.grant_id.to_string(), &self.kind);
        serde_json::json!([of, self.reason, self.changed_by, self.changed_at])
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
