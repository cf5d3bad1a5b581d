//! Where, when and with whom a medium is used: asks and taps.

use base::{Code, DeviceNumber, MediumSerial, Timestamp};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Refusal;

/// Which end of a journey or visit a tap is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The only tap of a ride, priced at once.
    #[default]
    #[n(0)]
    Single,
    /// Into a system or a place.
    #[n(1)]
    In,
    /// Out of it.
    #[n(2)]
    Out,
}

/// People of one rider category who come on one medium.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Member {
    /// Their category.
    #[n(0)]
    pub category: Code,
    /// How many.
    #[n(1)]
    pub count: u16,
}

/// Where and when a medium was used. Encrypted in the journal under the day's key.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Movement {
    /// The place's code: a stop, a site, or the service itself where the terminal is on a vehicle.
    #[n(0)]
    pub place: Code,
    /// The line or vehicle, where it matters.
    #[n(1)]
    pub line: Option<Code>,
    /// What the terminal's clock showed.
    #[n(2)]
    pub device_at: Timestamp,
    /// Which end of a journey or visit.
    #[cbor(n(3), skip_if = "Part::is_single")]
    pub part: Part,
    /// For a tap-out: metres travelled, where the terminal knows them.
    #[n(4)]
    pub metres: Option<u32>,
    /// Everybody on the medium, the holder included; empty for the holder alone.
    #[cbor(n(5), skip_if = "Vec::is_empty")]
    pub party: Vec<Member>,
}

impl Part {
    /// Whether it is the only tap of a ride.
    #[must_use]
    pub fn is_single(&self) -> bool {
        *self == Self::Single
    }
}

impl Movement {
    /// The holder alone at a place, by one tap.
    #[must_use]
    pub const fn new(place: Code, device_at: Timestamp) -> Self {
        Self { place, line: None, device_at, part: Part::Single, metres: None, party: Vec::new() }
    }
}

/// A question at a gate or in an app.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Ask {
    /// Which medium.
    #[n(0)]
    pub medium: MediumSerial,
    /// Where and when; absent once its key is destroyed.
    #[cbor(skip)]
    pub movement: Option<Movement>,
}

/// A fact from a terminal.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Tap {
    /// The terminal.
    #[n(0)]
    pub device: DeviceNumber,
    /// Raised whenever the terminal lost its storage.
    #[n(1)]
    pub epoch: u32,
    /// 1, 2, 3 … without gaps within an epoch.
    #[n(2)]
    pub seq: u64,
    /// Which medium.
    #[n(3)]
    pub medium: MediumSerial,
    /// The medium's own counter, where it has one.
    #[n(4)]
    pub counter: Option<u32>,
    /// Whether the gate opened.
    #[n(5)]
    pub opened: bool,
    /// Why it did not.
    #[n(6)]
    pub refused: Option<Refusal>,
    /// Where and when; absent once its key is destroyed.
    #[cbor(skip)]
    pub movement: Option<Movement>,
}
