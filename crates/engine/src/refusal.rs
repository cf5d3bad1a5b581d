//! Why a command was refused: one code each, of the form `noun_reason`, stable for callers and journals.

use base::Code;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $code:literal;)*) => {
        /// Why a command was refused. Numbers are part of the journal's format: never reuse one.
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
        )]
        #[cbor(index_only)]
        pub enum Refusal {
            $($(#[$doc])* #[n($number)] #[serde(rename = $code)] $name,)*
        }

        impl Refusal {
            /// Every refusal.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

refusals! {
    /// No such medium was issued.
    MediumUnknown = 0, "medium_unknown";
    /// The medium is blocked.
    MediumBlocked = 1, "medium_blocked";
    /// The medium is not yet active.
    MediumInactive = 2, "medium_inactive";
    /// The serial is not the next free one.
    MediumExists = 3, "medium_exists";
    /// No such place is published.
    PlaceUnknown = 4, "place_unknown";
    /// No tariff of the service was in force.
    TariffMissing = 5, "tariff_missing";
    /// The purse does not reach.
    PurseInsufficient = 6, "purse_insufficient";
    /// The account's limit forbids the transfer.
    AccountOverdraft = 7, "account_overdraft";
    /// No such account.
    AccountUnknown = 8, "account_unknown";
    /// An account of that key exists already.
    AccountExists = 9, "account_exists";
    /// The two kinds may not face each other.
    FundClassMismatch = 10, "fund_class_mismatch";
    /// Debit and credit count different units, or are the same account.
    LegInvalid = 11, "leg_invalid";
    /// Zero.
    AmountInvalid = 12, "amount_invalid";
    /// More than one command may move.
    AmountTooLarge = 13, "amount_too_large";
    /// No such holder.
    HolderUnknown = 14, "holder_unknown";
    /// The holder number is taken.
    HolderExists = 15, "holder_exists";
    /// No such benefit is published.
    BenefitUnknown = 16, "benefit_unknown";
    /// The first day comes after the last.
    PeriodInvalid = 17, "period_invalid";
    /// A newer version of this subject is known.
    SubjectStale = 18, "subject_stale";
    /// No pending transfer has that number.
    PendingUnknown = 19, "pending_unknown";
    /// The pending transfer was posted, voided or has expired.
    PendingResolved = 20, "pending_resolved";
    /// The deadline of the pending transfer has passed.
    PendingExpired = 21, "pending_expired";
    /// The deadline is not in the future.
    DeadlineInvalid = 22, "deadline_invalid";
    /// Prices never change for the past.
    EffectiveInPast = 23, "effective_in_past";
    /// This version is published already.
    ContentExists = 24, "content_exists";
    /// The version is not the next one.
    VersionInvalid = 25, "version_invalid";
    /// The value is outside the parameter's range.
    ParameterInvalid = 26, "parameter_invalid";
    /// A table of the engine is full.
    LimitReached = 27, "limit_reached";
    /// The journal has its genesis already.
    GenesisExists = 28, "genesis_exists";
    /// The epoch is not the next one.
    EpochInvalid = 29, "epoch_invalid";
    /// Where and when are missing.
    MovementMissing = 30, "movement_missing";
    /// A fault of the engine itself; people have been told.
    Internal = 31, "internal";
    /// No such organisation is published, or it has another role.
    OrganisationUnknown = 32, "organisation_unknown";
    /// The place is closed now.
    PlaceClosed = 33, "place_closed";
    /// The place takes nobody more now.
    PlaceFull = 34, "place_full";
    /// The party does not include the holder, counts nobody, or names a category twice.
    PartyInvalid = 35, "party_invalid";
    /// More people on one medium than the place allows.
    PartyTooLarge = 36, "party_too_large";
    /// No published calendar covers the date.
    CalendarMissing = 37, "calendar_missing";
    /// The wallet is not taken by this type of merchant.
    MerchantTypeNotAllowed = 38, "merchant_type_not_allowed";
    /// The wallet does not buy this good.
    GoodNotAllowed = 39, "good_not_allowed";
    /// The wallet does not reach.
    WalletInsufficient = 40, "wallet_insufficient";
    /// The holder has no such wallet.
    WalletUnknown = 41, "wallet_unknown";
    /// The wallet's money cannot be taken out in cash.
    CashNotAllowed = 42, "cash_not_allowed";
    /// More cash than the period's limit leaves.
    CashLimitExceeded = 43, "cash_limit_exceeded";
    /// The period's quota is used up.
    QuotaExhausted = 44, "quota_exhausted";
    /// The good is sold to those entitled only.
    BenefitMissing = 45, "benefit_missing";
    /// The amount is not the published price of the good.
    GoodPriceMismatch = 46, "good_price_mismatch";
    /// More of a good than one purchase may have.
    GoodQuantityExceeded = 47, "good_quantity_exceeded";
    /// No purchase has that number, or it is older than purchases are kept.
    PurchaseUnknown = 48, "purchase_unknown";
    /// The purchase was captured, voided or has lapsed.
    PurchaseResolved = 49, "purchase_resolved";
    /// More than what is left of the line.
    RefundExceeded = 50, "refund_exceeded";
    /// The purchase has no such line.
    LineUnknown = 51, "line_unknown";
    /// The grant is longer than the benefit allows.
    PeriodTooLong = 52, "period_too_long";
    /// The holder has a benefit of the same group in that period.
    BenefitGroupTaken = 53, "benefit_group_taken";
    /// The benefit's budget is used up.
    BudgetExhausted = 54, "budget_exhausted";
    /// Two different people have to approve, neither of them the one who asks.
    ApprovalMissing = 55, "approval_missing";
    /// The days are older than taps are kept.
    DaysForgotten = 56, "days_forgotten";
    /// The definition contradicts itself.
    DefinitionInvalid = 57, "definition_invalid";
    /// Another medium has taken the place of this one.
    MediumReplaced = 58, "medium_replaced";
    /// The good is not sold by this merchant.
    MerchantNotAllowed = 59, "merchant_not_allowed";
    /// The wallet has ended.
    WalletClosed = 60, "wallet_closed";
    /// Lines of the audit do not follow on the last one laid down, or there are none or too many.
    AttestationInvalid = 61, "attestation_invalid";
}

/// A refusal with what it is about, where that is more than the command says: the good that may not be bought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// What it is about.
    pub about: Option<Code>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, about: None }
    }
}

impl Refusal {
    /// Says what the refusal is about.
    #[must_use]
    pub const fn about(self, code: Code) -> Refused {
        Refused { refusal: self, about: Some(code) }
    }
}

impl Refused {
    /// The stable code of the refusal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.refusal.code()
    }
}

impl PartialEq<Refusal> for Refused {
    fn eq(&self, other: &Refusal) -> bool {
        self.refusal == *other
    }
}
