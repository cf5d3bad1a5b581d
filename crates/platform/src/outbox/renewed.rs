//! A message that waited longer than the engine remembers ids goes on under a later id of its own.
//!
//! A message has one id for each ten minutes since it was written, all with the randomness of the first. So whoever has an old
//! copy of the office still knows every id under which the message may have been decided, and asks for all of them. Owns
//! these ids and their change in the table. Never sends.

use base::{CommandId, Micros, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Message, Outbox, State, entity};
use crate::database::DatabaseError;

/// How far a message's ids are apart: the longest that one waits for its next id, where the engine forgets sooner than that.
const BETWEEN_IDS: Micros = 600 * Timestamp::SECOND;

impl Message {
    /// Every id that the message may be known by at a time of the callers' clock: the one it has, then later ones, in order.
    pub fn ids_until(&self, callers_now: Timestamp) -> impl Iterator<Item = CommandId> + Send + use<> {
        let id = self.command_id;
        let first = id.time().0.div_euclid(BETWEEN_IDS).saturating_add(1);
        let last = callers_now.0.div_euclid(BETWEEN_IDS);
        let later = (first..=last).map(move |step| id.with_time(Timestamp(step.saturating_mul(BETWEEN_IDS))));
        std::iter::once(id).chain(later)
    }

    /// The latest of [`Message::ids_until`]; none while that is the one it has.
    #[must_use]
    pub fn later_id(&self, callers_now: Timestamp) -> Option<CommandId> {
        let at = Timestamp(callers_now.0.div_euclid(BETWEEN_IDS).saturating_mul(BETWEEN_IDS));
        (at > self.command_id.time()).then(|| self.command_id.with_time(at))
    }
}

impl Outbox {
    /// Gives a message its next id. Durable when it answers true; false when the message no longer waits under the id it had.
    ///
    /// # Errors
    /// [`DatabaseError`]: the message has the id it had.
    pub(super) async fn renew(&self, message: &Message, next: CommandId) -> Result<bool, DatabaseError> {
        let (sequence, had) = (message.sequence, Uuid::from_u128(message.command_id.as_u128()));
        let changed = self
            .office
            .transact(|txn, _| {
                Box::pin(async move {
                    let changed = entity::Entity::update_many()
                        .col_expr(entity::Column::CommandId, Expr::value(Uuid::from_u128(next.as_u128())))
                        .filter(entity::Column::Sequence.eq(sequence))
                        .filter(entity::Column::CommandId.eq(had))
                        .filter(entity::Column::State.eq(State::Waiting.stored()))
                        .exec(txn)
                        .await?;
                    Ok::<_, DatabaseError>(changed.rows_affected)
                })
            })
            .await?;
        Ok(changed == 1)
    }
}
