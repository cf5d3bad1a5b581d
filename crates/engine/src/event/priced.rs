//! How a price came about: which rule of the tariff, which benefit, why the others not, what people have to look at.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{Amount, Position};

/// Why a benefit did or did not set the price.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It set the price.
    #[n(0)]
    Won,
    /// Another one is lower, or as low and comes first.
    #[n(1)]
    NotLowest,
    /// The service is not among its services.
    #[n(2)]
    ServiceNotCovered,
    /// The place is not among its places.
    #[n(3)]
    PlaceNotCovered,
    /// The medium's assurance is too low.
    #[n(4)]
    AssuranceTooLow,
    /// The entitlement has not begun at the time of the tap.
    #[n(5)]
    NotYet,
    /// Its last day has passed.
    #[n(6)]
    Ended,
    /// It was revoked.
    #[n(7)]
    Revoked,
    /// No version of the benefit was in force.
    #[n(8)]
    NoVersion,
    /// It does not cover this kind of day.
    #[n(9)]
    DayNotCovered,
    /// It does not cover this time of day.
    #[n(10)]
    TimeNotCovered,
    /// It does not cover the holder's home region, or this week is another region's turn.
    #[n(11)]
    HomeNotCovered,
    /// It does not cover the holder's rider category.
    #[n(12)]
    CategoryNotCovered,
    /// No published calendar tells what kind of day it is.
    #[n(13)]
    CalendarMissing,
    /// The period's quota is used up.
    #[n(14)]
    QuotaExhausted,
    /// Its budget is used up.
    #[n(15)]
    BudgetExhausted,
    /// It gives money or goods, not a lower price.
    #[n(16)]
    PriceUnchanged,
}

/// One benefit that was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Considered {
    /// Index of the benefit.
    #[n(0)]
    pub benefit: u32,
    /// Version in force; 0 if none.
    #[n(1)]
    pub version: u32,
    /// What came of it.
    #[n(2)]
    pub verdict: Verdict,
    /// The price it would have made.
    #[n(3)]
    pub price: Option<Amount>,
}

/// Something a tap brought to light that people have to look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Incident {
    /// The gate opened for a blocked medium.
    #[n(0)]
    MediumBlocked,
    /// The gate opened for a medium that was never activated.
    #[n(1)]
    MediumInactive,
    /// The purse did not reach; the rest became debt.
    #[n(2)]
    DebtTaken,
    /// The gate opened although the quota of a benefit was used up; the full price was taken.
    #[n(3)]
    QuotaExceeded,
    /// The budget did not reach; what is missing was written down as forgone.
    #[n(4)]
    BudgetExhausted,
    /// The gate opened while the place was closed.
    #[n(5)]
    PlaceClosed,
    /// More people are inside than the place takes.
    #[n(6)]
    PlaceOverfull,
    /// More people are inside than is comfortable.
    #[n(7)]
    PlaceCrowded,
    /// A tap-out without its tap-in.
    #[n(8)]
    EntryMissing,
    /// The party could not be: the holder alone was priced.
    #[n(9)]
    PartyInvalid,
}

/// Which rule of a tariff set the price before any benefit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum FareRule {
    /// The price of the service.
    #[default]
    #[n(0)]
    Flat,
    /// A price by time of day.
    #[n(1)]
    Band,
    /// A price by rider category.
    #[n(2)]
    Category,
    /// A price on some dates.
    #[n(3)]
    Override,
    /// A price from stop to stop.
    #[n(4)]
    Matrix,
    /// A price by kilometres.
    #[n(5)]
    Distance,
    /// In and out at the same stop.
    #[n(6)]
    SameStop,
    /// In the system for too long.
    #[n(7)]
    Overstay,
    /// The tap-out is missing.
    #[n(8)]
    ExitMissing,
    /// The tap-in is missing.
    #[n(9)]
    EntryMissing,
    /// Free after another ride.
    #[n(10)]
    Transfer,
    /// No more in a service day.
    #[n(11)]
    Capped,
    /// Several modes together.
    #[n(12)]
    Integrated,
    /// A journey has begun; its price comes with the tap-out.
    #[n(13)]
    Begun,
    /// A visit has ended.
    #[n(14)]
    Left,
}

impl FareRule {
    /// Whether it is the price of the service and nothing else.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        *self == Self::Flat
    }
}

