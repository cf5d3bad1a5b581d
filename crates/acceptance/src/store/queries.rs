//! Questions to the tables. Every list has an order and a limit.

use base::{CivilDate, Code, HolderNumber, MediumSerial, Timestamp};
use engine::Position;
use platform::database::{Database, DatabaseError};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use super::entities::{
    account, code, entitlement, holder, medium, minute, outcome, purchase, purchase_line, rerating, transfer,
};
use super::rows::whole;

/// Kinds of outcomes that a holder's history tells.
pub(crate) const HISTORY: [&str; 10] = [
    "tap",
    "top_up",
    "purchase",
    "capture_purchase",
    "void_purchase",
    "refund",
    "cash_out",
    "disburse",
    "close_wallet",
    "reprice",
];

/// Rows a list answers at most.
pub const LIMIT_MAX: u64 = 200;

/// The holder of a public number.
pub async fn holder(
    database: &Database,
    number: HolderNumber,
) -> Result<Option<holder::Model>, DatabaseError> {
    let found = holder::Entity::find().filter(holder::Column::Holder.eq(whole(number.index())));
    Ok(found.one(database.read()).await?)
}

/// Holders in order of index, after one of them.
pub async fn holders(
    database: &Database,
    after: i64,
    limit: u64,
) -> Result<Vec<holder::Model>, DatabaseError> {
    let rows = holder::Entity::find()
        .filter(holder::Column::Number.gt(after))
        .order_by_asc(holder::Column::Number)
        .limit(Ord::min(limit, LIMIT_MAX));
    Ok(rows.all(database.read()).await?)
}

/// Public numbers of holders by index.
pub async fn numbers(database: &Database, indexes: Vec<i64>) -> Result<Vec<holder::Model>, DatabaseError> {
    Ok(holder::Entity::find().filter(holder::Column::Number.is_in(indexes)).all(database.read()).await?)
}

/// The holder of a medium.
pub async fn holder_of(
    database: &Database,
    medium: MediumSerial,
) -> Result<Option<holder::Model>, DatabaseError> {
    let found = medium::Entity::find_by_id(i64::from(medium.0)).one(database.read()).await?;
    let Some(row) = found else { return Ok(None) };
    Ok(holder::Entity::find_by_id(row.holder).one(database.read()).await?)
}

/// The first holder with a benefit on a day, else the first of all.
pub async fn somebody(database: &Database, today: CivilDate) -> Result<Option<holder::Model>, DatabaseError> {
    let entitled = entitlement::Entity::find()
        .filter(entitlement::Column::FromDay.lte(today.0))
        .filter(entitlement::Column::ToDay.gte(today.0))
        .filter(entitlement::Column::RevokedAt.is_null())
        .order_by_asc(entitlement::Column::Holder)
        .one(database.read())
        .await?;
    let rows = match entitled {
        Some(row) => holder::Entity::find_by_id(row.holder),
        None => holder::Entity::find().order_by_asc(holder::Column::Number),
    };
    Ok(rows.one(database.read()).await?)
}

/// A holder's media in order of serial.
pub async fn media(database: &Database, holder: i64) -> Result<Vec<medium::Model>, DatabaseError> {
    let rows = medium::Entity::find()
        .filter(medium::Column::Holder.eq(holder))
        .order_by_asc(medium::Column::Serial)
        .limit(LIMIT_MAX);
    Ok(rows.all(database.read()).await?)
}

/// Codes of organisations by index.
pub async fn organisations(database: &Database) -> Result<Vec<String>, DatabaseError> {
    let rows = code::Entity::find()
        .filter(code::Column::Kind.eq("organisation"))
        .order_by_asc(code::Column::Number)
        .all(database.read());
    Ok(rows.await?.into_iter().map(|row| row.code).collect())
}

/// A holder's own accounts.
pub async fn accounts(database: &Database, holder: i64) -> Result<Vec<account::Model>, DatabaseError> {
    let rows = account::Entity::find()
        .filter(account::Column::Owner.eq(holder))
        .filter(account::Column::Kind.is_in(["holder.purse", "holder.debt", "holder.wallet"]))
        .order_by_asc(account::Column::Id)
        .limit(LIMIT_MAX);
    Ok(rows.all(database.read()).await?)
}

/// A holder's benefits, newest period first.
pub async fn entitlements(
    database: &Database,
    holder: i64,
) -> Result<Vec<entitlement::Model>, DatabaseError> {
    let rows = entitlement::Entity::find()
        .filter(entitlement::Column::Holder.eq(holder))
        .order_by_desc(entitlement::Column::ToDay)
        .order_by_asc(entitlement::Column::Benefit)
        .limit(LIMIT_MAX);
    Ok(rows.all(database.read()).await?)
}

