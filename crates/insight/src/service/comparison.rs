//! Holding the tables against the journal: the taps by outcome are counted again from the records, and the grants against
//! the replayed state. Reads one unchanging view; needs no running system.

use engine::{Record, State};
use journal::Head;
use platform::database::{DatabaseError, Place, View};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, IdenStatic, QueryFilter, QuerySelect};

use crate::store::batch::HourCounts;
use crate::store::entities::{entitled, place_hour};
use crate::store::projection::cursor_within;

/// Taps counted from records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recount(HourCounts);

impl Recount {
    /// Adds a record.
    pub fn add(&mut self, record: &Record) {
        if let engine::Body::Tap(tap) = &record.envelope.body {
            self.0.add(record, tap);
        }
    }

    const fn named(&self) -> [(&'static str, i64); 10] {
        let HourCounts { entered, left_out, passed, free, paid, refused, incident, held, charged, forgone } =
            self.0;
        [
            ("people in", entered),
            ("people out", left_out),
            ("taps without a price", passed),
            ("free taps", free),
            ("paid taps", paid),
            ("refused taps", refused),
            ("taps with an incident", incident),
            ("held taps", held),
            ("rupiah charged", charged),
            ("rupiah not charged", forgone),
        ]
    }
}

/// Sums over a table; none over an empty one.
#[derive(Default, FromQueryResult)]
struct Sums {
    entered: Option<i64>,
    left_out: Option<i64>,
    passed: Option<i64>,
    free: Option<i64>,
    paid: Option<i64>,
    refused: Option<i64>,
    incident: Option<i64>,
    held: Option<i64>,
    charged: Option<i64>,
    forgone: Option<i64>,
}

/// The tables of a data directory, as one view.
pub struct Comparison {
    view: View,
}

impl Comparison {
    /// Opens the tables for reading, if there are any.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub async fn open(place: impl Into<Place<'_>>) -> Result<Option<Self>, DatabaseError> {
        let Some(view) = View::of_projections(place).await? else { return Ok(None) };
        Ok(Some(Self { view }))
    }

    /// How far the tables are.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn cursor(&self) -> Result<Head, DatabaseError> {
        cursor_within(self.view.connection()).await
    }

    /// Each difference to the records up to the cursor and the state after it, in a sentence; empty when all agree.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn compare(&self, counted: &Recount, state: &State) -> Result<Vec<String>, DatabaseError> {
        let kept = self.kept().await?;
        let pairs = counted.named().into_iter().zip(kept.named());
        let mut differences: Vec<String> = pairs
            .filter(|((_, journal), (_, table))| journal != table)
            .map(|((name, journal), (_, table))| {
                format!("{name}: {table} in the tables, {journal} in the journal")
            })
            .collect();
        differences.extend(self.grants(state).await?);
        Ok(differences)
    }

    async fn kept(&self) -> Result<Recount, DatabaseError> {
        use place_hour::Column as C;
        let mut query = place_hour::Entity::find().select_only();
        for column in [C::Entered, C::LeftOut, C::Passed, C::Free, C::Paid] {
            query = query.column_as(column.sum().cast_as("bigint"), column.as_str());
        }
        for column in [C::Refused, C::Incident, C::Held, C::Charged, C::Forgone] {
            query = query.column_as(column.sum().cast_as("bigint"), column.as_str());
        }
        let sums = query.into_model::<Sums>().one(self.view.connection()).await?.unwrap_or_default();
        let of = |sum: Option<i64>| sum.unwrap_or(0);
        Ok(Recount(HourCounts {
            entered: of(sums.entered),
            left_out: of(sums.left_out),
            passed: of(sums.passed),
            free: of(sums.free),
            paid: of(sums.paid),
            refused: of(sums.refused),
            incident: of(sums.incident),
            held: of(sums.held),
            charged: of(sums.charged),
            forgone: of(sums.forgone),
        }))
    }

    /// People whose grant counts after today: the tables' changes against the state's entitlements.
    async fn grants(&self, state: &State) -> Result<Option<String>, DatabaseError> {
        let today = self.cursor().await?.at.jakarta_date();
        let changes: Option<Option<i64>> = entitled::Entity::find()
            .select_only()
            .column_as(entitled::Column::Change.sum().cast_as("bigint"), "people")
            .filter(entitled::Column::Day.lte(today.0))
            .into_tuple()
            .one(self.view.connection())
            .await?;
        let table = changes.flatten().unwrap_or(0);
        let holders = state.holders.all().iter();
        let entitlements = holders.flat_map(|holder| holder.entitlements.iter());
        let in_force =
            entitlements.filter(|one| one.revoked_at.is_none() && one.from <= today && today <= one.to);
        let journal = i64::try_from(in_force.count()).unwrap_or(i64::MAX);
        Ok((table != journal)
            .then(|| format!("grants in force: {table} in the tables, {journal} in the journal")))
    }
}
