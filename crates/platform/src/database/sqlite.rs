//! SQLite: file names, pragmas, error codes. The only module that knows the embedded backend.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};

use super::bulk::STATEMENTS;
use super::{Database, DatabaseError, Durability, READERS_MAX};

/// How long a statement waits for another process's lock before it answers busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a caller waits for a connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// Memory for pages, in KiB; SQLite takes it as a negative number. The writer of tables that can be built again has more: a
/// batch of some thousand records touches pages all over its indexes, and those that do not fit are written twice.
const CACHE_KIB: &str = "-16384";
const CACHE_KIB_OF_REBUILDABLE: &str = "-65536";

/// Pages of the write-ahead log before it is copied back: for tables that can be built again more than SQLite's thousand, so
/// that a page that changes in every batch is copied once for many.
const CHECKPOINT_PAGES_OF_REBUILDABLE: &str = "16384";

pub(super) async fn open(
    directory: &Path,
    name: &'static str,
    durability: Durability,
) -> Result<Database, DatabaseError> {
    let path = directory.join(format!("{name}.sqlite"));
    let failed = |source| DatabaseError::Open { name, source };
    // The writer comes first: it creates the file and turns on the write-ahead log the readers need.
    let writer = match durability {
        Durability::Full => connect(&path, durability, Role::Writer).await,
        Durability::Relaxed => connect_giving_way(path.clone(), durability).await,
    };
    let writer = writer.map_err(failed)?;
    let readers = connect(&path, durability, Role::Reader).await.map_err(failed)?;
    Ok(Database { name, writer, readers })
}

/// Readers of a database that exists; none if it does not.
pub(super) async fn open_reader(
    directory: &Path,
    name: &'static str,
) -> Result<Option<DatabaseConnection>, DatabaseError> {
    let path = directory.join(format!("{name}.sqlite"));
    if !path.exists() {
        return Ok(None);
    }
    let readers = connect(&path, Durability::Relaxed, Role::Reader).await;
    readers.map(Some).map_err(|source| DatabaseError::Open { name, source })
}

/// One statement, so one moment: SQLite writes a whole new file from one reading transaction.
pub(super) async fn copy(directory: &Path, name: &'static str, to: &Path) -> Result<bool, DatabaseError> {
    let path = directory.join(format!("{name}.sqlite"));
    if !path.exists() {
        return Ok(false);
    }
    let opened = connect(&path, Durability::Full, Role::Copier).await;
    let copier = opened.map_err(|source| DatabaseError::Open { name, source })?;
    let to = to.to_string_lossy().into_owned();
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "vacuum into ?", [to.into()]);
    let copied = copier.execute_raw(statement).await;
    copier.close().await?;
    copied?;
    Ok(true)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Writer,
    Reader,
    /// Reads one database and writes another: a connection that refuses all writing cannot.
    Copier,
}

/// A writer that gives way to whoever answers somebody. The driver works on a thread of its own, which inherits how much it gives
/// way from the thread that opens the connection; it stays open for as long as the database.
async fn connect_giving_way(path: PathBuf, durability: Durability) -> Result<DatabaseConnection, DbErr> {
    let tasks = tokio::runtime::Handle::current();
    let (tell, told) = tokio::sync::oneshot::channel();
    let opening = std::thread::Builder::new().name("open".into()).spawn(move || {
        base::give_way();
        drop(tell.send(tasks.block_on(connect(&path, durability, Role::Writer))));
    });
    opening.map_err(|error| DbErr::Custom(format!("cannot start a thread: {error}")))?;
    told.await.unwrap_or_else(|_| Err(DbErr::Custom("the thread that opens it ended".into())))
}

async fn connect(path: &Path, durability: Durability, role: Role) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new("sqlite:");
    let connections = if role == Role::Reader { READERS_MAX } else { 1 };
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    let path = path.to_owned();
    let full = durability == Durability::Full;
    let synchronous = if full { "FULL" } else { "NORMAL" };
    let cache = if full || role != Role::Writer { CACHE_KIB } else { CACHE_KIB_OF_REBUILDABLE };
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .filename(&path)
            .create_if_missing(role == Role::Writer)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .pragma("synchronous", synchronous)
            .pragma("cache_size", cache)
            .pragma("temp_store", "MEMORY");
        // What is deleted is overwritten: a forgotten place must not stay readable in a free page.
        let sqlite = if role == Role::Writer {
            sqlite.pragma("secure_delete", "ON").statement_cache_capacity(STATEMENTS)
        } else {
            sqlite
        };
        match role {
            Role::Writer if full => sqlite.pragma("journal_mode", "WAL"),
            Role::Writer => sqlite
                .pragma("journal_mode", "WAL")
                .pragma("wal_autocheckpoint", CHECKPOINT_PAGES_OF_REBUILDABLE),
            Role::Reader => sqlite.pragma("query_only", "ON"),
            Role::Copier => sqlite,
        }
    });
    sea_orm::Database::connect(options).await
}

/// Whether a driver's code means that another writer was in the way: busy or locked, with their extensions.
pub(super) fn is_contention_code(code: &str) -> bool {
    // The primary code is the low byte of an extended code: 5 is SQLITE_BUSY, 6 is SQLITE_LOCKED.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xFF, 5 | 6))
}

/// Whether a driver's code means that there is no room on the disk.
pub(super) fn is_full_code(code: &str) -> bool {
    // 13 is SQLITE_FULL.
    code.parse::<u32>().is_ok_and(|code| code & 0xFF == 13)
}
