//! `POST /api/v1/tap-batches`

use axum::extract::State;
use base::{CommandId, DeviceNumber, MediumSerial};
use engine::{Part, Refusal};
use platform::problems::{self, Problem};
use platform::web::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Signed;
use super::tap::device_time;
use super::wire::{PartyMember, ProblemBody, code, passage};
use crate::service::{BatchItem, Service, TapBatchInput, TapInput};

/// Taps of one terminal with consecutive numbers, 1 to 1 000.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TapBatchBody {
    /// Epoch of the terminal.
    #[schema(example = 1)]
    epoch: u32,
    /// Chain hash before the first tap, hex; 64 zeros at the start of an epoch.
    #[schema(example = "0000000000000000000000000000000000000000000000000000000000000000")]
    previous_hash: String,
    /// Chain hash after the last tap, hex. Each hash is SHA-256 over the hash before and the text
    /// `id|device|epoch|seq|medium|counter|place|line|device_at|opened|refused`, the time in microseconds since 1970,
    /// absent fields empty; followed by `|part|metres|party` where a tap says any of them, the party as
    /// `category:count,category:count`.
    head_hash: String,
    /// The taps, numbers counting up by one.
    taps: Vec<BatchTapBody>,
}

/// One tap of a batch.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchTapBody {
    /// Id of the command: a UUID of version 7.
    #[schema(value_type = String, example = "019ab3e0-5c1e-7a52-9d0c-8f4a5b6c7d8e")]
    id: CommandId,
    /// Its number.
    #[schema(minimum = 1)]
    seq: u64,
    /// Serial of the medium.
    medium: u32,
    /// The medium's own counter, where it has one.
    counter: Option<u32>,
    /// Code of the place.
    place: String,
    /// Line or vehicle, where it matters.
    line: Option<String>,
    /// What the terminal's clock showed, RFC 3339.
    device_at: String,
    /// Whether the gate opened.
    opened: bool,
    /// Why it did not.
    #[schema(value_type = Option<String>)]
    refused: Option<Refusal>,
    /// `single` (the only tap of a ride; when absent), `in` or `out`.
    #[schema(value_type = Option<String>, example = "in")]
    part: Option<Part>,
    /// For a tap-out: metres travelled, where the terminal knows them.
    #[schema(example = 12_000)]
    distance_metres: Option<u32>,
    /// Everybody on the medium, the holder included; absent for the holder alone.
    party: Option<Vec<PartyMember>>,
}

/// What came of each tap, in the order sent.
#[derive(Serialize, ToSchema)]
pub struct TapBatchAnswer {
    items: Vec<BatchItem>,
}

fn hash(text: &str) -> Result<[u8; 32], Problem> {
    let bytes = hex::decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| Problem::new(problems::REQUEST_MALFORMED).cause("a hash is 64 hexadecimal digits"))
}

fn read(device: DeviceNumber, epoch: u32, tap: BatchTapBody) -> Result<TapInput, Problem> {
    Ok(TapInput {
        id: tap.id,
        device,
        epoch,
        seq: tap.seq,
        medium: MediumSerial(tap.medium),
        counter: tap.counter,
        place: code(&tap.place, problems::PLACE_UNKNOWN)?,
        line: tap.line.as_deref().map(|line| code(line, problems::REQUEST_MALFORMED)).transpose()?,
        device_at: device_time(&tap.device_at)?,
        opened: tap.opened,
        refused: tap.refused,
        passage: passage(tap.part, tap.distance_metres, tap.party.as_deref())?,
    })
}

/// Deliver a batch of taps, signed by the terminal. Sending it again is safe: each tap is posted once and answers as
/// the first time. `retry` means that too many taps before it are missing: send those first.
#[utoipa::path(
    post, path = "/api/v1/tap-batches", tag = "gates", operation_id = "tapBatch",
    request_body = TapBatchBody,
    params(
        ("Device" = u32, Header, description = "Number of the terminal"),
        ("Device-Signature" = String, Header, description = "Ed25519 over the body's bytes, base 64"),
    ),
    responses(
        (status = 200, description = "One answer per tap", body = TapBatchAnswer),
        (status = "4XX", description = "Never reached a decision", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Send it again after Retry-After", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("device" = []))
)]
pub async fn tap_batch(
    State(service): State<Service>,
    signed: Signed,
) -> Result<Json<TapBatchAnswer>, Problem> {
    let body: TapBatchBody = serde_json::from_slice(&signed.body)
        .map_err(|error| Problem::new(problems::REQUEST_MALFORMED).cause(error.to_string()))?;
    let (device, epoch) = (signed.device.device.number, body.epoch);
    let taps = body.taps.into_iter().map(|tap| read(device, epoch, tap));
    let input = TapBatchInput {
        epoch,
        previous: hash(&body.previous_hash)?,
        head: hash(&body.head_hash)?,
        taps: taps.collect::<Result<_, _>>()?,
    };
    let items = service.tap_batch(&signed.device, input).await?;
    Ok(Json(TapBatchAnswer { items }))
}
