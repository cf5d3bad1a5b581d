//! Keeps the tables up with the journal: counts and cursor move in one transaction.

use base::{CivilDate, Code, Timestamp};
use engine::ledger::{AccountId, Kind};
use journal::{Hash, Head};
use platform::database::{Database, DatabaseError, Texts, Transaction};
use programmes::service::labels::Labels;
use runtime::{Followed, Projection, ProjectionError};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter,
    QueryOrder,
};
use tokio::runtime::Handle;

use super::batch::{Batch, Revocation, inside, whole};
use super::entities::{
    account, benefit_day, budget, cursor, day, definition, dwell, entitled, flow, flow_day, flow_hour, grant,
    home, inside as inside_row, open, place_hour, stay,
};
use super::known::{Known, KnownAccount};
use super::sights::{pack, unpack};

/// Name of the cursor.
pub const NAME: &str = "insight";

/// The projection of insight.
pub struct Insight {
    database: Database,
    tasks: Handle,
    labels: Labels,
    texts: Texts,
    /// What is known after the entry at the cursor; read from the tables when there is none.
    known: Option<Known>,
}

impl Insight {
    /// The projection over a database whose schema is up to date. `labels` say what kind of service a code is; `tasks`
    /// runs its statements, the projection itself lives on the follower's thread.
    #[must_use]
    pub fn new(database: Database, labels: Labels, tasks: Handle) -> Self {
        Self { database, tasks, labels, texts: Texts::default(), known: None }
    }

    async fn store(&self, batch: &mut Batch, known: &Known, head: &Head) -> Result<(), DatabaseError> {
        let rows = Rows::of(batch, known, head);
        let (rows, revocations, texts) = (&rows, &batch.revocations, &self.texts);
        self.database
            .transact(|txn, _| {
                Box::pin(async move {
                    revoke(txn, texts, revocations).await?;
                    rows.write(txn, texts).await?;
                    for day in &rows.closed {
                        open::Entity::delete_many().filter(open::Column::Day.eq(*day)).exec(txn).await?;
                        let over = grant::Column::LastDay.lte(*day);
                        grant::Entity::delete_many().filter(over).exec(txn).await?;
                    }
                    move_cursor(txn, head).await
                })
            })
            .await
    }
}

impl Projection for Insight {
    fn name(&self) -> &'static str {
        NAME
    }

    fn cursor(&mut self) -> Result<Head, ProjectionError> {
        let found = self.tasks.block_on(cursor_within(self.database.read()));
        found.map_err(|error| ProjectionError::Store(error.to_string()))
    }

    fn apply(&mut self, entries: &[Followed]) -> Result<(), ProjectionError> {
        let Some(last) = entries.last() else { return Ok(()) };
        let refused = |error: DatabaseError| {
            ProjectionError::Store(format!("{error}: {:?}", std::error::Error::source(&error)))
        };
        let mut known = match self.known.take() {
            Some(known) => known,
            None => self.tasks.block_on(load(&self.database, &self.labels)).map_err(refused)?,
        };
        let mut batch = Batch::of(entries, &mut known);
        self.tasks.block_on(self.store(&mut batch, &known, &last.head)).map_err(refused)?;
        self.known = Some(known);
        Ok(())
    }
}

/// How far the tables are, as a connection sees them.
///
/// # Errors
/// When the cursor cannot be read.
pub async fn cursor_within(connection: &impl sea_orm::ConnectionTrait) -> Result<Head, DatabaseError> {
    let row = cursor::Entity::find_by_id(NAME.to_owned()).one(connection).await?;
    Ok(row.map_or(Head::EMPTY, |row| Head {
        seq: u64::try_from(row.seq).unwrap_or_default(),
        hash: Hash(row.hash.try_into().unwrap_or_default()),
        at: Timestamp(row.at),
    }))
}

/// Reads everything that is known between batches.
async fn load(database: &Database, labels: &Labels) -> Result<Known, DatabaseError> {
    let connection = database.read();
    let cursor = cursor_within(connection).await?;
    let mut known = Known::new(labels.clone(), cursor.at.service_day());
    let definitions = definition::Entity::find()
        .order_by_asc(definition::Column::Seq)
        .order_by_asc(definition::Column::Idx)
        .order_by_asc(definition::Column::Leg);
    for row in definitions.all(connection).await? {
        if let Ok(event) = minicbor::decode(&row.event) {
            known.publish(&event);
        }
    }
    for row in account::Entity::find().all(connection).await? {
        let kind = Kind::ALL.iter().copied().find(|kind| kind.code() == row.kind);
        let (Some(kind), Ok(id)) = (kind, u32::try_from(row.id)) else { continue };
        let number = |value: i32| u32::try_from(value).unwrap_or(u32::MAX);
        let one = KnownAccount { kind, benefit: number(row.benefit), year: number(row.year) };
        known.accounts.insert(AccountId(id), one);
    }
    for row in home::Entity::find().all(connection).await? {
        let number = |value: i64| u32::try_from(value).unwrap_or_default();
        known.set_home(number(row.holder), number(row.district));
    }
    let rows = open::Entity::find().order_by_asc(open::Column::Seq).order_by_asc(open::Column::Day);
    for row in rows.all(connection).await? {
        for sight in unpack(&row.sights).unwrap_or_default() {
            known.see(CivilDate(row.day), sight, &mut |_| {});
        }
    }
    Ok(known)
}