/// A position as the tables' keys have it.
pub fn key(position: Position) -> (i64, i32) {
    (whole(position.seq), i32::try_from(position.index).unwrap_or(i32::MAX))
}

fn before(position: Position) -> Condition {
    let (seq, idx) = key(position);
    let same = Condition::all().add(outcome::Column::Seq.eq(seq)).add(outcome::Column::Idx.lt(idx));
    Condition::any().add(outcome::Column::Seq.lt(seq)).add(same)
}

/// A holder's uses, newest first, before a position.
pub async fn history(
    database: &Database,
    holder: i64,
    after: Option<Position>,
    limit: u64,
) -> Result<Vec<outcome::Model>, DatabaseError> {
    let mut rows = outcome::Entity::find()
        .filter(outcome::Column::Holder.eq(holder))
        .filter(outcome::Column::Kind.is_in(HISTORY));
    if let Some(position) = after {
        rows = rows.filter(before(position));
    }
    let rows = rows.order_by_desc(outcome::Column::Seq).order_by_desc(outcome::Column::Idx);
    Ok(rows.limit(Ord::min(limit, LIMIT_MAX)).all(database.read()).await?)
}

/// What taps of a holder came to cost later, oldest first. `taps` is a page of the holder's history.
pub async fn reratings(
    database: &Database,
    holder: i64,
    taps: &[outcome::Model],
) -> Result<Vec<rerating::Model>, DatabaseError> {
    let seqs = || taps.iter().filter(|row| row.kind == "tap").map(|row| row.seq);
    let (Some(first), Some(last)) = (seqs().min(), seqs().max()) else { return Ok(Vec::new()) };
    let rows = rerating::Entity::find()
        .filter(rerating::Column::TapSeq.between(first, last))
        .filter(rerating::Column::Holder.eq(holder))
        .order_by_asc(rerating::Column::Seq)
        .order_by_asc(rerating::Column::Idx)
        .order_by_asc(rerating::Column::Leg);
    Ok(rows.all(database.read()).await?)
}

/// Prices that a decision gave to other taps, in the order in which it gave them.
pub async fn repriced_by(
    database: &Database,
    position: Position,
) -> Result<Vec<rerating::Model>, DatabaseError> {
    let (seq, idx) = key(position);
    let rows = rerating::Entity::find()
        .filter(rerating::Column::Seq.eq(seq))
        .filter(rerating::Column::Idx.eq(idx))
        .order_by_asc(rerating::Column::Leg);
    Ok(rows.all(database.read()).await?)
}

/// Outcomes at positions, in no order.
pub async fn outcomes_at(
    database: &Database,
    positions: impl IntoIterator<Item = (i64, i32)>,
) -> Result<Vec<outcome::Model>, DatabaseError> {
    let at = |(seq, idx): (i64, i32)| {
        Condition::all().add(outcome::Column::Seq.eq(seq)).add(outcome::Column::Idx.eq(idx))
    };
    let any = positions.into_iter().map(at).fold(Condition::any(), Condition::add);
    if any.is_empty() {
        return Ok(Vec::new());
    }
    Ok(outcome::Entity::find().filter(any).all(database.read()).await?)
}

/// A purchase by its number.
pub async fn purchase(database: &Database, number: u64) -> Result<Option<purchase::Model>, DatabaseError> {
    Ok(purchase::Entity::find_by_id(whole(number)).one(database.read()).await?)
}

/// Purchases by their numbers.
pub async fn purchases(
    database: &Database,
    numbers: Vec<i64>,
) -> Result<Vec<purchase::Model>, DatabaseError> {
    let rows = purchase::Entity::find()
        .filter(purchase::Column::Number.is_in(numbers))
        .order_by_asc(purchase::Column::Number);
    Ok(rows.all(database.read()).await?)
}

/// Lines of purchases, in order.
pub async fn purchase_lines(
    database: &Database,
    numbers: Vec<i64>,
) -> Result<Vec<purchase_line::Model>, DatabaseError> {
    let rows = purchase_line::Entity::find()
        .filter(purchase_line::Column::Purchase.is_in(numbers))
        .order_by_asc(purchase_line::Column::Purchase)
        .order_by_asc(purchase_line::Column::Line);
    Ok(rows.all(database.read()).await?)
}

/// Which decisions a list shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Filter {
    /// Every use of a medium, and all money that came in or went out.
    #[default]
    Uses,
    /// Taps.
    Taps,
    /// What was refused.
    Refused,
    /// What people have to look at.
    Incidents,
}

