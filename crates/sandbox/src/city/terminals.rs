//! Terminals at the places of the content, each with a key of its own.

use base::{Code, DeviceNumber};
use ed25519_dalek::SigningKey;
use programmes::service::content::Content;

use super::chance;

/// Number of the first terminal.
const FIRST_NUMBER: u32 = 1_001;

/// One terminal. Its key signs what it uploads; it is derived from the seed and protects nothing real.
#[derive(Debug, Clone)]
pub struct Device {
    /// Number.
    pub number: DeviceNumber,
    /// Raised whenever the terminal lost its storage; the city's never do.
    pub epoch: u32,
    /// Where it stands, or the line it rides on.
    pub place: Code,
    /// What it signs with.
    pub key: SigningKey,
}

/// Puts up the terminals of every place, in the order of the content.
pub fn install(seed: u64, content: &Content) -> Vec<Device> {
    let places = content.places.iter().flat_map(|place| (0..place.gates).map(|_| place.code));
    places
        .zip(FIRST_NUMBER..)
        .map(|(place, number)| {
            let secret = chance::bytes(seed, "device key", number.into(), 0);
            Device { number: DeviceNumber(number), epoch: 1, place, key: SigningKey::from_bytes(&secret) }
        })
        .collect()
}
