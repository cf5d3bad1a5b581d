//! How a price came about: which rule of the tariff, which benefit, why the others not, what people have to look at.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{Amount, Position};

/// An enum whose variants have a stable number for journals and a stable code for callers.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $number:literal, $code:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
        #[cbor(index_only)]
        pub enum $name { $($(#[$what])* #[n($number)] #[serde(rename = $code)] $variant,)* }

        impl $name {
            /// Every one, in order of number.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

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

coded! {
    /// Something a tap brought to light that people have to look at.
    Incident {
        /// The gate opened for a blocked medium.
        MediumBlocked = 0, "medium_blocked";
        /// The gate opened for a medium that was never activated.
        MediumInactive = 1, "medium_inactive";
        /// The purse did not reach; the rest became debt.
        DebtTaken = 2, "debt_taken";
        /// The gate opened although the quota of a benefit was used up; the full price was taken.
        QuotaExceeded = 3, "quota_exceeded";
        /// The budget did not reach; what is missing was written down as forgone.
        BudgetExhausted = 4, "budget_exhausted";
        /// The gate opened while the place was closed.
        PlaceClosed = 5, "place_closed";
        /// More people are inside than the place takes.
        PlaceOverfull = 6, "place_overfull";
        /// More people are inside than is comfortable.
        PlaceCrowded = 7, "place_crowded";
        /// A tap-out without its tap-in.
        EntryMissing = 8, "entry_missing";
        /// The party could not be: the holder alone was priced.
        PartyInvalid = 9, "party_invalid";
    }
}

coded! {
    /// Which rule of a tariff set the price before any benefit.
    #[derive(Default)]
    FareRule {
        /// The price of the service.
        #[default]
        Flat = 0, "flat";
        /// A price by time of day.
        Band = 1, "band";
        /// A price by rider category.
        Category = 2, "category";
        /// A price on some dates.
        Override = 3, "override";
        /// A price from stop to stop.
        Matrix = 4, "matrix";
        /// A price by kilometres.
        Distance = 5, "distance";
        /// In and out at the same stop.
        SameStop = 6, "same_stop";
        /// In the system for too long.
        Overstay = 7, "overstay";
        /// The tap-out is missing.
        ExitMissing = 8, "exit_missing";
        /// The tap-in is missing.
        EntryMissing = 9, "entry_missing";
        /// Free after another ride.
        Transfer = 10, "transfer";
        /// No more in a service day.
        Capped = 11, "capped";
        /// Several modes together.
        Integrated = 12, "integrated";
        /// A journey has begun; its price comes with the tap-out.
        Begun = 13, "begun";
        /// A visit has ended.
        Left = 14, "left";
    }
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

coded! {
    /// Why a tap was kept without a price.
    HeldReason {
        /// The terminal's clock was ahead of its arrival by more than the tolerance.
        Future = 0, "future";
        /// It came after the re-rate horizon.
        TooLate = 1, "too_late";
        /// No place of that code is published.
        PlaceUnknown = 2, "place_unknown";
        /// No tariff of its service was in force.
        PriceMissing = 3, "price_missing";
    }
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
