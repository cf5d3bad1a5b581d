//! Money that is not a fare: top-ups, transfers, holds.

use base::{Code, HolderNumber, MediumSerial, Timestamp};
use minicbor::{Decode, Encode};

use crate::Amount;
use crate::event::AccountKey;
use crate::ledger::AccountId;

/// Money for a holder's purse, received by a bank.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct TopUp {
    /// Through this medium ...
    #[n(0)]
    pub medium: Option<MediumSerial>,
    /// ... or for this holder.
    #[n(1)]
    pub holder: Option<HolderNumber>,
    /// The bank that received it.
    #[n(2)]
    pub bank: Code,
    /// How much.
    #[n(3)]
    pub amount: Amount,
}

/// Opens an account that no other command opens by itself.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct OpenAccount {
    /// Kind, owner, sub and unit.
    #[n(0)]
    pub key: AccountKey,
}

/// One transfer: `amount` leaves the debit account for the credit account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Leg {
    /// Account that gives.
    #[n(0)]
    pub debit: AccountId,
    /// Account that receives.
    #[n(1)]
    pub credit: AccountId,
    /// How much.
    #[n(2)]
    pub amount: Amount,
}

/// One hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Hold {
    /// What would move.
    #[n(0)]
    pub leg: Leg,
    /// When it lapses; never, if it backs an instruction to the outside.
    #[n(1)]
    pub deadline: Option<Timestamp>,
}

/// Resolves a pending transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Resolve {
    /// Number the hold was given.
    #[n(0)]
    pub pending: u64,
    /// How much to post; all of it when absent. Ignored by a void.
    #[n(1)]
    pub amount: Option<Amount>,
}
