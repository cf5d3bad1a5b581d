//! Questions of the ledger page: what accounts of each kind add up to now or up to an entry, accounts of one kind, and what
//! moved on one account.

use std::collections::{BTreeMap, BTreeSet};

use engine::Position;
use platform::database::{Database, DatabaseError};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Order, Query, UnionType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entities::{account, sum, transfer};
use super::queries::{LIMIT_MAX, key, outcomes_at};
use super::rows::whole;

/// What the accounts of one kind and unit add up to.
#[derive(Clone, Debug, Default, FromQueryResult, PartialEq, Eq)]
pub struct KindSums {
    /// Code of the kind.
    pub kind: String,
    /// Name of the unit.
    pub unit: String,
    /// How many accounts are open.
    pub accounts: i64,
    /// Sum of debits.
    pub debits: i64,
    /// Sum of credits.
    pub credits: i64,
}

/// Sums by kind and unit as they are now, over the accounts.
pub async fn kinds_now(txn: &impl ConnectionTrait) -> Result<Vec<KindSums>, DatabaseError> {
    let sum = |column: account::Column| Expr::col(column).sum().cast_as("bigint");
    let rows = account::Entity::find()
        .select_only()
        .column(account::Column::Kind)
        .column(account::Column::Unit)
        .column_as(account::Column::Id.count(), "accounts")
        .column_as(sum(account::Column::Debits), "debits")
        .column_as(sum(account::Column::Credits), "credits")
        .group_by(account::Column::Kind)
        .group_by(account::Column::Unit)
        .into_model::<KindSums>();
    Ok(rows.all(txn).await?)
}

/// Sums by kind and unit after an entry: the last ones kept up to it, and what was opened and moved since.
pub async fn kinds_at(txn: &impl ConnectionTrait, seq: u64) -> Result<Vec<KindSums>, DatabaseError> {
    let seq = whole(seq);
    let kept = last_kept(txn, seq).await?;
    let span = (kept.first().map_or(-1, |row| row.seq), seq);
    let mut kinds: BTreeMap<(String, String), KindSums> = BTreeMap::new();
    let sums = kept.into_iter().map(|row| KindSums {
        kind: row.kind,
        unit: row.unit,
        accounts: row.accounts,
        debits: row.debits,
        credits: row.credits,
    });
    for part in sums.chain(opened_within(txn, span).await?).chain(moved_within(txn, span).await?) {
        let key = (part.kind.clone(), part.unit.clone());
        let sum = kinds.entry(key).or_insert_with(|| KindSums {
            kind: part.kind.clone(),
            unit: part.unit.clone(),
            ..KindSums::default()
        });
        sum.accounts += part.accounts;
        sum.debits += part.debits;
        sum.credits += part.credits;
    }
    Ok(kinds.into_values().collect())
}

/// Transfers since the last sums kept.
pub async fn transfers_since_sums(database: &Database) -> Result<u64, DatabaseError> {
    let kept = last_kept(database.read(), i64::MAX).await?;
    let since = transfer::Column::Seq.gt(kept.first().map_or(-1, |row| row.seq));
    Ok(transfer::Entity::find().filter(since).count(database.read()).await?)
}

/// The last sums kept up to an entry.
async fn last_kept(txn: &impl ConnectionTrait, seq: i64) -> Result<Vec<sum::Model>, DatabaseError> {
    let newest = sum::Entity::find()
        .filter(sum::Column::Seq.lte(seq))
        .order_by_desc(sum::Column::Seq)
        .one(txn)
        .await?;
    let Some(newest) = newest else { return Ok(Vec::new()) };
    Ok(sum::Entity::find().filter(sum::Column::Seq.eq(newest.seq)).all(txn).await?)
}

/// Accounts opened after the first entry, up to the second.
async fn opened_within(
    txn: &impl ConnectionTrait,
    (after, until): (i64, i64),
) -> Result<Vec<KindSums>, DatabaseError> {
    let zero = || Expr::value(0i64).cast_as("bigint");
    let rows = account::Entity::find()
        .select_only()
        .filter(account::Column::Opened.gt(after))
        .filter(account::Column::Opened.lte(until))
        .column(account::Column::Kind)
        .column(account::Column::Unit)
        .column_as(account::Column::Id.count(), "accounts")
        .column_as(zero(), "debits")
        .column_as(zero(), "credits")
        .group_by(account::Column::Kind)
        .group_by(account::Column::Unit)
        .into_model::<KindSums>();
    Ok(rows.all(txn).await?)
}

