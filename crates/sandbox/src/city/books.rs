//! The sandbox's own books: purses, debts, the counters of chips and terminals. Written apart from the engine's ledger on
//! purpose, because they are what it is checked against.

use base::MediumSerial;
use engine::Amount;

use super::{Device, Resident};

/// What is known of each purse and counter.
#[derive(Debug, Clone)]
pub struct Books {
    /// Purse by resident.
    purses: Vec<u64>,
    /// Fares owed by resident.
    debts: Vec<u64>,
    /// Last number by terminal.
    sequences: Vec<u64>,
    /// Last counter by medium.
    counters: Vec<u32>,
}

/// How a fare was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paid {
    /// What became debt.
    pub debt: Amount,
    /// The purse afterwards.
    pub balance: i64,
}

impl Books {
    /// Opening purses, nothing owed, nothing counted.
    pub fn open(residents: &[Resident], devices: &[Device]) -> Self {
        let media = residents.iter().map(|resident| resident.media.len()).sum();
        Self {
            purses: residents.iter().map(|resident| resident.opening_purse.0).collect(),
            debts: vec![0; residents.len()],
            sequences: vec![0; devices.len()],
            counters: vec![0; media],
        }
    }

    /// What is in a purse.
    pub fn balance(&self, resident: u32) -> i64 {
        let purse = self.purses.get(resident as usize).copied().unwrap_or_default();
        i64::try_from(purse).unwrap_or(i64::MAX)
    }

    /// Money comes in; what is owed is taken first. Answers the purse afterwards.
    pub fn top_up(&mut self, resident: u32, amount: Amount) -> i64 {
        let slot = resident as usize;
        if let (Some(purse), Some(debt)) = (self.purses.get_mut(slot), self.debts.get_mut(slot)) {
            let recovered = (*debt).min(amount.0);
            *debt -= recovered;
            *purse = purse.saturating_add(amount.0 - recovered);
        }
        self.balance(resident)
    }

    /// A fare is taken as far as the purse reaches; the rest is owed.
    pub fn pay(&mut self, resident: u32, fare: Amount) -> Paid {
        let slot = resident as usize;
        let mut owed = 0;
        if let (Some(purse), Some(debt)) = (self.purses.get_mut(slot), self.debts.get_mut(slot)) {
            let taken = (*purse).min(fare.0);
            owed = fare.0 - taken;
            *purse -= taken;
            *debt = debt.saturating_add(owed);
        }
        Paid { debt: Amount(owed), balance: self.balance(resident) }
    }

    /// The next number of a terminal, by its index.
    pub fn next_sequence(&mut self, device: usize) -> u64 {
        let Some(sequence) = self.sequences.get_mut(device) else { return 0 };
        *sequence += 1;
        *sequence
    }

    /// The next counter of a chip.
    pub fn next_counter(&mut self, medium: MediumSerial) -> u32 {
        let Some(counter) = self.counters.get_mut(medium.0 as usize) else { return 0 };
        *counter = counter.saturating_add(1);
        *counter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fare_beyond_the_purse_is_owed_and_paid_from_the_next_top_up() {
        let mut books = Books { purses: vec![2_000], debts: vec![0], sequences: vec![0], counters: vec![0] };
        assert_eq!(books.pay(0, Amount(3_500)), Paid { debt: Amount(1_500), balance: 0 });
        assert_eq!(books.top_up(0, Amount(1_000)), 0);
        assert_eq!(books.top_up(0, Amount(20_000)), 19_500);
        assert_eq!((books.next_sequence(0), books.next_sequence(0)), (1, 2));
    }
}
