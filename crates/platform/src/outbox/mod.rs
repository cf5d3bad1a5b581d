//! Commands on their way from the office to the engine: written in the same transaction as the row that caused them,
//! delivered afterwards, in order per subject.
//!
//! Owns keeping, ordering and delivering. Never knows what a command means: a body is bytes, and a message may reach
//! the engine twice, which recognises it by its command id. The id changes only when the engine no longer knows ids as old
//! as that (see `renewed`).

mod dispatcher;
mod entity;
mod renewed;
mod restored;
mod settled;

use std::sync::Arc;

use base::{CommandId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use tokio::sync::Notify;
use uuid::Uuid;

pub use dispatcher::{CommandSink, Delivery, Dispatcher};
pub use restored::Outcomes;
pub use settled::{Settled, furthest_within, settled_within, unsettled_within};

use crate::database::{Database, DatabaseError, Transaction};

/// Longest subject in bytes.
pub const SUBJECT_LENGTH_MAX: usize = 100;

/// Rows of one multi-row statement: seven columns each stay far below SQLite's 32 766 variables.
const ROWS_PER_STATEMENT: usize = 1_000;

/// Where a message stands. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
enum State {
    Waiting = 0,
    Accepted = 1,
    Refused = 2,
}

impl State {
    const fn stored(self) -> i16 {
        self as i16
    }
}

/// What became of a message: its sequence, and the id that this was the outcome of.
type Outcome = (i64, CommandId, Delivery);

/// A command to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// What it is about (`holder/P-7F3K-2209`): messages of one subject arrive in the order written.
    pub subject: String,
    /// The command's id; its time is when it was written.
    pub command_id: CommandId,
    /// The command, encoded.
    pub body: Vec<u8>,
}

/// A command waiting to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Order of writing.
    pub sequence: i64,
    /// What it is about.
    pub subject: String,
    /// The command's id.
    pub command_id: CommandId,
    /// The command, encoded.
    pub body: Vec<u8>,
}

impl From<entity::Model> for Message {
    fn from(row: entity::Model) -> Self {
        let command_id = CommandId::from_u128(row.command_id.as_u128());
        Self { sequence: row.sequence, subject: row.subject, command_id, body: row.body }
    }
}

/// A command the engine refused; kept until somebody has dealt with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedMessage {
    /// The message.
    pub message: Message,
    /// The refusal's code, one of the problem registry.
    pub code: String,
}

/// The outbox of one office database.
#[derive(Debug, Clone)]
pub struct Outbox {
    office: Database,
    written: Arc<Notify>,
}

impl Outbox {
    /// The outbox kept in `office`.
    #[must_use]
    pub fn new(office: Database) -> Self {
        Self { office, written: Arc::default() }
    }

    /// Writes one message in the caller's transaction. Call [`Outbox::wake`] once that is committed.
    ///
    /// # Errors
    /// [`DatabaseError`] when the row cannot be written, also when the command id was used before.
    pub async fn enqueue(
        txn: &Transaction,
        subject: &str,
        command_id: CommandId,
        body: &[u8],
    ) -> Result<(), DatabaseError> {
        let message = NewMessage { subject: subject.to_owned(), command_id, body: body.to_vec() };
        Self::enqueue_many(txn, std::slice::from_ref(&message)).await
    }

    /// Writes many messages, in their order, by multi-row statements.
    ///
    /// # Errors
    /// As [`Outbox::enqueue`].
    pub async fn enqueue_many(txn: &Transaction, messages: &[NewMessage]) -> Result<(), DatabaseError> {
        for part in messages.chunks(ROWS_PER_STATEMENT) {
            let rows = part.iter().map(|message| entity::ActiveModel {
                sequence: ActiveValue::NotSet,
                subject: ActiveValue::Set(message.subject.chars().take(SUBJECT_LENGTH_MAX).collect()),
                command_id: ActiveValue::Set(Uuid::from_u128(message.command_id.as_u128())),
                body: ActiveValue::Set(message.body.clone()),
                state: ActiveValue::Set(State::Waiting.stored()),
                code: ActiveValue::Set(None),
                position: ActiveValue::Set(None),
                created_at: ActiveValue::Set(message.command_id.time().0),
                settled_at: ActiveValue::Set(None),
            });
            entity::Entity::insert_many(rows).exec_without_returning(txn).await?;
        }
        Ok(())
    }