/// Decisions, newest first, before a position.
pub async fn decisions(
    database: &Database,
    filter: Filter,
    after: Option<Position>,
    limit: u64,
) -> Result<Vec<outcome::Model>, DatabaseError> {
    let rows = outcome::Entity::find();
    let mut rows = match filter {
        Filter::Uses => rows.filter(outcome::Column::Kind.is_in(HISTORY)),
        Filter::Taps => rows.filter(outcome::Column::Kind.eq("tap")),
        // A gate asks before it refuses, and reports that it did: the report is told.
        Filter::Refused => {
            rows.filter(outcome::Column::Code.is_not_null()).filter(outcome::Column::Kind.ne("ask"))
        }
        Filter::Incidents => rows.filter(
            Condition::any()
                .add(outcome::Column::Incident.is_not_null())
                .add(outcome::Column::Held.is_not_null()),
        ),
    };
    if let Some(position) = after {
        rows = rows.filter(before(position));
    }
    let rows = rows.order_by_desc(outcome::Column::Seq).order_by_desc(outcome::Column::Idx);
    Ok(rows.limit(Ord::min(limit, LIMIT_MAX)).all(database.read()).await?)
}

/// Where a command of an id was decided, whoever sent it.
pub async fn position_of(
    database: &Database,
    id: base::CommandId,
) -> Result<Option<Position>, DatabaseError> {
    let row = outcome::Entity::find()
        .filter(outcome::Column::Command.eq(id.as_u128().to_be_bytes().to_vec()))
        .order_by_asc(outcome::Column::Seq)
        .one(database.read())
        .await?;
    Ok(row.map(|row| row.position()))
}

/// The outcome at a position.
pub async fn at(database: &Database, position: Position) -> Result<Option<outcome::Model>, DatabaseError> {
    Ok(outcome::Entity::find_by_id(key(position)).one(database.read()).await?)
}

/// The outcome of a principal's command.
pub async fn of_command(
    database: &Database,
    principal: u32,
    id: base::CommandId,
) -> Result<Option<outcome::Model>, DatabaseError> {
    of_command_under(database, principal, &[id]).await
}

/// The outcome of a principal's command that was sent under one of these ids.
pub async fn of_command_under(
    database: &Database,
    principal: u32,
    ids: &[base::CommandId],
) -> Result<Option<outcome::Model>, DatabaseError> {
    let ids = ids.iter().map(|id| id.as_u128().to_be_bytes().to_vec());
    let rows = outcome::Entity::find()
        .filter(outcome::Column::Principal.eq(i64::from(principal)))
        .filter(outcome::Column::Command.is_in(ids));
    Ok(rows.one(database.read()).await?)
}

/// The outcome of a terminal's fact.
pub async fn of_fact(
    database: &Database,
    device: u32,
    epoch: u32,
    seq: u64,
) -> Result<Option<outcome::Model>, DatabaseError> {
    let rows = outcome::Entity::find()
        .filter(outcome::Column::Device.eq(i64::from(device)))
        .filter(outcome::Column::Epoch.eq(i64::from(epoch)))
        .filter(outcome::Column::DeviceSeq.eq(whole(seq)));
    Ok(rows.one(database.read()).await?)
}

/// Counts of some minutes and places.
#[derive(Clone, Debug, Default, FromQueryResult, PartialEq, Eq)]
pub struct Counts {
    /// Minute or 0.
    pub minute: i64,
    /// Place or empty.
    pub place: String,
    /// Opened without a price: a journey began, or a visit ended.
    pub passed: i64,
    /// Opened for nothing.
    pub free: i64,
    /// Opened for money.
    pub paid: i64,
    /// Stayed shut.
    pub refused: i64,
    /// Opened although something was wrong.
    pub incident: i64,
    /// Opened at the price of a right.
    pub entitled: i64,
    /// Charged, rupiah.
    pub charged: i64,
    /// Given up by benefits, rupiah.
    pub forgone: i64,
}

impl Counts {
    /// Adds the counts of another.
    pub const fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.free += other.free;
        self.paid += other.paid;
        self.refused += other.refused;
        self.incident += other.incident;
        self.entitled += other.entitled;
        self.charged += other.charged;
        self.forgone += other.forgone;
    }

    /// The sum of several.
    #[must_use]
    pub fn sum<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        all.for_each(|one| sum.add(one));
        sum
    }

    /// All taps.
    #[must_use]
    pub const fn taps(&self) -> i64 {
        self.passed + self.free + self.paid + self.refused + self.incident
    }
}

