//! Tariffs: what a service costs, and what several of them cost together.

use base::{CivilDate, CivilTime, Code, Micros, Timestamp};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::Source;
use crate::Amount;

/// One version of the price of a service: a price, and the rules that change it.
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
    /// What changes the price.
    #[cbor(n(5), skip_if = "TariffRules::is_empty")]
    pub rules: TariffRules,
}

/// What changes a price. The first that applies sets it: dated override, missing exit, overstay, same stop, matrix, distance,
/// time of day, category; then transfers and the day's cap.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
#[cbor(map)]
pub struct TariffRules {
    /// Prices by time of day.
    #[cbor(n(0), skip_if = "Vec::is_empty")]
    pub bands: Vec<TimeBand>,
    /// Prices by rider category.
    #[cbor(n(1), skip_if = "Vec::is_empty")]
    pub categories: Vec<CategoryPrice>,
    /// Prices on some dates.
    #[cbor(n(2), skip_if = "Vec::is_empty")]
    pub overrides: Vec<PriceOverride>,
    /// Prices from stop to stop.
    #[n(3)]
    pub matrix: Option<Matrix>,
    /// Prices by kilometres.
    #[n(4)]
    pub distance: Option<ByDistance>,
    /// In and out at the same stop.
    #[n(5)]
    pub same_stop: Option<SameStop>,
    /// In the system for too long.
    #[n(6)]
    pub overstay: Option<Overstay>,
    /// What a journey costs whose tap-in or tap-out is missing. A service that says this is one of tap-in and tap-out.
    #[n(7)]
    pub missing_exit: Option<Amount>,
    /// Rides that are free after another one.
    #[cbor(n(8), skip_if = "Vec::is_empty")]
    pub transfers: Vec<TransferFrom>,
    /// The most a holder pays for this service in a service day.
    #[n(9)]
    pub cap_day: Option<Amount>,
    /// One price for an entry, however many come in on it (a vehicle).
    #[cbor(n(10), skip_if = "is_false")]
    pub per_entry: bool,
    /// First instant the version no longer applies, where none follows it.
    #[n(11)]
    pub effective_until: Option<Timestamp>,
}

impl TariffRules {
    /// Whether nothing changes the price.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A price from one time of day until another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct TimeBand {
    /// First moment.
    #[n(0)]
    pub from: CivilTime,
    /// The moment it ends: not included.
    #[n(1)]
    pub until: CivilTime,
    /// The price.
    #[n(2)]
    pub price: Amount,
}

/// A price for a rider category.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CategoryPrice {
    /// The category.
    #[n(0)]
    pub category: Code,
    /// The price.
    #[n(1)]
    pub price: Amount,
}

/// A price on some dates, whatever the other rules say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct PriceOverride {
    /// First date.
    #[n(0)]
    pub from: CivilDate,
    /// Last date, included.
    #[n(1)]
    pub to: CivilDate,
    /// The price.
    #[n(2)]
    pub price: Amount,
}

/// Prices from stop to stop, both ways alike.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Matrix {
    /// The stops: codes of places.
    #[n(0)]
    pub stops: Vec<Code>,
    /// For each stop but the first, its prices to the stops before it: 1 + 2 + 3 + … figures.
    #[n(1)]
    pub fares: Vec<Amount>,
}

impl Matrix {
    /// The price between two different stops.
    #[must_use]
    pub fn fare(&self, one: &Code, other: &Code) -> Option<Amount> {
        let find = |stop: &Code| self.stops.iter().position(|known| known == stop);
        let (one, other) = (find(one)?, find(other)?);
        let (low, high) = (one.min(other), one.max(other));
        if low == high {
            return None;
        }
        self.fares.get(high * (high - 1) / 2 + low).copied()
    }

    /// The lowest price between two stops.
    #[must_use]
    pub fn least(&self) -> Amount {
        self.fares.iter().copied().min().unwrap_or_default()
    }

    /// Whether there is one price for each pair of stops.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let stops = self.stops.len();
        stops >= 2 && self.fares.len() == stops * (stops - 1) / 2
    }
}

/// A price for the first metres, and one for each step begun after them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct ByDistance {
    /// Metres that the base price covers.
    #[n(0)]
    pub base_metres: u32,
    /// Metres of a step.
    #[n(1)]
    pub step_metres: u32,
    /// Price of a step that is begun.
    #[n(2)]
    pub step_price: Amount,
}

