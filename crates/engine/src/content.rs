//! Published definitions: places, tariffs, benefits. Data with a version, a first day and a legal basis.

use base::{Code, Timestamp};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Amount;

/// How well a figure is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Read in the regulation itself.
    #[n(0)]
    Primary,
    /// From press reports.
    #[n(1)]
    Press,
    /// Assumed, with a reason in the content file.
    #[n(2)]
    Assumed,
}

/// What a definition rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Source {
    /// Document id, for example `pergub-33-2025`.
    #[n(0)]
    pub legal_basis: Code,
    /// How well it is known.
    #[n(1)]
    pub evidence: Evidence,
}

/// What an organisation does in the system.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Keeps purses and receives money.
    #[n(0)]
    Bank,
    /// Runs places or sells goods.
    #[n(1)]
    Merchant,
    /// Runs the system (clause 12).
    #[n(2)]
    Operator,
}

/// A bank, a merchant or the operator. Its name is office data.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct OrganisationDefinition {
    /// Its code.
    #[n(0)]
    pub code: Code,
    /// What it does.
    #[n(1)]
    pub role: Role,
    /// What it rests on.
    #[n(2)]
    pub source: Source,
}

/// A place where media are used.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct PlaceDefinition {
    /// Its code.
    #[n(0)]
    pub code: Code,
    /// Who runs it and is owed what people pay there.
    #[n(1)]
    pub operator: Code,
    /// The service sold there; a tariff has the same code.
    #[n(2)]
    pub service: Code,
    /// Region, dotted.
    #[n(3)]
    pub region: Option<Code>,
    /// What it rests on.
    #[n(4)]
    pub source: Source,
}

/// One version of the flat price of a service.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct TariffDefinition {
    /// The service.
    #[n(0)]
    pub service: Code,
    /// 1, 2, 3 … per service.
    #[n(1)]
    pub version: u32,
    /// Whole rupiah; zero for a service that is free for everybody.
    #[n(2)]
    pub price: Amount,
    /// First instant it applies.
    #[n(3)]
    pub effective_from: Timestamp,
    /// What it rests on.
    #[n(4)]
    pub source: Source,
}

/// What a benefit makes of the price.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum PriceRule {
    /// Nothing to pay.
    #[n(0)]
    Free,
    /// A fixed price, if that is lower.
    #[n(1)]
    Fixed(#[n(0)] Amount),
}

/// One version of a benefit. An empty list of services or places means "all".
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct BenefitDefinition {
    /// Its code.
    #[n(0)]
    pub code: Code,
    /// 1, 2, 3 … per benefit.
    #[n(1)]
    pub version: u32,
    /// First instant this version applies.
    #[n(2)]
    pub effective_from: Timestamp,
    /// Services it covers.
    #[n(3)]
    pub services: Vec<Code>,
    /// Places it covers.
    #[n(4)]
    pub places: Vec<Code>,
    /// Least assurance of the medium.
    #[n(5)]
    pub assurance_min: u8,
    /// What the holder pays.
    #[n(6)]
    pub price: PriceRule,
    /// Among equal prices the higher priority wins, then the smaller code.
    #[n(7)]
    pub priority: i32,
    /// What it rests on.
    #[n(8)]
    pub source: Source,
}
