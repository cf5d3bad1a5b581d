//! What the office says became of its commands, for whoever holds it against the journal.
//!
//! Owns the reading, from a view that does not change meanwhile. Never writes.

use base::CommandId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Delivery, Message, State, entity};
use crate::database::DatabaseError;

/// A message of which the office knows the outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Order of writing.
    pub sequence: i64,
    /// The command's id.
    pub command_id: CommandId,
    /// Accepted or refused.
    pub delivery: Delivery,
}

/// The last entry that any settled message names; 0 for none.
///
/// # Errors
/// [`DatabaseError`] when the table cannot be read.
pub async fn furthest_within(office: &impl ConnectionTrait) -> Result<u64, DatabaseError> {
    let last: Option<Option<i64>> = entity::Entity::find()
        .select_only()
        .column_as(entity::Column::Position.max(), "last")
        .into_tuple()
        .one(office)
        .await?;
    Ok(last.flatten().map_or(0, i64::unsigned_abs))
}

/// Settled messages after one, in the order written, at most `limit`.
///
/// # Errors
/// [`DatabaseError`] when the table cannot be read.
pub async fn settled_within(
    office: &impl ConnectionTrait,
    after: i64,
    limit: u64,
) -> Result<Vec<Settled>, DatabaseError> {
    let rows = entity::Entity::find()
        .filter(entity::Column::State.ne(State::Waiting.stored()))
        .filter(entity::Column::Sequence.gt(after))
        .order_by_asc(entity::Column::Sequence)
        .limit(limit)
        .all(office)
        .await?;
    let settled = |row: entity::Model| Settled {
        sequence: row.sequence,
        command_id: CommandId::from_u128(row.command_id.as_u128()),
        delivery: match row.code {
            Some(code) => Delivery::Refused { code },
            None => Delivery::Accepted { position: row.position.unwrap_or_default().unsigned_abs() },
        },
    };
    Ok(rows.into_iter().map(settled).collect())
}

/// Messages that wait or were refused, after one, in the order written, at most `limit`: what they ask for is not so.
///
/// # Errors
/// [`DatabaseError`] when the table cannot be read.
pub async fn unsettled_within(
    office: &impl ConnectionTrait,
    after: i64,
    limit: u64,
) -> Result<Vec<Message>, DatabaseError> {
    let rows = entity::Entity::find()
        .filter(entity::Column::State.ne(State::Accepted.stored()))
        .filter(entity::Column::Sequence.gt(after))
        .order_by_asc(entity::Column::Sequence)
        .limit(limit)
        .all(office)
        .await?;
    Ok(rows.into_iter().map(Message::from).collect())
}
