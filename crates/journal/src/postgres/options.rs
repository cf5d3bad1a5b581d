//! How the journal on PostgreSQL is set up, and why it may not be.
//!
//! Owns the defaults and the words. Never shows a password.

use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

use crate::log::ReadError;
use crate::server::Uncovered;

/// How the journal on PostgreSQL is set up.
#[derive(Clone)]
pub struct PostgresOptions {
    /// Where the database is: `postgres://user:password@host:5432/database?sslmode=verify-full`. A directory given as
    /// `?host=/run/postgresql` means a Unix socket. The database is this journal's; its schema is `journal`.
    pub url: String,
    /// How long one append, or one page of a reader, may take before it counts as unknown, connecting included.
    pub wait_max: Duration,
    /// How long after the server was found full the next try comes.
    pub retry_pause: Duration,
}

impl PostgresOptions {
    /// The journal in this database, with five seconds for an append.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), wait_max: Duration::from_secs(5), retry_pause: Duration::from_millis(500) }
    }

    pub(crate) fn connect(&self) -> Result<PgConnectOptions, PostgresError> {
        let parsed = self.url.parse::<PgConnectOptions>();
        let options = parsed.map_err(|error| PostgresError::Url(error.to_string()))?;
        Ok(options.application_name("jakone-journal").disable_statement_logging())
    }
}

impl std::fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresOptions").field("wait_max", &self.wait_max).finish_non_exhaustive()
    }
}

/// What a server is called in messages: host or socket, and database.
pub(crate) fn server_name(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    match options.get_socket() {
        Some(socket) => format!("PostgreSQL {}/{database}", socket.display()),
        None => format!("PostgreSQL {}:{}/{database}", options.get_host(), options.get_port()),
    }
}

/// Why the server cannot promise that what it acknowledges is there after a power failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// `fsync` is off.
    #[error(
        "the server runs with fsync = off, so an acknowledged entry may be lost with the power; set fsync = on"
    )]
    FsyncOff,
    /// `full_page_writes` is off.
    #[error(
        "the server runs with full_page_writes = off, so a crash may tear pages that were whole; set \
             full_page_writes = on"
    )]
    TornPages,
    /// It is a standby.
    #[error("the server is a standby and takes no entries; connect to the primary, or promote this one")]
    Standby,
}

/// Why the journal on PostgreSQL cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// The address cannot be read.
    #[error("the journal's database address cannot be read: {0}; write postgres://user@host:5432/database")]
    Url(String),
    /// No thread or socket could be had.
    #[error("the operating system refused what a connection needs: {0}")]
    System(#[from] std::io::Error),
    /// The server cannot be reached or gave no answer in time.
    #[error(
        "{server} cannot be reached: {reason}; see that it is up and that address and password are right"
    )]
    Reach {
        /// Which server.
        server: String,
        /// Why.
        reason: String,
    },
    /// It is up, but refuses.
    #[error(
        "{server} refuses to {action}: {reason}; see to the rights of the journal's role and the server's log"
    )]
    Refused {
        /// Which server.
        server: String,
        /// What was tried.
        action: &'static str,
        /// What it said.
        reason: String,
    },
    /// Its promises are too weak.
    #[error("{server}: {unfit}")]
    Unfit {
        /// Which server.
        server: String,
        /// What is wrong.
        unfit: Unfit,
    },
    /// The schema is of another version.
    #[error(
        "the schema `journal` at {server} has version {found}, this program knows version {known}; use the \
             program that made it, or a later one"
    )]
    Version {
        /// Which server.
        server: String,
        /// What is there.
        found: i32,
        /// What is known.
        known: i32,
    },
    /// The head does not name the last entry.
    #[error(
        "at {server} the head names entry {head}, but the last entry is {last}: rows were removed or added by \
             hand. Let a replica take over that was not changed; where there is none, restore a backup: \
             `jakone restore BACKUP --data NEW --database EMPTY`"
    )]
    Torn {
        /// Which server.
        server: String,
        /// What the head says.
        head: u64,
        /// The last entry there.
        last: u64,
    },
    /// Another process opened the journal at the same moment.
    #[error(
        "another process took the journal at {server} over while this one was opening it; only one may lead: \
             stop the other one, or leave the lead to it"
    )]
    TakenOver {
        /// Which server.
        server: String,
    },
    /// A consumer has seen something else.
    #[error(transparent)]
    Uncovered(#[from] Uncovered),
    /// Its last entry cannot be read, or is damaged.
    #[error(transparent)]
    Read(#[from] ReadError),
}
