//! Schemas, slice by slice: each slice has its own list of migrations and its own tracking table.
//!
//! Owns running them in one write transaction at start. Never knows a slice's tables; the platform's own are in
//! [`office`].

mod office;

use sea_orm_migration::MigratorTrait;

use crate::database::{Database, DatabaseError};

pub use office::Office;

/// Brings the tables of the slice `M` in `database` to the present schema: all its pending migrations or none.
///
/// # Errors
/// [`DatabaseError`] when a migration fails, or when the database was written by a later release.
pub async fn run<M: MigratorTrait>(database: &Database) -> Result<(), DatabaseError> {
    let name = database.name();
    database
        .transact(|txn, _| {
            Box::pin(async move {
                M::up(txn, None).await.map_err(|source| DatabaseError::Migrate { name, source })
            })
        })
        .await
}
