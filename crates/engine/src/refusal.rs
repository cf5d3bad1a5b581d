//! Why a command was refused: one code each, of the form `noun_reason`, stable for callers and journals.

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
}
