//! Sums by kind and unit, added up with the journal and kept every so many transfers, so that a trial balance of the past
//! starts from the last ones kept before it.

use std::collections::BTreeMap;

use engine::{AccountKey, Event};
use runtime::Followed;

use super::entities::sum;
use super::rows::{Codes, unit_name, whole};

/// Transfers after which sums are kept: what a question about the past adds up at most, beside one entry.
pub const TRANSFERS_BETWEEN: u64 = 10_000;

/// The running sums.
#[derive(Clone, Debug)]
pub struct Sums {
    kinds: BTreeMap<(&'static str, &'static str), Sum>,
    transfers: u64,
    between: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    accounts: i64,
    debits: i64,
    credits: i64,
}

impl Sums {
    /// No sums yet, to be kept every `between` transfers.
    pub const fn every(between: u64) -> Self {
        Self { kinds: BTreeMap::new(), transfers: 0, between }
    }

    /// Goes on from the accounts as the tables have them, with so many transfers since the last sums kept.
    pub fn resumed(&mut self, accounts: impl Iterator<Item = (AccountKey, i64, i64)>, transfers: u64) {
        self.transfers = transfers;
        for (key, debits, credits) in accounts {
            let sum = self.of(key);
            sum.accounts += 1;
            sum.debits += debits;
            sum.credits += credits;
        }
    }

    /// Adds an entry; the sums after it where it is time to keep them. `known` holds every account it touches.
    pub fn add(&mut self, entry: &Followed, known: &Codes) -> Vec<sum::Model> {
        let events = entry.records.iter().flat_map(|record| record.outcome.as_deref().unwrap_or_default());
        for event in events {
            match event {
                Event::AccountOpened(_, key) => self.of(*key).accounts += 1,
                Event::Moved(moved) | Event::PendingPosted(_, moved) => {
                    let amount = whole(moved.amount.0);
                    let key = |id: engine::ledger::AccountId| known.accounts.get(id.0 as usize).copied();
                    if let (Some(debit), Some(credit)) = (key(moved.debit), key(moved.credit)) {
                        self.of(debit).debits += amount;
                        self.of(credit).credits += amount;
                        self.transfers += 1;
                    }
                }
                _ => {}
            }
        }
        if self.transfers < self.between {
            return Vec::new();
        }
        self.transfers = 0;
        self.kept(whole(entry.head.seq))
    }

    fn kept(&self, seq: i64) -> Vec<sum::Model> {
        let row = |((kind, unit), sum): (&(&'static str, &'static str), &Sum)| sum::Model {
            seq,
            kind: (*kind).into(),
            unit: (*unit).into(),
            accounts: sum.accounts,
            debits: sum.debits,
            credits: sum.credits,
        };
        self.kinds.iter().map(row).collect()
    }

    fn of(&mut self, key: AccountKey) -> &mut Sum {
        self.kinds.entry((key.kind.code(), unit_name(key.unit))).or_default()
    }
}
