//! What happened. Events carry every figure that `apply` needs, so that a replay never decides again.

use base::{CivilDate, Code, HolderNumber, MediumSerial, Timestamp};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::content::{BenefitDefinition, OrganisationDefinition, PlaceDefinition, TariffDefinition};
use crate::ledger::{AccountId, Kind};
use crate::media::MediumState;
use crate::{Amount, BlockReason, Epoch, Genesis, Parameter, Unit};

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
}

impl Priced {
    /// What the tariff asks and nobody paid.
    #[must_use]
    pub const fn forgone(&self) -> Amount {
        self.full.less(self.charged)
    }

    /// The benefit that set the price.
    #[must_use]
    pub fn winner(&self) -> Option<&Considered> {
        self.considered.iter().find(|one| one.verdict == Verdict::Won)
    }
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
}
