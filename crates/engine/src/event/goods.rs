//! What became of goods.

use minicbor::{Decode, Encode};

use crate::Amount;
use crate::ledger::AccountId;

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
