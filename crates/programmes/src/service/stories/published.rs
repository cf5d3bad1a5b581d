//! What is published, as stories ask for it: which codes there are, who sells what, which benefits have a quota. Read from
//! the commands that the engine hears, so that a story and the city see the same.

use std::collections::{BTreeMap, BTreeSet};

use base::Code;
use engine::{BenefitDefinition, Body, Role};

use crate::service::content::{Content, TermKind};

/// The published content, ready to run stories against.
#[derive(Debug, Clone)]
pub struct Published {
    pub(super) bodies: Vec<Body>,
    pub(super) places: BTreeSet<Code>,
    pub(super) banks: Vec<Code>,
    pub(super) merchants: Vec<(Code, Option<Code>)>,
    pub(super) categories: BTreeSet<Code>,
    pub(super) benefits: BTreeMap<Code, Vec<BenefitDefinition>>,
}

impl Published {
    /// Everything a publication says to the engine.
    #[must_use]
    pub fn of(content: &Content) -> Self {
        let terms = content.terms.iter().filter(|term| term.kind == TermKind::RiderCategory);
        let mut published = Self {
            bodies: content.bodies(),
            places: BTreeSet::new(),
            banks: Vec::new(),
            merchants: Vec::new(),
            categories: terms.map(|term| term.code).collect(),
            benefits: BTreeMap::new(),
        };
        for body in content.bodies() {
            published.note(body);
        }
        published
    }

    fn note(&mut self, body: Body) {
        match body {
            Body::PublishPlace(place) => {
                self.places.insert(place.code);
            }
            Body::PublishOrganisation(one) if one.role == Role::Bank => self.banks.push(one.code),
            Body::PublishOrganisation(one) if one.role == Role::Merchant => {
                self.merchants.push((one.code, one.merchant_type));
            }
            Body::PublishTariff(tariff) => {
                self.categories.extend(tariff.rules.categories.iter().map(|price| price.category));
            }
            Body::PublishBenefit(benefit) => self.benefits.entry(benefit.code).or_default().push(benefit),
            _ => {}
        }
    }

    /// The first merchant of a type.
    pub(super) fn merchant_of(&self, merchant_type: Code) -> Option<Code> {
        self.merchants.iter().find(|(_, known)| *known == Some(merchant_type)).map(|(code, _)| *code)
    }

    /// The first merchant of a benefit that sells the good, alone or as a bundle.
    pub(super) fn seller_of(&self, good: Code) -> Option<Code> {
        let newest = self.benefits.values().filter_map(|versions| versions.last());
        let mut sales = newest.filter_map(|benefit| benefit.rules.sale.as_ref());
        let sale = sales.find(|sale| {
            sale.goods.iter().any(|price| price.good == good)
                || sale.bundles.iter().any(|bundle| bundle.good == good)
        })?;
        sale.merchants.first().copied()
    }

    /// Whether some version of the benefit has a quota.
    pub(super) fn has_quota(&self, benefit: Code) -> bool {
        self.benefits.get(&benefit).is_some_and(|all| all.iter().any(|version| version.rules.quota.is_some()))
    }
}
