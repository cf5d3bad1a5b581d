//! The ledger: accounts with a unit, moved only by double entry.
//!
//! Owns the dense table of accounts, the totals per unit and the pending transfers. Debits equal credits per unit,
//! always: every change goes through [`Ledger::post`] and the two sides of a hold, which move both at once.

mod chart;
mod page;
mod pending;
mod posting;

use hashbrown::HashMap;
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode};
use serde::{Deserialize, Serialize};

use crate::snapshot::{Rows, Table, misplaced};
use crate::state::KeyedState;
use crate::{AccountKey, Amount, Event, Moved, Unit};

pub use chart::{FundClass, Kind, Limit, Owner, kinds_may_face, may_face};
pub use page::chart_markdown;
pub use pending::{Pending, Pendings};
pub use posting::Posting;

/// Dense handle of an account, given at opening.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct AccountId(#[n(0)] pub u32);

impl AccountId {
    fn slot(self) -> usize {
        self.0 as usize
    }
}

/// One account. Sums only grow; a balance is credits minus debits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Account {
    /// What it is for.
    #[n(0)]
    pub key: AccountKey,
    /// Sum of posted debits.
    #[n(1)]
    pub debits: u64,
    /// Sum of posted credits.
    #[n(2)]
    pub credits: u64,
    /// Debits on hold.
    #[n(3)]
    pub debits_pending: u64,
    /// Credits on hold.
    #[n(4)]
    pub credits_pending: u64,
}

impl Account {
    pub(crate) const fn new(key: AccountKey) -> Self {
        Self { key, debits: 0, credits: 0, debits_pending: 0, credits_pending: 0 }
    }

    /// Credits minus debits.
    #[must_use]
    pub const fn balance(&self) -> i64 {
        self.credits.wrapping_sub(self.debits).cast_signed()
    }

    /// What can still be taken from an account that must not be overdrawn: holds count as spent.
    #[must_use]
    pub const fn available(&self) -> Amount {
        Amount(self.credits.saturating_sub(self.debits).saturating_sub(self.debits_pending))
    }

    /// What is still owed on an account that must not be overpaid: holds count as paid.
    #[must_use]
    pub const fn owed(&self) -> Amount {
        Amount(self.debits.saturating_sub(self.credits).saturating_sub(self.credits_pending))
    }
}

/// Debits and credits of all accounts of one unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Totals {
    /// Sum of posted debits.
    #[n(0)]
    pub debits: u64,
    /// Sum of posted credits.
    #[n(1)]
    pub credits: u64,
    /// Transfers posted.
    #[n(2)]
    pub transfers: u64,
}

/// All accounts.
#[derive(Clone, Debug)]
pub struct Ledger {
    accounts: Vec<Account>,
    index: HashMap<AccountKey, AccountId, KeyedState>,
    totals: [Totals; Unit::ALL.len()],
    /// Transfers on hold.
    pub pendings: Pendings,
}

impl Ledger {
    pub(crate) fn new(keyed: KeyedState) -> Self {
        Self {
            accounts: Vec::new(),
            index: HashMap::with_hasher(keyed),
            totals: [Totals::default(); Unit::ALL.len()],
            pendings: Pendings::default(),
        }
    }

    /// Makes room for so many accounts, so that opening them copies nothing.
    pub fn reserve(&mut self, accounts: usize) {
        self.accounts.reserve(accounts);
        self.index.reserve(accounts);
    }