    /// Writes down what became of messages under these ids, all in one transaction.
    async fn mark(&self, settled: &[Outcome], now: Timestamp) -> Result<(), DatabaseError> {
        if settled.is_empty() {
            return Ok(());
        }
        self.office
            .transact(|txn, _| {
                Box::pin(async move {
                    for (sequence, command_id, delivery) in settled {
                        let (state, code, position) = stored(delivery);
                        entity::Entity::update_many()
                            .col_expr(entity::Column::State, Expr::value(state.stored()))
                            .col_expr(entity::Column::Code, Expr::value(code))
                            .col_expr(entity::Column::Position, Expr::value(position))
                            .col_expr(entity::Column::SettledAt, Expr::value(now.0))
                            .filter(entity::Column::Sequence.eq(*sequence))
                            .filter(entity::Column::CommandId.eq(Uuid::from_u128(command_id.as_u128())))
                            .exec(txn)
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Tells the dispatcher of this process that messages were committed. It would find them by itself, a little later.
    pub fn wake(&self) {
        self.written.notify_one();
    }

    /// How many messages wait.
    ///
    /// # Errors
    /// [`DatabaseError`] when the table cannot be read.
    pub async fn waiting(&self) -> Result<u64, DatabaseError> {
        let waiting = entity::Column::State.eq(State::Waiting.stored());
        Ok(entity::Entity::find().filter(waiting).count(self.office.read()).await?)
    }

    /// The oldest refused messages, at most `limit`.
    ///
    /// # Errors
    /// [`DatabaseError`] when the table cannot be read.
    pub async fn refused(&self, limit: u64) -> Result<Vec<RefusedMessage>, DatabaseError> {
        let rows = entity::Entity::find()
            .filter(entity::Column::State.eq(State::Refused.stored()))
            .order_by_asc(entity::Column::Sequence)
            .limit(limit)
            .all(self.office.read())
            .await?;
        let refused = |mut row: entity::Model| {
            let code = row.code.take().unwrap_or_default();
            RefusedMessage { message: row.into(), code }
        };
        Ok(rows.into_iter().map(refused).collect())
    }
}

fn stored(delivery: &Delivery) -> (State, Option<String>, Option<i64>) {
    match delivery {
        Delivery::Accepted { position } => (State::Accepted, None, i64::try_from(*position).ok()),
        Delivery::Refused { code } => (State::Refused, Some(code.clone()), None),
        Delivery::Expired { .. } | Delivery::Unavailable => (State::Waiting, None, None),
    }
}

/// Of the messages about a subject: how much the engine had not decided at an entry, as `weigh` says of each body, and how many
/// it refused.
pub(crate) async fn standing_of(
    office: &impl ConnectionTrait,
    subject: &str,
    entry: u64,
    weigh: fn(&[u8]) -> u64,
) -> Result<(u64, u64), DatabaseError> {
    let of = |state: State| {
        entity::Entity::find()
            .filter(entity::Column::Subject.eq(subject))
            .filter(entity::Column::State.eq(state.stored()))
    };
    let later =
        of(State::Accepted).filter(entity::Column::Position.gt(i64::try_from(entry).unwrap_or(i64::MAX)));
    let mut undecided = of(State::Waiting).all(office).await?;
    undecided.extend(later.all(office).await?);
    let refused = of(State::Refused).count(office).await?;
    Ok((undecided.iter().map(|row| weigh(&row.body)).sum(), refused))
}
