//! Content as commands of the engine, in the order in which one needs the other.

use base::{CommandId, PrincipalId, Timestamp};
use engine::{
    BenefitDefinition, Body, Channel, Envelope, OrganisationDefinition, PlaceDefinition, Source,
    TariffDefinition,
};

use super::{Basis, Benefit, Content, Organisation, Place, Tariff};

/// Version of the command language these commands are written in.
const SCHEMA: u16 = 1;

impl Content {
    /// What the engine has to hear: organisations, places, tariffs, benefits. Services, documents and terms are words for
    /// people and stay in the office.
    #[must_use]
    pub fn bodies(&self) -> Vec<Body> {
        let organisations = self.organisations.iter().map(organisation);
        let places = self.places.iter().map(place);
        let tariffs = self.tariffs.iter().map(tariff);
        let benefits = self.benefits.iter().map(benefit);
        organisations.chain(places).chain(tariffs).chain(benefits).collect()
    }

    /// The same as commands of a sender, with ids from the caller's source, received at `at`.
    #[must_use]
    pub fn commands(
        &self,
        principal: PrincipalId,
        at: Timestamp,
        mut next_id: impl FnMut() -> CommandId,
    ) -> Vec<Envelope> {
        let envelope = |body| Envelope {
            schema: SCHEMA,
            id: next_id(),
            principal,
            channel: Channel::System,
            on_behalf_of: None,
            received_at: at,
            body,
        };
        self.bodies().into_iter().map(envelope).collect()
    }
}

fn source(basis: &Basis) -> Source {
    Source { legal_basis: basis.legal_basis, evidence: basis.evidence }
}

fn organisation(row: &Organisation) -> Body {
    Body::PublishOrganisation(OrganisationDefinition {
        code: row.code,
        role: row.role,
        source: source(&row.basis),
    })
}

fn place(row: &Place) -> Body {
    // A dotted region code has at most 13 characters, all of them a code's; none would only hide a region.
    let region = row.region.to_string().parse().ok();
    Body::PublishPlace(PlaceDefinition {
        code: row.code,
        operator: row.operator,
        service: row.service,
        region,
        source: source(&row.basis),
    })
}

fn tariff(row: &Tariff) -> Body {
    Body::PublishTariff(TariffDefinition {
        service: row.service,
        version: row.version,
        price: row.price,
        effective_from: row.basis.valid_from.midnight(),
        source: source(&row.basis),
    })
}

fn benefit(row: &Benefit) -> Body {
    Body::PublishBenefit(BenefitDefinition {
        code: row.code,
        version: row.version,
        effective_from: row.basis.valid_from.midnight(),
        services: row.services.clone(),
        places: row.places.clone(),
        assurance_min: row.assurance_min,
        price: row.price,
        priority: row.priority,
        source: source(&row.basis),
    })
}
