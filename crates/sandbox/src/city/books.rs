//! The sandbox's own books: purses, debts, wallets, journeys that are still open, the counters of chips and terminals.
//! Written apart from the engine's ledger on purpose, because they are what it is checked against: prices are heard from the
//! gates, what becomes of them is reckoned here.

use std::collections::BTreeMap;

use base::{Code, MediumSerial, Timestamp};

use super::Resident;

/// What is known of one resident's money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Account {
    purse: i64,
    /// Fares owed.
    debt: i64,
    /// Whether a top-up is under way.
    filling: bool,
}

/// Aid of one benefit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wallet {
    pub balance: i64,
    /// Of that, what is held for a basket.
    pub held: i64,
    pub closed: bool,
}

/// A journey without its tap-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub resident: u32,
    pub stop: usize,
    pub begun: Timestamp,
}

/// A balance the engine told that is not the one reckoned here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// Index of the resident.
    pub resident: u32,
    /// When.
    pub at: Timestamp,
    /// What was told.
    pub told: i64,
    /// What was reckoned.
    pub reckoned: i64,
}

/// What is known of each purse, wallet and counter.
#[derive(Debug, Clone, Default)]
pub(super) struct Books {
    accounts: Vec<Account>,
    pub wallets: BTreeMap<(u32, Code), Wallet>,
    /// By the first medium of the row.
    pub open: BTreeMap<MediumSerial, Open>,
    /// Last tap-out heard of, by the same.
    outs: BTreeMap<MediumSerial, Timestamp>,
    /// Last number by terminal.
    sequences: Vec<u64>,
    counters: BTreeMap<MediumSerial, u32>,
    /// What was charged by resident for the journeys of the day that ended last.
    closing: BTreeMap<u32, i64>,
    pub disagreements: Vec<Disagreement>,
}

impl Books {
    /// Empty purses, nothing owed, nothing counted.
    pub fn open(residents: &[Resident], devices: usize) -> Self {
        Self {
            accounts: vec![Account::default(); residents.len()],
            sequences: vec![0; devices],
            ..Self::default()
        }
    }

    /// What is in a purse.
    pub fn purse(&self, resident: u32) -> i64 {
        self.accounts.get(resident as usize).map_or(0, |account| account.purse)
    }

    /// What a resident owes.
    pub fn debt(&self, resident: u32) -> i64 {
        self.accounts.get(resident as usize).map_or(0, |account| account.debt)
    }

    /// Whether a top-up is under way; marks that one is.
    pub fn fills(&mut self, resident: u32) -> bool {
        self.accounts
            .get_mut(resident as usize)
            .is_some_and(|account| std::mem::replace(&mut account.filling, true))
    }

    /// Money comes in; what is owed is taken first.
    pub fn top_up(&mut self, resident: u32, amount: u64) {
        if let Some(account) = self.accounts.get_mut(resident as usize) {
            let amount = i64::try_from(amount).unwrap_or(i64::MAX);
            let recovered = account.debt.min(amount);
            account.debt -= recovered;
            account.purse += amount - recovered;
            account.filling = false;
        }
    }

    /// A fare is taken as far as the purse reaches, the rest is owed; a fare that comes back pays what is owed first.
    /// Answers what became debt.
    pub fn pay(&mut self, resident: u32, fare: i64) -> i64 {
        let Some(account) = self.accounts.get_mut(resident as usize) else { return 0 };
        if fare < 0 {
            let recovered = account.debt.min(-fare);
            account.debt -= recovered;
            account.purse += -fare - recovered;
            return 0;
        }
        let taken = account.purse.min(fare).max(0);
        account.purse -= taken;
        account.debt += fare - taken;
        fare - taken
    }

    /// Money for goods leaves a purse, or comes back to it.
    pub fn spend(&mut self, resident: u32, amount: i64) {
        if let Some(account) = self.accounts.get_mut(resident as usize) {
            account.purse -= amount;
        }
    }

    /// A wallet, opened at its first use.
    pub fn wallet(&mut self, resident: u32, benefit: Code) -> &mut Wallet {
        self.wallets.entry((resident, benefit)).or_default()
    }

    /// A service day is over: what its journeys without a tap-out cost is taken.
    pub fn close(&mut self, fares: Vec<(u32, i64)>) {
        self.closing.clear();
        for (resident, fare) in fares {
            let before = self.purse(resident);
            self.pay(resident, fare);
            *self.closing.entry(resident).or_default() += before - self.purse(resident);
        }
    }

    /// Compares the purse that was told with the one reckoned. A day ends for some thousands of holders at a time, so a purse
    /// may still be told as it was.
    pub fn compare_purse(&mut self, resident: u32, at: Timestamp, told: Option<i64>) {
        let reckoned = self.purse(resident);
        let open = self.closing.get(&resident).copied().unwrap_or_default();
        if told != Some(reckoned + open) {
            self.compare(resident, at, told, reckoned);
        }
    }

    /// Compares a balance that was told with the one reckoned.
    pub fn compare(&mut self, resident: u32, at: Timestamp, told: Option<i64>, reckoned: i64) {
        if let Some(told) = told.filter(|told| *told != reckoned) {
            self.disagreements.push(Disagreement { resident, at, told, reckoned });
        }
    }

    /// A journey began, unless its end is known already.
    pub fn begin(&mut self, root: MediumSerial, open: Open) {
        if self.outs.get(&root).is_none_or(|out| *out < open.begun) {
            self.open.insert(root, open);
        }
    }

    /// Somebody left; whether that ended a journey that is known.
    pub fn leave(&mut self, root: MediumSerial, at: Timestamp, ends: bool) {
        if ends && self.open.get(&root).is_some_and(|open| open.begun <= at) {
            self.open.remove(&root);
        }
        let last = self.outs.entry(root).or_insert(at);
        *last = (*last).max(at);
    }

    /// The next number of a terminal, by its index.
    pub fn next_sequence(&mut self, device: usize) -> u64 {
        let Some(sequence) = self.sequences.get_mut(device) else { return 0 };
        *sequence += 1;
        *sequence
    }

    /// The next counter of a chip.
    pub fn next_counter(&mut self, medium: MediumSerial) -> u32 {
        let counter = self.counters.entry(medium).or_insert(0);
        *counter = counter.saturating_add(1);
        *counter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fare_beyond_the_purse_is_owed_and_paid_from_the_next_top_up() {
        let mut books =
            Books { accounts: vec![Account { purse: 2_000, ..Account::default() }], ..Books::default() };
        assert_eq!(books.pay(0, 3_500), 1_500);
        assert_eq!((books.purse(0), books.debt(0)), (0, 1_500));
        books.top_up(0, 1_000);
        assert_eq!((books.purse(0), books.debt(0)), (0, 500));
        assert_eq!(books.pay(0, -700), 0);
        assert_eq!((books.purse(0), books.debt(0)), (200, 0), "what comes back pays what is owed first");
        books.top_up(0, 20_000);
        assert_eq!(books.purse(0), 20_200);
    }
}
