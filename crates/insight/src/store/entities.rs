//! One module per table. Time is microseconds UTC, dates are days since 1970-01-01, money whole rupiah.

/// How far the tables are.
pub mod cursor {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_cursor")]
    pub struct Model {
        /// Whose.
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        /// Entry.
        pub seq: i64,
        /// Its hash.
        pub hash: Vec<u8>,
        /// Its time.
        pub at: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What was published, as the journal tells it: places, benefits, calendars, and that a service has a price.
pub mod definition {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_definition")]
    pub struct Model {
        /// Entry.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// Record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub idx: i32,
        /// Event within the record.
        #[sea_orm(primary_key, auto_increment = false)]
        pub leg: i32,
        /// The event in CBOR.
        pub event: Vec<u8>,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Accounts that tell what benefits cost, without whose they are.
pub mod account {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_account")]
    pub struct Model {
        /// Handle.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        /// Row of the chart of accounts.
        pub kind: String,
        /// Index of the benefit.
        pub benefit: i32,
        /// Fiscal year, or 0.
        pub year: i32,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// District of each holder's home, to count benefits by district. Kept as long as the holder is known.
pub mod home {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_home")]
    pub struct Model {
        /// Index of the holder.
        #[sea_orm(primary_key, auto_increment = false)]
        pub holder: i64,
        /// Digits of the district; 0 where it is not known.
        pub district: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Taps of service days that have not ended, packed per batch. Deleted when the day closes.
pub mod open {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_open")]
    pub struct Model {
        /// Service day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// Last entry of the batch.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// The taps, packed.
        pub sights: Vec<u8>,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Grants that may still be revoked. Deleted when their last day is over.
pub mod grant {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_grant")]
    pub struct Model {
        /// Index of the holder.
        #[sea_orm(primary_key, auto_increment = false)]
        pub holder: i64,
        /// Index of the benefit.
        #[sea_orm(primary_key, auto_increment = false)]
        pub benefit: i32,
        /// Version of (holder, benefit).
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        /// First day it counts.
        pub first_day: i32,
        /// Last day, included.
        pub last_day: i32,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Taps by place and hour.
pub mod place_hour {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_place_hour")]
    pub struct Model {
        /// Code of the place; empty where it is not known.
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: String,
        /// Date in Jakarta.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// Hour, 0 to 23.
        #[sea_orm(primary_key, auto_increment = false)]
        pub hour: i16,
        /// People who got on or came in.
        pub entered: i64,
        /// People who got off or went out.
        pub left_out: i64,
        /// Gates that opened without a price: a journey began, or a visit ended.
        pub passed: i64,
        /// Gates that opened for nothing.
        pub free: i64,
        /// Gates that opened for money.
        pub paid: i64,
        /// Gates that stayed shut.
        pub refused: i64,
        /// Gates that opened although something was wrong.
        pub incident: i64,
        /// Taps kept without a price.
        pub held: i64,
        /// What was charged.
        pub charged: i64,
        /// What was not charged.
        pub forgone: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Visits by place and service day of the tap-in.
pub mod stay {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_stay")]
    pub struct Model {
        /// Code of the place.
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: String,
        /// Service day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// People who came in.
        pub entered: i64,
        /// Of them, those who tapped out.
        pub left_out: i64,
        /// Of them, those seen elsewhere without a tap-out.
        pub moved: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How long people stayed who tapped out.
pub mod dwell {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_dwell")]
    pub struct Model {
        /// Code of the place.
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: String,
        /// Service day of the tap-in.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// First minute of the step.
        #[sea_orm(primary_key, auto_increment = false)]
        pub minutes: i32,
        /// How many.
        pub people: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// People inside now.
pub mod inside {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_inside")]
    pub struct Model {
        /// Code of the place.
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: String,
        /// How many.
        pub people: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Journeys between districts.
pub mod flow {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_flow")]
    pub struct Model {
        /// Service day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// Digits of the district.
        #[sea_orm(primary_key, auto_increment = false)]
        pub origin: i64,
        /// Digits of the district.
        #[sea_orm(primary_key, auto_increment = false)]
        pub destination: i64,
        /// How many.
        pub journeys: i64,
        /// How many different people.
        pub people: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Journeys between cities by the hour they began.
pub mod flow_hour {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_flow_hour")]
    pub struct Model {
        /// Service day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// Hour, 0 to 23.
        #[sea_orm(primary_key, auto_increment = false)]
        pub hour: i16,
        /// Digits of the city.
        #[sea_orm(primary_key, auto_increment = false)]
        pub origin: i64,
        /// Digits of the city.
        #[sea_orm(primary_key, auto_increment = false)]
        pub destination: i64,
        /// How many.
        pub journeys: i64,
        /// How many different people.
        pub people: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Journeys between cities in a service day, with people counted once.
pub mod flow_day {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_flow_day")]
    pub struct Model {
        /// Service day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// Digits of the city.
        #[sea_orm(primary_key, auto_increment = false)]
        pub origin: i64,
        /// Digits of the city.
        #[sea_orm(primary_key, auto_increment = false)]
        pub destination: i64,
        /// How many.
        pub journeys: i64,
        /// How many different people.
        pub people: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How a service day was counted.
pub mod day {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_day")]
    pub struct Model {
        /// Service day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// Whether the day has ended.
        pub closed: bool,
        /// Journeys.
        pub journeys: i64,
        /// Of them, those on several services.
        pub several: i64,
        /// Of them, those whose end is not known.
        pub unended: i64,
        /// Of them, those that began on a vehicle or where no district is known, or ended so.
        pub unplaced: i64,
        /// Rides whose end was tapped.
        pub known: i64,
        /// Rides whose end was inferred.
        pub inferred: i64,
        /// Rides whose end is not known.
        pub unknown: i64,
        /// Taps that came after the day had ended.
        pub late: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a benefit gave on a day.
pub mod benefit_day {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_benefit_day")]
    pub struct Model {
        /// Code of the benefit.
        #[sea_orm(primary_key, auto_increment = false)]
        pub benefit: String,
        /// Service day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// Digits of the home district; 0 where it is not known.
        #[sea_orm(primary_key, auto_increment = false)]
        pub district: i64,
        /// Uses.
        pub uses: i64,
        /// Different people.
        pub people: i64,
        /// Fares not charged.
        pub forgone: i64,
        /// Paid to operators from the budget.
        pub funded: i64,
        /// Aid paid into wallets.
        pub aid: i64,
        /// Aid spent at merchants.
        pub spent: i64,
        /// Aid taken out in cash.
        pub cash: i64,
        /// Aid that went back to the programme.
        pub returned: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Changes of how many hold a benefit, by the day they take effect.
pub mod entitled {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_entitled")]
    pub struct Model {
        /// Code of the benefit.
        #[sea_orm(primary_key, auto_increment = false)]
        pub benefit: String,
        /// Digits of the home district; 0 where it is not known.
        #[sea_orm(primary_key, auto_increment = false)]
        pub district: i64,
        /// Date.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: i32,
        /// More, or fewer.
        pub change: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Budgets by fiscal year.
pub mod budget {
    use sea_orm::entity::prelude::*;

    /// One row.
    #[derive(Clone, Debug, PartialEq, Eq, Default, DeriveEntityModel)]
    #[sea_orm(table_name = "insight_budget")]
    pub struct Model {
        /// Code of the benefit.
        #[sea_orm(primary_key, auto_increment = false)]
        pub benefit: String,
        /// Fiscal year.
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        /// What the city has voted.
        pub voted: i64,
        /// What is left.
        pub balance: i64,
    }

    /// There are no relations: rows are counts.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
