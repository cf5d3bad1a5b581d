//! Holding the tables against the journal: the taps by outcome are counted again from the records, and the grants against
//! the replayed state. What was forgotten since is counted as far as it still can be. Reads one unchanging view; needs no
//! running system.

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
pub struct Recount {
    counts: HourCounts,
    /// People of taps whose movement is forgotten. Nobody can say any more whether they came or left; the tables may still
    /// know, or have been built since and not.
    undirected: i64,
}

impl Recount {
    /// Adds a record.
    pub fn add(&mut self, record: &Record) {
        let engine::Body::Tap(tap) = &record.envelope.body else { return };
        let before = self.counts.entered;
        self.counts.add(record, tap);
        if tap.movement.is_none() {
            self.undirected += self.counts.entered - before;
            self.counts.entered = before;
        }
    }

    /// What the tables say otherwise.
    fn differences(&self, kept: &HourCounts) -> Vec<String> {
        let differs = |(name, journal, table): (&str, i64, i64)| {
            (journal != table).then(|| format!("{name}: {table} in the tables, {journal} in the journal"))
        };
        let people = self.counts.entered + self.counts.left_out + self.undirected;
        let total = ("people in and out", people, kept.entered + kept.left_out);
        let mut differences: Vec<String> = named(&self.counts)
            .into_iter()
            .zip(named(kept))
            .filter_map(|((name, journal), (_, table))| differs((name, journal, table)))
            .collect();
        differences.extend(differs(total));
        // Those whose way is known must be there, at least.
        let ways = [
            ("people in", self.counts.entered, kept.entered),
            ("people out", self.counts.left_out, kept.left_out),
        ];
        differences
            .extend(ways.into_iter().filter(|(_, journal, table)| table < journal).filter_map(differs));
        differences
    }
}

/// What does not depend on movement.
const fn named(counts: &HourCounts) -> [(&'static str, i64); 8] {
    let HourCounts { entered: _, left_out: _, passed, free, paid, refused, incident, held, charged, forgone } =
        *counts;
    [
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
        let view = View::of_projections(place, "insight_cursor").await?;
        Ok(view.map(|view| Self { view }))
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
        let mut differences = counted.differences(&self.kept().await?);
        differences.extend(self.grants(state).await?);
        Ok(differences)
    }

    async fn kept(&self) -> Result<HourCounts, DatabaseError> {
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
        Ok(HourCounts {
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
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(entered: i64, left_out: i64) -> HourCounts {
        HourCounts { entered, left_out, paid: entered + left_out, ..HourCounts::default() }
    }

    #[test]
    fn the_way_of_forgotten_taps_may_be_known_to_the_tables_or_not() {
        let half = Recount { counts: HourCounts { paid: 10, ..counts(3, 2) }, undirected: 5 };
        for (entered, left_out) in [(3, 7), (6, 4), (8, 2)] {
            assert!(half.differences(&counts(entered, left_out)).is_empty(), "{entered} in, {left_out} out");
        }
        for (entered, left_out) in [(2, 8), (9, 1), (3, 6), (8, 3)] {
            assert!(!half.differences(&counts(entered, left_out)).is_empty(), "{entered} in, {left_out} out");
        }
        let whole = Recount { counts: counts(3, 2), undirected: 0 };
        assert!(whole.differences(&counts(3, 2)).is_empty());
        assert!(!whole.differences(&counts(2, 3)).is_empty(), "what is known must agree");
        let charged = HourCounts { charged: 1, ..counts(3, 2) };
        assert!(!whole.differences(&charged).is_empty());
    }
}
