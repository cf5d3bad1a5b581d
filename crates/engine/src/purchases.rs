//! Purchases while they can be captured, voided or taken back, and wallets that have ended. Older purchases leave the
//! state; the journal keeps them.

use std::collections::{BTreeSet, VecDeque};

use base::{Micros, Timestamp};
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode};

use crate::ledger::{AccountId, Ledger};
use crate::snapshot::{Rows, Table, misplaced};
use crate::{Amount, Item, Purchased};

/// How far a purchase has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(index_only)]
pub enum PurchaseState {
    /// Money is held.
    #[n(0)]
    Authorised,
    /// Money has moved.
    #[n(1)]
    Captured,
    /// Undone as a whole.
    #[n(2)]
    Voided,
}

impl PurchaseState {
    /// The state a change leads to, if it leads anywhere.
    #[must_use]
    pub const fn transition(self, to: Self) -> Option<Self> {
        match (self, to) {
            (Self::Authorised, Self::Captured | Self::Voided) | (Self::Captured, Self::Voided) => Some(to),
            _ => None,
        }
    }
}

/// One line of a basket and what became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Line {
    /// As it was asked for.
    #[n(0)]
    pub item: Item,
    /// What was captured of it.
    #[n(1)]
    pub captured: Amount,
    /// What was taken back of that.
    #[n(2)]
    pub refunded: Amount,
}

impl Line {
    /// What can still be taken back.
    #[must_use]
    pub const fn left(&self) -> Amount {
        self.captured.less(self.refunded)
    }
}

/// One purchase.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Kept {
    /// When it was asked for.
    #[n(0)]
    pub at: Timestamp,
    /// Who, from which account, for how much.
    #[n(1)]
    pub told: Purchased,
    /// The basket.
    #[n(2)]
    pub lines: Vec<Line>,
    /// How far it has come.
    #[n(3)]
    pub state: PurchaseState,
}

impl Kept {
    /// What can still be taken back.
    #[must_use]
    pub fn left(&self) -> Amount {
        Amount(self.lines.iter().map(|line| line.left().0).sum())
    }

    /// Whether its money is still held.
    #[must_use]
    pub fn is_held(&self, ledger: &Ledger) -> bool {
        let held = |number: &u64| ledger.pendings.get(*number).is_some();
        self.state == PurchaseState::Authorised && self.told.holds.first().is_some_and(held)
    }
}

/// All of them, numbered in order.
#[derive(Clone, Debug, Default)]
pub struct Purchases {
    first: u64,
    all: VecDeque<Kept>,
    closed_wallets: BTreeSet<AccountId>,
}

impl Purchases {
    /// The number that the next purchase will have.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.first + self.all.len() as u64
    }

    /// The purchase of a number.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<&Kept> {
        self.all.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// Purchases with their numbers, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Kept)> {
        (self.first..self.next()).zip(&self.all)
    }

    /// Whether a wallet has ended.
    #[must_use]
    pub fn is_closed(&self, wallet: AccountId) -> bool {
        self.closed_wallets.contains(&wallet)
    }

    /// Wallets that have ended.
    #[must_use]
    pub const fn closed_wallets(&self) -> &BTreeSet<AccountId> {
        &self.closed_wallets
    }

    /// Writes the tables of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { first, all, closed_wallets } = self;
        out.row(Table::FirstPurchase, first)?;
        out.all(Table::Purchases, all)?;
        out.all(Table::ClosedWallets, closed_wallets)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, table: Table, d: &mut Decoder<'_>) -> Result<(), Error> {
        match table {
            Table::FirstPurchase => self.first = d.decode()?,
            Table::Purchases => {
                let kept: Kept = d.decode()?;
                if kept.told.purchase != self.next() {
                    return Err(misplaced());
                }
                self.all.push_back(kept);
            }
            _ => {
                self.closed_wallets.insert(d.decode()?);
            }
        }
        Ok(())
    }

    pub(crate) fn insert(&mut self, kept: Kept) {
        assert!(kept.told.purchase == self.next(), "purchases are numbered in order");
        self.all.push_back(kept);
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> &mut Kept {
        let slot = number.checked_sub(self.first).and_then(|slot| usize::try_from(slot).ok());
        let kept = slot.and_then(|slot| self.all.get_mut(slot));
        assert!(kept.is_some(), "events name purchases that are kept");
        kept.unwrap_or_else(|| unreachable!("the line above is the check"))
    }

    pub(crate) fn close(&mut self, wallet: AccountId) {
        self.closed_wallets.insert(wallet);
    }

    /// Forgets purchases that can no longer be taken back.
    pub(crate) fn forget(&mut self, at: Timestamp, horizon: Micros) {
        while self.all.front().is_some_and(|oldest| oldest.at.plus(horizon) < at) {
            self.all.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PurchaseState::{Authorised, Captured, Voided};

    #[test]
    fn a_purchase_moves_only_along_its_life() {
        let table = [
            (Authorised, Authorised, None),
            (Authorised, Captured, Some(Captured)),
            (Authorised, Voided, Some(Voided)),
            (Captured, Authorised, None),
            (Captured, Captured, None),
            (Captured, Voided, Some(Voided)),
            (Voided, Authorised, None),
            (Voided, Captured, None),
            (Voided, Voided, None),
        ];
        for (from, to, expected) in table {
            assert_eq!(from.transition(to), expected, "{from:?} -> {to:?}");
        }
    }
}
