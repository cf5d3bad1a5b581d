//! Benefits: what a programme gives a holder. A lower price, money for some goods, goods at a price, or several of them.

use base::{CivilDate, CivilTime, Code, Timestamp};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{DayKind, Source};
use crate::{Amount, Unit};

/// What a benefit makes of the price.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum PriceRule {
    /// Nothing to pay.
    #[n(0)]
    Free,
    /// A fixed price, if that is lower.
    #[n(1)]
    Fixed(#[n(0)] Amount),
    /// So many hundredths of the price, rounded down to whole rupiah.
    #[n(2)]
    Percent(#[n(0)] u8),
    /// So much less.
    #[n(3)]
    Less(#[n(0)] Amount),
    /// The price stays: the benefit gives money or goods, not a lower fare.
    #[n(4)]
    Unchanged,
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
    /// Places it covers; a place's parts count as the place.
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
    /// Conditions, quota, funding, goods.
    #[cbor(n(9), skip_if = "BenefitRules::is_empty")]
    pub rules: BenefitRules,
}

/// Conditions, quota, funding, goods. Empty lists ask nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(map)]
pub struct BenefitRules {
    /// Places it does not cover although a list or a parent place would.
    #[cbor(n(0), skip_if = "Vec::is_empty")]
    pub excluded_places: Vec<Code>,
    /// Kinds of day it covers.
    #[cbor(n(1), skip_if = "Vec::is_empty")]
    pub days: Vec<DayKind>,
    /// Times of day it covers: from, and until when (not included).
    #[cbor(n(2), skip_if = "Vec::is_empty")]
    pub hours: Vec<(CivilTime, CivilTime)>,
    /// Home regions it covers; a region's parts count as the region.
    #[cbor(n(3), skip_if = "Vec::is_empty")]
    pub homes: Vec<Code>,
    /// Rider categories it covers.
    #[cbor(n(4), skip_if = "Vec::is_empty")]
    pub categories: Vec<Code>,
    /// Home regions by week of the month, week = (day − 1) / 7 + 1; a week without a turn is nobody's.
    #[cbor(n(5), skip_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// Who else of a party it covers.
    #[n(6)]
    pub companions: Option<Companions>,
    /// How much of it there is.
    #[n(7)]
    pub quota: Option<Quota>,
    /// Who bears what the holder does not pay.
    #[cbor(n(8), skip_if = "Funding::is_forgone")]
    pub funding: Funding,
    /// Money for some goods at some merchants.
    #[n(9)]
    pub wallet: Option<WalletRules>,
    /// Goods at a price, for those entitled only.
    #[n(10)]
    pub sale: Option<Sale>,
    /// Longest grant in months: the last day is the day before the same day of that month.
    #[n(11)]
    pub months_max: Option<u8>,
    /// A holder has at most one benefit of this group at a time.
    #[n(12)]
    pub exclusive: Option<Code>,
    /// First instant the version no longer applies, where none follows it.
    #[n(13)]
    pub effective_until: Option<Timestamp>,
}

impl BenefitRules {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whose week it is.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Turn {
    /// Week of the month, 1 to 5.
    #[n(0)]
    pub week: u8,
    /// Home regions.
    #[n(1)]
    pub homes: Vec<Code>,
}

/// Who else of a party a benefit covers.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Companions {
    /// So many at most, the dearest first.
    #[n(0)]
    pub count_max: u16,
    /// Only if the holder has one of these benefits too.
    #[cbor(n(1), skip_if = "Vec::is_empty")]
    pub with_any: Vec<Code>,
}

/// How much of a benefit a holder has in a period. Each use takes one, or for money what is taken out in cash.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Quota {
    /// So much in a period; nothing is carried over.
    #[n(0)]
    pub limit: Amount,
    /// What is counted.
    #[n(1)]
    pub unit: Unit,
    /// For how long.
    #[n(2)]
    pub period: Period,
    /// Benefits with the same pool share one quota; its own code if nothing is said.
    #[n(3)]
    pub pool: Option<Code>,
}

/// For how long a quota lasts, in Jakarta's dates.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Period {
    /// A date.
    #[n(0)]
    Day,
    /// A calendar month.
    #[n(1)]
    Month,
    /// January to June, July to December.
    #[n(2)]
    Semester,
    /// Dated periods, first and last date included; between them there is no quota.
    #[n(3)]
    Cycle(#[n(0)] Vec<(CivilDate, CivilDate)>),
}

/// Who bears what the holder does not pay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub enum Funding {
    /// Nobody pays it by use: it is written down apart from money, for the operator's claim.
    #[default]
    #[n(0)]
    Forgone,
    /// The benefit's budget of the fiscal year of use pays the operator.
    #[n(1)]
    Budget(#[n(0)] OnExhausted),
}

impl Funding {
    /// Whether it is only written down.
    #[must_use]
    pub fn is_forgone(&self) -> bool {
        *self == Self::Forgone
    }
}

/// What happens when a budget is used up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum OnExhausted {
    /// The benefit no longer applies.
    #[n(0)]
    Refuse,
    /// It still does; what is missing is written down as forgone and people are told.
    #[n(1)]
    RecordAndAlert,
}

/// What a wallet's money buys.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct WalletRules {
    /// Merchant types that take it; all, if empty.
    #[cbor(n(0), skip_if = "Vec::is_empty")]
    pub merchant_types: Vec<Code>,
    /// Goods it buys; all, if empty.
    #[cbor(n(1), skip_if = "Vec::is_empty")]
    pub goods: Vec<Code>,
    /// Whether it can be taken out.
    #[n(2)]
    pub cash: Cash,
}

/// Whether a wallet's money can be taken out in cash.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Cash {
    /// Never.
    #[n(0)]
    None,
    /// As much as the benefit's quota says.
    #[n(1)]
    Quota,
    /// All of it.
    #[n(2)]
    Full,
}

/// Goods at a price, for those entitled only.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Sale {
    /// Who sells them.
    #[n(0)]
    pub merchants: Vec<Code>,
    /// What one of each costs; a purchase has at most one of each.
    #[n(1)]
    pub goods: Vec<GoodPrice>,
    /// Goods that are several of them together. Sold under no other rule.
    #[cbor(n(2), skip_if = "Vec::is_empty")]
    pub bundles: Vec<Bundle>,
}

/// What one of a good costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct GoodPrice {
    /// The good.
    #[n(0)]
    pub good: Code,
    /// The price of one.
    #[n(1)]
    pub price: Amount,
}

/// A good that is several others together.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Bundle {
    /// The good.
    #[n(0)]
    pub good: Code,
    /// What is in it, one of each.
    #[n(1)]
    pub items: Vec<Code>,
}
