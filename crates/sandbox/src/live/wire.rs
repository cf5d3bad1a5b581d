//! The wire form of `/api/v1`: paths, headers, bodies, answers. The only module that knows it.

use base::{Code, CommandId, DeviceNumber, MediumSerial, Timestamp};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use engine::{Amount, Refusal};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Most taps of one batch.
pub const BATCH_TAPS_MAX: usize = 1_000;

/// A request as it is sent, and sent again.
#[derive(Debug, Clone)]
pub struct Message {
    /// Path from the root.
    pub path: &'static str,
    /// Headers besides the content type.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Vec<u8>,
}

/// One tap as the terminal keeps it.
#[derive(Debug, Clone)]
pub struct TapRecord {
    /// Id of the command.
    pub id: CommandId,
    /// Number within the epoch.
    pub seq: u64,
    /// Which medium.
    pub medium: MediumSerial,
    /// Where.
    pub place: Code,
    /// By the terminal's clock.
    pub device_at: Timestamp,
    /// Whether the gate opened.
    pub opened: bool,
    /// Why it did not.
    pub refused: Option<Refusal>,
}

#[derive(Serialize)]
struct AskBody<'m> {
    medium: u32,
    place: &'m str,
}

#[derive(Serialize)]
struct TapBody<'m> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<CommandId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<u32>,
    seq: u64,
    medium: u32,
    place: &'m str,
    device_at: String,
    opened: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refusal>,
}

#[derive(Serialize)]
struct TopUpBody<'m> {
    medium: u32,
    bank: &'m str,
    amount: u64,
}

#[derive(Serialize)]
struct BatchBody<'m> {
    epoch: u32,
    previous_hash: String,
    head_hash: String,
    taps: Vec<TapBody<'m>>,
}

/// What is read of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Decision {
    /// Accepted or not.
    pub outcome: Outcome,
    /// Why not.
    #[serde(default)]
    pub code: Option<String>,
}

/// The word a decision begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It happened.
    Accepted,
    /// It did not.
    Refused,
    /// Not decided: send it again.
    Retry,
}

impl Decision {
    /// The refusal, if it is one the engine knows.
    pub fn refusal(&self) -> Option<Refusal> {
        let code = self.code.as_deref()?;
        Refusal::ALL.iter().copied().find(|refusal| refusal.code() == code)
    }
}

/// What is read of the answer to a batch.
#[derive(Debug, Clone, Deserialize)]
pub struct BatchAnswer {
    /// One decision per tap, in the order sent.
    pub items: Vec<Decision>,
}

fn message(path: &'static str, headers: Vec<(&'static str, String)>, body: &impl Serialize) -> Message {
    // These bodies are structs of texts and numbers: writing them cannot fail, and an empty body would be refused.
    Message { path, headers, body: serde_json::to_vec(body).unwrap_or_default() }
}

fn client(token: &str, id: CommandId) -> Vec<(&'static str, String)> {
    vec![("authorization", format!("Bearer {token}")), ("idempotency-key", id.to_string())]
}

/// A gate asks.
pub fn ask(token: &str, id: CommandId, medium: MediumSerial, place: Code) -> Message {
    message("/api/v1/asks", client(token, id), &AskBody { medium: medium.0, place: place.as_str() })
}

/// A bank reports money.
pub fn top_up(token: &str, id: CommandId, medium: MediumSerial, bank: Code, amount: Amount) -> Message {
    let body = TopUpBody { medium: medium.0, bank: bank.as_str(), amount: amount.0 };
    message("/api/v1/top-ups", client(token, id), &body)
}

fn tap_body(tap: &TapRecord) -> TapBody<'_> {
    TapBody {
        id: None,
        device: None,
        epoch: None,
        seq: tap.seq,
        medium: tap.medium.0,
        place: tap.place.as_str(),
        device_at: tap.device_at.rfc3339(),
        opened: tap.opened,
        refused: tap.refused,
    }
}

/// A terminal reports one tap.
pub fn tap(token: &str, device: DeviceNumber, epoch: u32, tap: &TapRecord) -> Message {
    let body = TapBody { device: Some(device.0), epoch: Some(epoch), ..tap_body(tap) };
    message("/api/v1/taps", client(token, tap.id), &body)
}

/// A terminal delivers a backlog whose chain runs from `previous` to `head`, signed with its key.
pub fn batch(
    key: &SigningKey,
    device: DeviceNumber,
    epoch: u32,
    (previous, head): ([u8; 32], [u8; 32]),
    taps: &[TapRecord],
) -> Message {
    let taps = taps.iter().map(|tap| TapBody { id: Some(tap.id), ..tap_body(tap) }).collect();
    let body = BatchBody { epoch, previous_hash: hex::encode(previous), head_hash: hex::encode(head), taps };
    let mut message = message("/api/v1/tap-batches", Vec::new(), &body);
    let signature = key.sign(&message.body).to_bytes();
    message.headers =
        vec![("device", device.to_string()), ("device-signature", BASE64_STANDARD.encode(signature))];
    message
}

/// The chain's next hash: SHA-256 over the hash before and
/// `id|device|epoch|seq|medium|counter|place|line|device_at|opened|refused`, the time in microseconds, absent fields
/// empty.
pub fn chain_hash(before: &[u8; 32], device: DeviceNumber, epoch: u32, tap: &TapRecord) -> [u8; 32] {
    let TapRecord { id, seq, medium, place, device_at, opened, refused } = tap;
    let refused = refused.map(Refusal::code).unwrap_or_default();
    let text = format!("{id}|{device}|{epoch}|{seq}|{medium}||{place}||{}|{opened}|{refused}", device_at.0);
    Sha256::new().chain_update(before).chain_update(text.as_bytes()).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_the_form_of_the_api() {
        let tap_record = TapRecord {
            id: CommandId::new(Timestamp::from_millis(1_795_000_000_123), 5),
            seq: 7,
            medium: MediumSerial(17),
            place: Code::parse("tj.bundaran_hi").unwrap(),
            device_at: Timestamp::parse("2026-11-24T07:30:00+07:00").unwrap(),
            opened: false,
            refused: Some(Refusal::PurseInsufficient),
        };
        let message = tap("secret", DeviceNumber(101), 2, &tap_record);
        assert_eq!(
            String::from_utf8(message.body).unwrap(),
            r#"{"device":101,"epoch":2,"seq":7,"medium":17,"place":"tj.bundaran_hi","#.to_owned()
                + r#""device_at":"2026-11-24T07:30:00+07:00","opened":false,"refused":"purse_insufficient"}"#
        );
        assert_eq!(message.headers[0], ("authorization", "Bearer secret".to_owned()));
        assert_eq!(message.headers[1].1, tap_record.id.to_string());
    }

    #[test]
    fn a_decision_is_read_with_its_code() {
        let decision: Decision =
            serde_json::from_str(r#"{"outcome":"refused","code":"medium_blocked","position":"3.1"}"#)
                .unwrap();
        assert_eq!((decision.outcome, decision.refusal()), (Outcome::Refused, Some(Refusal::MediumBlocked)));
    }
}
