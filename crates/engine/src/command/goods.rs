//! Goods and aid: what is bought, taken back, paid out.

use base::{Code, HolderNumber, MediumSerial};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Amount;

/// Pays aid into a holder's wallet.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Disburse {
    /// Whose wallet.
    #[n(0)]
    pub holder: HolderNumber,
    /// Of which benefit; its budget of the fiscal year pays.
    #[n(1)]
    pub benefit: Code,
    /// The bank that receives the money for the holder.
    #[n(2)]
    pub bank: Code,
    /// How much.
    #[n(3)]
    pub amount: Amount,
}

/// Where the money of a purchase comes from. One purchase has one source.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Funds {
    /// The holder's own money.
    #[n(0)]
    Purse,
    /// The holder's wallet of a benefit.
    #[n(1)]
    Wallet(#[n(0)] Code),
}

/// One line of a basket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Item {
    /// The good.
    #[n(0)]
    pub good: Code,
    /// How many.
    #[n(1)]
    pub quantity: u32,
    /// What they cost together.
    #[n(2)]
    pub amount: Amount,
}

/// How far a purchase goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseStep {
    /// Would it be accepted? Moves nothing.
    #[n(0)]
    Ask,
    /// Holds the money until it is captured, voided or lapses.
    #[n(1)]
    Authorise,
    /// Moves the money at once.
    #[default]
    #[n(2)]
    Capture,
}

/// Goods at a merchant. A basket is taken or refused as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Purchase {
    /// Which medium.
    #[n(0)]
    pub medium: MediumSerial,
    /// The merchant, by code.
    #[n(1)]
    pub merchant: Code,
    /// Where the money comes from.
    #[n(2)]
    pub from: Funds,
    /// The basket.
    #[n(3)]
    pub items: Vec<Item>,
    /// How far it goes.
    #[n(4)]
    pub step: PurchaseStep,
}

/// Captures an authorised purchase, wholly or without the lines that are not named.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CapturePurchase {
    /// Number the purchase was given.
    #[n(0)]
    pub purchase: u64,
    /// Lines of the basket that are captured, counted from 0; all of them, if empty.
    #[cbor(n(1), skip_if = "Vec::is_empty")]
    pub lines: Vec<u16>,
}

/// Undoes a purchase as a whole: releases what is held, or returns all that was captured and not yet refunded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct VoidPurchase {
    /// Number the purchase was given.
    #[n(0)]
    pub purchase: u64,
}

/// Takes goods of a purchase back.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Refund {
    /// Number the purchase was given.
    #[n(0)]
    pub purchase: u64,
    /// Which lines, and how much of each.
    #[n(1)]
    pub lines: Vec<RefundLine>,
}

/// How much of a line comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct RefundLine {
    /// Line of the basket, counted from 0.
    #[n(0)]
    pub line: u16,
    /// How much; all that is left of it when absent.
    #[n(1)]
    pub amount: Option<Amount>,
}

/// Takes money out of a wallet in cash.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CashOut {
    /// Which medium.
    #[n(0)]
    pub medium: MediumSerial,
    /// The wallet's benefit.
    #[n(1)]
    pub benefit: Code,
    /// The bank that pays.
    #[n(2)]
    pub bank: Code,
    /// How much.
    #[n(3)]
    pub amount: Amount,
}

/// Ends a wallet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CloseWallet {
    /// Whose.
    #[n(0)]
    pub holder: HolderNumber,
    /// Of which benefit.
    #[n(1)]
    pub benefit: Code,
}
