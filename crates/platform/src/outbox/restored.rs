//! After a restore: what waits here may have been decided, because the journal goes on after the office was copied.
//!
//! Owns asking by the command's ids before anything is sent again. Also an id that the engine no longer remembers is found so,
//! and one that the message was given after the copy.
//! Never sends.

use base::{Clock, CommandId, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Delivery, Message, Outbox, State, entity};
use crate::database::DatabaseError;

/// Messages asked about at a time.
const PAGE: u64 = 512;

/// What became of commands, as the journal tells it, however long ago.
pub trait Outcomes: Send + Sync {
    /// Under which of [`Message::ids_until`] now a message's command was decided, and what became of it; none when the journal
    /// does not have it. Asked only when everything durable is known to whoever answers.
    fn decided(
        &self,
        message: &Message,
        callers_now: Timestamp,
    ) -> impl Future<Output = Result<Option<(CommandId, Delivery)>, DatabaseError>> + Send;
}

impl Outbox {
    /// Settles every waiting message whose command was decided already. Answers how many.
    ///
    /// # Errors
    /// [`DatabaseError`]: ask again; what was settled stays so.
    pub async fn settle_decided(
        &self,
        outcomes: &impl Outcomes,
        clock: &dyn Clock,
    ) -> Result<u64, DatabaseError> {
        let (mut after, mut count) = (i64::MIN, 0);
        loop {
            let rows = entity::Entity::find()
                .filter(entity::Column::State.eq(State::Waiting.stored()))
                .filter(entity::Column::Sequence.gt(after))
                .order_by_asc(entity::Column::Sequence)
                .limit(PAGE)
                .all(self.office.read())
                .await?;
            let Some(last) = rows.last() else { return Ok(count) };
            after = last.sequence;
            let mut settled = Vec::new();
            for row in rows {
                let message = Message::from(row);
                let decided = outcomes.decided(&message, clock.callers_now()).await?;
                let Some((id, delivery)) = decided else { continue };
                if id == message.command_id || self.renew(&message, id).await? {
                    settled.push((message.sequence, id, delivery));
                }
            }
            count += u64::try_from(settled.len()).unwrap_or(u64::MAX);
            self.mark(&settled, clock.now()).await?;
        }
    }
}
