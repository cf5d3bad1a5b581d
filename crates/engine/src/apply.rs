//! Applying: the only thing that changes the state. Cannot fail; a record that does not fit ends the process.

use crate::holders::{Entitlement, Holder};
use crate::journeys::{Figures, Trace, first_kept_date};
use crate::ledger::Kind;
use crate::media::{Medium, MediumState};
use crate::purchases::{Kept, Line, PurchaseState};
use crate::window::{Decided, is_ahead};
use crate::{
    AccountKey, Amount, BlockReason, Body, CapturePurchase, Event, FareRule, Genesis, IntegrationDefinition,
    Part, Purchase, Purchased, RecordRef, State, Tap, TariffDefinition, Unit,
};

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
        purchase(state, record, events);
    }
    match &envelope.body {
        Body::Tick => {
            state.window.trim(state.at, &state.parameters);
            state.journeys.forget_before(first_kept_date(state.at, state.parameters.rerate_horizon));
            state.purchases.forget(state.at, state.parameters.purchase_horizon);
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

/// Keeps where a priced tap was, while its movement can be read and may still be rated again; and counts who is inside.
fn trace(state: &mut State, record: &RecordRef<'_>, events: &[Event]) {
    let Body::Tap(Tap { medium, movement: Some(movement), .. }) = &record.envelope.body else { return };
    let Some(Event::TapPriced(priced)) = events.last() else { return };
    let Some(place) = state.places.find(movement.place) else { return };
    let people = u32::from(priced.people.max(1));
    if priced.fare == FareRule::Left || movement.part == Part::In && priced.fare != FareRule::Begun {
        state.journeys.count(movement.device_at, place, people, movement.part);
    }
    let figures = Figures {
        full: priced.full,
        charged: priced.charged,
        funded: priced.funded,
        fare: priced.fare,
        benefit: priced.winner().map(|winner| winner.benefit),
    };
    state.journeys.record(Trace {
        position: record.position,
        holder: priced.holder,
        medium: *medium,
        place,
        device_at: movement.device_at,
        figures,
        part: movement.part,
        metres: movement.metres,
        quota: priced.quota,
        party: (priced.people > 1).then(|| Box::new(movement.party.clone())),
    });
}

/// Keeps a purchase with its basket, which stands in the command, and what was captured of it.
fn purchase(state: &mut State, record: &RecordRef<'_>, events: &[Event]) {
    match (&record.envelope.body, events.last()) {
        (Body::Purchase(asked), Some(Event::PurchaseAuthorised(told))) => {
            state.purchases.insert(kept(state, asked, told, PurchaseState::Authorised));
        }
        (Body::Purchase(asked), Some(Event::PurchaseCaptured(told))) => {
            state.purchases.insert(kept(state, asked, told, PurchaseState::Captured));
        }
        (Body::CapturePurchase(CapturePurchase { purchase, lines }), Some(Event::PurchaseCaptured(_))) => {
            let kept = state.purchases.get_mut(*purchase);
            kept.state = PurchaseState::Captured;
            for (line, index) in kept.lines.iter_mut().zip(0u16..) {
                let captured = lines.is_empty() || lines.contains(&index);
                line.captured = if captured { line.item.amount } else { Amount::ZERO };
            }
        }
        _ => {}
    }
}

fn kept(state: &State, asked: &Purchase, told: &Purchased, to: PurchaseState) -> Kept {
    let captured = to == PurchaseState::Captured;
    let line = |item: &crate::Item| Line {
        item: *item,
        captured: if captured { item.amount } else { Amount::ZERO },
        refunded: Amount::ZERO,
    };
    Kept { at: state.at, told: told.clone(), lines: asked.items.iter().map(line).collect(), state: to }
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
            state.genesis = Some(Genesis::clone(genesis));
        }
        Event::EpochStarted(epoch) => state.epoch = epoch.number,
        Event::ParameterSet(parameter, value) => state.parameters.set(*parameter, *value),
        Event::OrganisationPublished(definition) => state.places.publish_organisation(definition),
        Event::PlacePublished(definition) => state.places.publish(definition),
        Event::TariffPublished(definition) => publish_tariff(state, definition),
        Event::BenefitPublished(definition) => state.benefits.publish(definition),
        Event::CalendarPublished(definition) => state.calendars.publish(definition),
        Event::IntegrationPublished(definition) => publish_integration(state, definition),
        Event::Rerated(rerated) => state.journeys.rerate(rerated),
        Event::DayClosed { day, below } => state.journeys.close(*day, *below),
        Event::Repriced { holder, from, to, .. } => state.journeys.reprice(*holder, *from, *to),
        Event::QuotaOpened { account, ends } => {
            state.quotas.insert((*ends, *account));
        }
        Event::QuotaEnded { account, ends } => {
            state.quotas.remove(&(*ends, *account));
        }
        Event::Attested(attested) => state.attested = attested.clone(),
        _ => apply_people(state, event),
    }
}

