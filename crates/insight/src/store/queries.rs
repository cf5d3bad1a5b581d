//! Reading the tables. Every query is bounded by places, days, areas or benefits, none by people.

use std::collections::BTreeMap;

use base::{CivilDate, Code};
use engine::{BenefitDefinition, CalendarDefinition, DayKind, Event, PlaceDefinition};
use platform::database::{Database, DatabaseError};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, TryGetable,
};

use super::entities::{
    benefit_day, budget, day, definition, dwell, entitled, flow, flow_day, flow_hour, inside, place_hour,
    stay,
};

/// What is published, as the journal tells it.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Places by code.
    pub places: BTreeMap<Code, PlaceDefinition>,
    /// Versions of benefits in order of publication.
    benefits: Vec<BenefitDefinition>,
    calendars: BTreeMap<Code, CalendarDefinition>,
}

impl Published {
    /// Benefits in force on a date, by code.
    #[must_use]
    pub fn benefits_on(&self, date: CivilDate) -> Vec<&BenefitDefinition> {
        let at = date.plus_days(1).midnight().plus(-1);
        let mut newest: BTreeMap<Code, &BenefitDefinition> = BTreeMap::new();
        for definition in self.benefits.iter().filter(|one| one.effective_from <= at) {
            newest.insert(definition.code, definition);
        }
        let holds = |one: &&BenefitDefinition| one.rules.effective_until.is_none_or(|until| at < until);
        newest.into_values().filter(holds).collect()
    }

    /// Whether a date is a holiday or a day of joint leave in any published calendar.
    #[must_use]
    pub fn is_holiday(&self, date: CivilDate) -> bool {
        let off = |kind: DayKind| matches!(kind, DayKind::NationalHoliday | DayKind::JointLeave);
        let days = self.calendars.values().flat_map(|calendar| &calendar.days);
        days.into_iter().any(|day| day.date == date && off(day.kind))
    }

    /// Whether a date is a Monday to Friday that is no holiday.
    #[must_use]
    pub fn is_working_day(&self, date: CivilDate) -> bool {
        date.weekday() <= 5 && !self.is_holiday(date)
    }
}

/// Reads what is published.
///
/// # Errors
/// When the table cannot be read.
pub async fn published(tables: &Database) -> Result<Published, DatabaseError> {
    let rows = definition::Entity::find()
        .order_by_asc(definition::Column::Seq)
        .order_by_asc(definition::Column::Idx)
        .order_by_asc(definition::Column::Leg);
    let mut published = Published::default();
    for row in rows.all(tables.read()).await? {
        match minicbor::decode::<Event>(&row.event) {
            Ok(Event::PlacePublished(place)) => drop(published.places.insert(place.code, *place)),
            Ok(Event::BenefitPublished(benefit)) => published.benefits.push(*benefit),
            Ok(Event::CalendarPublished(calendar)) => {
                published.calendars.insert(calendar.code, *calendar);
            }
            _ => {}
        }
    }
    Ok(published)
}

/// Counts by place and hour between two dates, both included.
///
/// # Errors
/// When the table cannot be read.
pub async fn hours(
    tables: &Database,
    place: Option<&str>,
    (from, to): (CivilDate, CivilDate),
) -> Result<Vec<place_hour::Model>, DatabaseError> {
    let mut query = place_hour::Entity::find().filter(place_hour::Column::Day.between(from.0, to.0));
    if let Some(place) = place {
        query = query.filter(place_hour::Column::Place.eq(place));
    }
    let query = query
        .order_by_asc(place_hour::Column::Place)
        .order_by_asc(place_hour::Column::Day)
        .order_by_asc(place_hour::Column::Hour);
    Ok(query.all(tables.read()).await?)
}

/// People inside by place.
///
/// # Errors
/// When the table cannot be read.
pub async fn inside_now(tables: &Database) -> Result<BTreeMap<String, i64>, DatabaseError> {
    let rows = inside::Entity::find().all(tables.read()).await?;
    Ok(rows.into_iter().map(|row| (row.place, row.people)).collect())
}

