//! What is published: places and benefits as the engine knows them, for lists and choices on pages.

use base::{Code, Timestamp};
use engine::{BenefitDefinition, Part, PlaceDefinition, TariffDefinition, TariffRules};
use platform::problems::Problem;

use super::{Service, busy};

/// Places, and the versions of benefits in force now.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Places in order of publication.
    pub places: Vec<PlaceDefinition>,
    /// Benefits in order of publication.
    pub benefits: Vec<BenefitDefinition>,
    /// Tariffs in force, without their matrices.
    pub tariffs: Vec<TariffDefinition>,
    /// Services whose price depends on where a journey begins and ends.
    pub by_ends: Vec<Code>,
}

impl Published {
    /// The place of a code.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<&PlaceDefinition> {
        self.places.iter().find(|place| place.code.as_str() == code)
    }

    /// The benefit of a code.
    #[must_use]
    pub fn benefit(&self, code: &str) -> Option<&BenefitDefinition> {
        self.benefits.iter().find(|benefit| benefit.code.as_str() == code)
    }

    /// Which taps a gate of a place makes: one for the whole ride, or one for each end of a journey or visit.
    #[must_use]
    pub fn parts(&self, place: &PlaceDefinition) -> Vec<Part> {
        let service = place.service;
        let has_exit = self
            .tariffs
            .iter()
            .any(|tariff| tariff.service == service && tariff.rules.missing_exit.is_some());
        if self.by_ends.contains(&service) || !place.rules.is_empty() {
            vec![Part::In, Part::Out]
        } else if has_exit {
            vec![Part::Single, Part::In, Part::Out]
        } else {
            vec![Part::Single]
        }
    }
}

impl Service {
    /// What is published now: for everybody, because nothing in it is about anybody.
    ///
    /// # Errors
    /// When the engine is busy.
    pub async fn published(&self) -> Result<Published, Problem> {
        let now: Timestamp = self.clock.now();
        let read = self.runtime.read(move |engine| {
            let state = &engine.state;
            let places = state.places.all().iter().map(|place| place.definition.clone()).collect();
            let in_force = state.benefits.all().iter().filter_map(|benefit| benefit.in_force(now).cloned());
            let services = 0..u32::try_from(state.tariffs.all().len()).unwrap_or_default();
            let tariffs: Vec<&TariffDefinition> =
                services.filter_map(|service| state.tariffs.in_force(service, now)).collect();
            let needs_ends = |tariff: &&&TariffDefinition| {
                tariff.rules.matrix.is_some() || tariff.rules.distance.is_some()
            };
            let by_ends = tariffs.iter().filter(needs_ends).map(|tariff| tariff.service).collect();
            let tariffs = tariffs.into_iter().map(|tariff| {
                let rules = TariffRules { matrix: None, ..tariff.rules.clone() };
                TariffDefinition { rules, ..tariff.clone() }
            });
            Published { places, benefits: in_force.collect(), tariffs: tariffs.collect(), by_ends }
        });
        Ok(read.await.map_err(busy)?.value)
    }
}
