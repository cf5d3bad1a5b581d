//! The retrying transaction: begun for writing at once, repeated when another writer was in the way.

use std::borrow::Cow;
use std::error::Error;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use sea_orm::{
    AccessMode, DbBackend, DbErr, IsolationLevel, RuntimeErr, SqlErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use super::{Database, DatabaseError, TRANSACTION_ATTEMPTS_MAX, Transaction, postgres, sqlite};

/// First wait after contention; doubled at each attempt, then cut at random to between half and all of it.
const BACKOFF_FIRST: Duration = Duration::from_millis(5);

/// Longest wait between two attempts.
const BACKOFF_MAX: Duration = Duration::from_millis(500);

/// A SQLSTATE has five characters, SQLite's extended codes have four at most.
const SQLSTATE_LENGTH: usize = 5;

/// What a transaction does, under way.
pub type Work<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// Says that what surrounds the closure (`'env`) outlives the transaction (`'t`), so that the closure may borrow
/// from it. Carries nothing; closures write `_`.
pub type Scope<'t, 'env> = PhantomData<&'t &'env ()>;

impl Database {
    /// Runs `work` in one transaction: committed when it answers `Ok`, rolled back otherwise, and run again from
    /// the beginning when another writer was in the way. `work` must therefore have no effect outside `txn`.
    ///
    /// Written as `office.transact(|txn, _| Box::pin(async move { … })).await`. The box is the price of a future that
    /// may move between threads and still borrow from its surroundings.
    ///
    /// # Errors
    /// What `work` answers, or a [`DatabaseError`] of beginning and committing turned into the caller's error.
    pub async fn transact<'env, T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t Transaction, Scope<'t, 'env>) -> Work<'t, T, E> + Send + Sync + 'env,
        T: Send,
        E: Error + From<DatabaseError> + Send + 'static,
    {
        for attempt in 0..TRANSACTION_ATTEMPTS_MAX {
            let failed = match self.attempt(&work).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if !is_contention(&failed) {
                return Err(failed);
            }
            tracing::debug!(
                database.name = self.name,
                attempt,
                "transaction met another writer, trying again"
            );
            tokio::time::sleep(backoff(attempt)).await;
        }
        Err(DatabaseError::Busy { name: self.name, attempts: TRANSACTION_ATTEMPTS_MAX }.into())
    }

    /// Reads from one unchanging view of the database, beside the writer.
    ///
    /// # Errors
    /// What `work` answers, or a [`DatabaseError`] of beginning turned into the caller's error.
    #[allow(
        clippy::disallowed_methods,
        reason = "a reading transaction: it is never committed and never retried"
    )]
    pub async fn snapshot<'env, T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t Transaction, Scope<'t, 'env>) -> Work<'t, T, E> + Send + Sync + 'env,
        T: Send,
        E: Error + From<DatabaseError> + Send + 'static,
    {
        let txn = reading(&self.readers).await?;
        let found = work(&txn, PhantomData).await;
        if let Err(rollback) = txn.rollback().await {
            tracing::warn!(database.name = self.name, error = %rollback, "a reading transaction did not end");
        }
        found
    }

    async fn attempt<'env, T, E, F>(&self, work: &F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t Transaction, Scope<'t, 'env>) -> Work<'t, T, E> + Send + Sync + 'env,
        T: Send,
        E: Error + From<DatabaseError> + Send + 'static,
    {
        let txn = self.begin().await.map_err(DatabaseError::from)?;
        match work(&txn, PhantomData).await {
            Ok(value) => {
                txn.commit().await.map_err(DatabaseError::from)?;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one to tell; a failed roll-back ends with the connection's own.
                if let Err(rollback) = txn.rollback().await {
                    tracing::warn!(database.name = self.name, error = %rollback, "roll-back failed");
                }
                Err(error)
            }
        }
    }

    #[allow(clippy::disallowed_methods, reason = "the one place where transactions begin")]
    async fn begin(&self) -> Result<Transaction, DbErr> {
        let mut options = TransactionOptions::default();
        match self.writer.get_database_backend() {
            // Writers of other processes are met at the commit, and then it is tried again.
            DbBackend::Postgres => options.isolation_level = Some(IsolationLevel::Serializable),
            // Immediate: a transaction that starts by reading and then writes would otherwise fail without waiting.
            _ => options.sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate),
        }
        self.writer.begin_with_options(options).await
    }
}

