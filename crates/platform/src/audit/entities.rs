//! The tables `platform_audit` and `platform_audit_key`.

/// One line.
pub mod line {
    use sea_orm::entity::prelude::*;

    /// A line as stored.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "platform_audit")]
    pub struct Model {
        /// Order of writing.
        #[sea_orm(primary_key)]
        pub sequence: i64,
        pub at: i64,
        pub actor_kind: String,
        pub actor: String,
        pub role: String,
        pub agency: Option<String>,
        pub action: String,
        pub subject: String,
        /// Which use case, by code.
        pub what: String,
        /// Document and purpose of the grant it rests on, if on one.
        pub basis: Option<String>,
        pub before: Option<Vec<u8>>,
        pub after: Option<Vec<u8>>,
        pub digest: Vec<u8>,
        /// Its number in the journal's count, once it was handed over to be laid down.
        pub number: Option<i64>,
    }

    impl Model {
        /// What the digest is over: everything but the order.
        pub fn signed(&self) -> Vec<u8> {
            let who = (&self.actor_kind, &self.actor, &self.role, &self.agency);
            let line = (self.at, who, &self.action, &self.subject, &self.what, &self.basis);
            serde_json::to_vec(&(line, &self.before, &self.after)).unwrap_or_default()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        /// The key of the line's subject, while there is one.
        #[sea_orm(
            belongs_to = "super::key::Entity",
            from = "Column::Subject",
            to = "super::key::Column::Subject",
            skip_fk
        )]
        Key,
    }

    impl Related<super::key::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Key.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// The key of one subject.
pub mod key {
    use sea_orm::entity::prelude::*;

    /// A key as stored; destroyed when the subject is erased.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "platform_audit_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub value: Vec<u8>,
        pub created_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
