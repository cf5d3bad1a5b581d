//! Content as commands of the engine, in the order in which one needs the other.

use base::{CommandId, PrincipalId, Timestamp};
use engine::{
    BenefitDefinition, BenefitRules, Body, CalendarDefinition, Channel, Envelope, IntegrationDefinition,
    OrganisationDefinition, PlaceDefinition, PlaceRules, Source, TariffDefinition, TariffRules,
};

use super::{
    Basis, Benefit, Content, Integration, NamedCalendar, Opening, Organisation, Place, Tariff, Weekday,
};

/// Version of the command language these commands are written in.
const SCHEMA: u16 = 1;

impl Content {
    /// What the engine has to hear: organisations, places, calendars, tariffs, integrations, benefits. Services, documents
    /// and terms are words for people and stay in the office.
    #[must_use]
    pub fn bodies(&self) -> Vec<Body> {
        let organisations = self.organisations.iter().map(organisation);
        let places = self.places.iter().map(place);
        let tariffs = self.tariffs.iter().map(tariff);
        let calendars = self.calendars.iter().map(calendar);
        let integrations = self.integrations.iter().map(integration);
        let benefits = self.benefits.iter().map(benefit);
        organisations
            .chain(places)
            .chain(calendars)
            .chain(tariffs)
            .chain(integrations)
            .chain(benefits)
            .collect()
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
    Body::from(OrganisationDefinition {
        code: row.code,
        role: row.role,
        source: source(&row.basis),
        merchant_type: row.merchant_type,
    })
}

fn place(row: &Place) -> Body {
    // A dotted region code has at most 13 characters, all of them a code's; none would only hide a region.
    let region = row.region.to_string().parse().ok();
    Body::from(PlaceDefinition {
        code: row.code,
        operator: row.operator,
        service: row.service,
        region,
        source: source(&row.basis),
        rules: PlaceRules {
            within: row.within,
            opening: opening(row),
            capacity: row.capacity,
            party_max: row.party_max,
        },
    })
}

/// A timetable gives no right and stops nobody, so the engine does not hear of it.
fn opening(row: &Place) -> Option<engine::Opening> {
    let Opening { opens, closes, closed_on } = row.opening;
    let binding = !row.timetable && row.opening != Opening::ALWAYS;
    binding.then(|| engine::Opening { opens, closes, closed_on: closed_on.map(Weekday::number) })
}

fn calendar(row: &NamedCalendar) -> Body {
    Body::from(CalendarDefinition {
        code: row.code,
        version: row.version,
        first: row.basis.valid_from,
        last: row.last,
        days: row.days.clone(),
        source: source(&row.basis),
    })
}

fn integration(row: &Integration) -> Body {
    Body::from(IntegrationDefinition {
        code: row.code,
        version: row.version,
        effective_from: row.basis.valid_from.midnight(),
        modes: row.modes.clone(),
        modes_min: row.modes_min,
        boarding: row.boarding,
        per_kilometre: row.per_kilometre,
        cap: row.cap,
        window: row.window,
        distances: row.distances.clone(),
        source: source(&row.basis),
        apportionment: row.apportionment,
        effective_until: until(&row.basis),
    })
}

fn tariff(row: &Tariff) -> Body {
    Body::from(TariffDefinition {
        service: row.service,
        version: row.version,
        price: row.price,
        effective_from: row.basis.valid_from.midnight(),
        source: source(&row.basis),
        rules: TariffRules { effective_until: until(&row.basis), ..row.rules.clone() },
    })
}

/// The instant after a row's last day, where it says one.
fn until(basis: &Basis) -> Option<Timestamp> {
    basis.valid_to.map(|last| last.plus_days(1).midnight())
}

fn benefit(row: &Benefit) -> Body {
    Body::from(BenefitDefinition {
        code: row.code,
        version: row.version,
        effective_from: row.basis.valid_from.midnight(),
        services: row.services.clone(),
        places: row.places.clone(),
        assurance_min: row.assurance_min,
        price: row.price,
        priority: row.priority,
        source: source(&row.basis),
        rules: BenefitRules { effective_until: until(&row.basis), ..row.rules.clone() },
    })
}
