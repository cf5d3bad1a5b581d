//! Laying the digests down in the journal: each line gets its number and its digest goes into the outbox in one
//! transaction, so that the journal counts every line once.

use std::time::Duration;

use base::CommandId;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entities::line;
use super::{Audit, LAID_DOWN};
use crate::database::DatabaseError;
use crate::outbox::Outbox;
use crate::shutdown::Shutdown;

/// Lines laid down at once; the engine takes twice as many.
const LINES_AT_ONCE: u64 = 256;

/// How long a line waits for others to be laid down with.
const GATHERED: Duration = Duration::from_secs(1);

/// Encodes the command that lays lines down: the number of the first, and the digests.
pub type Attesting = fn(u64, &[[u8; 32]]) -> Vec<u8>;

impl Audit {
    /// How many lines were not handed over yet.
    ///
    /// # Errors
    /// [`DatabaseError`] when the table cannot be read.
    pub async fn waiting(&self) -> Result<u64, DatabaseError> {
        let waiting = line::Entity::find().filter(line::Column::Number.is_null());
        Ok(waiting.count(self.office.read()).await?)
    }

    /// Hands the oldest lines that were not laid down yet to the outbox. Answers how many.
    ///
    /// # Errors
    /// [`DatabaseError`]: nothing was handed over.
    pub async fn lay_down(&self, outbox: &Outbox, encode: Attesting) -> Result<usize, DatabaseError> {
        // Ids are made by the machine's clock, whatever week the city lives in.
        let id = CommandId::generate(self.clock.callers_now())
            .map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
        let handed = self
            .office
            .transact(|txn, _| {
                Box::pin(async move {
                    let rows = line::Entity::find()
                        .filter(line::Column::Number.is_null())
                        .order_by_asc(line::Column::Sequence)
                        .limit(LINES_AT_ONCE)
                        .all(txn)
                        .await?;
                    if rows.is_empty() {
                        return Ok::<_, DatabaseError>(0);
                    }
                    let last: Option<i64> = line::Entity::find()
                        .select_only()
                        .column_as(line::Column::Number.max(), "last")
                        .into_tuple::<Option<i64>>()
                        .one(txn)
                        .await?
                        .flatten();
                    let first = last.unwrap_or(0).saturating_add(1);
                    let digests: Vec<[u8; 32]> =
                        rows.iter().filter_map(|row| row.digest.as_slice().try_into().ok()).collect();
                    let body = encode(first.unsigned_abs(), &digests);
                    Outbox::enqueue(txn, LAID_DOWN, id, &body).await?;
                    for (row, number) in rows.into_iter().zip(first..) {
                        let mut row: line::ActiveModel = row.into();
                        row.number = ActiveValue::Set(Some(number));
                        row.update(txn).await?;
                    }
                    Ok(digests.len())
                })
            })
            .await?;
        if handed > 0 {
            outbox.wake();
        }
        Ok(handed)
    }
}

/// Lays lines down until asked to stop, and then once more. Failures are logged and tried again.
pub async fn run(audit: Audit, outbox: Outbox, encode: Attesting, mut shutdown: Shutdown) {
    let mut stopping = false;
    while !stopping {
        tokio::select! {
            () = shutdown.requested() => stopping = true,
            () = tokio::time::sleep(GATHERED) => {}
        }
        loop {
            match audit.lay_down(&outbox, encode).await {
                Ok(0) => break,
                Ok(lines) => tracing::debug!(lines, "lines of the audit handed over"),
                Err(error) => {
                    tracing::warn!(%error, "the audit cannot be laid down");
                    break;
                }
            }
        }
    }
}
