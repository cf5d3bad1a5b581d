//! What happened. Events carry every figure that `apply` needs, so that a replay never decides again.

use base::{CivilDate, Code, HolderNumber, MediumSerial, Timestamp};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::content::{
    BenefitDefinition, CalendarDefinition, IntegrationDefinition, OrganisationDefinition, PlaceDefinition,
    TariffDefinition,
};
use crate::ledger::{AccountId, Kind};
use crate::media::MediumState;
use crate::{Amount, BlockReason, Epoch, Genesis, Parameter, Position, Unit};

/// What an account is for: kind, owner (holder, organisation or benefit by its index) and sub (year, or 0).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
#[cbor(map)]
pub struct AccountKey {
    /// Row of the chart of accounts.
    #[n(0)]
    pub kind: Kind,
    /// Index of the owner in the table the kind names.
    #[n(1)]
    pub owner: u32,
    /// Fiscal year or other part; 0 where there is none.
    #[n(2)]
    pub sub: u32,
    /// What it counts.
    #[n(3)]
    pub unit: Unit,
}

/// One posted transfer, with the balances after it (credits minus debits).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Moved {
    /// Account that gave.
    #[n(0)]
    pub debit: AccountId,
    /// Account that received.
    #[n(1)]
    pub credit: AccountId,
    /// How much.
    #[n(2)]
    pub amount: Amount,
    /// Balance of the debit account after this leg.
    #[n(3)]
    pub debit_balance: i64,
    /// Balance of the credit account after this leg.
    #[n(4)]
    pub credit_balance: i64,
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

/// Goods bought, or authorised.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Purchased {
    /// Number of the purchase; for an ask the one it would have.
    #[n(0)]
    pub purchase: u64,
    /// Index of the holder.
    #[n(1)]
    pub holder: u32,
    /// Index of the merchant.
    #[n(2)]
    pub merchant: u32,
    /// Account that gives: purse or wallet.
    #[n(3)]
    pub from: AccountId,
    /// What the basket costs.
    #[n(4)]
    pub amount: Amount,
    /// What is in the account afterwards; for what is only asked or held, now.
    #[n(5)]
    pub balance: i64,
    /// The benefit and version that let goods be sold at their price.
    #[n(6)]
    pub benefit: Option<(u32, u32)>,
    /// The quota account it takes one of.
    #[n(7)]
    pub quota: Option<AccountId>,
    /// Numbers of the holds, money first, where it is only authorised.
    #[cbor(n(8), skip_if = "Vec::is_empty")]
    pub holds: Vec<u64>,
}

/// Goods taken back.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Refunded {
    /// Number of the purchase.
    #[n(0)]
    pub purchase: u64,
    /// Index of the holder.
    #[n(1)]
    pub holder: u32,
    /// Lines of the basket with what came back of each.
    #[n(2)]
    pub lines: Vec<(u16, Amount)>,
    /// Account it went to: the one that had paid, or the programme's returned funds.
    #[n(3)]
    pub to: AccountId,
    /// How much.
    #[n(4)]
    pub amount: Amount,
    /// What is in that account afterwards.
    #[n(5)]
    pub balance: i64,
    /// Whether the purchase was undone as a whole.
    #[n(6)]
    pub voided: bool,
}

