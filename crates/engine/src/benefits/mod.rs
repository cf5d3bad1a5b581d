//! Benefits: published definitions, and the choice among those a holder has.
//!
//! [`choose`] is pure: facts in, price and reasons out. The lowest price for the holder wins; ties go to the higher
//! priority, then to the smaller code. Quotas and their periods are in [`quota_left`] and [`Span`].

mod choose;
mod period;

use base::{Code, Timestamp};
use hashbrown::HashMap;
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode};

use crate::ledger::Kind;
use crate::places::Codes;
use crate::snapshot::{Rows, Table, misplaced};
use crate::state::KeyedState;
use crate::{AccountKey, BenefitDefinition, Quota, State};

pub use choose::{
    Choice, NOWHERE, Settled, Use, budget_key, choose, companions, entitles, fiscal_year, home_is_among,
};
pub use period::{POOLS_MAX, Span, pool_of};

/// One benefit with its versions, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Benefit {
    /// Its code.
    #[n(0)]
    pub code: Code,
    /// In order of version and of instant.
    #[n(1)]
    pub versions: Vec<BenefitDefinition>,
}

impl Benefit {
    /// The version in force at an instant.
    #[must_use]
    pub fn in_force(&self, at: Timestamp) -> Option<&BenefitDefinition> {
        let begun = self.versions.iter().rev().find(|version| version.effective_from <= at)?;
        begun.rules.effective_until.is_none_or(|until| at < until).then_some(begun)
    }
}

/// All benefits.
#[derive(Clone, Debug)]
pub struct Benefits {
    all: Vec<Benefit>,
    index: HashMap<Code, u32, KeyedState>,
    /// Pools of quotas.
    pub pools: Codes,
}

impl Benefits {
    pub(crate) fn new(keyed: KeyedState) -> Self {
        Self { all: Vec::new(), index: HashMap::with_hasher(keyed), pools: Codes::new(keyed) }
    }

    /// The index of a benefit.
    #[must_use]
    pub fn find(&self, code: Code) -> Option<u32> {
        self.index.get(&code).copied()
    }

    /// The benefit of an index.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<&Benefit> {
        self.all.get(index as usize)
    }

    /// All benefits in order of index.
    #[must_use]
    pub fn all(&self) -> &[Benefit] {
        &self.all
    }

    /// The version of a benefit in force at an instant.
    #[must_use]
    pub fn in_force(&self, benefit: u32, at: Timestamp) -> Option<&BenefitDefinition> {
        self.get(benefit)?.in_force(at)
    }

    /// Writes the tables of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { all, index: _, pools } = self;
        out.all(Table::Benefits, all)?;
        pools.keep(Table::Pools, out)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, table: Table, d: &mut Decoder<'_>) -> Result<(), Error> {
        if table == Table::Pools {
            return self.pools.take(d.decode()?);
        }
        let benefit: Benefit = d.decode()?;
        let index = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        if self.index.insert(benefit.code, index).is_some() {
            return Err(misplaced());
        }
        self.all.push(benefit);
        Ok(())
    }

    pub(crate) fn publish(&mut self, definition: &BenefitDefinition) {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let index = *self.index.entry(definition.code).or_insert(next);
        if let Some(quota) = &definition.rules.quota {
            self.pools.intern(quota.pool.unwrap_or(definition.code));
        }
        if index == next {
            self.all.push(Benefit { code: definition.code, versions: Vec::new() });
        }
        if let Some(benefit) = self.all.get_mut(index as usize) {
            benefit.versions.push(definition.clone());
        }
    }
}

/// The account of what a holder may still use of a benefit's quota in the period of an instant, and the period.
#[must_use]
pub fn quota_key(
    benefits: &Benefits,
    (benefit, quota): (Code, &Quota),
    holder: u32,
    at: Timestamp,
) -> Option<(AccountKey, Span)> {
    let span = quota.period.span(at.jakarta_date())?;
    let pool = benefits.pools.find(quota.pool.unwrap_or(benefit)).filter(|pool| *pool < POOLS_MAX)?;
    let key = AccountKey { kind: Kind::Quota, owner: holder, sub: span.sub(pool), unit: quota.unit };
    Some((key, span))
}

/// What a holder may still use of a benefit's quota in the period of an instant; none where the benefit has no quota.
#[must_use]
pub fn quota_left(state: &State, benefit: u32, holder: u32, at: Timestamp) -> Option<u64> {
    let known = state.benefits.get(benefit)?;
    let quota = known.in_force(at)?.rules.quota.as_ref()?;
    let Some((key, _)) = quota_key(&state.benefits, (known.code, quota), holder, at) else { return Some(0) };
    let account = state.ledger.find(&key).and_then(|account| state.ledger.account(account));
    Some(account.map_or(quota.limit.0, |account| account.available().0))
}
