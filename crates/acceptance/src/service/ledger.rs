//! The ledger as an auditor reads it: the trial balance at a position, the accounts behind each line, and what moved on
//! each account.

use base::HolderNumber;
use engine::ledger::{AccountId, Kind};
use engine::{Engine, Position, Unit};
use journal::Head;
use platform::access::{Action, Actor, Resource};
use platform::problems::{self, Problem};

use super::preview::{OwnerName, account_line};
use super::{AccountLine, Service, busy, failed, unit_name};
use crate::store::entities::account;
use crate::store::ledger::{self, KindSums, Posting};
use crate::store::projection::cursor_within;

/// A line of the trial balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialLine {
    /// Row of the chart of accounts.
    pub kind: Kind,
    /// What it counts.
    pub unit: Unit,
    /// How many accounts.
    pub accounts: i64,
    /// Sum of debits.
    pub debits: i64,
    /// Sum of credits.
    pub credits: i64,
}

impl TrialLine {
    /// Credits minus debits.
    #[must_use]
    pub const fn balance(&self) -> i64 {
        self.credits - self.debits
    }
}

/// The trial balance: every kind in use, in the order of the chart.
#[derive(Clone, Debug)]
pub struct TrialBalance {
    /// The entry up to which everything is added up.
    pub seq: u64,
    /// The end of the tables, with its time.
    pub head: Head,
    /// Its lines.
    pub lines: Vec<TrialLine>,
}

impl TrialBalance {
    /// Debits and credits of a unit over all kinds.
    #[must_use]
    pub fn totals(&self, unit: Unit) -> (i64, i64) {
        let lines = self.lines.iter().filter(|line| line.unit == unit);
        lines.fold((0, 0), |(debits, credits), line| (debits + line.debits, credits + line.credits))
    }

    /// Whether debits equal credits for every unit.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        Unit::ALL.into_iter().map(|unit| self.totals(unit)).all(|(debits, credits)| debits == credits)
    }
}

/// An account with its name.
#[derive(Clone, Debug)]
pub struct Account {
    /// As the table has it.
    pub row: account::Model,
    /// Kind and owner; none where the engine does not know the account yet.
    pub name: Option<AccountLine>,
}

/// What moved on an account, seen from it.
#[derive(Clone, Debug)]
pub struct Movement {
    /// The transfer.
    pub posting: Posting,
    /// The account on the other side.
    pub other: Option<AccountLine>,
    /// Handle of that account.
    pub other_id: u32,
}

impl Service {
    /// The trial balance: now, or up to an entry of the past.
    ///
    /// # Errors
    /// `access_denied`; `record_unknown` for a position beyond the tables; when the tables cannot be read.
    pub async fn trial_balance(&self, actor: &Actor, seq: Option<u64>) -> Result<TrialBalance, Problem> {
        self.authorize(actor, Action::ViewLive, &Resource::City)?;
        if seq.is_some_and(|seq| seq > self.cursor().seq) {
            return Err(Problem::new(problems::RECORD_UNKNOWN));
        }
        let read = self.projections.snapshot(|txn, _| {
            Box::pin(async move {
                let head = cursor_within(txn).await?;
                let sums = match seq.filter(|seq| *seq < head.seq) {
                    Some(seq) => ledger::kinds_at(txn, seq).await?,
                    None => ledger::kinds_now(txn).await?,
                };
                Ok((head, sums))
            })
        });
        let (head, sums) = read.await.map_err(failed)?;
        let seq = seq.map_or(head.seq, |seq| seq.min(head.seq));
        let has_moved = |sums: &&KindSums| sums.debits != 0 || sums.credits != 0;
        let mut lines: Vec<TrialLine> = sums.iter().filter(has_moved).filter_map(line).collect();
        lines.sort_by_key(|line| (line.kind, line.unit.index()));
        Ok(TrialBalance { seq, head, lines })
    }

    /// Accounts of a kind, the largest turnover first.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn accounts(
        &self,
        actor: &Actor,
        kind: Kind,
        skipped: u64,
        limit: u64,
    ) -> Result<Vec<Account>, Problem> {
        let permit = self.looking(actor, &Resource::City, "accounts_listed").await?;
        let rows = ledger::accounts_of(&self.projections, kind.code(), skipped, limit);
        let rows = rows.await.map_err(failed)?;
        let ids = rows.iter().map(|row| handle(row.id)).collect();
        let names = self.account_names(ids).await?;
        self.seen(&permit, holders(&names), "account_listed").await?;
        Ok(rows.into_iter().zip(names).map(|(row, name)| Account { row, name }).collect())
    }

    /// One account, and what moved on it, newest first, before a position.
    ///
    /// # Errors
    /// `not_found`, `access_denied`; when the tables cannot be read.
    pub async fn account(
        &self,
        actor: &Actor,
        id: u32,
        before: Option<Position>,
        limit: u64,
    ) -> Result<(Account, Vec<Movement>), Problem> {
        let permit = self.looking(actor, &Resource::City, "account_opened").await?;
        let row = ledger::account(&self.projections, id).await.map_err(failed)?;
        let row = row.ok_or_else(|| Problem::new(problems::NOT_FOUND))?;
        let postings = ledger::postings(&self.projections, id, before, limit).await.map_err(failed)?;
        let other = |posting: &Posting| {
            let moved = &posting.row;
            handle(if handle(moved.debit) == id { moved.credit } else { moved.debit })
        };
        let others: Vec<u32> = postings.iter().map(other).collect();
        let mut names =
            self.account_names(std::iter::once(id).chain(others.iter().copied()).collect()).await?;
        self.seen(&permit, holders(&names), "account_shown").await?;
        let name = if names.is_empty() { None } else { names.remove(0) };
        let movements = postings.into_iter().zip(others).zip(names);
        let movements = movements.map(|((posting, other_id), other)| Movement { posting, other, other_id });
        Ok((Account { row, name }, movements.collect()))
    }

    async fn account_names(&self, ids: Vec<u32>) -> Result<Vec<Option<AccountLine>>, Problem> {
        let read = self.runtime.read(move |engine: &Engine| {
            let name = |id: u32| account_line(engine, &[], AccountId(id));
            ids.into_iter().map(name).collect::<Vec<_>>()
        });
        Ok(read.await.map_err(busy)?.value)
    }
}

fn holders(names: &[Option<AccountLine>]) -> impl Iterator<Item = HolderNumber> {
    names.iter().flatten().filter_map(|line| match line.owner {
        OwnerName::Holder(number) => Some(number),
        OwnerName::Code(_) | OwnerName::Unknown => None,
    })
}

fn handle(id: i64) -> u32 {
    u32::try_from(id).unwrap_or(u32::MAX)
}

fn line(sums: &KindSums) -> Option<TrialLine> {
    let kind = Kind::ALL.iter().copied().find(|kind| kind.code() == sums.kind)?;
    let unit = Unit::ALL.into_iter().find(|unit| unit_name(*unit) == sums.unit)?;
    let KindSums { accounts, debits, credits, .. } = *sums;
    Some(TrialLine { kind, unit, accounts, debits, credits })
}
