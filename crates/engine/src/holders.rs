//! Holders: opaque numbers with a purse, perhaps a debt, and entitlements. No name ever comes here.

use base::{CivilDate, Code, HolderNumber, Timestamp};
use hashbrown::HashMap;
use minicbor::decode::Error;
use minicbor::{Decode, Encode};

use crate::ledger::AccountId;
use crate::shared_code::{SharedCode, SharedCodes};
use crate::snapshot::{Rows, Table, misplaced};
use crate::state::KeyedState;

/// One entitlement: a benefit for a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Entitlement {
    /// Index of the benefit.
    #[n(0)]
    pub benefit: u32,
    /// First day.
    #[n(1)]
    pub from: CivilDate,
    /// Last day, included.
    #[n(2)]
    pub to: CivilDate,
    /// Version of (holder, benefit).
    #[n(3)]
    pub version: u64,
    /// When it was journaled: taps before that are not rated again by it.
    #[n(4)]
    pub granted_at: Timestamp,
    /// When it was revoked.
    #[n(5)]
    pub revoked_at: Option<Timestamp>,
}

/// One holder.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Holder {
    /// Public number.
    #[n(0)]
    pub number: HolderNumber,
    /// Rider category.
    #[n(1)]
    pub category: SharedCode,
    /// Home region.
    #[n(2)]
    pub home: Option<SharedCode>,
    /// Own money.
    #[n(3)]
    pub purse: Option<AccountId>,
    /// Fares owed; opened at the first debt.
    #[n(4)]
    pub debt: Option<AccountId>,
    /// Benefits, in order of benefit, then version.
    #[n(5)]
    pub entitlements: Vec<Entitlement>,
}

/// All holders, dense.
#[derive(Clone, Debug)]
pub struct Holders {
    all: Vec<Holder>,
    index: HashMap<HolderNumber, u32, KeyedState>,
    codes: SharedCodes,
}

impl Holders {
    pub(crate) fn new(keyed: KeyedState) -> Self {
        Self { all: Vec::new(), index: HashMap::with_hasher(keyed), codes: SharedCodes::new(keyed) }
    }

    /// Makes room for so many holders.
    pub fn reserve(&mut self, holders: usize) {
        self.all.reserve(holders);
        self.index.reserve(holders);
    }

    /// The holder of an index.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<&Holder> {
        self.all.get(index as usize)
    }

    /// The index of a number.
    #[must_use]
    pub fn find(&self, number: HolderNumber) -> Option<u32> {
        self.index.get(&number).copied()
    }

    /// All holders in order of index.
    #[must_use]
    pub fn all(&self) -> &[Holder] {
        &self.all
    }

    /// The index of the next holder.
    #[must_use]
    pub fn next(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(u32::MAX)
    }

    /// Writes the table of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { all, index: _, codes: _ } = self;
        out.all(Table::Holders, all)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, mut holder: Holder) -> Result<(), Error> {
        holder.category = self.codes.share(*holder.category);
        holder.home = holder.home.map(|home| self.codes.share(*home));
        if self.index.insert(holder.number, self.next()).is_some() {
            return Err(misplaced());
        }
        self.all.push(holder);
        Ok(())
    }

    /// A code as all holders have it.
    pub(crate) fn share(&mut self, code: Code) -> SharedCode {
        self.codes.share(code)
    }

    pub(crate) fn open(&mut self, index: u32, holder: Holder) {
        assert!(index == self.next(), "holders are opened in order");
        let before = self.index.insert(holder.number, index);
        assert!(before.is_none(), "a number names one holder");
        self.all.push(holder);
    }

    pub(crate) fn get_mut(&mut self, index: u32) -> &mut Holder {
        let slot = index as usize;
        assert!(slot < self.all.len(), "events name opened holders only");
        #[expect(clippy::indexing_slicing, reason = "the line above is the check")]
        &mut self.all[slot]
    }
}

impl Entitlement {
    /// Whether it covers no day and only keeps a version.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from > self.to
    }
}

impl Holder {
    /// The highest version of a benefit this holder has seen.
    #[must_use]
    pub fn version_of(&self, benefit: u32) -> u64 {
        self.entitlements
            .iter()
            .filter(|one| one.benefit == benefit)
            .map(|one| one.version)
            .max()
            .unwrap_or(0)
    }

    pub(crate) fn grant(&mut self, entitlement: Entitlement) {
        let key = (entitlement.benefit, entitlement.version);
        let place = self.entitlements.partition_point(|one| (one.benefit, one.version) < key);
        // Most holders have one or two, so room is made for each by itself.
        self.entitlements.reserve_exact(1);
        self.entitlements.insert(place, entitlement);
    }

    /// Ends every period of the benefit at `at`; the version moves on. Where there is none yet, an empty period keeps
    /// the version, so that an older grant that comes later is refused.
    pub(crate) fn revoke(&mut self, benefit: u32, version: u64, at: Timestamp) {
        if !self.entitlements.iter().any(|one| one.benefit == benefit) {
            let day = at.jakarta_date();
            let (from, to) = (day, day.plus_days(-1));
            self.grant(Entitlement { benefit, from, to, version, granted_at: at, revoked_at: Some(at) });
        }
        for one in self.entitlements.iter_mut().filter(|one| one.benefit == benefit) {
            one.revoked_at = one.revoked_at.or(Some(at));
            one.version = one.version.max(version);
        }
    }
}