/// How long people stayed, by place and step, between two service days, both included.
///
/// # Errors
/// When the table cannot be read.
pub async fn stays_by_step(
    tables: &Database,
    place: Option<&str>,
    (from, to): (CivilDate, CivilDate),
) -> Result<BTreeMap<String, BTreeMap<i32, i64>>, DatabaseError> {
    let mut query = dwell::Entity::find()
        .select_only()
        .column(dwell::Column::Place)
        .column(dwell::Column::Minutes)
        .column_as(dwell::Column::People.sum().cast_as("bigint"), "people")
        .filter(dwell::Column::Day.between(from.0, to.0))
        .group_by(dwell::Column::Place)
        .group_by(dwell::Column::Minutes);
    if let Some(place) = place {
        query = query.filter(dwell::Column::Place.eq(place));
    }
    let rows: Vec<(String, i32, Option<i64>)> = query.into_tuple().all(tables.read()).await?;
    let mut places: BTreeMap<String, BTreeMap<i32, i64>> = BTreeMap::new();
    for (place, minutes, people) in rows {
        places.entry(place).or_default().insert(minutes, people.unwrap_or(0));
    }
    Ok(places)
}

/// Visits of a place between two service days, both included.
///
/// # Errors
/// When the table cannot be read.
pub async fn visits(
    tables: &Database,
    place: &str,
    (from, to): (CivilDate, CivilDate),
) -> Result<Vec<stay::Model>, DatabaseError> {
    let query = stay::Entity::find()
        .filter(stay::Column::Place.eq(place))
        .filter(stay::Column::Day.between(from.0, to.0))
        .order_by_asc(stay::Column::Day);
    Ok(query.all(tables.read()).await?)
}

/// People who came in and people who tapped out, by place, between two days, both included.
///
/// # Errors
/// When the table cannot be read.
pub async fn ways(
    tables: &Database,
    (from, to): (CivilDate, CivilDate),
) -> Result<BTreeMap<String, (i64, i64)>, DatabaseError> {
    let rows: Vec<(String, Option<i64>, Option<i64>)> = place_hour::Entity::find()
        .select_only()
        .column(place_hour::Column::Place)
        .column_as(place_hour::Column::Entered.sum().cast_as("bigint"), "people_in")
        .column_as(place_hour::Column::LeftOut.sum().cast_as("bigint"), "people_out")
        .filter(place_hour::Column::Day.between(from.0, to.0))
        .group_by(place_hour::Column::Place)
        .into_tuple()
        .all(tables.read())
        .await?;
    let row = |(place, entered, left): (String, Option<i64>, Option<i64>)| {
        (place, (entered.unwrap_or(0), left.unwrap_or(0)))
    };
    Ok(rows.into_iter().map(row).collect())
}

/// How service days were counted, the newest first.
///
/// # Errors
/// When the table cannot be read.
pub async fn days(tables: &Database) -> Result<Vec<day::Model>, DatabaseError> {
    Ok(day::Entity::find().order_by_desc(day::Column::Day).all(tables.read()).await?)
}

/// The first service day that has ended; none while none has.
///
/// # Errors
/// When the table cannot be read.
pub async fn first_day(tables: &Database) -> Result<Option<CivilDate>, DatabaseError> {
    let first = day::Entity::find().order_by_asc(day::Column::Day).one(tables.read()).await?;
    Ok(first.map(|row| CivilDate(row.day)))
}

/// Journeys between cities on some service days.
///
/// # Errors
/// When the table cannot be read.
pub async fn city_flows(
    tables: &Database,
    days: &[CivilDate],
) -> Result<Vec<flow_day::Model>, DatabaseError> {
    let days = days.iter().map(|day| day.0);
    Ok(flow_day::Entity::find().filter(flow_day::Column::Day.is_in(days)).all(tables.read()).await?)
}

/// The same by hour.
///
/// # Errors
/// When the table cannot be read.
pub async fn city_hours(
    tables: &Database,
    days: &[CivilDate],
) -> Result<Vec<flow_hour::Model>, DatabaseError> {
    let days = days.iter().map(|day| day.0);
    Ok(flow_hour::Entity::find().filter(flow_hour::Column::Day.is_in(days)).all(tables.read()).await?)
}

/// Journeys between districts on some service days.
///
/// # Errors
/// When the table cannot be read.
pub async fn district_flows(
    tables: &Database,
    days: &[CivilDate],
) -> Result<Vec<flow::Model>, DatabaseError> {
    let days = days.iter().map(|day| day.0);
    Ok(flow::Entity::find().filter(flow::Column::Day.is_in(days)).all(tables.read()).await?)
}

/// Sums of what a benefit gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gave {
    /// Uses.
    pub uses: i64,
    /// People, counted once a day.
    pub people: i64,
    /// Fares not charged.
    pub forgone: i64,
    /// Paid to operators.
    pub funded: i64,
    /// Paid into wallets.
    pub aid: i64,
    /// Spent at merchants.
    pub spent: i64,
    /// Taken in cash.
    pub cash: i64,
    /// Back to the programme.
    pub returned: i64,
}

