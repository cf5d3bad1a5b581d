//! The two relational databases of the office and how they are written.
//!
//! Owns opening, the split into one writer and a pool of readers, and the retrying transaction, the only way to
//! write. Never knows a slice's tables. Everything particular to SQLite stands in [`sqlite`]; a second backend is
//! one more module beside it.

mod bulk;
mod sqlite;
mod transact;

use std::path::Path;

use sea_orm::{DatabaseConnection, DbErr};

pub use bulk::Texts;
pub use transact::{Scope, Work, is_contention, is_duplicate};

/// Attempts of one transaction before contention is reported to the caller.
pub const TRANSACTION_ATTEMPTS_MAX: u32 = 8;

/// Readers open at once per database.
pub const READERS_MAX: u32 = 4;

/// A transaction in progress, handed to the closure of [`Database::transact`].
pub type Transaction = sea_orm::DatabaseTransaction;

/// Why a database could not be opened, prepared or asked.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The file could not be opened as a database.
    #[error("the database {name} cannot be opened")]
    Open {
        /// Which database.
        name: &'static str,
        /// What the driver says.
        #[source]
        source: DbErr,
    },
    /// A migration did not run.
    #[error("the database {name} cannot be brought to the present schema")]
    Migrate {
        /// Which database.
        name: &'static str,
        /// What the driver says.
        #[source]
        source: DbErr,
    },
    /// A statement failed.
    #[error("a statement on the database failed")]
    Statement(#[from] DbErr),
    /// Contention outlasted [`TRANSACTION_ATTEMPTS_MAX`] attempts.
    #[error("the database {name} stayed busy for {attempts} attempts")]
    Busy {
        /// Which database.
        name: &'static str,
        /// How often the transaction was tried.
        attempts: u32,
    },
}

/// What a database promises about a committed transaction when the machine loses power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Committed is on the disk: for what cannot be had again.
    Full,
    /// The last transactions may be missing, never torn: for what is rebuilt from the journal.
    Relaxed,
}

/// Both databases of one data directory. No statement ever joins them.
#[derive(Debug, Clone)]
pub struct Databases {
    /// Registry, clients, outbox: backed up.
    pub office: Database,
    /// What the journal says, as tables: can be rebuilt.
    pub projections: Database,
}

impl Databases {
    /// Opens (and creates where missing) `office.sqlite` and `projections.sqlite` in `directory`.
    ///
    /// # Errors
    /// [`DatabaseError::Open`] when the directory cannot be written or a file is not a database.
    pub async fn open(directory: &Path) -> Result<Self, DatabaseError> {
        Ok(Self {
            office: sqlite::open(directory, "office", Durability::Full).await?,
            projections: sqlite::open(directory, "projections", Durability::Relaxed).await?,
        })
    }

    /// Closes both, waiting for statements under way, so that the files can be moved or opened by another process.
    ///
    /// # Errors
    /// [`DatabaseError::Statement`] when a connection does not close.
    pub async fn close(self) -> Result<(), DatabaseError> {
        self.office.close().await?;
        self.projections.close().await
    }
}

/// One database: a single writer, so that writers queue instead of meeting, and a pool of readers.
#[derive(Debug, Clone)]
pub struct Database {
    name: &'static str,
    writer: DatabaseConnection,
    readers: DatabaseConnection,
}

impl Database {
    /// The database's name: `office` or `projections`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The pool for reading. It refuses to write.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.readers
    }

    async fn close(self) -> Result<(), DatabaseError> {
        self.readers.close().await?;
        self.writer.close().await?;
        Ok(())
    }
}

/// One unchanging view of a database, opened without its writer: for checks beside or without a running system.
#[derive(Debug)]
pub struct View {
    /// Kept, because the transaction's connection belongs to it.
    _pool: DatabaseConnection,
    txn: Transaction,
}

impl View {
    /// A view of the projections in `directory`, if there are any.
    ///
    /// # Errors
    /// [`DatabaseError::Open`] when the file is there and is not a database.
    pub async fn of_projections(directory: &Path) -> Result<Option<Self>, DatabaseError> {
        Self::of(directory, "projections").await
    }

    /// A view of the office in `directory`, if there is one.
    ///
    /// # Errors
    /// [`DatabaseError::Open`] when the file is there and is not a database.
    pub async fn of_office(directory: &Path) -> Result<Option<Self>, DatabaseError> {
        Self::of(directory, "office").await
    }

    async fn of(directory: &Path, name: &'static str) -> Result<Option<Self>, DatabaseError> {
        let Some(pool) = sqlite::open_reader(directory, name).await? else { return Ok(None) };
        let txn = transact::reading(&pool).await?;
        Ok(Some(Self { _pool: pool, txn }))
    }

    /// What queries run on.
    #[must_use]
    pub const fn connection(&self) -> &Transaction {
        &self.txn
    }
}
