//! Where a holder was seen during an open service day: kept packed, dropped when the day closes.

use base::CivilDate;
use minicbor::{Decode, Encode};

/// What a tap says about where somebody is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// Got on: the only tap of a ride, or its first.
    #[n(0)]
    Board,
    /// Got off.
    #[n(1)]
    Alight,
    /// Came into a place.
    #[n(2)]
    Enter,
    /// Left a place.
    #[n(3)]
    Leave,
    /// Was there: a counter, a sight without a way out.
    #[n(4)]
    Other,
    /// Used a benefit away from gates: goods, cash.
    #[n(5)]
    Use,
}

/// One tap of an open day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(array)]
pub struct Sight {
    /// Index of the holder.
    #[n(0)]
    pub holder: u32,
    /// What it says.
    #[n(1)]
    pub kind: Kind,
    /// Number of the place; none once the movement is forgotten.
    #[n(2)]
    pub place: Option<u32>,
    /// Index of the service.
    #[n(3)]
    pub service: u32,
    /// By the terminal's clock.
    #[n(4)]
    pub at: i64,
    /// People on the medium.
    #[n(5)]
    pub people: u16,
    /// Index of the benefit that was used.
    #[n(6)]
    pub benefit: Option<u32>,
}

/// Sights of one batch and day, as they are kept.
pub fn pack(sights: &[Sight]) -> Vec<u8> {
    minicbor::to_vec(sights).unwrap_or_else(|error| unreachable!("memory takes every byte: {error}"))
}

/// Reads what [`pack`] wrote; none when the bytes are something else.
pub fn unpack(bytes: &[u8]) -> Option<Vec<Sight>> {
    minicbor::decode(bytes).ok()
}

/// The service day of a moment in microseconds.
pub fn service_day(at: i64) -> CivilDate {
    base::Timestamp(at).service_day()
}
