//! From the office's outbox to the engine.

use std::sync::Arc;

use base::{Clock, Timestamp};
use engine::{Attest, Body, Channel, Envelope, Position, Step};
use platform::access::OFFICE_PRINCIPAL;
use platform::outbox::{CommandSink, Delivery, Message, Outcomes as _};
use runtime::{Class, Handle};

use super::decided::Decided;

/// Delivers messages as commands of the office.
pub struct EngineSink {
    engine: Handle,
    decided: Decided,
    clock: Arc<dyn Clock>,
}

impl EngineSink {
    /// A sink into a running engine.
    pub fn new(engine: Handle, decided: Decided, clock: Arc<dyn Clock>) -> Self {
        Self { engine, decided, clock }
    }

    /// What a command came to that was decided before: it stands in the journal, and may have been refused.
    async fn outcome_at(&self, position: Position) -> Delivery {
        let engine = self.engine.clone();
        let read = tokio::task::spawn_blocking(move || engine.entry(position.seq)).await;
        let Ok(Ok(Some(entry))) = read else { return Delivery::Unavailable };
        let record = entry.records.into_iter().find(|record| record.position == position);
        match record.map(|record| record.outcome) {
            Some(Ok(_)) => Delivery::Accepted { position: position.seq },
            Some(Err(refused)) => Delivery::Refused { code: refused.code().into() },
            None => Delivery::Unavailable,
        }
    }

    /// What became of a command, sent at a time, that the engine remembers no more: the tables tell, once they hold what the
    /// engine had seen. One that was not decided by then never will be: what the tables hold is durable, and the engine's
    /// window only moves on.
    async fn forgotten(&self, message: &Message, sent_at: Timestamp, seen: Position) -> Delivery {
        if !self.decided.has_seen(seen.seq) {
            return Delivery::Unavailable;
        }
        if message.command_id.time() > sent_at {
            // Not too old but too new, by a clock that was ahead: its time will come.
            tracing::warn!(outbox.sequence = message.sequence, "a command's id is of the future; it waits");
            return Delivery::Unavailable;
        }
        match self.decided.decided(message, sent_at).await {
            Ok(Some((id, outcome))) if id == message.command_id => outcome,
            Ok(Some((next, _))) => Delivery::Expired { next },
            // Without a later id yet, it waits for that.
            Ok(None) => {
                message.later_id(sent_at).map_or(Delivery::Unavailable, |next| Delivery::Expired { next })
            }
            Err(error) => {
                tracing::warn!(%error, "outcomes cannot be read");
                Delivery::Unavailable
            }
        }
    }
}

impl CommandSink for EngineSink {
    async fn deliver(&self, message: &Message) -> Delivery {
        let Ok(body) = minicbor::decode::<Body>(&message.body) else {
            return Delivery::Refused { code: "request_malformed".into() };
        };
        // Read before the engine reads its own: what is not ahead of this is not ahead of that.
        let sent_at = self.clock.callers_now();
        let envelope = Envelope {
            schema: 1,
            id: message.command_id,
            principal: OFFICE_PRINCIPAL,
            channel: Channel::Office,
            on_behalf_of: None,
            received_at: self.clock.now(),
            body,
        };
        let Ok(answers) = self.engine.submit(Class::Office, vec![envelope]).await else {
            return Delivery::Unavailable;
        };
        match answers.into_iter().next() {
            Some(answer) => match answer.step {
                Step::Decided(Ok(_)) => Delivery::Accepted { position: answer.position.seq },
                Step::Decided(Err(refusal)) => Delivery::Refused { code: refusal.code().into() },
                Step::Repeated(position) => self.outcome_at(position).await,
                Step::Conflict => Delivery::Refused { code: "id_conflict".into() },
                Step::Expired => self.forgotten(message, sent_at, answer.position).await,
                Step::RepeatedFact | Step::Gap => Delivery::Unavailable,
            },
            None => Delivery::Unavailable,
        }
    }
}

/// The command that lays lines of the audit down.
pub fn attest(first: u64, digests: &[[u8; 32]]) -> Vec<u8> {
    let digests = digests.iter().map(|digest| (*digest).into()).collect();
    // Writing to memory does not fail; an empty message would be refused and told.
    minicbor::to_vec(Body::Attest(Attest { first, digests })).unwrap_or_default()
}
