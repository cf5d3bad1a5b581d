//! What is published: places and benefits as the engine knows them, for lists and choices on pages.

use base::{Code, Timestamp};
use engine::{BenefitDefinition, PlaceDefinition, TariffDefinition, TariffRules};
use platform::access::{Action, Actor, Resource};
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

    /// Whether journeys on a service end with a tap-out.
    #[must_use]
    pub fn has_exit(&self, service: Code) -> bool {
        self.tariffs.iter().any(|tariff| tariff.service == service && tariff.rules.missing_exit.is_some())
    }
}

impl Service {
    /// What is published now. Nothing in it is about anybody.
    ///
    /// # Errors
    /// `access_denied`, or when the engine is busy.
    pub async fn published(&self, actor: &Actor) -> Result<Published, Problem> {
        self.authorize(actor, Action::ViewLive, &Resource::City)?;
        let now: Timestamp = self.clock.now();
        let read = self.runtime.read(move |engine| {
            let state = &engine.state;
            let places = state.places.all().iter().map(|place| place.definition.clone()).collect();
            let in_force = state.benefits.all().iter().filter_map(|benefit| benefit.in_force(now).cloned());
            let services = 0..u32::try_from(state.tariffs.all().len()).unwrap_or_default();
            let tariffs = services.filter_map(|service| state.tariffs.in_force(service, now));
            let tariffs = tariffs.map(|tariff| {
                let rules = TariffRules { matrix: None, ..tariff.rules.clone() };
                TariffDefinition { rules, ..tariff.clone() }
            });
            Published { places, benefits: in_force.collect(), tariffs: tariffs.collect() }
        });
        Ok(read.await.map_err(busy)?.value)
    }
}
