//! The chart of accounts: which kinds there are, whose they are, and which may face each other.
//!
//! Programme money and operator cost never meet (Governor's Regulation 145/2017, clause 15): the matrix has no such
//! cell, so no command can write such a transfer. `docs/chart-of-accounts.md` is generated from here.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Unit;

/// Whose money it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FundClass {
    /// People's own money, and what they owe.
    Holder,
    /// The city's budget (APBD).
    Programme,
    /// The operator's own money (clause 15).
    Operator,
    /// What banks keep for the system.
    Bank,
    /// What merchants and transit operators are owed.
    Merchant,
    /// Figures that are not money: forgone fares, quotas.
    Memo,
}

impl FundClass {
    /// Every class.
    pub const ALL: [Self; 6] =
        [Self::Holder, Self::Programme, Self::Operator, Self::Bank, Self::Merchant, Self::Memo];
}

/// Which table the owner of an account is an index of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// Holders.
    Holder,
    /// Organisations: banks, operators, merchants.
    Organisation,
    /// Benefits.
    Benefit,
    /// Pools of quotas.
    Pool,
}

/// What keeps an account from going too far. Holds count as if they were posted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// No limit.
    None,
    /// Debits must not exceed credits: nothing can be spent that is not there.
    DebitsWithinCredits,
    /// Credits must not exceed debits: no more can be paid off than is owed.
    CreditsWithinDebits,
}

macro_rules! chart {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $code:literal, $fund:ident, $owner:ident, $limit:ident, [$($unit:ident),+], $what:literal;)*) => {
        /// A row of the chart of accounts. Numbers are part of the journal's format: never reuse one.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize)]
        #[cbor(index_only)]
        pub enum Kind { $($(#[$doc])* #[n($number)] #[serde(rename = $code)] $name,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// Stable code.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$name => $code,)* } }
            /// Whose money.
            #[must_use]
            pub const fn fund(self) -> FundClass { match self { $(Self::$name => FundClass::$fund,)* } }
            /// Which table the owner is in.
            #[must_use]
            pub const fn owner(self) -> Owner { match self { $(Self::$name => Owner::$owner,)* } }
            /// What keeps it from going too far.
            #[must_use]
            pub const fn limit(self) -> Limit { match self { $(Self::$name => Limit::$limit,)* } }
            /// What it may count.
            #[must_use]
            pub const fn units(self) -> &'static [Unit] { match self { $(Self::$name => &[$(Unit::$unit),+],)* } }
            /// What it is for, in one sentence.
            #[must_use]
            pub const fn purpose(self) -> &'static str { match self { $(Self::$name => $what,)* } }
        }
    };
}

chart! {
    /// A holder's own money.
    Purse = 0, "holder.purse", Holder, Holder, DebitsWithinCredits, [Rupiah],
        "The holder's own money, a mirror of the purse that the bank keeps.";
    /// Fares a holder still owes.
    Debt = 1, "holder.debt", Holder, Holder, CreditsWithinDebits, [Rupiah],
        "Fares of gates that opened although the purse did not reach; recovered from the next top-up.";
    /// What a bank must hold.
    FloatExpected = 2, "float.expected", Bank, Organisation, None, [Rupiah],
        "What the bank must hold for the system by our own events.";
    /// What a bank's statements confirm.
    FloatConfirmed = 3, "float.confirmed", Bank, Organisation, None, [Rupiah],
        "What the bank's statement lines confirm; the difference to the expected float is explained item by item.";
    /// What an operator of a place is owed.
    Receivable = 4, "merchant.receivable", Merchant, Organisation, None, [Rupiah],
        "What the operator of a place or a merchant is owed by the system.";
    /// Fares that a benefit gave up.
    ForgoneGranted = 5, "benefit.forgone", Memo, Benefit, None, [Rupiah],
        "Fares not charged because of a benefit, per fiscal year of use. Not money.";
    /// The other side of it, per operator.
    ForgoneServed = 6, "merchant.forgone", Memo, Organisation, None, [Rupiah],
        "The same fares by the operator who carried the holder, per fiscal year of use. Not money.";
    /// The city's money for a programme.
    Budget = 7, "programme.budget", Programme, Benefit, DebitsWithinCredits, [Rupiah],
        "The city's budget for a benefit, per fiscal year.";
    /// The operator's cost.
    OperatorCost = 8, "operator.cost", Operator, Organisation, None, [Rupiah],
        "The operator's own cost of running the system (clause 15: never the city's budget).";
    /// Aid in a holder's hands.
    Wallet = 9, "holder.wallet", Programme, Holder, DebitsWithinCredits, [Rupiah],
        "Aid for some goods at some merchants, by benefit. Never the holder's own money.";
    /// What the city has voted for a benefit.
    Appropriation = 10, "programme.appropriation", Programme, Benefit, None, [Rupiah],
        "What the city has voted for a benefit, per fiscal year: where its budget comes from.";
    /// Aid paid out.
    Disbursed = 11, "programme.disbursed", Programme, Benefit, None, [Rupiah],
        "Aid paid out of the budget into wallets, per fiscal year.";
    /// Aid that came back after its wallet or year was closed.
    ReturnedFunds = 12, "programme.returned_funds", Programme, Benefit, None, [Rupiah],
        "Aid that came back after its wallet or fiscal year was closed, per fiscal year of return.";
    /// What a holder may still use in a period.
    Quota = 13, "holder.quota", Memo, Holder, DebitsWithinCredits, [Rupiah, Ride, Package, Visit],
        "What a holder may still use of a quota in a period; opened at the first use.";
    /// Quotas given.
    QuotaGranted = 14, "quota.granted", Memo, Pool, None, [Rupiah, Ride, Package, Visit],
        "Quotas given to holders, per period.";
    /// Quotas used.
    QuotaUsed = 15, "quota.used", Memo, Pool, None, [Rupiah, Ride, Package, Visit],
        "Quotas used by holders, per period.";
    /// Quotas that ended unused.
    QuotaExpired = 16, "quota.expired", Memo, Pool, None, [Rupiah, Ride, Package, Visit],
        "Quotas that ended with their period without being used: nothing is carried over.";
}

/// Whether an account of one kind may give to an account of the other. Symmetric. Aid never becomes the holder's own money,
/// nor pays what the holder owes.
#[must_use]
pub const fn kinds_may_face(one: Kind, other: Kind) -> bool {
    let aid = matches!(
        (one, other),
        (Kind::Wallet, Kind::Purse | Kind::Debt) | (Kind::Purse | Kind::Debt, Kind::Wallet)
    );
    !aid && may_face(one.fund(), other.fund())
}

/// Whether an account of one class may give to an account of the other. Symmetric.
#[must_use]
pub const fn may_face(one: FundClass, other: FundClass) -> bool {
    use FundClass::{Bank, Holder, Memo, Merchant, Operator, Programme};
    match (one, other) {
        (Memo, Memo) => true,
        (Memo, _) | (_, Memo) => false,
        (Programme, Operator) | (Operator, Programme) => false,
        (Holder | Bank | Merchant, _) | (_, Holder | Bank | Merchant) => true,
        (Programme, Programme) | (Operator, Operator) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programme_money_and_operator_cost_never_meet() {
        for one in FundClass::ALL {
            for other in FundClass::ALL {
                assert_eq!(may_face(one, other), may_face(other, one), "{one:?} {other:?}");
            }
            assert_eq!(may_face(FundClass::Memo, one), one == FundClass::Memo, "memo faces memo only");
        }
        assert!(!may_face(FundClass::Programme, FundClass::Operator));
    }
}