/// A transaction that only reads: one unchanging view, never committed and never retried.
#[allow(clippy::disallowed_methods, reason = "it writes nothing, so it meets no other writer")]
pub(super) async fn reading(connection: &sea_orm::DatabaseConnection) -> Result<Transaction, DatabaseError> {
    let mut options = TransactionOptions::default();
    if connection.get_database_backend() == DbBackend::Postgres {
        options.isolation_level = Some(IsolationLevel::RepeatableRead);
        options.access_mode = Some(AccessMode::ReadOnly);
    }
    Ok(connection.begin_with_options(options).await?)
}

/// The wait after the given attempt, counted from 0.
fn backoff(attempt: u32) -> Duration {
    let full = BACKOFF_FIRST.saturating_mul(1u32.checked_shl(attempt).unwrap_or(u32::MAX)).min(BACKOFF_MAX);
    let mut byte = [0u8; 1];
    // Without randomness the wait is the full one: only less well spread.
    let share = if getrandom::fill(&mut byte).is_ok() { u32::from(byte[0]) } else { 255 };
    full / 2 + full.saturating_mul(share) / 512
}

/// Whether the error, or a cause of it, says that another writer was in the way and a repetition may succeed.
#[must_use]
pub fn is_contention(error: &(dyn Error + 'static)) -> bool {
    has_code(error, postgres::is_contention_code, sqlite::is_contention_code)
}

/// The error and its causes, outermost first.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// Whether the error, or a cause of it, says that the disk of the database is full: writing succeeds when there is room again.
#[must_use]
pub fn is_full(error: &(dyn Error + 'static)) -> bool {
    has_code(error, postgres::is_full_code, sqlite::is_full_code)
}

/// Whether the error, or a cause of it, has a code of its driver that one of these knows.
fn has_code(error: &(dyn Error + 'static), postgres: fn(&str) -> bool, sqlite: fn(&str) -> bool) -> bool {
    let mut codes = causes(error).filter_map(|error| code_of_driver(error.downcast_ref::<DbErr>()?));
    codes.any(|code| if code.len() == SQLSTATE_LENGTH { postgres(&code) } else { sqlite(&code) })
}

fn code_of_driver(error: &DbErr) -> Option<Cow<'_, str>> {
    let (DbErr::Conn(RuntimeErr::SqlxError(cause))
    | DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    cause.as_database_error()?.code()
}

/// Whether the error, or a cause of it, is a unique key that exists already.
#[must_use]
pub fn is_duplicate(error: &(dyn Error + 'static)) -> bool {
    causes(error)
        .filter_map(|error| error.downcast_ref::<DbErr>())
        .any(|error| matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Statement};

    use super::*;
    use crate::database::Databases;

    async fn office() -> (tempfile::TempDir, Database) {
        let directory = tempfile::tempdir().unwrap();
        let office = Databases::open(directory.path()).await.unwrap().office;
        office
            .transact(|txn, _| {
                Box::pin(async move {
                    txn.execute_unprepared("create table counter (id bigint primary key, value bigint)")
                        .await?;
                    txn.execute_unprepared("insert into counter values (1, 0)").await?;
                    Ok::<_, DatabaseError>(())
                })
            })
            .await
            .unwrap();
        (directory, office)
    }

    async fn value(office: &Database) -> i64 {
        let statement = Statement::from_string(sea_orm::DbBackend::Sqlite, "select value from counter");
        office.read().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    async fn count(office: Database) -> Result<(), DatabaseError> {
        office
            .transact(|txn, _| {
                Box::pin(async move {
                    let statement =
                        Statement::from_string(sea_orm::DbBackend::Sqlite, "select value from counter");
                    let row = txn.query_one_raw(statement).await?;
                    let value: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
                    tokio::task::yield_now().await;
                    txn.execute_unprepared(&format!("update counter set value = {}", value + 1)).await?;
                    Ok(())
                })
            })
            .await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_hundred_writers_through_two_handles_lose_no_update() {
        let (directory, first) = office().await;
        let second = Databases::open(directory.path()).await.unwrap().office;
        let writers: Vec<_> = (0..200)
            .map(|n| tokio::spawn(count(if n % 2 == 0 { first.clone() } else { second.clone() })))
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(value(&first).await, 200);
    }

    #[tokio::test]
    async fn a_failing_transaction_leaves_nothing() {
        let (_directory, office) = office().await;
        let outcome: Result<(), DatabaseError> = office
            .transact(|txn, _| {
                Box::pin(async move {
                    txn.execute_unprepared("update counter set value = 7").await?;
                    Err(DatabaseError::Statement(DbErr::Custom("stop".into())))
                })
            })
            .await;
        assert!(outcome.is_err());
        assert_eq!(value(&office).await, 0);
    }

    #[tokio::test]
    async fn a_reader_cannot_write_and_a_duplicate_is_recognised() {
        let (_directory, office) = office().await;
        assert!(office.read().execute_unprepared("update counter set value = 7").await.is_err());
        let outcome: Result<(), DatabaseError> = office
            .transact(|txn, _| {
                Box::pin(async move {
                    txn.execute_unprepared("insert into counter values (1, 0)").await?;
                    Ok(())
                })
            })
            .await;
        let error = outcome.unwrap_err();
        assert!(is_duplicate(&error) && !is_contention(&error), "{error:?}");
    }

    #[tokio::test]
    async fn a_full_database_is_recognised_and_goes_on_with_room() {
        let (_directory, office) = office().await;
        // As many pages as there are: as if the disk had no more.
        office.writer.execute_unprepared("pragma max_page_count = 1").await.unwrap();
        let filled: Result<(), DatabaseError> = office
            .transact(|txn, _| {
                Box::pin(async move {
                    txn.execute_unprepared("create table more (text text)").await?;
                    txn.execute_unprepared("insert into more values (hex(zeroblob(100000)))").await?;
                    Ok(())
                })
            })
            .await;
        let error = filled.unwrap_err();
        assert!(is_full(&error) && !is_contention(&error), "{error:?}");
        let problem = crate::problems::Problem::internal(&error);
        assert_eq!(problem.kind(), crate::problems::STORAGE_FULL);
        office.writer.execute_unprepared("pragma max_page_count = 1000000").await.unwrap();
        count(office.clone()).await.unwrap();
        assert_eq!(value(&office).await, 1, "it goes on when there is room");
    }

    #[test]
    fn codes_of_both_drivers_say_full() {
        assert!(sqlite::is_full_code("13") && postgres::is_full_code("53100"));
        // Busy, out of memory, a failed read; too many connections, a unique key that exists.
        for other in ["5", "7", "266", "53300", "23505"] {
            assert!(!sqlite::is_full_code(other) && !postgres::is_full_code(other), "{other}");
        }
    }

    #[tokio::test]
    async fn the_office_is_synchronous_full_with_a_write_ahead_log() {
        let (_directory, office) = office().await;
        let ask = async |pragma: &str| {
            let sql = format!("pragma {pragma}");
            let statement = Statement::from_string(sea_orm::DbBackend::Sqlite, sql);
            office.writer.query_one_raw(statement).await.unwrap().unwrap()
        };
        assert_eq!(ask("journal_mode").await.try_get_by_index::<String>(0).unwrap(), "wal");
        assert_eq!(ask("synchronous").await.try_get_by_index::<i64>(0).unwrap(), 2);
        assert_eq!(ask("foreign_keys").await.try_get_by_index::<i64>(0).unwrap(), 1);
    }

    #[tokio::test]
    async fn migrations_run_once_and_again_without_effect() {
        let directory = tempfile::tempdir().unwrap();
        let databases = Databases::open(directory.path()).await.unwrap();
        for _ in 0..2 {
            crate::migrations::run::<crate::migrations::Office>(&databases.office).await.unwrap();
        }
        databases.close().await.unwrap();
    }

    #[test]
    fn the_wait_grows_and_stays_bounded() {
        assert!(backoff(0) >= BACKOFF_FIRST / 2 && backoff(0) <= BACKOFF_FIRST);
        assert!(backoff(31) >= BACKOFF_MAX / 2 && backoff(40) <= BACKOFF_MAX);
    }
}