fn sums(from: Timestamp, until: Timestamp) -> sea_orm::Select<minute::Entity> {
    let sum = |column: minute::Column| Expr::col(column).sum().cast_as("bigint");
    minute::Entity::find()
        .select_only()
        .filter(minute::Column::Minute.gte(from.0))
        .filter(minute::Column::Minute.lt(until.0))
        .column_as(sum(minute::Column::Passed), "passed")
        .column_as(sum(minute::Column::Free), "free")
        .column_as(sum(minute::Column::Paid), "paid")
        .column_as(sum(minute::Column::Refused), "refused")
        .column_as(sum(minute::Column::Incident), "incident")
        .column_as(sum(minute::Column::Entitled), "entitled")
        .column_as(sum(minute::Column::Charged), "charged")
        .column_as(sum(minute::Column::Forgone), "forgone")
}

/// Taps by place, busiest first.
pub async fn by_place(
    database: &Database,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Counts>, DatabaseError> {
    let rows = sums(from, until)
        .column_as(Expr::value(0i64), "minute")
        .column(minute::Column::Place)
        .group_by(minute::Column::Place)
        .order_by_asc(minute::Column::Place)
        .limit(LIMIT_MAX)
        .into_model::<Counts>();
    let mut rows = rows.all(database.read()).await?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.taps()));
    Ok(rows)
}

/// Taps by minute, oldest first: everywhere, or at some places.
pub async fn by_minute(
    database: &Database,
    (from, until): (Timestamp, Timestamp),
    places: Option<&[Code]>,
) -> Result<Vec<Counts>, DatabaseError> {
    let mut rows = sums(from, until);
    if let Some(places) = places {
        rows = rows.filter(minute::Column::Place.is_in(places.iter().map(|place| place.as_str())));
    }
    let rows = rows
        .column(minute::Column::Minute)
        .column_as(Expr::value(""), "place")
        .group_by(minute::Column::Minute)
        .order_by_asc(minute::Column::Minute)
        .into_model::<Counts>();
    Ok(rows.all(database.read()).await?)
}

/// What the accounts of a unit add up to.
#[derive(Clone, Copy, Debug, Default, FromQueryResult, PartialEq, Eq)]
pub struct AccountSums {
    /// Sum of debits.
    pub debits: i64,
    /// Sum of credits.
    pub credits: i64,
    /// Sum of balances; zero in balanced books.
    pub balance: i64,
    /// Accounts whose balance is not credits minus debits.
    pub contradictory: i64,
    /// How many accounts.
    pub accounts: i64,
}

/// Adds up the accounts of a unit.
pub async fn account_sums(
    txn: &impl sea_orm::ConnectionTrait,
    unit: &str,
) -> Result<AccountSums, DatabaseError> {
    let sum = |column: account::Column| Expr::col(column).sum().cast_as("bigint");
    let wrong = Expr::col(account::Column::Balance)
        .ne(Expr::col(account::Column::Credits).sub(Expr::col(account::Column::Debits)));
    let wrong = sea_orm::sea_query::CaseStatement::new().case(wrong, 1).finally(0);
    let rows = account::Entity::find()
        .select_only()
        .filter(account::Column::Unit.eq(unit))
        .column_as(sum(account::Column::Debits), "debits")
        .column_as(sum(account::Column::Credits), "credits")
        .column_as(sum(account::Column::Balance), "balance")
        .column_as(Expr::expr(wrong).sum().cast_as("bigint"), "contradictory")
        .column_as(account::Column::Id.count(), "accounts")
        .having(account::Column::Id.count().gt(0))
        .into_model::<AccountSums>();
    Ok(rows.one(txn).await?.unwrap_or_default())
}

/// What the transfers of a unit add up to.
#[derive(Clone, Copy, Debug, Default, FromQueryResult, PartialEq, Eq)]
pub struct TransferSums {
    /// Sum of amounts.
    pub amount: i64,
    /// How many.
    pub transfers: i64,
}

/// Adds up the transfers of a unit.
pub async fn transfer_sums(
    txn: &impl sea_orm::ConnectionTrait,
    unit: &str,
) -> Result<TransferSums, DatabaseError> {
    let rows = transfer::Entity::find()
        .select_only()
        .filter(transfer::Column::Unit.eq(unit))
        .column_as(Expr::col(transfer::Column::Amount).sum().cast_as("bigint"), "amount")
        .column_as(transfer::Column::Seq.count(), "transfers")
        .having(transfer::Column::Seq.count().gt(0))
        .into_model::<TransferSums>();
    Ok(rows.one(txn).await?.unwrap_or_default())
}