/// In and out at the same stop.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct SameStop {
    /// The price.
    #[n(0)]
    pub price: Amount,
    /// Longest stay for that price, microseconds.
    #[n(1)]
    pub stay_max: Micros,
    /// The price after a longer one: a journey there and back.
    #[n(2)]
    pub after: Amount,
}

/// In the system for too long.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Overstay {
    /// Longest stay, microseconds.
    #[n(0)]
    pub stay_max: Micros,
    /// The price after a longer one.
    #[n(1)]
    pub price: Amount,
}

/// A ride that is free after a ride on another service.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct TransferFrom {
    /// The service before.
    #[n(0)]
    pub service: Code,
    /// From its last tap to this tap-in at most, microseconds.
    #[n(1)]
    pub within: Micros,
}

/// One version of the fare for several modes together. The holder pays the lower of this and the separate fares.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct IntegrationDefinition {
    /// Its code.
    #[n(0)]
    pub code: Code,
    /// 1, 2, 3 … per integration.
    #[n(1)]
    pub version: u32,
    /// First instant it applies.
    #[n(2)]
    pub effective_from: Timestamp,
    /// The modes that belong together.
    #[n(3)]
    pub modes: Vec<IntegratedMode>,
    /// How many of them make a package.
    #[n(4)]
    pub modes_min: u8,
    /// Price of boarding.
    #[n(5)]
    pub boarding: Amount,
    /// Price of each kilometre begun.
    #[n(6)]
    pub per_kilometre: Amount,
    /// The most a package costs.
    #[n(7)]
    pub cap: Amount,
    /// From the first tap-in to the tap-in of a later leg at most, microseconds, included.
    #[n(8)]
    pub window: Micros,
    /// Metres from stop to stop, where the terminals do not say them.
    #[n(9)]
    pub distances: Vec<StopDistance>,
    /// What it rests on.
    #[n(10)]
    pub source: Source,
    /// How operators share it.
    #[cbor(n(11), skip_if = "Apportionment::is_by_leg")]
    pub apportionment: Apportionment,
    /// First instant it no longer applies.
    #[n(12)]
    pub effective_until: Option<Timestamp>,
}

/// How operators share an integrated fare. Shares add up to the fare, to the rupiah.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Apportionment {
    /// Each leg has what it adds: the first the boarding and its kilometres, the others their kilometres up to the cap.
    #[default]
    #[n(0)]
    ByLeg,
    /// Each leg has its part by the fares that would be asked apart.
    #[n(1)]
    ByOwnFare,
}

impl Apportionment {
    /// Whether each leg has what it adds.
    #[must_use]
    pub fn is_by_leg(&self) -> bool {
        *self == Self::ByLeg
    }
}

impl IntegrationDefinition {
    /// What so many kilometres cost together.
    #[must_use]
    pub fn fare(&self, kilometres: u32) -> Amount {
        let distance = self.per_kilometre.0.saturating_mul(u64::from(kilometres));
        Amount(self.boarding.0.saturating_add(distance)).min(self.cap)
    }

    /// The shares of legs in order, each with its kilometres and its own fare.
    #[must_use]
    pub fn shares(&self, legs: &[(u32, Amount)]) -> Vec<Amount> {
        let kilometres = legs.iter().map(|(kilometres, _)| kilometres).sum();
        let separate: u64 = legs.iter().map(|(_, own)| own.0).sum();
        let (whole, mut before) = (self.fare(kilometres), Amount::ZERO);
        let (mut travelled, mut own_sum) = (0u32, 0u64);
        let mut share = |(kilometres, own): &(u32, Amount)| {
            travelled = travelled.saturating_add(*kilometres);
            own_sum = own_sum.saturating_add(own.0);
            let after = match self.apportionment {
                Apportionment::ByLeg => self.fare(travelled),
                Apportionment::ByOwnFare => Amount(whole.0.saturating_mul(own_sum) / separate.max(1)),
            };
            let share = after.less(before);
            before = after;
            share
        };
        legs.iter().map(&mut share).collect()
    }
}

/// Services that count as one mode.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct IntegratedMode {
    /// The mode's code.
    #[n(0)]
    pub mode: Code,
    /// Its services.
    #[n(1)]
    pub services: Vec<Code>,
}

/// Metres between two stops, both ways alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct StopDistance {
    /// One stop.
    #[n(0)]
    pub from: Code,
    /// The other.
    #[n(1)]
    pub to: Code,
    /// How far.
    #[n(2)]
    pub metres: u32,
}

const fn is_false(flag: &bool) -> bool {
    !*flag
}
