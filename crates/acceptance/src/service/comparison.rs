//! Holding the tables against a replayed state: every account, holder, medium and entitlement, and the transfers' sums.
//!
//! Reads one unchanging view; needs no running system.

use std::collections::BTreeMap;

use base::{HolderNumber, MediumSerial};
use engine::purchases::PurchaseState;
use engine::{State, Unit};
use journal::Head;
use platform::database::{DatabaseError, Place, View};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::store::entities::{account, entitlement, holder, medium, purchase};
use crate::store::ledger::{self, KindSums};
use crate::store::projection::cursor_within;
use crate::store::queries;
use crate::store::rows::{state_name, unit_name, whole};

/// Rows read at a time.
const PAGE: u64 = 10_000;

/// Differences told at most; one is enough to say no.
const TOLD_MAX: usize = 20;

/// The tables of a data directory, as one view.
pub struct Comparison {
    view: View,
}

impl Comparison {
    /// Opens the tables for reading, if there are any.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub async fn open(place: impl Into<Place<'_>>) -> Result<Option<Self>, DatabaseError> {
        let view = View::of_projections(place, "acceptance_cursor").await?;
        Ok(view.map(|view| Self { view }))
    }

    /// How far the tables are.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn cursor(&self) -> Result<Head, DatabaseError> {
        cursor_within(self.view.connection()).await
    }

    /// Each difference to the state after the entry at the cursor, in a sentence; empty when all agree.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn compare(&self, state: &State) -> Result<Vec<String>, DatabaseError> {
        let mut differences = Vec::new();
        self.accounts(state, &mut differences).await?;
        self.transfers(state, &mut differences).await?;
        self.sums(state, &mut differences).await?;
        self.holders(state, &mut differences).await?;
        self.media(state, &mut differences).await?;
        self.entitlements(state, &mut differences).await?;
        self.purchases(state, &mut differences).await?;
        differences.truncate(TOLD_MAX);
        Ok(differences)
    }

    async fn accounts(&self, state: &State, differences: &mut Vec<String>) -> Result<(), DatabaseError> {
        let mut next = 0i64;
        loop {
            let rows = account::Entity::find()
                .filter(account::Column::Id.gte(next))
                .order_by_asc(account::Column::Id)
                .limit(PAGE)
                .all(self.view.connection())
                .await?;
            let Some(last) = rows.last() else { break };
            let after = last.id + 1;
            for row in &rows {
                let known = usize::try_from(row.id).ok().and_then(|id| state.ledger.accounts().get(id));
                let same = row.id == next
                    && known.is_some_and(|account| {
                        row.kind == account.key.kind.code()
                            && row.owner == i64::from(account.key.owner)
                            && row.sub == i64::from(account.key.sub)
                            && row.unit == unit_name(account.key.unit)
                            && row.balance == account.balance()
                            && row.debits == whole(account.debits)
                            && row.credits == whole(account.credits)
                    });
                if !same {
                    let told = known.map_or_else(|| "nothing".into(), |known| known.balance().to_string());
                    differences
                        .push(format!("account {} has {}, the journal says {told}", row.id, row.balance));
                }
                next = row.id + 1;
            }
            next = after;
        }
        count("accounts", next, state.ledger.accounts().len(), differences);
        Ok(())
    }

    async fn transfers(&self, state: &State, differences: &mut Vec<String>) -> Result<(), DatabaseError> {
        for unit in Unit::ALL {
            let sums = queries::transfer_sums(self.view.connection(), unit_name(unit)).await?;
            let totals = state.ledger.totals(unit);
            if (sums.amount, sums.transfers) != (whole(totals.credits), whole(totals.transfers)) {
                differences.push(format!(
                    "{} transfers of {} {} are listed, the journal has {} of {}",
                    sums.transfers,
                    sums.amount,
                    unit_name(unit),
                    totals.transfers,
                    totals.credits
                ));
            }
        }
        Ok(())
    }

    /// The trial balance from the sums kept and what moved since.
    async fn sums(&self, state: &State, differences: &mut Vec<String>) -> Result<(), DatabaseError> {
        let mut known: BTreeMap<(&str, &str), KindSums> = BTreeMap::new();
        for account in state.ledger.accounts() {
            let (kind, unit) = (account.key.kind.code(), unit_name(account.key.unit));
            let fresh = || KindSums { kind: kind.into(), unit: unit.into(), ..KindSums::default() };
            let sum = known.entry((kind, unit)).or_insert_with(fresh);
            sum.accounts += 1;
            sum.debits += whole(account.debits);
            sum.credits += whole(account.credits);
        }
        let listed = ledger::kinds_at(self.view.connection(), self.cursor().await?.seq).await?;
        if !listed.iter().eq(known.values()) {
            differences.push("the trial balance by kind is another one than the journal's".into());
        }
        Ok(())
    }

    async fn holders(&self, state: &State, differences: &mut Vec<String>) -> Result<(), DatabaseError> {
        let mut next = 0i64;
        loop {
            let rows = holder::Entity::find()
                .filter(holder::Column::Number.gte(next))
                .order_by_asc(holder::Column::Number)
                .limit(PAGE)
                .all(self.view.connection())
                .await?;
            let Some(last) = rows.last() else { break };
            next = last.number + 1;
            for row in &rows {
                let known = u32::try_from(row.number).ok().and_then(|index| state.holders.get(index));
                let number = u64::try_from(row.holder).ok().and_then(|index| HolderNumber::new(index).ok());
                if known.map(|known| known.number) != number {
                    differences.push(format!("holder {} is another one in the journal", row.number));
                }
            }
        }
        count("holders", next, state.holders.all().len(), differences);
        Ok(())
    }

    async fn media(&self, state: &State, differences: &mut Vec<String>) -> Result<(), DatabaseError> {
        let mut next = 0i64;
        loop {
            let rows = medium::Entity::find()
                .filter(medium::Column::Serial.gte(next))
                .order_by_asc(medium::Column::Serial)
                .limit(PAGE)
                .all(self.view.connection())
                .await?;
            let Some(last) = rows.last() else { break };
            next = last.serial + 1;
            for row in &rows {
                let known =
                    u32::try_from(row.serial).ok().and_then(|serial| state.media.get(MediumSerial(serial)));
                let same = known.is_some_and(|known| {
                    row.holder == i64::from(known.holder)
                        && row.state == state_name(known.state)
                        && row.version == whole(known.version)
                });
                if !same {
                    differences
                        .push(format!("medium {} is {}, the journal says otherwise", row.serial, row.state));
                }
            }
        }
        count("media", next, state.media.all().len(), differences);
        Ok(())
    }

    async fn entitlements(&self, state: &State, differences: &mut Vec<String>) -> Result<(), DatabaseError> {
        let listed = entitlement::Entity::find().count(self.view.connection()).await?;
        // A revocation that came before its grant leaves an empty period in the state and no row.
        let periods = state.holders.all().iter().flat_map(|holder| &holder.entitlements);
        let known = periods.filter(|period| period.from <= period.to).count();
        count("entitlements", whole(listed), known, differences);
        Ok(())
    }

    /// Purchases that can still be taken back: how far each has come, and what is left of it.
    async fn purchases(&self, state: &State, differences: &mut Vec<String>) -> Result<(), DatabaseError> {
        for (number, kept) in state.purchases.iter() {
            let row = purchase::Entity::find_by_id(whole(number)).one(self.view.connection()).await?;
            let expected = match kept.state {
                PurchaseState::Authorised if kept.is_held(&state.ledger) => "authorised",
                PurchaseState::Authorised => "lapsed",
                PurchaseState::Captured => "captured",
                PurchaseState::Voided => "voided",
            };
            let same = row.is_some_and(|row| {
                let left = expected != "captured" || row.amount - row.refunded == whole(kept.left().0);
                row.state == expected && left
            });
            if !same {
                differences.push(format!(
                    "purchase {number} is {expected} in the journal, the table says otherwise"
                ));
            }
        }
        Ok(())
    }
}

fn count(what: &str, listed: i64, known: usize, differences: &mut Vec<String>) {
    if usize::try_from(listed).ok() != Some(known) {
        differences.push(format!("{listed} {what} are listed, the journal has {known}"));
    }
}
