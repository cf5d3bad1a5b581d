//! What happened. Events carry every figure that `apply` needs, so that a replay never decides again.

mod goods;
mod priced;

use base::{CivilDate, Code, HolderNumber, MediumSerial, Timestamp};
use minicbor::{Decode, Encode};

use crate::content::{
    BenefitDefinition, CalendarDefinition, IntegrationDefinition, OrganisationDefinition, PlaceDefinition,
    TariffDefinition,
};
use crate::ledger::{AccountId, Kind};
use crate::media::MediumState;
use crate::{Amount, Attested, BlockReason, Epoch, Genesis, Parameter, Unit};

pub use goods::{Purchased, Refunded};
pub use priced::{Considered, FareRule, HeldReason, Incident, Package, Priced, Rerated, Verdict, signed};

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

/// What happened. Numbers are part of the journal's format: never reuse one.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
pub enum Event {
    /// The journal begins.
    #[n(0)]
    Founded(#[n(0)] Box<Genesis>),
    /// A process took over.
    #[n(1)]
    EpochStarted(#[n(0)] Epoch),
    /// A parameter has a new value.
    #[n(2)]
    ParameterSet(#[n(0)] Parameter, #[n(1)] i64),
    /// A place is known.
    #[n(3)]
    PlacePublished(#[n(0)] Box<PlaceDefinition>),
    /// A tariff version is known.
    #[n(4)]
    TariffPublished(#[n(0)] Box<TariffDefinition>),
    /// A benefit version is known.
    #[n(5)]
    BenefitPublished(#[n(0)] Box<BenefitDefinition>),
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
    OrganisationPublished(#[n(0)] Box<OrganisationDefinition>),
    /// A calendar version is known.
    #[n(23)]
    CalendarPublished(#[n(0)] Box<CalendarDefinition>),
    /// A version of an integration is known.
    #[n(24)]
    IntegrationPublished(#[n(0)] Box<IntegrationDefinition>),
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
    /// Lines of the office's audit were laid down.
    #[n(38)]
    Attested(#[n(0)] Attested),
}