/// Takes back grants of earlier batches.
async fn revoke(txn: &Transaction, texts: &Texts, revocations: &[Revocation]) -> Result<(), DatabaseError> {
    for revocation in revocations {
        let of = grant::Entity::find()
            .filter(grant::Column::Holder.eq(i64::from(revocation.holder)))
            .filter(grant::Column::Benefit.eq(i32::try_from(revocation.benefit).unwrap_or(i32::MAX)));
        let mut changes = Batch::default();
        for row in of.all(txn).await? {
            changes.end_grant(revocation, row.first_day, row.last_day);
            grant::Entity::delete_by_id((row.holder, row.benefit, row.version)).exec(txn).await?;
        }
        add(txn, texts, &entitled_rows(&changes), &[entitled::Column::Change]).await?;
    }
    Ok(())
}

/// A batch as rows.
struct Rows {
    definitions: Vec<definition::Model>,
    accounts: Vec<account::Model>,
    homes: Vec<home::Model>,
    grants: Vec<grant::Model>,
    open: Vec<open::Model>,
    hours: Vec<place_hour::Model>,
    stays: Vec<stay::Model>,
    dwell: Vec<dwell::Model>,
    inside: Vec<inside_row::Model>,
    flows: Vec<flow::Model>,
    flow_hours: Vec<flow_hour::Model>,
    flow_days: Vec<flow_day::Model>,
    days: Vec<day::Model>,
    benefits: Vec<benefit_day::Model>,
    entitled: Vec<entitled::Model>,
    budgets: Vec<budget::Model>,
    closed: Vec<i32>,
}

impl Rows {
    fn of(batch: &mut Batch, known: &Known, head: &Head) -> Self {
        let packed = |(day, sights): (&i32, &Vec<super::sights::Sight>)| open::Model {
            day: *day,
            seq: whole(head.seq),
            sights: pack(sights),
        };
        Self {
            definitions: std::mem::take(&mut batch.definitions),
            accounts: std::mem::take(&mut batch.accounts),
            homes: std::mem::take(&mut batch.homes),
            grants: std::mem::take(&mut batch.grants),
            open: batch.sights.iter().map(packed).collect(),
            hours: hour_rows(batch),
            stays: stay_rows(batch),
            dwell: dwell_rows(batch),
            inside: inside(known, &batch.touched)
                .into_iter()
                .map(|(place, people)| inside_row::Model { place: place.to_string(), people })
                .collect(),
            flows: flow_rows(batch),
            flow_hours: flow_hour_rows(batch),
            flow_days: flow_day_rows(batch),
            days: day_rows(batch),
            benefits: benefit_rows(batch),
            entitled: entitled_rows(batch),
            budgets: budget_rows(batch),
            closed: batch.closed.clone(),
        }
    }

    async fn write(&self, txn: &Transaction, texts: &Texts) -> Result<(), DatabaseError> {
        put(txn, texts, &self.definitions).await?;
        put(txn, texts, &self.accounts).await?;
        put(txn, texts, &self.homes).await?;
        put(txn, texts, &self.grants).await?;
        put(txn, texts, &self.open).await?;
        put(txn, texts, &self.inside).await?;
        add(txn, texts, &self.hours, &HOUR_COUNTS).await?;
        use stay::Column as Stay;
        add(txn, texts, &self.stays, &[Stay::Entered, Stay::LeftOut, Stay::Moved]).await?;
        add(txn, texts, &self.dwell, &[dwell::Column::People]).await?;
        add(txn, texts, &self.flows, &[flow::Column::Journeys, flow::Column::People]).await?;
        add(txn, texts, &self.flow_hours, &[flow_hour::Column::Journeys, flow_hour::Column::People]).await?;
        add(txn, texts, &self.flow_days, &[flow_day::Column::Journeys, flow_day::Column::People]).await?;
        add_days(txn, texts, &self.days).await?;
        add(txn, texts, &self.benefits, &BENEFIT_COUNTS).await?;
        add(txn, texts, &self.entitled, &[entitled::Column::Change]).await?;
        add_budgets(txn, texts, &self.budgets).await
    }
}