/// Several modes together: the facts behind an integrated fare, for the package of one tap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Package {
    /// Version of the integration.
    #[n(0)]
    pub version: u32,
    /// Legs in the package so far.
    #[n(1)]
    pub legs: u16,
    /// Different modes among them.
    #[n(2)]
    pub modes: u8,
    /// Kilometres, each leg rounded up.
    #[n(3)]
    pub kilometres: u32,
    /// The fare for them together.
    #[n(4)]
    pub integrated: Amount,
    /// The sum of their own fares.
    #[n(5)]
    pub separate: Amount,
}

/// Why a tap was kept without a price.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum HeldReason {
    /// The terminal's clock was ahead of its arrival by more than the tolerance.
    #[n(0)]
    Future,
    /// It came after the re-rate horizon.
    #[n(1)]
    TooLate,
    /// No place of that code is published.
    #[n(2)]
    PlaceUnknown,
    /// No tariff of its service was in force.
    #[n(3)]
    PriceMissing,
}

/// How a price came about.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Priced {
    /// Index of the holder.
    #[n(0)]
    pub holder: u32,
    /// Index of the service.
    #[n(1)]
    pub service: u32,
    /// Version of the tariff.
    #[n(2)]
    pub tariff: u32,
    /// What the tariff asks.
    #[n(3)]
    pub full: Amount,
    /// What the holder is asked.
    #[n(4)]
    pub charged: Amount,
    /// Of that, what became debt.
    #[n(5)]
    pub debt: Amount,
    /// Benefits looked at, in the order in which they were first published.
    #[n(6)]
    pub considered: Vec<Considered>,
    /// What people have to look at.
    #[n(7)]
    pub incident: Option<Incident>,
    /// The purse afterwards (for an ask: now).
    #[n(8)]
    pub balance: i64,
    /// What the holder's other taps of the service day came to cost more (or less) because of this one.
    #[cbor(n(9), skip_if = "is_zero")]
    pub adjusted: i64,
    /// The same for what the tariffs ask.
    #[cbor(n(10), skip_if = "is_zero")]
    pub adjusted_full: i64,
    /// Which rule of the tariff set the full price.
    #[cbor(n(11), skip_if = "FareRule::is_flat")]
    pub fare: FareRule,
    /// The package of several modes that this tap belongs to.
    #[n(12)]
    pub package: Option<Package>,
    /// Of what the holder does not pay, what the benefit's budget paid.
    #[cbor(n(13), skip_if = "Amount::is_nothing")]
    pub funded: Amount,
    /// People on the medium; 0 and 1 are the holder alone.
    #[cbor(n(14), skip_if = "is_none")]
    pub people: u16,
    /// Benefit whose quota this tap took one of.
    #[n(15)]
    pub quota: Option<u32>,
}

const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

const fn is_none(count: &u16) -> bool {
    *count == 0
}

impl Priced {
    /// What the tariff asks and the holder does not pay.
    #[must_use]
    pub const fn forgone(&self) -> Amount {
        self.full.less(self.charged)
    }

    /// What the holder is asked now: for this tap, and more or less for the others of the day.
    #[must_use]
    pub fn charged_now(&self) -> i64 {
        signed(self.charged).saturating_add(self.adjusted)
    }

    /// What the tariffs ask now, likewise.
    #[must_use]
    pub fn full_now(&self) -> i64 {
        signed(self.full).saturating_add(self.adjusted_full)
    }

    /// The benefit that set the price.
    #[must_use]
    pub fn winner(&self) -> Option<&Considered> {
        self.considered.iter().find(|one| one.verdict == Verdict::Won)
    }
}

/// An amount as a signed figure.
#[must_use]
pub fn signed(amount: Amount) -> i64 {
    i64::try_from(amount.0).unwrap_or(i64::MAX)
}

/// What a tap came to cost when its service day was rated anew.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Rerated {
    /// Where the tap is recorded.
    #[n(0)]
    pub tap: Position,
    /// Index of the holder.
    #[n(1)]
    pub holder: u32,
    /// What the tariff asks.
    #[n(2)]
    pub full: Amount,
    /// What the holder is asked.
    #[n(3)]
    pub charged: Amount,
    /// What the benefit's budget pays.
    #[cbor(n(4), skip_if = "Amount::is_nothing")]
    pub funded: Amount,
    /// Index of the benefit that set the price.
    #[n(5)]
    pub benefit: Option<u32>,
    /// Which rule of the tariff set the full price.
    #[cbor(n(6), skip_if = "FareRule::is_flat")]
    pub fare: FareRule,
}
