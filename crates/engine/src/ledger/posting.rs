//! Deciding transfers: each leg is checked against the ledger plus the earlier legs of the same command.

use std::collections::BTreeMap;

use base::Timestamp;
use smallvec::SmallVec;

use super::{Account, AccountId, Ledger, Limit, kinds_may_face};
use crate::parameters::Parameters;
use crate::{AccountKey, Amount, Event, Leg, Moved, Refusal};

/// The ledger as one command sees it. Nothing is changed until its events are applied.
#[derive(Clone, Debug)]
pub struct Posting<'s> {
    ledger: &'s Ledger,
    parameters: &'s Parameters,
    /// Accounts that earlier legs changed.
    touched: Touched,
    /// Accounts that earlier legs opened.
    opened: BTreeMap<AccountKey, AccountId>,
    held: u64,
}

/// The accounts a command has changed so far. Commands touch a handful, and a scan beats any index; the end of a service
/// day touches thousands.
#[derive(Clone, Debug, Default)]
struct Touched {
    all: SmallVec<[(AccountId, Account); 4]>,
    index: BTreeMap<AccountId, usize>,
}

impl Touched {
    /// So many are scanned.
    const SCANNED_MAX: usize = 16;

    fn place(&self, id: AccountId) -> Option<usize> {
        if self.all.len() <= Self::SCANNED_MAX {
            self.all.iter().position(|(known, _)| *known == id)
        } else {
            self.index.get(&id).copied()
        }
    }

    fn get(&self, id: AccountId) -> Option<&Account> {
        self.all.get(self.place(id)?).map(|(_, account)| account)
    }

    fn set(&mut self, id: AccountId, account: Account) {
        if let Some((_, known)) = self.place(id).and_then(|place| self.all.get_mut(place)) {
            *known = account;
            return;
        }
        self.all.push((id, account));
        if self.all.len() == Self::SCANNED_MAX + 1 {
            self.index = self.all.iter().zip(0..).map(|((known, _), place)| (*known, place)).collect();
        } else if self.all.len() > Self::SCANNED_MAX {
            self.index.insert(id, self.all.len() - 1);
        }
    }
}

impl<'s> Posting<'s> {
    /// Starts with the ledger as it is.
    #[must_use]
    pub fn new(ledger: &'s Ledger, parameters: &'s Parameters) -> Self {
        Self { ledger, parameters, touched: Touched::default(), opened: BTreeMap::new(), held: 0 }
    }

