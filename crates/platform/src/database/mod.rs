//! The two relational databases of the office and how they are written.
//!
//! Owns opening, the split into one writer and a pool of readers, and the retrying transaction, the only way to
//! write. Never knows a slice's tables. Everything particular to a backend stands in [`sqlite`] or [`postgres`].

mod bulk;
mod postgres;
mod sqlite;
mod transact;

use std::path::Path;

use sea_orm::{DatabaseConnection, DbErr};

pub use bulk::Texts;
pub use transact::{Scope, Work, is_contention, is_duplicate, is_full};

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

/// Where an office and its projections are.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// Two files in a directory.
    Files(&'a Path),
    /// Two schemas of a PostgreSQL database: `postgres://user@host:5432/database`.
    Server(&'a str),
}

impl<'a> From<&'a Path> for Place<'a> {
    fn from(directory: &'a Path) -> Self {
        Self::Files(directory)
    }
}

/// Both databases of one city. No statement ever joins them.
#[derive(Debug, Clone)]
pub struct Databases {
    /// Registry, clients, outbox: backed up.
    pub office: Database,
    /// What the journal says, as tables: can be rebuilt.
    pub projections: Database,
}

impl Databases {
    /// Opens (and creates where missing) the files `office.sqlite` and `projections.sqlite`, or the schemas `office` and
    /// `projections`.
    ///
    /// # Errors
    /// [`DatabaseError::Open`] when the directory cannot be written, a file is not a database, or the server refuses.
    pub async fn open(place: impl Into<Place<'_>>) -> Result<Self, DatabaseError> {
        let place = place.into();
        Ok(Self {
            office: Database::open(place, "office", Durability::Full).await?,
            projections: Database::open(place, "projections", Durability::Relaxed).await?,
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
    async fn open(
        place: Place<'_>,
        name: &'static str,
        durability: Durability,
    ) -> Result<Self, DatabaseError> {
        match place {
            Place::Files(directory) => sqlite::open(directory, name, durability).await,
            Place::Server(url) => postgres::open(url, name, durability).await,
        }
    }

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

    /// Writes what a database file holds at one moment to a new file, beside a running system or without one. The copy is
    /// not flushed. Answers whether there was anything to copy.
    ///
    /// # Errors
    /// [`DatabaseError`] when it is there and is not a database, or the copy cannot be written.
    pub async fn copy(directory: &Path, name: &'static str, to: &Path) -> Result<bool, DatabaseError> {
        sqlite::copy(directory, name, to).await
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
    /// A view of the projections, if the slice that asks has made its `table` there.
    ///
    /// # Errors
    /// [`DatabaseError::Open`] when they are there and are not a database.
    pub async fn of_projections(
        place: impl Into<Place<'_>>,
        table: &str,
    ) -> Result<Option<Self>, DatabaseError> {
        Self::of(place.into(), "projections", table).await
    }

    /// A view of the office, if there is one.
    ///
    /// # Errors
    /// [`DatabaseError::Open`] when it is there and is not a database.
    pub async fn of_office(place: impl Into<Place<'_>>) -> Result<Option<Self>, DatabaseError> {
        Self::of(place.into(), "office", "platform_outbox").await
    }

    /// A server's database is there before anybody has made tables in it, so a table tells whether there is one.
    async fn of(place: Place<'_>, name: &'static str, table: &str) -> Result<Option<Self>, DatabaseError> {
        let pool = match place {
            Place::Files(directory) => sqlite::open_reader(directory, name).await?,
            Place::Server(url) => Some(postgres::open_reader(url, name).await?),
        };
        let Some(pool) = pool else { return Ok(None) };
        let txn = transact::reading(&pool).await?;
        let view = Self { _pool: pool, txn };
        Ok(view.has_table(table).await?.then_some(view))
    }

    /// What queries run on.
    #[must_use]
    pub const fn connection(&self) -> &Transaction {
        &self.txn
    }

    /// Whether a table was ever made: a slice makes its own when it is opened first.
    ///
    /// # Errors
    /// [`DatabaseError::Statement`] when the list of tables cannot be read.
    pub async fn has_table(&self, name: &str) -> Result<bool, DatabaseError> {
        Ok(sea_orm_migration::SchemaManager::new(&self.txn).has_table(name).await?)
    }
}
