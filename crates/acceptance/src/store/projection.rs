//! Keeps the tables up with the journal: rows and cursor move in one transaction.

use std::collections::BTreeMap;

use base::{Code, Timestamp};
use engine::ledger::{AccountId, Kind};
use engine::{AccountKey, Unit};
use journal::{Hash, Head};
use platform::database::{Database, DatabaseError, Texts, Transaction};
use runtime::{Followed, Projection, ProjectionError};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tokio::runtime::Handle;

use super::changes::change_purchases;
use super::entities::{account, code, cursor, entitlement, medium, minute};
use super::ledger;
use super::rows::{AccountChange, Codes, Rows, unit_name, whole};
use super::sums::{Sums, TRANSFERS_BETWEEN};

/// Name of the cursor.
pub const NAME: &str = "acceptance";

/// The projection of acceptance: accounts, transfers, outcomes, holders, media.
pub struct Acceptance {
    database: Database,
    tasks: Handle,
    codes: Codes,
    sums: Sums,
    texts: Texts,
}

impl Acceptance {
    /// The projection over a database whose schema is up to date. `tasks` runs its statements; the projection itself
    /// lives on the follower's thread.
    ///
    /// # Errors
    /// When what is known already cannot be read.
    pub async fn open(database: Database, tasks: Handle) -> Result<Self, DatabaseError> {
        Self::keeping_sums(database, tasks, TRANSFERS_BETWEEN).await
    }

    /// The same, keeping sums every so many transfers.
    ///
    /// # Errors
    /// When what is known already cannot be read.
    pub async fn keeping_sums(
        database: Database,
        tasks: Handle,
        between: u64,
    ) -> Result<Self, DatabaseError> {
        let (mut codes, mut sums) = (known_codes(&database).await?, Sums::every(between));
        let accounts = known_accounts(&database).await?;
        codes.accounts = accounts.iter().map(|(key, ..)| *key).collect();
        sums.resumed(accounts.into_iter(), ledger::transfers_since_sums(&database).await?);
        Ok(Self { database, tasks, codes, sums, texts: Texts::default() })
    }

    async fn store(&self, rows: &Rows, head: &Head) -> Result<(), DatabaseError> {
        let texts = &self.texts;
        self.database
            .transact(|txn, _| {
                Box::pin(async move {
                    insert_people(txn, texts, rows).await?;
                    change_people(txn, rows).await?;
                    upsert_accounts(txn, texts, rows).await?;
                    texts.insert(txn, &rows.transfers).await?;
                    texts.insert(txn, &rows.outcomes).await?;
                    insert_goods(txn, texts, rows).await?;
                    texts.insert(txn, &rows.reratings).await?;
                    texts.insert(txn, &rows.sums).await?;
                    upsert_minutes(txn, texts, rows).await?;
                    move_cursor(txn, head).await
                })
            })
            .await
    }
}

impl Projection for Acceptance {
    fn name(&self) -> &'static str {
        NAME
    }

    fn cursor(&mut self) -> Result<Head, ProjectionError> {
        let found = self.tasks.block_on(read_cursor(&self.database));
        found.map_err(|error| ProjectionError::Store(error.to_string()))
    }

    fn apply(&mut self, entries: &[Followed]) -> Result<(), ProjectionError> {
        let Some(last) = entries.last() else { return Ok(()) };
        let (before, sums) = (self.codes.lengths(), self.sums.clone());
        let rows = Rows::of(entries, &mut self.codes, &mut self.sums);
        let stored = self.tasks.block_on(self.store(&rows, &last.head));
        stored.map_err(|error| {
            // The same entries come again: what they added must not be there twice.
            self.codes.cut(before);
            self.sums = sums;
            ProjectionError::Store(format!("{error}: {:?}", std::error::Error::source(&error)))
        })
    }
}

/// How far the tables are.
///
/// # Errors
/// When the cursor cannot be read.
pub async fn read_cursor(database: &Database) -> Result<Head, DatabaseError> {
    cursor_within(database.read()).await
}

/// How far the tables are, as a transaction sees them.
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

async fn known_codes(database: &Database) -> Result<Codes, DatabaseError> {
    let mut codes = Codes::default();
    let rows = code::Entity::find().order_by_asc(code::Column::Number).all(database.read()).await?;
    for row in rows {
        let Ok(one) = Code::parse(&row.code) else { continue };
        match row.kind.as_str() {
            "organisation" => codes.organisations.push(one),
            "service" => codes.services.push(one),
            _ => codes.benefits.push(one),
        }
    }
    Ok(codes)
}

