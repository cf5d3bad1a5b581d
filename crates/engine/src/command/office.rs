//! What offices say of holders, media and benefits.

use base::{Code, HolderNumber, MediumSerial, PrincipalId};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Makes a holder known to the engine.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct OpenHolder {
    /// The opaque number the registry allotted.
    #[n(0)]
    pub holder: HolderNumber,
    /// Rider category, a published code such as `adult`.
    #[n(1)]
    pub category: Code,
    /// City or district of the registered address, dotted; none for people from outside.
    #[n(2)]
    pub home: Option<Code>,
    /// Bank that keeps the holder's purse.
    #[n(3)]
    pub bank: Code,
}

/// Issues a medium; its serial must be the next free one.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct IssueMedium {
    /// The new serial.
    #[n(0)]
    pub medium: MediumSerial,
    /// Whose it is.
    #[n(1)]
    pub holder: HolderNumber,
    /// Chip card, QR, phone: a code.
    #[n(2)]
    pub kind: Code,
    /// How sure the terminal can be of it, 0 (identifier only) to 3 (asymmetric proof).
    #[n(3)]
    pub assurance: u8,
    /// The medium it takes the place of. That one is stopped; a journey begun with it ends with this one.
    #[n(4)]
    pub replaces: Option<MediumSerial>,
}

/// Why a medium is blocked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum BlockReason {
    /// Reported lost.
    #[n(0)]
    Lost,
    /// Reported stolen.
    #[n(1)]
    Stolen,
    /// Broken.
    #[n(2)]
    Damaged,
    /// Decided by an office.
    #[n(3)]
    Office,
    /// Another medium has taken its place.
    #[n(4)]
    Replaced,
}

impl BlockReason {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Stolen => "stolen",
            Self::Damaged => "damaged",
            Self::Office => "office",
            Self::Replaced => "replaced",
        }
    }
}

/// Changes the state of a medium.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct SetMedium {
    /// Which medium.
    #[n(0)]
    pub medium: MediumSerial,
    /// Version of this subject; must be higher than the one known.
    #[n(1)]
    pub version: u64,
    /// Why, for a block.
    #[n(2)]
    pub reason: Option<BlockReason>,
}

/// Gives a holder a benefit.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Grant {
    /// To whom.
    #[n(0)]
    pub holder: HolderNumber,
    /// Which benefit, by code.
    #[n(1)]
    pub benefit: Code,
    /// First day.
    #[n(2)]
    pub from: base::CivilDate,
    /// Last day, included.
    #[n(3)]
    pub to: base::CivilDate,
    /// Version of (holder, benefit); must be higher than the one known.
    #[n(4)]
    pub version: u64,
}

/// Ends a benefit.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Revoke {
    /// Whose.
    #[n(0)]
    pub holder: HolderNumber,
    /// Which benefit.
    #[n(1)]
    pub benefit: Code,
    /// Version of (holder, benefit); must be higher than the one known.
    #[n(2)]
    pub version: u64,
}

/// Rates a holder's service days anew with every grant counted from its first day, even where it was journaled later: what
/// should have applied. The difference is an adjustment of its own; later taps of these days are rated the same way.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Reprice {
    /// Whose days.
    #[n(0)]
    pub holder: HolderNumber,
    /// First service day.
    #[n(1)]
    pub from: base::CivilDate,
    /// Last service day, included.
    #[n(2)]
    pub to: base::CivilDate,
    /// The document it rests on.
    #[n(3)]
    pub basis: Code,
    /// The two people who approved it.
    #[n(4)]
    pub approvals: (PrincipalId, PrincipalId),
}

/// Lays down digests of lines of the office's audit, in their order: from then on none of them can be changed, left out or
/// added without it showing. A digest says nothing about its line without the key of the line's subject.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Attest {
    /// Number of the first line: one more than the last one laid down.
    #[n(0)]
    pub first: u64,
    /// One per line, 1 to [`Attest::LINES_MAX`].
    #[n(1)]
    pub digests: Vec<ByteArray<32>>,
}

impl Attest {
    /// Lines laid down at once: 16 KiB of digests.
    pub const LINES_MAX: usize = 512;
}
