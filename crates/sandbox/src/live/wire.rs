//! The wire form of `/api/v1`: paths, headers, bodies, answers. The only module that knows it.

use std::borrow::Cow;

use base::{Code, CommandId, DeviceNumber, MediumSerial, Timestamp};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use engine::{Amount, BlockReason, Funds, Item, Member, Part, PurchaseStep, RefundLine, Refusal};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::city::{Basket, Then};

/// Most taps of one batch.
pub const BATCH_TAPS_MAX: usize = 1_000;

/// A request as it is sent, and sent again.
#[derive(Debug, Clone)]
pub struct Message {
    /// Path from the root.
    pub path: Cow<'static, str>,
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
    /// Which end of a journey, how far, with whom.
    pub passage: Passage,
}

/// What a terminal says beside medium, place and time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// Which end.
    pub part: Part,
    /// Metres travelled.
    pub metres: Option<u32>,
    /// Everybody on the medium.
    pub party: Vec<Member>,
}

#[derive(Serialize)]
struct PassageBody<'m> {
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_metres: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<Vec<MemberBody<'m>>>,
}

#[derive(Serialize)]
struct MemberBody<'m> {
    category: &'m str,
    count: u16,
}

fn member_body(member: &Member) -> MemberBody<'_> {
    MemberBody { category: member.category.as_str(), count: member.count }
}

impl Passage {
    fn body(&self) -> PassageBody<'_> {
        PassageBody {
            part: (!self.part.is_single()).then_some(self.part),
            distance_metres: self.metres,
            party: (!self.party.is_empty()).then(|| self.party.iter().map(member_body).collect()),
        }
    }

    /// What the chain of a terminal adds where a tap says any of it.
    fn chain_text(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let part = match self.part {
            Part::Single => "single",
            Part::In => "in",
            Part::Out => "out",
        };
        let metres = self.metres.map(|metres| metres.to_string()).unwrap_or_default();
        let member = |member: &Member| format!("{}:{}", member.category, member.count);
        let party: Vec<String> = self.party.iter().map(member).collect();
        format!("|{part}|{metres}|{}", party.join(","))
    }
}

#[derive(Serialize)]
struct AskBody<'m> {
    medium: u32,
    place: &'m str,
    #[serde(flatten)]
    passage: PassageBody<'m>,
}

#[derive(Serialize)]
struct PurchaseBody<'m> {
    step: PurchaseStep,
    medium: u32,
    merchant: &'m str,
    from: String,
    items: Vec<ItemBody<'m>>,
}

#[derive(Serialize)]
struct ItemBody<'m> {
    good: &'m str,
    quantity: u32,
    amount: u64,
}

#[derive(Serialize)]
struct CaptureBody<'m> {
    #[serde(skip_serializing_if = "<[u16]>::is_empty")]
    lines: &'m [u16],
}

#[derive(Serialize)]
struct RefundBody {
    lines: Vec<RefundLineBody>,
}

#[derive(Serialize)]
struct RefundLineBody {
    line: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<u64>,
}

#[derive(Serialize)]
struct Nothing {}

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
    #[serde(flatten)]
    passage: PassageBody<'m>,
}

#[derive(Serialize)]
struct TopUpBody<'m> {
    medium: u32,
    bank: &'m str,
    amount: u64,
}

#[derive(Serialize)]
struct CashOutBody<'m> {
    medium: u32,
    wallet: &'m str,
    bank: &'m str,
    amount: u64,
}

