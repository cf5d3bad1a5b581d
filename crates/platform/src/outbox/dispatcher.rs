//! Takes waiting messages to the engine: subjects side by side, the messages of one subject one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, CommandId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::task::JoinSet;

use super::{Message, Outbox, Outcome, State, entity};
use crate::database::DatabaseError;
use crate::shutdown::Shutdown;

/// Messages taken up at once.
const ROUND_MAX: u64 = 512;

/// Subjects on their way at once.
const SUBJECTS_MAX: usize = 64;

/// How often the table is looked at without being told to: messages of another process are found by it.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The wait after the engine was not available, doubled up to [`BACKOFF_MAX`].
const BACKOFF_FIRST: Duration = Duration::from_millis(20);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The engine accepted it, at this journal position.
    Accepted {
        /// Position of the outcome.
        position: u64,
    },
    /// The engine refused it. Final: the same id would be refused again.
    Refused {
        /// The refusal's code, one of the problem registry.
        code: String,
    },
    /// The engine no longer knows ids as old as this one. The command was never decided under it and never will be: it goes
    /// on under another.
    Expired {
        /// The id to go on under, one of the message's own: the one it was decided under, or its latest.
        next: CommandId,
    },
    /// Nothing is known: not delivered, or no answer. To be sent again under the same id.
    Unavailable,
}

/// The door to the engine, as the outbox sees it.
pub trait CommandSink: Send + Sync + 'static {
    /// Delivers one message and waits for its outcome.
    fn deliver(&self, message: &Message) -> impl Future<Output = Delivery> + Send;
}

/// The task that empties the outbox.
pub struct Dispatcher<S> {
    outbox: Outbox,
    sink: Arc<S>,
    clock: Arc<dyn Clock>,
}

impl<S> std::fmt::Debug for Dispatcher<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dispatcher")
    }
}

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Round {
    settled: u64,
    unavailable: bool,
}

impl<S: CommandSink> Dispatcher<S> {
    /// A dispatcher from `outbox` to `sink`.
    #[must_use]
    pub fn new(outbox: Outbox, sink: Arc<S>, clock: Arc<dyn Clock>) -> Self {
        Self { outbox, sink, clock }
    }

    /// Delivers until asked to stop, then finishes the round under way. Failures are logged and tried again.
    pub async fn run(self, mut shutdown: Shutdown) {
        let mut wait = BACKOFF_FIRST;
        while !shutdown.is_requested() {
            let (pause, told) = match self.round().await {
                Ok(Round { unavailable: false, settled }) => {
                    wait = BACKOFF_FIRST;
                    if settled > 0 {
                        continue;
                    }
                    (LOOK_EVERY, true)
                }
                Ok(Round { unavailable: true, settled }) => {
                    // Some of it arrived, so the engine is there again: begin with the short wait.
                    wait = if settled > 0 { BACKOFF_FIRST } else { wait };
                    (wait, false)
                }
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read or marked");
                    (wait, false)
                }
            };
            if !told {
                wait = (wait * 2).min(BACKOFF_MAX);
            }
            tokio::select! {
                () = shutdown.requested() => {}
                () = self.outbox.written.notified(), if told => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Delivers everything that waits, and answers how many messages were settled. Stops early when the engine is not
    /// available. For start-up and tests; [`Dispatcher::run`] does the same for as long as the process lives.
    ///
    /// # Errors
    /// [`DatabaseError`] when the table cannot be read or marked.
    pub async fn drain(&self) -> Result<u64, DatabaseError> {
        let mut settled = 0;
        loop {
            let round = self.round().await?;
            settled += round.settled;
            if round.unavailable || round.settled == 0 {
                return Ok(settled);
            }
        }
    }

    /// Delivers the oldest waiting messages and marks what became of them, all marks in one transaction. A crash in
    /// between leaves them waiting: they are sent again under the same ids.
    async fn round(&self) -> Result<Round, DatabaseError> {
        let rows = entity::Entity::find()
            .filter(entity::Column::State.eq(State::Waiting.stored()))
            .order_by_asc(entity::Column::Sequence)
            .limit(ROUND_MAX)
            .all(self.outbox.office.read())
            .await?;
        let mut subjects: BTreeMap<String, Vec<Message>> = BTreeMap::new();
        for row in rows {
            subjects.entry(row.subject.clone()).or_default().push(row.into());
        }
        let (settled, unavailable) = self.deliver(subjects).await;
        self.outbox.mark(&settled, self.clock.now()).await?;
        let count = u64::try_from(settled.len()).unwrap_or(u64::MAX);
        metrics::counter!("outbox_settled_total").increment(count);
        Ok(Round { settled: count, unavailable })
    }

    async fn deliver(&self, subjects: BTreeMap<String, Vec<Message>>) -> (Vec<Outcome>, bool) {
        let (mut settled, mut unavailable) = (Vec::new(), false);
        let mut under_way = JoinSet::new();
        let mut take = |joined: Option<Result<(Vec<Outcome>, bool), tokio::task::JoinError>>| match joined {
            Some(Ok((done, cut))) => {
                settled.extend(done);
                unavailable |= cut;
            }
            // A panic of the sink leaves its subject waiting, like a crash.
            Some(Err(error)) => {
                tracing::error!(%error, "a delivery ended abnormally");
                unavailable = true;
            }
            None => {}
        };
        for messages in subjects.into_values() {
            if under_way.len() >= SUBJECTS_MAX {
                take(under_way.join_next().await);
            }
            under_way.spawn(deliver_in_order(self.outbox.clone(), Arc::clone(&self.sink), messages));
        }
        while !under_way.is_empty() {
            take(under_way.join_next().await);
        }
        (settled, unavailable)
    }
}

/// The messages of one subject, one after the other; stops at the first that did not arrive.
async fn deliver_in_order<S: CommandSink>(
    outbox: Outbox,
    sink: Arc<S>,
    messages: Vec<Message>,
) -> (Vec<Outcome>, bool) {
    let mut settled = Vec::with_capacity(messages.len());
    for mut message in messages {
        let delivery = deliver_or_renew(&outbox, &*sink, &mut message).await;
        match &delivery {
            Delivery::Expired { .. } | Delivery::Unavailable => return (settled, true),
            // Subjects name holders, so only the number of the message is logged.
            Delivery::Refused { code } => tracing::warn!(
                outbox.sequence = message.sequence,
                code,
                "the engine refused a command of the office"
            ),
            Delivery::Accepted { .. } => {}
        }
        settled.push((message.sequence, message.command_id, delivery));
    }
    (settled, false)
}

/// Delivers a message; one whose id is too old once more, under its next id, when that is durable.
async fn deliver_or_renew<S: CommandSink>(outbox: &Outbox, sink: &S, message: &mut Message) -> Delivery {
    let delivery = sink.deliver(message).await;
    let Delivery::Expired { next } = delivery else { return delivery };
    match outbox.renew(message, next).await {
        Ok(true) => {
            tracing::info!(outbox.sequence = message.sequence, "a command waited for long; its id is new");
            message.command_id = next;
            sink.deliver(message).await
        }
        // Somebody else dealt with it: the next round reads what became of it.
        Ok(false) => Delivery::Unavailable,
        Err(error) => {
            tracing::warn!(%error, "a command's id cannot be changed");
            Delivery::Unavailable
        }
    }
}