/// What happened. Numbers are part of the journal's format: never reuse one.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
pub enum Event {
    /// The journal begins.
    #[n(0)]
    Founded(#[n(0)] Genesis),
    /// A process took over.
    #[n(1)]
    EpochStarted(#[n(0)] Epoch),
    /// A parameter has a new value.
    #[n(2)]
    ParameterSet(#[n(0)] Parameter, #[n(1)] i64),
    /// A place is known.
    #[n(3)]
    PlacePublished(#[n(0)] PlaceDefinition),
    /// A tariff version is known.
    #[n(4)]
    TariffPublished(#[n(0)] TariffDefinition),
    /// A benefit version is known.
    #[n(5)]
    BenefitPublished(#[n(0)] BenefitDefinition),
    /// A holder is known under an index.
    #[n(6)]
    HolderOpened {
        /// Dense index.
        #[n(0)]
        index: u32,
        /// Public number.
        #[n(1)]
        number: HolderNumber,
        /// Rider category.
        #[n(2)]
        category: Code,
        /// Home region.
        #[n(3)]
        home: Option<Code>,
    },
    /// A medium is known.
    #[n(7)]
    MediumIssued {
        /// Serial.
        #[n(0)]
        medium: MediumSerial,
        /// Index of the holder.
        #[n(1)]
        holder: u32,
        /// Kind.
        #[n(2)]
        kind: Code,
        /// Assurance level.
        #[n(3)]
        assurance: u8,
        /// The medium it takes the place of.
        #[n(4)]
        replaces: Option<MediumSerial>,
    },
    /// A medium changed state.
    #[n(8)]
    MediumChanged {
        /// Serial.
        #[n(0)]
        medium: MediumSerial,
        /// New state.
        #[n(1)]
        state: MediumState,
        /// Version of the change.
        #[n(2)]
        version: u64,
        /// Why.
        #[n(3)]
        reason: Option<BlockReason>,
    },
    /// A holder has a benefit.
    #[n(9)]
    Granted {
        /// Index of the holder.
        #[n(0)]
        holder: u32,
        /// Index of the benefit.
        #[n(1)]
        benefit: u32,
        /// First day.
        #[n(2)]
        from: CivilDate,
        /// Last day, included.
        #[n(3)]
        to: CivilDate,
        /// Version of (holder, benefit).
        #[n(4)]
        version: u64,
    },
    /// A benefit ended early.
    #[n(10)]
    Revoked {
        /// Index of the holder.
        #[n(0)]
        holder: u32,
        /// Index of the benefit.
        #[n(1)]
        benefit: u32,
        /// Version of (holder, benefit).
        #[n(2)]
        version: u64,
    },
    /// An account exists; its handle is the next one.
    #[n(11)]
    AccountOpened(#[n(0)] AccountId, #[n(1)] AccountKey),
    /// A transfer was posted.
    #[n(12)]
    Moved(#[n(0)] Moved),
    /// A transfer is pending.
    #[n(13)]
    Held {
        /// Its number.
        #[n(0)]
        pending: u64,
        /// Account that would give.
        #[n(1)]
        debit: AccountId,
        /// Account that would receive.
        #[n(2)]
        credit: AccountId,
        /// How much.
        #[n(3)]
        amount: Amount,
        /// When it lapses.
        #[n(4)]
        deadline: Option<Timestamp>,
        /// Pending debits of the debit account after this leg.
        #[n(5)]
        debit_pending: u64,
        /// Pending credits of the credit account after this leg.
        #[n(6)]
        credit_pending: u64,
    },
    /// A pending transfer was posted; what it did not use is free again.
    #[n(14)]
    PendingPosted(#[n(0)] u64, #[n(1)] Moved),
    /// A pending transfer was given back.
    #[n(15)]
    PendingVoided(#[n(0)] u64),
    /// A pending transfer lapsed.
    #[n(16)]
    PendingExpired(#[n(0)] u64),
    /// Money came in.
    #[n(17)]
    ToppedUp {
        /// Index of the holder.
        #[n(0)]
        holder: u32,
        /// How much came in.
        #[n(1)]
        amount: Amount,
        /// Of that, what paid off debt.
        #[n(2)]
        recovered: Amount,
        /// The purse afterwards.
        #[n(3)]
        balance: i64,
    },
    /// An ask was answered with yes.
    #[n(18)]
    Quoted(#[n(0)] Priced),
    /// A tap was priced and paid.
    #[n(19)]
    TapPriced(#[n(0)] Priced),
    /// A tap was kept without a price.
    #[n(20)]
    TapHeld(#[n(0)] HeldReason, #[n(1)] u32),
    /// A gate stayed shut.
    #[n(21)]
    TapClosed(#[n(0)] u32),
    /// An organisation is known.
    #[n(22)]
    OrganisationPublished(#[n(0)] OrganisationDefinition),
    /// A calendar version is known.
    #[n(23)]
    CalendarPublished(#[n(0)] CalendarDefinition),
    /// A version of an integration is known.
    #[n(24)]
    IntegrationPublished(#[n(0)] IntegrationDefinition),
    /// A tap came to cost something else.
    #[n(25)]
    Rerated(#[n(0)] Rerated),
    /// A service day has ended: the journeys without a tap-out of holders below an index are priced.
    #[n(26)]
    DayClosed {
        /// The service day.
        #[n(0)]
        day: CivilDate,
        /// Holders below this index have been looked at.
        #[n(1)]
        below: u32,
    },
    /// Aid was paid into a wallet.
    #[n(27)]
    Disbursed {
        /// Index of the holder.
        #[n(0)]
        holder: u32,
        /// Index of the benefit.
        #[n(1)]
        benefit: u32,
        /// How much.
        #[n(2)]
        amount: Amount,
        /// The wallet afterwards.
        #[n(3)]
        balance: i64,
    },
    /// An ask for goods was answered with yes.
    #[n(28)]
    PurchaseQuoted(#[n(0)] Purchased),
    /// Money for goods is held.
    #[n(29)]
    PurchaseAuthorised(#[n(0)] Purchased),
    /// Goods were bought.
    #[n(30)]
    PurchaseCaptured(#[n(0)] Purchased),
    /// The holds of a purchase were released.
    #[n(31)]
    PurchaseVoided {
        /// Number of the purchase.
        #[n(0)]
        purchase: u64,
        /// Index of the holder.
        #[n(1)]
        holder: u32,
    },
    /// Goods were taken back.
    #[n(32)]
    Refunded(#[n(0)] Refunded),
    /// Money was taken out in cash.
    #[n(33)]
    CashedOut {
        /// Index of the holder.
        #[n(0)]
        holder: u32,
        /// Index of the benefit.
        #[n(1)]
        benefit: u32,
        /// How much.
        #[n(2)]
        amount: Amount,
        /// The wallet afterwards.
        #[n(3)]
        balance: i64,
    },
    /// A holder's days were rated anew with what should have applied.
    #[n(34)]
    Repriced {
        /// Index of the holder.
        #[n(0)]
        holder: u32,
        /// First service day.
        #[n(1)]
        from: CivilDate,
        /// Last service day, included.
        #[n(2)]
        to: CivilDate,
        /// What the holder is asked more (or less).
        #[n(3)]
        adjusted: i64,
        /// The purse afterwards.
        #[n(4)]
        balance: i64,
    },
    /// A wallet has ended.
    #[n(35)]
    WalletClosed {
        /// Index of the holder.
        #[n(0)]
        holder: u32,
        /// Index of the benefit.
        #[n(1)]
        benefit: u32,
        /// What went back to the programme.
        #[n(2)]
        returned: Amount,
    },
    /// A quota was opened for a period.
    #[n(36)]
    QuotaOpened {
        /// The account of what may still be used.
        #[n(0)]
        account: AccountId,
        /// When the period and the re-rate horizon after it are over.
        #[n(1)]
        ends: Timestamp,
    },
    /// The period of a quota is over: what was not used is gone.
    #[n(37)]
    QuotaEnded {
        /// The account of what could still be used.
        #[n(0)]
        account: AccountId,
        /// When the period and the re-rate horizon after it were over.
        #[n(1)]
        ends: Timestamp,
    },
}
