//! Genesis, epochs, parameters and published content.

use base::Timestamp;

use super::definitions;
use crate::{
    BenefitDefinition, CalendarDefinition, Epoch, Event, Genesis, IntegrationDefinition,
    OrganisationDefinition, Parameter, PlaceDefinition, Refusal, Role, State, TariffDefinition,
};

pub fn genesis(state: &State, genesis: &Genesis, events: &mut Vec<Event>) -> Result<(), Refusal> {
    if state.genesis.is_some() {
        return Err(Refusal::GenesisExists);
    }
    for (parameter, value) in &genesis.parameters {
        in_range(*parameter, *value)?;
    }
    events.push(Event::Founded(Box::new(genesis.clone())));
    Ok(())
}

pub fn epoch(state: &State, epoch: &Epoch, events: &mut Vec<Event>) -> Result<(), Refusal> {
    if epoch.number != state.epoch + 1 {
        return Err(Refusal::EpochInvalid);
    }
    events.push(Event::EpochStarted(epoch.clone()));
    Ok(())
}

fn in_range(parameter: Parameter, value: i64) -> Result<(), Refusal> {
    let (least, greatest) = parameter.range();
    if (least..=greatest).contains(&value) { Ok(()) } else { Err(Refusal::ParameterInvalid) }
}

pub fn parameter(
    state: &State,
    parameter: Parameter,
    value: i64,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    in_range(parameter, value)?;
    // The callers' clock never goes back: ids would be remembered longer than the movement they were asked with, and
    // new ones would lie below the floor.
    if parameter == Parameter::IdClockOffset && value > state.parameters.id_clock_offset {
        return Err(Refusal::ParameterInvalid);
    }
    events.push(Event::ParameterSet(parameter, value));
    Ok(())
}

pub fn organisation(
    state: &State,
    definition: &OrganisationDefinition,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    if state.places.organisations.find(definition.code).is_some() {
        return Err(Refusal::ContentExists);
    }
    events.push(Event::OrganisationPublished(Box::new(definition.clone())));
    Ok(())
}

pub fn place(state: &State, definition: &PlaceDefinition, events: &mut Vec<Event>) -> Result<(), Refusal> {
    // Hours, room and parties may change from now on; what a place is and who is owed may not.
    if let Some(known) = state.places.find(definition.code).and_then(|index| state.places.get(index)) {
        let moved = PlaceDefinition { rules: definition.rules.clone(), ..known.definition.clone() };
        let same = moved == PlaceDefinition { source: moved.source, ..definition.clone() };
        if !same || known.definition.rules == definition.rules {
            return Err(Refusal::ContentExists);
        }
        if known.definition.rules.within != definition.rules.within {
            return Err(Refusal::DefinitionInvalid);
        }
    }
    if state.places.organisation(definition.operator, Role::Merchant).is_none() {
        return Err(Refusal::OrganisationUnknown);
    }
    definitions::place(state, definition)?;
    events.push(Event::PlacePublished(Box::new(definition.clone())));
    Ok(())
}

pub fn tariff(
    state: &State,
    at: Timestamp,
    definition: &TariffDefinition,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    definitions::tariff(state, definition)?;
    let newest =
        state.places.services.find(definition.service).and_then(|service| state.tariffs.newest(service));
    let known = newest.map(|newest| (newest.version, newest.effective_from));
    next_version(state, at, known, (definition.version, definition.effective_from))?;
    events.push(Event::TariffPublished(Box::new(definition.clone())));
    Ok(())
}

pub fn benefit(
    state: &State,
    at: Timestamp,
    definition: &BenefitDefinition,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    definitions::benefit(definition)?;
    let newest =
        state.benefits.find(definition.code).and_then(|index| state.benefits.get(index)?.versions.last());
    let known = newest.map(|newest| (newest.version, newest.effective_from));
    next_version(state, at, known, (definition.version, definition.effective_from))?;
    events.push(Event::BenefitPublished(Box::new(definition.clone())));
    Ok(())
}

/// A calendar says of today and before what was said until now: nothing, if it is new.
pub fn calendar(
    state: &State,
    at: Timestamp,
    definition: &CalendarDefinition,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    definitions::calendar(definition)?;
    let known = state.calendars.find(definition.code);
    if definition.version <= known.map_or(0, |known| known.version) {
        return Err(Refusal::ContentExists);
    }
    if definition.version != known.map_or(0, |known| known.version) + 1 {
        return Err(Refusal::VersionInvalid);
    }
    let tomorrow = at.jakarta_date().plus_days(1);
    let agrees =
        known.map_or(definition.first >= tomorrow, |known| known.agrees_before(definition, tomorrow));
    if state.open_for_business && !agrees {
        return Err(Refusal::EffectiveInPast);
    }
    events.push(Event::CalendarPublished(Box::new(definition.clone())));
    Ok(())
}

/// A version of the fare for several modes together.
pub fn integration(
    state: &State,
    at: Timestamp,
    definition: &IntegrationDefinition,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    definitions::integration(state, definition)?;
    let mut all = state.tariffs.integrations().iter().map(|one| &one.definition);
    let newest = all.rfind(|one| one.code == definition.code);
    let known = newest.map(|newest| (newest.version, newest.effective_from));
    next_version(state, at, known, (definition.version, definition.effective_from))?;
    events.push(Event::IntegrationPublished(Box::new(definition.clone())));
    Ok(())
}

/// Versions count up and never reach back: what applied at a past instant stays as it was. Only content published
/// before business starts may carry history.
fn next_version(
    state: &State,
    at: Timestamp,
    newest: Option<(u32, Timestamp)>,
    (version, effective_from): (u32, Timestamp),
) -> Result<(), Refusal> {
    let (known, since) = newest.unwrap_or((0, Timestamp(i64::MIN)));
    if version <= known {
        return Err(Refusal::ContentExists);
    }
    if version != known + 1 {
        return Err(Refusal::VersionInvalid);
    }
    let in_past = state.open_for_business && effective_from < at;
    if in_past || effective_from < since { Err(Refusal::EffectiveInPast) } else { Ok(()) }
}