fn publish_tariff(state: &mut State, definition: &TariffDefinition) {
    let service = state.places.services.intern(definition.service);
    let transfers = definition.rules.transfers.iter();
    let sources: Vec<u32> = transfers.map(|one| state.places.services.intern(one.service)).collect();
    state.tariffs.publish(service, definition, &sources);
}

/// Metres by the indexes of the stops, the smaller first.
fn publish_integration(state: &mut State, definition: &IntegrationDefinition) {
    let pairs = definition.distances.iter().filter_map(|one| {
        let (from, to) = (state.places.find(one.from)?, state.places.find(one.to)?);
        Some(((from.min(to), from.max(to)), one.metres))
    });
    let metres = pairs.collect();
    state.tariffs.publish_integration(definition, metres);
}

fn apply_people(state: &mut State, event: &Event) {
    match event {
        Event::HolderOpened { index, number, category, home } => {
            let holder = Holder {
                number: *number,
                category: state.holders.share(*category),
                home: home.map(|home| state.holders.share(home)),
                purse: None,
                debt: None,
                entitlements: Vec::new(),
            };
            state.holders.open(*index, holder);
        }
        Event::MediumIssued { medium, holder, kind, assurance, replaces } => {
            let root = replaces.map_or(*medium, |old| replace(state, old));
            let issued = Medium {
                holder: *holder,
                kind: state.media.share(*kind),
                assurance: *assurance,
                state: MediumState::Inactive,
                since: state.at,
                version: 0,
                reason: None,
                root,
                replaced: false,
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
        _ => apply_goods(state, event),
    }
}

/// Stops a medium for good because another takes its place. Answers the first of the row.
fn replace(state: &mut State, old: base::MediumSerial) -> base::MediumSerial {
    let since = state.at;
    let known = state.media.get_mut(old);
    if known.state != MediumState::Blocked {
        known.state = MediumState::Blocked;
        known.since = since;
        known.reason = Some(BlockReason::Replaced);
    }
    known.replaced = true;
    known.root
}

fn apply_goods(state: &mut State, event: &Event) {
    match event {
        Event::PurchaseVoided { purchase, .. } => {
            state.purchases.get_mut(*purchase).state = PurchaseState::Voided;
        }
        Event::Refunded(refunded) => {
            let kept = state.purchases.get_mut(refunded.purchase);
            for (line, amount) in &refunded.lines {
                if let Some(line) = kept.lines.get_mut(usize::from(*line)) {
                    line.refunded = Amount(line.refunded.0.saturating_add(amount.0));
                }
            }
            if refunded.voided {
                kept.state = PurchaseState::Voided;
            }
        }
        Event::WalletClosed { holder, benefit, .. } => {
            let key = AccountKey { kind: Kind::Wallet, owner: *holder, sub: *benefit, unit: Unit::Rupiah };
            if let Some(wallet) = state.ledger.find(&key) {
                state.purchases.close(wallet);
            }
        }
        // Quotes, prices, top-ups, aid and taps are told by the transfers and traces beside them.
        _ => {}
    }
}