#[derive(Serialize)]
struct BlockBody {
    reason: BlockReason,
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
    /// Number of a purchase.
    #[serde(default)]
    pub purchase: Option<u64>,
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

fn message(
    path: impl Into<Cow<'static, str>>,
    headers: Vec<(&'static str, String)>,
    body: &impl Serialize,
) -> Message {
    // These bodies are structs of texts and numbers: writing them cannot fail, and an empty body would be refused.
    Message { path: path.into(), headers, body: serde_json::to_vec(body).unwrap_or_default() }
}

fn client(token: &str, id: CommandId) -> Vec<(&'static str, String)> {
    vec![("authorization", format!("Bearer {token}")), ("idempotency-key", id.to_string())]
}

/// A gate asks.
pub fn ask(token: &str, id: CommandId, medium: MediumSerial, place: Code, passage: &Passage) -> Message {
    let body = AskBody { medium: medium.0, place: place.as_str(), passage: passage.body() };
    message("/api/v1/asks", client(token, id), &body)
}

fn item_body(item: &Item) -> ItemBody<'_> {
    ItemBody { good: item.good.as_str(), quantity: item.quantity, amount: item.amount.0 }
}

/// A till sends a basket.
pub(super) fn purchase(token: &str, id: CommandId, medium: MediumSerial, basket: &Basket) -> Message {
    let body = PurchaseBody {
        step: basket.step,
        medium: medium.0,
        merchant: basket.merchant.as_str(),
        from: match basket.from {
            Funds::Purse => "purse".to_owned(),
            Funds::Wallet(benefit) => format!("wallet.{benefit}"),
        },
        items: basket.items.iter().map(item_body).collect(),
    };
    message("/api/v1/purchases", client(token, id), &body)
}

/// A till goes on with a purchase.
pub(super) fn settle(token: &str, id: CommandId, purchase: u64, then: &Then) -> Message {
    let path = |what: &str| format!("/api/v1/purchases/{purchase}/{what}");
    match then {
        Then::Capture(lines, _) => message(path("capture"), client(token, id), &CaptureBody { lines }),
        Then::Void(_) => message(path("void"), client(token, id), &Nothing {}),
        Then::Refund(lines, _) => {
            let line =
                |one: &RefundLine| RefundLineBody { line: one.line, amount: one.amount.map(|one| one.0) };
            let body = RefundBody { lines: lines.iter().map(line).collect() };
            message(path("refunds"), client(token, id), &body)
        }
    }
}

/// A bank reports money.
pub fn top_up(token: &str, id: CommandId, medium: MediumSerial, bank: Code, amount: Amount) -> Message {
    let body = TopUpBody { medium: medium.0, bank: bank.as_str(), amount: amount.0 };
    message("/api/v1/top-ups", client(token, id), &body)
}

/// A bank pays out of a wallet.
pub fn cash_out(
    token: &str,
    id: CommandId,
    medium: MediumSerial,
    bank: Code,
    wallet: Code,
    amount: Amount,
) -> Message {
    let (wallet, bank) = (wallet.as_str(), bank.as_str());
    let body = CashOutBody { medium: medium.0, wallet, bank, amount: amount.0 };
    message("/api/v1/cash-outs", client(token, id), &body)
}

/// The operator blocks a lost medium.
pub fn block_lost(token: &str, id: CommandId, medium: MediumSerial) -> Message {
    let path = format!("/api/v1/media/{}/blocks", medium.0);
    message(path, client(token, id), &BlockBody { reason: BlockReason::Lost })
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
        passage: tap.passage.body(),
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
/// empty; then `|part|metres|party` where a tap says any of them.
pub fn chain_hash(before: &[u8; 32], device: DeviceNumber, epoch: u32, tap: &TapRecord) -> [u8; 32] {
    let TapRecord { id, seq, medium, place, device_at, opened, refused, passage } = tap;
    let passage = passage.chain_text();
    let refused = refused.map(Refusal::code).unwrap_or_default();
    let text =
        format!("{id}|{device}|{epoch}|{seq}|{medium}||{place}||{}|{opened}|{refused}{passage}", device_at.0);
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
            passage: Passage { part: Part::Out, metres: Some(12_000), party: Vec::new() },
        };
        let message = tap("secret", DeviceNumber(101), 2, &tap_record);
        assert_eq!(
            String::from_utf8(message.body).unwrap(),
            r#"{"device":101,"epoch":2,"seq":7,"medium":17,"place":"tj.bundaran_hi","#.to_owned()
                + r#""device_at":"2026-11-24T07:30:00+07:00","opened":false,"refused":"purse_insufficient","#
                + r#""part":"out","distance_metres":12000}"#
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