    /// The account as earlier legs left it.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<Account> {
        self.touched.get(id).or_else(|| self.ledger.account(id)).copied()
    }

    fn keep(&mut self, id: AccountId, account: Account) {
        self.touched.set(id, account);
    }

    /// The account of a key, opened if need be.
    ///
    /// # Errors
    /// [`Refusal::LimitReached`] when the table is full.
    pub fn open(&mut self, key: AccountKey, events: &mut Vec<Event>) -> Result<AccountId, Refusal> {
        if let Some(id) = self.ledger.find(&key).or_else(|| self.opened.get(&key).copied()) {
            return Ok(id);
        }
        let opened = u32::try_from(self.opened.len()).unwrap_or(u32::MAX);
        let id = AccountId(self.ledger.next_id().0.saturating_add(opened));
        if i64::from(id.0) >= self.parameters.accounts_max {
            return Err(Refusal::LimitReached);
        }
        self.opened.insert(key, id);
        self.touched.set(id, Account::new(key));
        events.push(Event::AccountOpened(id, key));
        Ok(id)
    }

    /// Decides one transfer.
    ///
    /// # Errors
    /// The code of the first rule that the leg breaks; the command is then refused whole.
    pub fn post(&mut self, leg: Leg, events: &mut Vec<Event>) -> Result<Moved, Refusal> {
        let (mut giver, mut taker) = self.sides(&leg)?;
        let moved = Self::book(&mut giver, &mut taker, &leg)?;
        self.keep(leg.debit, giver);
        self.keep(leg.credit, taker);
        events.push(Event::Moved(moved));
        Ok(moved)
    }

    /// Decides one hold and answers its number.
    ///
    /// # Errors
    /// As [`Posting::post`]; [`Refusal::DeadlineInvalid`] when the deadline is not after `at`.
    pub fn hold(
        &mut self,
        leg: Leg,
        deadline: Option<Timestamp>,
        at: Timestamp,
        events: &mut Vec<Event>,
    ) -> Result<u64, Refusal> {
        if deadline.is_some_and(|deadline| deadline <= at) {
            return Err(Refusal::DeadlineInvalid);
        }
        let (mut giver, mut taker) = self.sides(&leg)?;
        giver.debits_pending =
            giver.debits_pending.checked_add(leg.amount.0).ok_or(Refusal::AmountTooLarge)?;
        taker.credits_pending =
            taker.credits_pending.checked_add(leg.amount.0).ok_or(Refusal::AmountTooLarge)?;
        within_limit(&giver)?;
        within_limit(&taker)?;
        let number = self.ledger.pendings.next() + self.held;
        self.held += 1;
        events.push(Event::Held {
            pending: number,
            debit: leg.debit,
            credit: leg.credit,
            amount: leg.amount,
            deadline,
            debit_pending: giver.debits_pending,
            credit_pending: taker.credits_pending,
        });
        self.keep(leg.debit, giver);
        self.keep(leg.credit, taker);
        Ok(number)
    }

    /// Decides to post a hold, wholly or in part; what is not used is free again.
    ///
    /// # Errors
    /// The codes of a hold that cannot be resolved, [`Refusal::AmountTooLarge`] for more than was held.
    pub fn settle(
        &mut self,
        number: u64,
        amount: Option<Amount>,
        at: Timestamp,
        events: &mut Vec<Event>,
    ) -> Result<(), Refusal> {
        let pending = self.unexpired(number, at)?;
        let leg = Leg { amount: amount.unwrap_or(pending.leg.amount), ..pending.leg };
        if leg.amount.is_zero() {
            return Err(Refusal::AmountInvalid);
        }
        if leg.amount > pending.leg.amount {
            return Err(Refusal::AmountTooLarge);
        }
        let mut giver = self.account(leg.debit).ok_or(Refusal::AccountUnknown)?;
        let mut taker = self.account(leg.credit).ok_or(Refusal::AccountUnknown)?;
        giver.debits_pending -= pending.leg.amount.0;
        taker.credits_pending -= pending.leg.amount.0;
        let moved = Self::book(&mut giver, &mut taker, &leg)?;
        self.keep(leg.debit, giver);
        self.keep(leg.credit, taker);
        events.push(Event::PendingPosted(number, moved));
        Ok(())
    }

    /// The open hold of a number, if its deadline has not come.
    ///
    /// # Errors
    /// [`Refusal::PendingUnknown`] for a number never given, [`Refusal::PendingResolved`] for one that is done,
    /// [`Refusal::PendingExpired`] for one that the next ticks let lapse.
    pub fn unexpired(&self, number: u64, at: Timestamp) -> Result<super::Pending, Refusal> {
        match self.ledger.pendings.get(number) {
            Some(pending) if pending.deadline.is_some_and(|deadline| at >= deadline) => {
                Err(Refusal::PendingExpired)
            }
            Some(pending) => Ok(*pending),
            None if number < self.ledger.pendings.next() => Err(Refusal::PendingResolved),
            None => Err(Refusal::PendingUnknown),
        }
    }

    /// Both accounts of a leg, if they may face each other at all.
    fn sides(&self, leg: &Leg) -> Result<(Account, Account), Refusal> {
        if leg.amount.is_zero() {
            return Err(Refusal::AmountInvalid);
        }
        if leg.amount.0 > self.parameters.amount_max.unsigned_abs() {
            return Err(Refusal::AmountTooLarge);
        }
        if leg.debit == leg.credit {
            return Err(Refusal::LegInvalid);
        }
        let giver = self.account(leg.debit).ok_or(Refusal::AccountUnknown)?;
        let taker = self.account(leg.credit).ok_or(Refusal::AccountUnknown)?;
        if giver.key.unit != taker.key.unit {
            return Err(Refusal::LegInvalid);
        }
        if !kinds_may_face(giver.key.kind, taker.key.kind) {
            return Err(Refusal::FundClassMismatch);
        }
        Ok((giver, taker))
    }

    fn book(giver: &mut Account, taker: &mut Account, leg: &Leg) -> Result<Moved, Refusal> {
        let whole = |sum: u64| if sum > i64::MAX.unsigned_abs() { None } else { Some(sum) };
        let debits = giver.debits.checked_add(leg.amount.0).and_then(whole);
        let credits = taker.credits.checked_add(leg.amount.0).and_then(whole);
        giver.debits = debits.ok_or(Refusal::AmountTooLarge)?;
        taker.credits = credits.ok_or(Refusal::AmountTooLarge)?;
        within_limit(giver)?;
        within_limit(taker)?;
        Ok(Moved {
            debit: leg.debit,
            credit: leg.credit,
            amount: leg.amount,
            debit_balance: giver.balance(),
            credit_balance: taker.balance(),
        })
    }
}

