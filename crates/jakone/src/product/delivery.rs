//! From the office's outbox to the engine.

use std::sync::Arc;

use base::Clock;
use engine::{Attest, Body, Channel, Envelope, Step};
use platform::access::OFFICE_PRINCIPAL;
use platform::outbox::{CommandSink, Delivery, Message};
use runtime::{Class, Handle};

/// Delivers messages as commands of the office.
pub struct EngineSink {
    engine: Handle,
    clock: Arc<dyn Clock>,
}

impl EngineSink {
    /// A sink into a running engine.
    pub fn new(engine: Handle, clock: Arc<dyn Clock>) -> Self {
        Self { engine, clock }
    }
}

impl CommandSink for EngineSink {
    async fn deliver(&self, message: &Message) -> Delivery {
        let Ok(body) = minicbor::decode::<Body>(&message.body) else {
            return Delivery::Refused { code: "request_malformed".into() };
        };
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
                Step::Decided(Ok(_)) | Step::Repeated(_) => {
                    Delivery::Accepted { position: answer.position.seq }
                }
                Step::Decided(Err(refusal)) => Delivery::Refused { code: refusal.code().into() },
                Step::Conflict => Delivery::Refused { code: "id_conflict".into() },
                Step::Expired => Delivery::Refused { code: "id_expired".into() },
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
