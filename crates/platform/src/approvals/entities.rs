//! The tables `platform_request`, `platform_decision` and `platform_delegation`.

/// What somebody asks for.
pub mod request {
    use sea_orm::entity::prelude::*;

    /// A request as stored: never changed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "platform_request")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub matter: String,
        pub subject: String,
        /// What is asked for, JSON.
        pub body: String,
        pub parent: Option<Uuid>,
        pub maker: String,
        pub made_at: i64,
    }

    impl Model {
        /// All of it, as the audit tells of it.
        pub fn told(&self) -> impl serde::Serialize {
            let parent = self.parent.map(|parent| parent.to_string());
            let what = (self.id.to_string(), &self.matter, &self.subject, &self.body, parent);
            serde_json::json!([what, self.maker, self.made_at])
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What somebody decided.
pub mod decision {
    use sea_orm::entity::prelude::*;

    /// A decision as stored: only added.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "platform_decision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub request_id: Uuid,
        pub step: i32,
        pub verdict: String,
        pub decided_by: String,
        /// In whose place, by letter.
        pub stands_for: Option<String>,
        pub letter: Option<Uuid>,
        pub reason: Option<String>,
        /// Whether it is the last word.
        pub closes: bool,
        pub decided_at: i64,
    }

    impl Model {
        /// All of it, as the audit tells of it.
        pub fn told(&self) -> impl serde::Serialize {
            let of = (self.id.to_string(), self.request_id.to_string(), self.step, &self.verdict);
            let letter = self.letter.map(|letter| letter.to_string());
            let by = (&self.decided_by, &self.stands_for, letter, &self.reason);
            serde_json::json!([of, by, self.closes, self.decided_at])
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who stands in for whom.
pub mod delegation {
    use sea_orm::entity::prelude::*;

    /// A letter as stored.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "platform_delegation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub principal: String,
        pub role: String,
        pub agency: Option<String>,
        pub delegate: String,
        pub document: String,
        pub from_day: i32,
        pub to_day: i32,
        pub made_at: i64,
        pub ended_at: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
