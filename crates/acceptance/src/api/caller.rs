//! Who calls: clients by bearer token, terminals by the signature over their body.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use base::{CommandId, DeviceNumber};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use platform::access::Actor;
use platform::clients::{Token, TokenError};
use platform::devices::KnownDevice;
use platform::problems::{self, Problem};

use super::Api;

/// A client known by its token.
pub struct Caller(pub Actor);

impl FromRequestParts<Arc<Api>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Problem> {
        let token = Token::of_headers(&parts.headers).map_err(|error| match error {
            TokenError::Missing => Problem::new(problems::TOKEN_MISSING),
            TokenError::Malformed => Problem::new(problems::TOKEN_INVALID),
        })?;
        let actor = api.clients.authenticate(&token).await?;
        actor.map(Self).ok_or_else(|| Problem::new(problems::TOKEN_INVALID))
    }
}

/// The id of a command, from `Idempotency-Key`.
pub struct IdempotencyKey(pub CommandId);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = header(&parts.headers, "idempotency-key").ok_or_else(|| {
            Problem::new(problems::REQUEST_MALFORMED)
                .cause("the header Idempotency-Key with a UUID of version 7 is missing")
        })?;
        CommandId::parse(text).map(Self).ok_or_else(|| {
            Problem::new(problems::REQUEST_MALFORMED).cause("Idempotency-Key must be a UUID of version 7")
        })
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// A body signed by a terminal: headers `Device` (its number) and `Device-Signature` (Ed25519 over the body's bytes,
/// base 64).
pub struct Signed {
    /// The terminal.
    pub device: Arc<KnownDevice>,
    /// The bytes it signed.
    pub body: Bytes,
}

impl FromRequest<Arc<Api>> for Signed {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Problem> {
        let number = header(request.headers(), "device").and_then(|text| text.parse().ok()).map(DeviceNumber);
        let number = number.ok_or_else(|| {
            Problem::new(problems::REQUEST_MALFORMED)
                .cause("the header Device with the terminal's number is missing")
        })?;
        let signature = header(request.headers(), "device-signature")
            .and_then(|text| BASE64_STANDARD.decode(text).ok())
            .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        let signature = signature.ok_or_else(|| {
            Problem::new(problems::SIGNATURE_INVALID).cause("Device-Signature must be 64 bytes in base 64")
        })?;
        let found = api.devices.find(number).await?;
        let device = found.ok_or_else(|| Problem::new(problems::DEVICE_UNKNOWN))?;
        let body = Bytes::from_request(request, api).await.map_err(|rejection| {
            let too_large = rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
            Problem::new(if too_large { problems::REQUEST_TOO_LARGE } else { problems::REQUEST_MALFORMED })
        })?;
        if !device.verifies(&body, &signature) {
            return Err(Problem::new(problems::SIGNATURE_INVALID));
        }
        api.devices.admit(&device.device)?;
        Ok(Self { device, body })
    }
}