/// Balance and holds are read together.
fn within_limit(account: &Account) -> Result<(), Refusal> {
    let sum = |posted: u64, pending: u64| posted.checked_add(pending).ok_or(Refusal::AmountTooLarge);
    let kept = match account.key.kind.limit() {
        Limit::None => true,
        Limit::DebitsWithinCredits => sum(account.debits, account.debits_pending)? <= account.credits,
        Limit::CreditsWithinDebits => sum(account.credits, account.credits_pending)? <= account.debits,
    };
    if kept { Ok(()) } else { Err(Refusal::AccountOverdraft) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;
    use crate::Unit;
    use crate::ledger::Kind;

    /// A ledger with these accounts and nothing posted.
    fn state(keys: &[AccountKey]) -> State {
        let mut state = State::new(1);
        for key in keys {
            let id = state.ledger.next_id();
            state.ledger.open(id, *key);
        }
        state
    }

    fn key(kind: Kind, owner: u32, unit: Unit) -> AccountKey {
        AccountKey { kind, owner, sub: 0, unit }
    }

    #[test]
    fn both_accounts_of_a_leg_count_the_same_unit() {
        // No kind counts anything but rupiah yet, so no command can say this; the rule stands ready for the first.
        let state = state(&[
            key(Kind::ForgoneGranted, 0, Unit::Rupiah),
            key(Kind::ForgoneServed, 0, Unit::Ride),
            key(Kind::ForgoneServed, 1, Unit::Rupiah),
        ]);
        let mut posting = Posting::new(&state.ledger, &state.parameters);
        let mut events = Vec::new();
        let leg = |credit| Leg { debit: AccountId(0), credit: AccountId(credit), amount: Amount(1) };
        assert_eq!(posting.post(leg(1), &mut events), Err(Refusal::LegInvalid));
        assert_eq!(posting.hold(leg(1), None, Timestamp(0), &mut events), Err(Refusal::LegInvalid));
        assert!(events.is_empty());
        assert!(posting.post(leg(2), &mut events).is_ok());
    }

    #[test]
    fn accounts_opened_by_one_command_have_handles_in_a_row_and_one_each() {
        let state = state(&[key(Kind::Receivable, 9, Unit::Rupiah)]);
        let mut posting = Posting::new(&state.ledger, &state.parameters);
        let mut events = Vec::new();
        let mut open = |owner| posting.open(key(Kind::Receivable, owner, Unit::Rupiah), &mut events);
        assert_eq!([open(9), open(1), open(2), open(1)], [0, 1, 2, 1].map(|id| Ok(AccountId(id))));
        assert_eq!(events.len(), 2);
    }

    #[test]
    fn sums_that_would_not_fit_are_refused() {
        let mut state =
            state(&[key(Kind::FloatExpected, 0, Unit::Rupiah), key(Kind::FloatConfirmed, 0, Unit::Rupiah)]);
        state.parameters.amount_max = i64::MAX;
        let mut posting = Posting::new(&state.ledger, &state.parameters);
        let mut events = Vec::new();
        let leg = |amount| Leg { debit: AccountId(0), credit: AccountId(1), amount: Amount(amount) };
        let most = i64::MAX.unsigned_abs();
        assert_eq!(posting.post(leg(most + 1), &mut events), Err(Refusal::AmountTooLarge));
        let moved = posting.post(leg(most), &mut events);
        assert_eq!(moved.map(|moved| (moved.debit_balance, moved.credit_balance)), Ok((-i64::MAX, i64::MAX)));
        assert_eq!(posting.post(leg(1), &mut events), Err(Refusal::AmountTooLarge));
        assert_eq!(events.len(), 1, "what was refused told nothing");
        assert!(posting.hold(leg(most), None, Timestamp(0), &mut events).is_ok());
        assert!(posting.hold(leg(most), None, Timestamp(0), &mut events).is_ok());
        let third = posting.hold(leg(most), None, Timestamp(0), &mut events);
        assert_eq!(third, Err(Refusal::AmountTooLarge));
    }
}