const HOUR_COUNTS: [place_hour::Column; 10] = [
    place_hour::Column::Entered,
    place_hour::Column::LeftOut,
    place_hour::Column::Passed,
    place_hour::Column::Free,
    place_hour::Column::Paid,
    place_hour::Column::Refused,
    place_hour::Column::Incident,
    place_hour::Column::Held,
    place_hour::Column::Charged,
    place_hour::Column::Forgone,
];

const BENEFIT_COUNTS: [benefit_day::Column; 8] = [
    benefit_day::Column::Uses,
    benefit_day::Column::People,
    benefit_day::Column::Forgone,
    benefit_day::Column::Funded,
    benefit_day::Column::Aid,
    benefit_day::Column::Spent,
    benefit_day::Column::Cash,
    benefit_day::Column::Returned,
];

const DAY_COUNTS: [day::Column; 8] = [
    day::Column::Journeys,
    day::Column::Several,
    day::Column::Unended,
    day::Column::Unplaced,
    day::Column::Known,
    day::Column::Inferred,
    day::Column::Unknown,
    day::Column::Late,
];

fn hour_rows(batch: &Batch) -> Vec<place_hour::Model> {
    let nowhere = batch.nowhere.iter().map(|((day, hour), counts)| (String::new(), *day, *hour, counts));
    let places =
        batch.hours.iter().map(|((place, day, hour), counts)| (place.to_string(), *day, *hour, counts));
    let row = |(place, day, hour, counts): (String, i32, i16, &super::batch::HourCounts)| place_hour::Model {
        place,
        day,
        hour,
        entered: counts.entered,
        left_out: counts.left_out,
        passed: counts.passed,
        free: counts.free,
        paid: counts.paid,
        refused: counts.refused,
        incident: counts.incident,
        held: counts.held,
        charged: counts.charged,
        forgone: counts.forgone,
    };
    places.chain(nowhere).map(row).collect()
}

fn stay_rows(batch: &Batch) -> Vec<stay::Model> {
    let row = |((place, day), counts): (&(Code, i32), &super::batch::StayCounts)| stay::Model {
        place: place.to_string(),
        day: *day,
        entered: counts.entered,
        left_out: counts.left_out,
        moved: counts.moved,
    };
    batch.stays.iter().map(row).collect()
}

fn dwell_rows(batch: &Batch) -> Vec<dwell::Model> {
    let row = |((place, day, minutes), people): (&(Code, i32, i64), &i64)| dwell::Model {
        place: place.to_string(),
        day: *day,
        minutes: i32::try_from(*minutes).unwrap_or(i32::MAX),
        people: *people,
    };
    batch.dwell.iter().map(row).collect()
}

fn flow_rows(batch: &Batch) -> Vec<flow::Model> {
    let row =
        |((day, origin, destination), counts): (&(i32, u32, u32), &super::batch::FlowCounts)| flow::Model {
            day: *day,
            origin: i64::from(*origin),
            destination: i64::from(*destination),
            journeys: counts.journeys,
            people: counts.people,
        };
    batch.flows.iter().map(row).collect()
}

fn flow_day_rows(batch: &Batch) -> Vec<flow_day::Model> {
    let row = |((day, origin, destination), counts): (&(i32, u32, u32), &super::batch::FlowCounts)| {
        flow_day::Model {
            day: *day,
            origin: i64::from(*origin),
            destination: i64::from(*destination),
            journeys: counts.journeys,
            people: counts.people,
        }
    };
    batch.flow_days.iter().map(row).collect()
}

fn flow_hour_rows(batch: &Batch) -> Vec<flow_hour::Model> {
    let row =
        |((day, hour, origin, destination), counts): (&(i32, i16, u32, u32), &super::batch::FlowCounts)| {
            flow_hour::Model {
                day: *day,
                hour: *hour,
                origin: i64::from(*origin),
                destination: i64::from(*destination),
                journeys: counts.journeys,
                people: counts.people,
            }
        };
    batch.flow_hours.iter().map(row).collect()
}

fn day_rows(batch: &Batch) -> Vec<day::Model> {
    let row = |(day, counts): (&i32, &super::batch::DayCounts)| day::Model {
        day: *day,
        closed: counts.closed,
        journeys: counts.journeys,
        several: counts.several,
        unended: counts.unended,
        unplaced: counts.unplaced,
        known: counts.known,
        inferred: counts.inferred,
        unknown: counts.unknown,
        late: counts.late,
    };
    batch.days.iter().map(row).collect()
}

