//! A record: one command with its outcome, as the journal keeps it.
//!
//! Deterministic CBOR (RFC 8949 §4.2) with integer keys: the value part holds ids, accounts and amounts; the movement
//! part holds place, line and the terminal's clock and is encrypted by the journal. Unknown keys, commands or events
//! stop the reader.

use base::{CommandId, Timestamp};
use minicbor::encode::Write;
use minicbor::{Decoder, Encoder};
use sha2::{Digest, Sha256};

use crate::{Body, Envelope, Event, Movement, Position, Refusal, Refused};

/// A record to be applied, with its command and events borrowed.
#[derive(Clone, Copy, Debug)]
pub struct RecordRef<'a> {
    /// Where it stands.
    pub position: Position,
    /// Time of its entry.
    pub at: Timestamp,
    /// Digest of the command's content.
    pub digest: u64,
    /// The command.
    pub envelope: &'a Envelope,
    /// What came of it.
    pub outcome: Result<&'a [Event], Refused>,
}

/// A record read from the journal.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// Where it stands.
    pub position: Position,
    /// Time of its entry.
    pub at: Timestamp,
    /// Digest of the command's content.
    pub digest: u64,
    /// The command.
    pub envelope: Envelope,
    /// What came of it.
    pub outcome: Result<Vec<Event>, Refused>,
}

/// Why a record cannot be read: written by a newer release, or damaged.
#[derive(Debug, thiserror::Error)]
#[error("record {position} cannot be read by this release: {source}")]
pub struct RecordError {
    /// Where it stands.
    pub position: Position,
    /// What the decoder found.
    #[source]
    pub source: minicbor::decode::Error,
}

type Infallible<T> = Result<T, minicbor::encode::Error<std::convert::Infallible>>;

impl Record {
    /// Borrows the record, to apply it.
    #[must_use]
    pub fn as_ref(&self) -> RecordRef<'_> {
        RecordRef {
            position: self.position,
            at: self.at,
            digest: self.digest,
            envelope: &self.envelope,
            outcome: self.outcome.as_deref().map_err(|refused| *refused),
        }
    }

    /// Reads a record from its value part and, while the day's key exists, its movement part.
    ///
    /// # Errors
    /// [`RecordError`] when this release does not know what is written there.
    pub fn decode(
        position: Position,
        at: Timestamp,
        value: &[u8],
        movement: Option<&[u8]>,
    ) -> Result<Self, RecordError> {
        decode(position, at, value, movement).map_err(|source| RecordError { position, source })
    }
}

fn decode(
    position: Position,
    at: Timestamp,
    value: &[u8],
    movement: Option<&[u8]>,
) -> Result<Record, minicbor::decode::Error> {
    let mut d = Decoder::new(value);
    let (mut head, mut body, mut outcome, mut about) = (Head::default(), None, None, None);
    let mut body_bytes: &[u8] = &[];
    for _ in 0..d.map()?.unwrap_or(0) {
        match d.u32()? {
            0 => head.schema = d.u16()?,
            1 => head.id = d.decode()?,
            2 => head.principal = d.decode()?,
            3 => head.channel = d.decode()?,
            4 => head.on_behalf_of = Some(d.decode()?),
            5 => head.received_at = d.decode()?,
            6 => {
                let start = d.position();
                body = Some(d.decode::<Body>()?);
                body_bytes = value.get(start..d.position()).unwrap_or_default();
            }
            7 => outcome = Some(Ok(d.decode::<Vec<Event>>()?)),
            8 => outcome = Some(Err(d.decode::<Refusal>()?.into())),
            9 => about = Some(d.decode::<base::Code>()?),
            _ => return Err(minicbor::decode::Error::message("unknown field").at(d.position())),
        }
    }
    if d.position() != value.len() {
        return Err(minicbor::decode::Error::message("bytes after the record").at(d.position()));
    }
    let missing = |what| minicbor::decode::Error::message(what).at(d.position());
    let mut body = body.ok_or_else(|| missing("no command"))?;
    let mut outcome: Result<Vec<Event>, Refused> = outcome.ok_or_else(|| missing("no outcome"))?;
    match (&mut outcome, about) {
        (Err(refused), about) => refused.about = about,
        (Ok(_), Some(_)) => return Err(missing("a refusal's subject beside events")),
        (Ok(_), None) => {}
    }
    let digest = digest_of(&head, &body, body_bytes, movement);
    body.set_movement(movement.map(minicbor::decode::<Movement>).transpose()?);
    Ok(Record { position, at, digest, envelope: head.with(body), outcome })
}

