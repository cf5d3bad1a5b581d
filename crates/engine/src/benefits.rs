//! Benefits: published definitions, and the choice among those a holder has.
//!
//! [`Benefits::choose`] is pure: facts in, price and reasons out. The lowest price for the holder wins; ties go to the
//! higher priority, then to the smaller code.

use base::{Code, Timestamp};
use hashbrown::HashMap;
use minicbor::{Decode, Encode};

use crate::holders::Entitlement;
use crate::state::KeyedState;
use crate::{Amount, BenefitDefinition, Considered, PriceRule, Verdict};

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
        self.versions.iter().rev().find(|version| version.effective_from <= at)
    }
}

/// The facts of one use, as far as benefits ask for them.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// When, by the terminal's clock.
    pub at: Timestamp,
    /// The service.
    pub service: Code,
    /// The place.
    pub place: Code,
    /// What the tariff asks.
    pub full: Amount,
    /// Assurance of the medium.
    pub assurance: u8,
    /// What the holder is entitled to.
    pub entitlements: &'a [Entitlement],
}

/// All benefits.
#[derive(Clone, Debug)]
pub struct Benefits {
    all: Vec<Benefit>,
    index: HashMap<Code, u32, KeyedState>,
}

impl Benefits {
    pub(crate) fn new(keyed: KeyedState) -> Self {
        Self { all: Vec::new(), index: HashMap::with_hasher(keyed) }
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

    pub(crate) fn publish(&mut self, definition: &BenefitDefinition) {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let index = *self.index.entry(definition.code).or_insert(next);
        if index == next {
            self.all.push(Benefit { code: definition.code, versions: Vec::new() });
        }
        if let Some(benefit) = self.all.get_mut(index as usize) {
            benefit.versions.push(definition.clone());
        }
    }

    /// Looks at every entitlement and answers the price with the reasons, the winner marked.
    #[must_use]
    pub fn choose(&self, facts: &Use<'_>) -> (Amount, Vec<Considered>) {
        let mut considered: Vec<Considered> = Vec::with_capacity(facts.entitlements.len());
        let mut best: Option<(Amount, i32, Code, usize)> = None;
        for entitlement in facts.entitlements {
            let (one, priority, code) = self.consider(entitlement, facts);
            let Some(one) = one else { continue };
            if let (Some(price), Verdict::NotLowest) = (one.price, one.verdict) {
                let first = best.is_none_or(|(lowest, rank, name, _)| {
                    (price, std::cmp::Reverse(priority), code) < (lowest, std::cmp::Reverse(rank), name)
                });
                if first && price < facts.full {
                    best = Some((price, priority, code, considered.len()));
                }
            }
            considered.push(one);
        }
        let Some((price, _, _, winner)) = best else { return (facts.full, considered) };
        if let Some(one) = considered.get_mut(winner) {
            one.verdict = Verdict::Won;
        }
        (price, considered)
    }

    /// One entitlement's verdict; [`Verdict::NotLowest`] with a price if it could apply.
    fn consider(&self, entitlement: &Entitlement, facts: &Use<'_>) -> (Option<Considered>, i32, Code) {
        let known = self.get(entitlement.benefit).filter(|_| !entitlement.is_empty());
        let Some(benefit) = known else { return (None, 0, facts.service) };
        let version = benefit.in_force(facts.at);
        let verdict = match version {
            None => Verdict::NoVersion,
            Some(definition) => applies(definition, entitlement, facts),
        };
        let price = match (version, verdict) {
            (Some(definition), Verdict::NotLowest) => Some(match definition.price {
                PriceRule::Free => Amount::ZERO,
                PriceRule::Fixed(price) => price.min(facts.full),
                PriceRule::Percent(part) => Amount(facts.full.0 * u64::from(part) / 100),
                PriceRule::Less(amount) => facts.full.less(amount),
                PriceRule::Unchanged => facts.full,
            }),
            _ => None,
        };
        let one = Considered {
            benefit: entitlement.benefit,
            version: version.map_or(0, |definition| definition.version),
            verdict,
            price,
        };
        (Some(one), version.map_or(0, |definition| definition.priority), benefit.code)
    }
}

/// The first condition that fails, or [`Verdict::NotLowest`] when all hold.
fn applies(definition: &BenefitDefinition, entitlement: &Entitlement, facts: &Use<'_>) -> Verdict {
    let covers = |list: &[Code], one: &Code| list.is_empty() || list.contains(one);
    let day = facts.at.jakarta_date();
    if day < entitlement.from || facts.at < entitlement.granted_at {
        Verdict::NotYet
    } else if day > entitlement.to {
        Verdict::Ended
    } else if entitlement.revoked_at.is_some_and(|revoked| revoked <= facts.at) {
        Verdict::Revoked
    } else if !covers(&definition.services, &facts.service) {
        Verdict::ServiceNotCovered
    } else if !covers(&definition.places, &facts.place) {
        Verdict::PlaceNotCovered
    } else if facts.assurance < definition.assurance_min {
        Verdict::AssuranceTooLow
    } else {
        Verdict::NotLowest
    }
}