/// What benefits gave between two days, both included, by benefit.
///
/// # Errors
/// When the table cannot be read.
pub async fn gave(
    tables: &Database,
    (from, to): (CivilDate, CivilDate),
) -> Result<BTreeMap<String, Gave>, DatabaseError> {
    sums(tables, benefit_day::Column::Benefit, None, (from, to)).await
}

/// What a benefit gave, by day.
///
/// # Errors
/// When the table cannot be read.
pub async fn gave_by_day(
    tables: &Database,
    benefit: &str,
    span: (CivilDate, CivilDate),
) -> Result<BTreeMap<i32, Gave>, DatabaseError> {
    sums(tables, benefit_day::Column::Day, Some(benefit), span).await
}

/// Sums by a key.
struct Summed<K> {
    key: K,
    gave: Gave,
}

impl<K: TryGetable> FromQueryResult for Summed<K> {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let sum = |column: benefit_day::Column| -> Result<i64, DbErr> {
            let sum: Option<i64> = row.try_get(prefix, &alias(column))?;
            Ok(sum.unwrap_or(0))
        };
        use benefit_day::Column as C;
        let gave = Gave {
            uses: sum(C::Uses)?,
            people: sum(C::People)?,
            forgone: sum(C::Forgone)?,
            funded: sum(C::Funded)?,
            aid: sum(C::Aid)?,
            spent: sum(C::Spent)?,
            cash: sum(C::Cash)?,
            returned: sum(C::Returned)?,
        };
        Ok(Self { key: row.try_get(prefix, "key")?, gave })
    }
}

fn alias(column: benefit_day::Column) -> String {
    format!("sum_{}", column.as_str())
}

async fn sums<K: TryGetable + Ord + Send + Sync>(
    tables: &Database,
    by: benefit_day::Column,
    benefit: Option<&str>,
    (from, to): (CivilDate, CivilDate),
) -> Result<BTreeMap<K, Gave>, DatabaseError> {
    use benefit_day::Column as C;
    let mut query = benefit_day::Entity::find()
        .select_only()
        .column_as(by, "key")
        .filter(C::Day.between(from.0, to.0))
        .group_by(by);
    if let Some(benefit) = benefit {
        query = query.filter(C::Benefit.eq(benefit));
    }
    for column in [C::Uses, C::People, C::Forgone, C::Funded, C::Aid, C::Spent, C::Cash, C::Returned] {
        query = query.column_as(column.sum().cast_as("bigint"), alias(column));
    }
    let rows = query.into_model::<Summed<K>>().all(tables.read()).await?;
    Ok(rows.into_iter().map(|row| (row.key, row.gave)).collect())
}

/// How many hold each benefit on a date.
///
/// # Errors
/// When the table cannot be read.
pub async fn holders(tables: &Database, date: CivilDate) -> Result<BTreeMap<String, i64>, DatabaseError> {
    let rows: Vec<(String, Option<i64>)> = entitled::Entity::find()
        .select_only()
        .column(entitled::Column::Benefit)
        .column_as(entitled::Column::Change.sum().cast_as("bigint"), "people")
        .filter(entitled::Column::Day.lte(date.0))
        .group_by(entitled::Column::Benefit)
        .into_tuple()
        .all(tables.read())
        .await?;
    Ok(rows.into_iter().map(|(benefit, people)| (benefit, people.unwrap_or(0))).collect())
}

/// How many hold a benefit on a date, by the digits of their district.
///
/// # Errors
/// When the table cannot be read.
pub async fn holders_by_district(
    tables: &Database,
    benefit: &str,
    date: CivilDate,
) -> Result<BTreeMap<i64, i64>, DatabaseError> {
    let rows: Vec<(i64, Option<i64>)> = entitled::Entity::find()
        .select_only()
        .column(entitled::Column::District)
        .column_as(entitled::Column::Change.sum().cast_as("bigint"), "people")
        .filter(entitled::Column::Benefit.eq(benefit))
        .filter(entitled::Column::Day.lte(date.0))
        .group_by(entitled::Column::District)
        .into_tuple()
        .all(tables.read())
        .await?;
    Ok(rows.into_iter().map(|(district, people)| (district, people.unwrap_or(0))).collect())
}

/// Budgets by benefit of a fiscal year.
///
/// # Errors
/// When the table cannot be read.
pub async fn budgets(tables: &Database, year: i16) -> Result<BTreeMap<String, budget::Model>, DatabaseError> {
    let rows = budget::Entity::find().filter(budget::Column::Year.eq(i32::from(year))).all(tables.read());
    Ok(rows.await?.into_iter().map(|row| (row.benefit.clone(), row)).collect())
}