fn benefit_rows(batch: &Batch) -> Vec<benefit_day::Model> {
    let row = |((benefit, day, district), counts): (&(Code, i32, u32), &super::batch::BenefitCounts)| {
        benefit_day::Model {
            benefit: benefit.to_string(),
            day: *day,
            district: i64::from(*district),
            uses: counts.uses,
            people: counts.people,
            forgone: counts.forgone,
            funded: counts.funded,
            aid: counts.aid,
            spent: counts.spent,
            cash: counts.cash,
            returned: counts.returned,
        }
    };
    batch.benefits.iter().map(row).collect()
}

fn entitled_rows(batch: &Batch) -> Vec<entitled::Model> {
    let row = |((benefit, district, day), change): (&(Code, u32, i32), &i64)| entitled::Model {
        benefit: benefit.to_string(),
        district: i64::from(*district),
        day: *day,
        change: *change,
    };
    batch.entitled.iter().map(row).collect()
}

fn budget_rows(batch: &Batch) -> Vec<budget::Model> {
    let row = |((benefit, year), (voted, balance)): (&(Code, u32), &(i64, i64))| budget::Model {
        benefit: benefit.to_string(),
        year: i32::try_from(*year).unwrap_or(i32::MAX),
        voted: *voted,
        balance: *balance,
    };
    batch.budgets.iter().map(row).collect()
}

/// Columns of an entity's key.
fn key<E: EntityTrait>() -> Vec<E::Column>
where
    E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
{
    E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect()
}

/// Writes rows; one that is there already is replaced.
async fn put<M: ModelTrait>(txn: &Transaction, texts: &Texts, rows: &[M]) -> Result<(), DatabaseError>
where
    <M::Entity as EntityTrait>::PrimaryKey: PrimaryKeyToColumn<Column = <M::Entity as EntityTrait>::Column>,
{
    let key = key::<M::Entity>();
    let all = <M::Entity as EntityTrait>::Column::iter();
    let others: Vec<_> =
        all.filter(|column| !key.iter().any(|part| format!("{part:?}") == format!("{column:?}"))).collect();
    let on_conflict = OnConflict::columns(key).update_columns(others).to_owned();
    texts.upsert(txn, rows, &on_conflict).await
}

/// Writes rows of counts; to one that is there already, `counts` are added.
async fn add<M: ModelTrait>(
    txn: &Transaction,
    texts: &Texts,
    rows: &[M],
    counts: &[<M::Entity as EntityTrait>::Column],
) -> Result<(), DatabaseError>
where
    <M::Entity as EntityTrait>::PrimaryKey: PrimaryKeyToColumn<Column = <M::Entity as EntityTrait>::Column>,
{
    let mut on_conflict = OnConflict::columns(key::<M::Entity>());
    for column in counts {
        on_conflict.value(*column, added::<M::Entity>(*column));
    }
    texts.upsert(txn, rows, &on_conflict).await
}

fn added<E: EntityTrait>(column: E::Column) -> sea_orm::sea_query::SimpleExpr {
    Expr::col((E::default(), column)).add(Expr::col(("excluded", column)))
}

/// A day that has ended stays ended, whatever comes late.
async fn add_days(txn: &Transaction, texts: &Texts, rows: &[day::Model]) -> Result<(), DatabaseError> {
    let mut on_conflict = OnConflict::column(day::Column::Day);
    for column in DAY_COUNTS {
        on_conflict.value(column, added::<day::Entity>(column));
    }
    let ended =
        Expr::col((day::Entity, day::Column::Closed)).or(Expr::col(("excluded", day::Column::Closed)));
    on_conflict.value(day::Column::Closed, ended);
    texts.upsert(txn, rows, &on_conflict).await
}

/// What was voted adds up; what is left is what the last transfer said.
async fn add_budgets(txn: &Transaction, texts: &Texts, rows: &[budget::Model]) -> Result<(), DatabaseError> {
    let mut on_conflict = OnConflict::columns([budget::Column::Benefit, budget::Column::Year]);
    on_conflict.value(budget::Column::Voted, added::<budget::Entity>(budget::Column::Voted));
    on_conflict.update_column(budget::Column::Balance);
    texts.upsert(txn, rows, &on_conflict).await
}

async fn move_cursor(txn: &Transaction, head: &Head) -> Result<(), DatabaseError> {
    let row = cursor::ActiveModel {
        name: Set(NAME.into()),
        seq: Set(whole(head.seq)),
        hash: Set(head.hash.0.to_vec()),
        at: Set(head.at.0),
    };
    let on_conflict = OnConflict::column(cursor::Column::Name)
        .update_columns([cursor::Column::Seq, cursor::Column::Hash, cursor::Column::At])
        .to_owned();
    cursor::Entity::insert(row).on_conflict(on_conflict).exec_without_returning(txn).await?;
    Ok(())
}
