//! A journal that several machines share, as one of them sees it before it writes.
//!
//! Owns the port of a standby: follow it, then open it. Never says who leads; that follows from what is written.

use crate::embedded::Cover;
use crate::jetstream::{Jetstream, JetstreamError, JetstreamOptions};
use crate::log::{Journal, ReadError, Reader};
use crate::memory::Memory;
use crate::postgres::{Postgres, PostgresError, PostgresOptions};

/// A journal that several machines share.
pub trait SharedJournal: Send + Sync {
    /// Reads durable entries from `from_seq` on (one past the last is allowed), without keeping anybody from writing. At
    /// the end a later call of [`Reader::next`] asks again.
    ///
    /// # Errors
    /// As [`Journal::reader`].
    fn follow(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError>;

    /// Opens it for writing. From then on, or from the first entry on that is appended, nobody who opened it earlier
    /// writes any more.
    ///
    /// # Errors
    /// [`SharedError`]; whoever writes goes on writing.
    fn open(&self, cover: Option<Cover>) -> Result<Box<dyn Journal>, SharedError>;
}

/// A shared journal cannot be opened for writing.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// On PostgreSQL.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// On JetStream.
    #[error(transparent)]
    Jetstream(#[from] JetstreamError),
}

fn unreachable(server: &str, reason: &dyn std::fmt::Display) -> ReadError {
    ReadError::Server { action: "follow the journal", server: server.to_owned(), reason: reason.to_string() }
}

impl SharedJournal for PostgresOptions {
    fn follow(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        Postgres::follow(self, from_seq).map_err(|error| match error {
            PostgresError::Read(error) => error,
            other => unreachable("PostgreSQL", &other),
        })
    }

    fn open(&self, cover: Option<Cover>) -> Result<Box<dyn Journal>, SharedError> {
        Ok(Box::new(Postgres::open(self.clone(), cover)?))
    }
}

impl SharedJournal for JetstreamOptions {
    fn follow(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        Jetstream::follow(self, from_seq).map_err(|error| match error {
            JetstreamError::Read(error) => error,
            other => unreachable("NATS", &other),
        })
    }

    fn open(&self, cover: Option<Cover>) -> Result<Box<dyn Journal>, SharedError> {
        Ok(Box::new(Jetstream::open(self.clone(), cover)?))
    }
}

/// Whoever appends first is the one who writes, as on JetStream.
impl SharedJournal for Memory {
    fn follow(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        self.reader(from_seq)
    }

    fn open(&self, _: Option<Cover>) -> Result<Box<dyn Journal>, SharedError> {
        Ok(Box::new(self.clone()))
    }
}
