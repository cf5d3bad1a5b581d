//! PostgreSQL: a schema for each database, settings of a session, error codes. The only module that knows that backend.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr};

use super::bulk::STATEMENTS;
use super::{Database, DatabaseError, Durability, READERS_MAX};

/// How long a caller waits for a connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a writer may be silent within a transaction. A machine that is stopped in the middle of one would keep its rows
/// from the machine that leads after it, which begins four seconds later at the earliest.
const SILENT_MAX: &str = "4s";

/// What the server is told who is connected.
const APPLICATION: &str = "jakone";

pub(super) async fn open(
    url: &str,
    name: &'static str,
    durability: Durability,
) -> Result<Database, DatabaseError> {
    let failed = |source| DatabaseError::Open { name, source };
    // The writer comes first: it makes the schema that readers look into.
    let writer = connect(url, name, durability, Role::Writer).await.map_err(failed)?;
    let schema = format!("create schema if not exists {name}");
    writer.execute_unprepared(&schema).await.map_err(failed)?;
    let readers = connect(url, name, durability, Role::Reader).await.map_err(failed)?;
    Ok(Database { name, writer, readers })
}

/// Readers of a database; the schema may be empty.
pub(super) async fn open_reader(url: &str, name: &'static str) -> Result<DatabaseConnection, DatabaseError> {
    let readers = connect(url, name, Durability::Relaxed, Role::Reader).await;
    readers.map_err(|source| DatabaseError::Open { name, source })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Writer,
    Reader,
}

async fn connect(
    url: &str,
    schema: &'static str,
    durability: Durability,
    role: Role,
) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    let connections = if role == Role::Writer { 1 } else { READERS_MAX };
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .set_schema_search_path(schema);
    let commit = if durability == Durability::Full { "on" } else { "off" };
    let read_only = if role == Role::Reader { "on" } else { "off" };
    // A reader may look at one moment of the tables for as long as it reads the journal.
    let silent_max = if role == Role::Writer { SILENT_MAX } else { "0" };
    options.map_sqlx_postgres_opts(move |postgres| {
        let postgres =
            if role == Role::Writer { postgres.statement_cache_capacity(STATEMENTS) } else { postgres };
        postgres.application_name(APPLICATION).options([
            ("synchronous_commit", commit),
            ("default_transaction_read_only", read_only),
            ("idle_in_transaction_session_timeout", silent_max),
        ])
    });
    sea_orm::Database::connect(options).await
}

/// Whether a driver's code means that another writer was in the way: serialization failure or deadlock.
pub(super) fn is_contention_code(code: &str) -> bool {
    matches!(code, "40001" | "40P01")
}

/// Whether a driver's code means that there is no room on the server's disk: `disk_full`.
pub(super) fn is_full_code(code: &str) -> bool {
    code == "53100"
}