    /// The account of a handle.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(id.slot())
    }

    /// The handle of a key.
    #[must_use]
    pub fn find(&self, key: &AccountKey) -> Option<AccountId> {
        self.index.get(key).copied()
    }

    /// All accounts in order of handle.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Debits and credits of a unit.
    #[must_use]
    pub fn totals(&self, unit: Unit) -> Totals {
        self.totals.get(unit.index()).copied().unwrap_or_default()
    }

    /// The handle that the next account will have.
    #[must_use]
    pub fn next_id(&self) -> AccountId {
        AccountId(u32::try_from(self.accounts.len()).unwrap_or(u32::MAX))
    }

    pub(crate) fn open(&mut self, id: AccountId, key: AccountKey) {
        assert!(id == self.next_id(), "accounts are opened in order of handle");
        self.accounts.push(Account::new(key));
        let before = self.index.insert(key, id);
        assert!(before.is_none(), "a key has one account");
    }

    /// Posts a transfer and checks the balances that the event promised.
    pub(crate) fn post(&mut self, moved: &Moved) {
        let Moved { debit, credit, amount, debit_balance, credit_balance } = *moved;
        assert!(debit != credit, "a transfer has two accounts");
        let giver = self.account_mut(debit);
        giver.debits += amount.0;
        let unit = giver.key.unit;
        assert!(giver.balance() == debit_balance, "the debit balance is what was decided");
        let taker = self.account_mut(credit);
        taker.credits += amount.0;
        assert!(taker.key.unit == unit, "both accounts count the same unit");
        assert!(taker.balance() == credit_balance, "the credit balance is what was decided");
        if let Some(totals) = self.totals.get_mut(unit.index()) {
            totals.debits += amount.0;
            totals.credits += amount.0;
            totals.transfers += 1;
        }
    }

    pub(crate) fn account_mut(&mut self, id: AccountId) -> &mut Account {
        let slot = id.slot();
        assert!(slot < self.accounts.len(), "events name opened accounts only");
        #[expect(clippy::indexing_slicing, reason = "the line above is the check")]
        &mut self.accounts[slot]
    }

    /// Writes the tables of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { accounts, index: _, totals, pendings } = self;
        out.all(Table::Accounts, accounts)?;
        out.all(Table::Totals, Unit::ALL.iter().zip(totals))?;
        pendings.keep(out)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, table: Table, d: &mut Decoder<'_>) -> Result<(), Error> {
        match table {
            Table::Accounts => {
                let account: Account = d.decode()?;
                let id = self.next_id();
                if self.index.insert(account.key, id).is_some() {
                    return Err(misplaced());
                }
                self.accounts.push(account);
            }
            Table::Totals => {
                let (unit, totals): (Unit, Totals) = d.decode()?;
                if let Some(known) = self.totals.get_mut(unit.index()) {
                    *known = totals;
                }
            }
            _ => self.pendings.take(table, d)?,
        }
        Ok(())
    }

    /// Applies an event of the ledger; false if it is none.
    pub(crate) fn apply(&mut self, event: &Event) -> bool {
        match event {
            Event::AccountOpened(id, key) => self.open(*id, *key),
            Event::Moved(moved) => self.post(moved),
            Event::Held { pending, debit, credit, amount, deadline, debit_pending, credit_pending } => {
                let leg = crate::Leg { debit: *debit, credit: *credit, amount: *amount };
                self.hold(*pending, leg, *deadline);
                assert!(self.account_mut(*debit).debits_pending == *debit_pending, "as decided");
                assert!(self.account_mut(*credit).credits_pending == *credit_pending, "as decided");
            }
            Event::PendingPosted(number, moved) => {
                self.release(*number);
                self.post(moved);
            }
            Event::PendingVoided(number) | Event::PendingExpired(number) => self.release(*number),
            _ => return false,
        }
        true
    }

    fn hold(&mut self, number: u64, leg: crate::Leg, deadline: Option<base::Timestamp>) {
        self.account_mut(leg.debit).debits_pending += leg.amount.0;
        self.account_mut(leg.credit).credits_pending += leg.amount.0;
        self.pendings.insert(number, Pending { leg, deadline });
    }

    fn release(&mut self, number: u64) {
        let Pending { leg, .. } = self.pendings.remove(number);
        self.account_mut(leg.debit).debits_pending -= leg.amount.0;
        self.account_mut(leg.credit).credits_pending -= leg.amount.0;
    }
}
