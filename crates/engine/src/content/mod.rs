//! Published definitions: organisations, places, calendars, tariffs, benefits. Data with a version, a first day and a
//! legal basis. Owns their shapes; what they make of a use is decided in the modules that own the noun.

mod benefit;
mod calendar;
mod tariff;

use base::{CivilTime, Code};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

pub use benefit::{
    BenefitDefinition, BenefitRules, Bundle, Cash, Companions, Funding, GoodPrice, OnExhausted, Period,
    PriceRule, Quota, Sale, Turn, WalletRules,
};
pub use calendar::{CalendarDay, CalendarDefinition, DayKind};
pub use tariff::{
    Apportionment, ByDistance, CategoryPrice, IntegratedMode, IntegrationDefinition, Matrix, Overstay,
    PriceOverride, SameStop, StopDistance, TariffDefinition, TariffRules, TimeBand, TransferFrom,
};

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
    /// What a merchant sells, as programmes name it; none for the others.
    #[n(3)]
    pub merchant_type: Option<Code>,
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
    /// What a visit must keep to.
    #[cbor(n(5), skip_if = "PlaceRules::is_empty")]
    pub rules: PlaceRules,
}

/// What a visit to a place must keep to. Nothing is said of a stop or a vehicle: its timetable gives no right.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(map)]
pub struct PlaceRules {
    /// The place this one is a part of; its hours and closed days hold here too.
    #[n(0)]
    pub within: Option<Code>,
    /// When it may be entered; always, if nothing is said.
    #[n(1)]
    pub opening: Option<Opening>,
    /// How many people it takes.
    #[n(2)]
    pub capacity: Option<Capacity>,
    /// The most people on one medium; 0 and 1 are one medium, one person.
    #[cbor(n(3), skip_if = "is_zero")]
    pub party_max: u16,
}

impl PlaceRules {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// When a place may be entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Opening {
    /// First moment.
    #[n(0)]
    pub opens: CivilTime,
    /// The moment it closes: no entry from then on.
    #[n(1)]
    pub closes: CivilTime,
    /// Day of the week it is closed, 1 = Monday to 7 = Sunday. A closure that falls on a holiday or joint leave moves
    /// to the next day that is neither.
    #[n(2)]
    pub closed_on: Option<u8>,
}

/// How many people a place takes at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Capacity {
    /// From here on it is crowded: let in, with a word to the people on duty.
    #[n(0)]
    pub soft: u32,
    /// Nobody more is let in.
    #[n(1)]
    pub hard: u32,
}

const fn is_zero(count: &u16) -> bool {
    *count == 0
}