/// Every account in order of handle, with its debits and credits.
async fn known_accounts(database: &Database) -> Result<Vec<(AccountKey, i64, i64)>, DatabaseError> {
    let kinds: BTreeMap<&str, Kind> = Kind::ALL.iter().map(|kind| (kind.code(), *kind)).collect();
    let rows = account::Entity::find().order_by_asc(account::Column::Id).all(database.read()).await?;
    let number = |value: i64| u32::try_from(value).unwrap_or_default();
    let known = |row: account::Model| {
        let unit = Unit::ALL.into_iter().find(|unit| unit_name(*unit) == row.unit)?;
        let kind = *kinds.get(row.kind.as_str())?;
        let key = AccountKey { kind, owner: number(row.owner), sub: number(row.sub), unit };
        Some((key, row.debits, row.credits))
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

async fn insert_people(txn: &Transaction, texts: &Texts, rows: &Rows) -> Result<(), DatabaseError> {
    texts.insert(txn, &rows.codes).await?;
    texts.insert(txn, &rows.holders).await?;
    texts.insert(txn, &rows.media).await?;
    texts.insert(txn, &rows.entitlements).await
}

async fn insert_goods(txn: &Transaction, texts: &Texts, rows: &Rows) -> Result<(), DatabaseError> {
    texts.insert(txn, &rows.purchases).await?;
    texts.insert(txn, &rows.purchase_lines).await?;
    texts.insert(txn, &rows.refunds).await?;
    texts.insert(txn, &rows.cash_outs).await?;
    texts.insert(txn, &rows.disbursements).await?;
    change_purchases(txn, &rows.purchase_changes).await
}

async fn change_people(txn: &Transaction, rows: &Rows) -> Result<(), DatabaseError> {
    for change in &rows.media_changes {
        let row = medium::ActiveModel {
            serial: Set(change.serial),
            state: Set(change.state.clone()),
            since: Set(change.since),
            version: Set(change.version),
            reason: Set(change.reason.clone()),
            ..Default::default()
        };
        medium::Entity::update(row).exec(txn).await?;
    }
    for revocation in &rows.revocations {
        entitlement::Entity::update_many()
            .col_expr(entitlement::Column::RevokedAt, Expr::value(revocation.at))
            .filter(entitlement::Column::Holder.eq(revocation.holder))
            .filter(entitlement::Column::Benefit.eq(revocation.benefit.clone()))
            .filter(entitlement::Column::RevokedAt.is_null())
            .exec(txn)
            .await?;
    }
    Ok(())
}

fn account_row(id: AccountId, change: &AccountChange) -> account::Model {
    account::Model {
        id: i64::from(id.0),
        kind: change.key.kind.code().into(),
        owner: i64::from(change.key.owner),
        sub: i64::from(change.key.sub),
        unit: unit_name(change.key.unit).into(),
        balance: change.balance,
        debits: change.debits,
        credits: change.credits,
        opened: change.opened,
        seq: change.seq,
        idx: change.idx,
    }
}

/// Balances are set to what the last event said; the sums are counted on.
async fn upsert_accounts(txn: &Transaction, texts: &Texts, rows: &Rows) -> Result<(), DatabaseError> {
    let models: Vec<account::Model> =
        rows.accounts.iter().map(|(id, change)| account_row(*id, change)).collect();
    let table = account::Entity;
    let counted = |column: account::Column, name: &'static str| {
        Expr::col((table, column)).add(Expr::col(("excluded", name)))
    };
    let on_conflict = OnConflict::column(account::Column::Id)
        .update_columns([account::Column::Balance, account::Column::Seq, account::Column::Idx])
        .value(account::Column::Debits, counted(account::Column::Debits, "debits"))
        .value(account::Column::Credits, counted(account::Column::Credits, "credits"))
        .to_owned();
    texts.upsert(txn, &models, &on_conflict).await
}

async fn upsert_minutes(txn: &Transaction, texts: &Texts, rows: &Rows) -> Result<(), DatabaseError> {
    let counts = [
        (minute::Column::Passed, "passed"),
        (minute::Column::Free, "free"),
        (minute::Column::Paid, "paid"),
        (minute::Column::Refused, "refused"),
        (minute::Column::Incident, "incident"),
        (minute::Column::Entitled, "entitled"),
        (minute::Column::Charged, "charged"),
        (minute::Column::Forgone, "forgone"),
    ];
    let models: Vec<minute::Model> = rows.minutes.values().cloned().collect();
    let mut on_conflict = OnConflict::columns([minute::Column::Minute, minute::Column::Place]);
    for (column, name) in counts {
        let sum = Expr::col((minute::Entity, column)).add(Expr::col(("excluded", name)));
        on_conflict.value(column, sum);
    }
    texts.upsert(txn, &models, &on_conflict).await
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