/// What moved after the first entry, up to the second, added up from the transfers themselves.
async fn moved_within(
    txn: &impl ConnectionTrait,
    (after, until): (i64, i64),
) -> Result<Vec<KindSums>, DatabaseError> {
    let (id, debits, credits) = (Alias::new("id"), Alias::new("debits"), Alias::new("credits"));
    let side = |side: transfer::Column, gave: Expr, received: Expr| {
        Query::select()
            .expr_as(Expr::col(side), id.clone())
            .expr_as(gave, debits.clone())
            .expr_as(received, credits.clone())
            .from(transfer::Entity)
            .and_where(Expr::col(transfer::Column::Seq).gt(after))
            .and_where(Expr::col(transfer::Column::Seq).lte(until))
            .to_owned()
    };
    let amount = || Expr::col(transfer::Column::Amount);
    let mut sides = side(transfer::Column::Debit, amount(), Expr::value(0i64));
    sides.union(UnionType::All, side(transfer::Column::Credit, Expr::value(0i64), amount()));
    let (moved, owned) = (Alias::new("moved"), Alias::new("owned"));
    let sum = |column: &Alias| Expr::col((moved.clone(), column.clone())).sum().cast_as("bigint");
    let query = Query::select()
        .column((owned.clone(), account::Column::Kind))
        .column((owned.clone(), account::Column::Unit))
        .expr_as(Expr::value(0i64).cast_as("bigint"), Alias::new("accounts"))
        .expr_as(sum(&debits), debits.clone())
        .expr_as(sum(&credits), credits.clone())
        .from_subquery(sides, moved.clone())
        .join_as(
            JoinType::InnerJoin,
            account::Entity,
            owned.clone(),
            Expr::col((owned.clone(), account::Column::Id)).equals((moved.clone(), id.clone())),
        )
        .group_by_col((owned.clone(), account::Column::Kind))
        .group_by_col((owned, account::Column::Unit))
        .to_owned();
    let statement = txn.get_database_backend().build(&query);
    Ok(KindSums::find_by_statement(statement).all(txn).await?)
}

/// Accounts of a kind, the largest turnover first.
pub async fn accounts_of(
    database: &Database,
    kind: &str,
    skipped: u64,
    limit: u64,
) -> Result<Vec<account::Model>, DatabaseError> {
    let turnover = Expr::col(account::Column::Debits).add(Expr::col(account::Column::Credits));
    let rows = account::Entity::find()
        .filter(account::Column::Kind.eq(kind))
        .order_by(turnover, Order::Desc)
        .order_by_asc(account::Column::Id)
        .offset(skipped)
        .limit(Ord::min(limit, LIMIT_MAX));
    Ok(rows.all(database.read()).await?)
}

/// One account.
pub async fn account(database: &Database, id: u32) -> Result<Option<account::Model>, DatabaseError> {
    Ok(account::Entity::find_by_id(i64::from(id)).one(database.read()).await?)
}

/// A transfer with the kind of command it came from and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// As the table has it.
    pub row: transfer::Model,
    /// Name of the command.
    pub command: String,
    /// Time of its entry.
    pub at: i64,
}

/// What moved on an account, newest first, before a position.
pub async fn postings(
    database: &Database,
    id: u32,
    before: Option<Position>,
    limit: u64,
) -> Result<Vec<Posting>, DatabaseError> {
    let limit = Ord::min(limit, LIMIT_MAX);
    let mut rows = Vec::new();
    // Each side has an index of its own; both are read as far as the page could reach.
    for side in [transfer::Column::Debit, transfer::Column::Credit] {
        let mut of_side = transfer::Entity::find().filter(side.eq(i64::from(id)));
        if let Some(position) = before {
            let (seq, idx) = key(position);
            let same = Condition::all().add(transfer::Column::Seq.eq(seq)).add(transfer::Column::Idx.lt(idx));
            of_side = of_side.filter(Condition::any().add(transfer::Column::Seq.lt(seq)).add(same));
        }
        let newest = of_side
            .order_by_desc(transfer::Column::Seq)
            .order_by_desc(transfer::Column::Idx)
            .order_by_desc(transfer::Column::Leg)
            .limit(limit);
        rows.extend(newest.all(database.read()).await?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.seq, row.idx, row.leg)));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    with_commands(database, rows).await
}

async fn with_commands(
    database: &Database,
    rows: Vec<transfer::Model>,
) -> Result<Vec<Posting>, DatabaseError> {
    let positions: BTreeSet<(i64, i32)> = rows.iter().map(|row| (row.seq, row.idx)).collect();
    let decided = outcomes_at(database, positions).await?;
    let posting = |row: transfer::Model| {
        let of = decided.iter().find(|outcome| (outcome.seq, outcome.idx) == (row.seq, row.idx));
        let (command, at) = of.map_or_else(Default::default, |outcome| (outcome.kind.clone(), outcome.at));
        Posting { row, command, at }
    };
    Ok(rows.into_iter().map(posting).collect())
}
