//! Applying: the only thing that changes the state. Cannot fail; a record that does not fit ends the process.

use crate::holders::{Entitlement, Holder};
use crate::journeys::{Trace, first_kept_date};
use crate::ledger::Kind;
use crate::media::{Medium, MediumState};
use crate::window::{Decided, is_ahead};
use crate::{Amount, Body, Event, RecordRef, State, Tap};

/// Applies one record. What it depends on is in the record, the state and nothing else.
///
/// # Panics
/// When the record contradicts the state: the journal and the engine no longer agree, and going on would hide it.
pub fn apply(state: &mut State, record: &RecordRef<'_>) {
    assert!(record.at >= state.at, "time never goes back");
    state.at = record.at;
    state.position = record.position;
    let envelope = record.envelope;
    if let Ok(events) = record.outcome {
        for event in events {
            apply_event(state, event);
        }
        trace(state, record, events);
    }
    match &envelope.body {
        Body::Tick => {
            state.window.trim(state.at, &state.parameters);
            state.journeys.forget_before(first_kept_date(state.at, state.parameters.rerate_horizon));
        }
        Body::Tap(tap) => state.devices.receive(tap.device, tap.epoch, tap.seq),
        _ => {}
    }
    state.open_for_business |= !envelope.body.is_setup();
    let ahead = || is_ahead(envelope.id, record.at, &state.parameters);
    if !(envelope.body.is_own() || matches!(envelope.body, Body::Tap(_)) && ahead()) {
        let decided = Decided { position: record.position, digest: record.digest };
        state.window.insert(envelope.principal, envelope.id, decided);
    }
}

/// Keeps where a priced or closed tap was, while its movement can be read and may still be rated again.
fn trace(state: &mut State, record: &RecordRef<'_>, events: &[Event]) {
    let Body::Tap(Tap { medium, movement: Some(movement), .. }) = &record.envelope.body else { return };
    let (holder, charged) = match events.last() {
        Some(Event::TapPriced(priced)) => (priced.holder, priced.charged),
        Some(Event::TapClosed(holder)) => (*holder, Amount::ZERO),
        _ => return,
    };
    state.journeys.record(Trace {
        position: record.position,
        holder,
        medium: *medium,
        place: movement.place,
        device_at: movement.device_at,
        charged,
    });
}

fn apply_event(state: &mut State, event: &Event) {
    if let Event::AccountOpened(id, key) = event {
        match key.kind {
            Kind::Purse => state.holders.get_mut(key.owner).purse = Some(*id),
            Kind::Debt => state.holders.get_mut(key.owner).debt = Some(*id),
            _ => {}
        }
    }
    if state.ledger.apply(event) {
        return;
    }
    match event {
        Event::Founded(genesis) => {
            for (parameter, value) in &genesis.parameters {
                state.parameters.set(*parameter, *value);
            }
            state.genesis = Some(genesis.clone());
        }
        Event::EpochStarted(epoch) => state.epoch = epoch.number,
        Event::ParameterSet(parameter, value) => state.parameters.set(*parameter, *value),
        Event::OrganisationPublished(definition) => state.places.publish_organisation(definition),
        Event::PlacePublished(definition) => state.places.publish(definition),
        Event::TariffPublished(definition) => {
            let service = state.places.services.intern(definition.service);
            state.tariffs.publish(service, definition);
        }
        Event::BenefitPublished(definition) => state.benefits.publish(definition),
        _ => apply_people(state, event),
    }
}

fn apply_people(state: &mut State, event: &Event) {
    match event {
        Event::HolderOpened { index, number, category, home } => {
            let holder = Holder {
                number: *number,
                category: *category,
                home: *home,
                purse: None,
                debt: None,
                entitlements: Vec::new(),
            };
            state.holders.open(*index, holder);
        }
        Event::MediumIssued { medium, holder, kind, assurance, replaces: _ } => {
            let issued = Medium {
                holder: *holder,
                kind: *kind,
                assurance: *assurance,
                state: MediumState::Inactive,
                since: state.at,
                version: 0,
                reason: None,
            };
            state.media.issue(*medium, issued);
        }
        Event::MediumChanged { medium, state: to, version, reason } => {
            let since = state.at;
            let known = state.media.get_mut(*medium);
            if known.state != *to {
                known.since = since;
            }
            known.state = *to;
            known.version = *version;
            known.reason = *reason;
        }
        Event::Granted { holder, benefit, from, to, version } => {
            let entitlement = Entitlement {
                benefit: *benefit,
                from: *from,
                to: *to,
                version: *version,
                granted_at: state.at,
                revoked_at: None,
            };
            state.holders.get_mut(*holder).grant(entitlement);
        }
        Event::Revoked { holder, benefit, version } => {
            let at = state.at;
            state.holders.get_mut(*holder).revoke(*benefit, *version, at);
        }
        // Quotes, prices, top-ups and taps are told by the transfers and traces beside them.
        _ => {}
    }
}