/// Everything of an envelope but its body.
struct Head {
    schema: u16,
    id: CommandId,
    principal: base::PrincipalId,
    channel: crate::Channel,
    on_behalf_of: Option<crate::Party>,
    received_at: Timestamp,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            schema: 1,
            id: CommandId::from_u128(0),
            principal: base::PrincipalId(0),
            channel: crate::Channel::System,
            on_behalf_of: None,
            received_at: Timestamp::default(),
        }
    }
}

impl Head {
    fn of(envelope: &Envelope) -> Self {
        Self {
            schema: envelope.schema,
            id: envelope.id,
            principal: envelope.principal,
            channel: envelope.channel,
            on_behalf_of: envelope.on_behalf_of,
            received_at: envelope.received_at,
        }
    }

    fn with(self, body: Body) -> Envelope {
        let Self { schema, id, principal, channel, on_behalf_of, received_at } = self;
        Envelope { schema, id, principal, channel, on_behalf_of, received_at, body }
    }
}

/// Encodes the body into `body` and the movement into `movement` (both cleared first).
pub fn encode_content(envelope: &Envelope, body: &mut Vec<u8>, movement: &mut Vec<u8>) {
    body.clear();
    movement.clear();
    let Ok(()) = minicbor::encode(&envelope.body, &mut *body) else {
        unreachable!("memory takes every byte")
    };
    if let Some(known) = envelope.body.movement() {
        let Ok(()) = minicbor::encode(known, movement) else { unreachable!("memory takes every byte") };
    }
}

/// Digest of a command's content: channel, party and body, without id, time and defaults. An ask's movement counts;
/// a tap's does not, because a tap is recognised by its terminal's number and its movement may be forgotten earlier
/// than its id.
#[must_use]
pub fn content_digest(envelope: &Envelope, body: &[u8], movement: &[u8]) -> u64 {
    let movement = envelope.body.movement().map(|_| movement);
    digest_of(&Head::of(envelope), &envelope.body, body, movement)
}

fn digest_of(head: &Head, body: &Body, bytes: &[u8], movement: Option<&[u8]>) -> u64 {
    let mut hash = Sha256::new();
    hash.update([head.channel as u8]);
    if let Some(party) = &head.on_behalf_of {
        hash.update(minicbor::to_vec(party).unwrap_or_default());
    }
    hash.update(bytes);
    if let (Body::Ask(_), Some(movement)) = (body, movement) {
        hash.update(movement);
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first))
}

/// Encodes the value part of a record; `body` is the command's body already encoded.
pub fn encode_value(
    envelope: &Envelope,
    body: &[u8],
    outcome: Result<&[Event], Refused>,
    value: &mut Vec<u8>,
) {
    value.clear();
    let Ok(()) = write_value(envelope, body, outcome, value) else { unreachable!("memory takes every byte") };
}

fn write_value(
    envelope: &Envelope,
    body: &[u8],
    outcome: Result<&[Event], Refused>,
    value: &mut Vec<u8>,
) -> Infallible<()> {
    let mut e = Encoder::new(value);
    let about = outcome.err().and_then(|refused| refused.about);
    e.map(7 + u64::from(envelope.on_behalf_of.is_some()) + u64::from(about.is_some()))?;
    e.u32(0)?.u16(envelope.schema)?;
    e.u32(1)?.encode(envelope.id)?;
    e.u32(2)?.encode(envelope.principal)?;
    e.u32(3)?.encode(envelope.channel)?;
    if let Some(party) = &envelope.on_behalf_of {
        e.u32(4)?.encode(party)?;
    }
    e.u32(5)?.encode(envelope.received_at)?;
    e.u32(6)?;
    e.writer_mut().write_all(body).map_err(minicbor::encode::Error::write)?;
    match outcome {
        Ok(events) => e.u32(7)?.encode(events)?.ok(),
        Err(refused) => {
            e.u32(8)?.encode(refused.refusal)?;
            match about {
                Some(about) => e.u32(9)?.encode(about)?.ok(),
                None => Ok(()),
            }
        }
    }
}
