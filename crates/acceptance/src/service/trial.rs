//! The tap desk's question with its neighbours: the same person with another medium, at another place, on the day after
//! the right ends, or without it. Every answer is computed by the engine's own functions; none is made up.

use base::{Code, CommandId, MediumSerial, Timestamp};
use engine::media::{Medium, MediumState};
use engine::{Body, Engine, Priced, Refusal, SetMedium, State};
use platform::access::{Action, Actor, Resource};
use platform::problems::Problem;

use super::preview::{look, trial};
use super::{Preview, PreviewInput, Service, busy};
use crate::store::rows::whole;

/// Neighbours shown at most.
const VARIANTS_MAX: usize = 3;

/// A city of at most so many holders is small enough to copy its people and accounts for one answer.
const COPIED_HOLDERS_MAX: usize = 2_000;

/// What is different.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// The holder has no right.
    WithoutRights,
    /// Another medium of the same holder.
    Medium(MediumSerial),
    /// The same medium, stopped.
    Blocked,
    /// The same medium, active.
    Active,
    /// Another place.
    Place(Code),
    /// The day after the right ends.
    Ended(Timestamp),
}

/// One neighbour.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What is different.
    pub change: Change,
    /// What the gate would answer then.
    pub preview: Preview,
}

/// A trial: what was asked, and what is near it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What was asked.
    pub preview: Preview,
    /// At most three neighbours with another answer.
    pub variants: Vec<Variant>,
}

impl Service {
    /// Tries a decision and its neighbours at one position.
    ///
    /// # Errors
    /// `access_denied`, or when the engine is busy.
    pub async fn trial(
        &self,
        actor: &Actor,
        input: PreviewInput,
        other_media: Vec<MediumSerial>,
    ) -> Result<Trial, Problem> {
        self.authorize(actor, Action::UseTapDesk, &Resource::City)?;
        let read = self.runtime.read(move |engine| try_all(engine, input, &other_media));
        let read = read.await.map_err(busy)?;
        let mut trial = read.value;
        let previews = std::iter::once(&mut trial.preview)
            .chain(trial.variants.iter_mut().map(|variant| &mut variant.preview));
        for preview in previews {
            preview.position = read.position;
        }
        Ok(trial)
    }
}

fn try_all(engine: &Engine, input: PreviewInput, other_media: &[MediumSerial]) -> Trial {
    let preview = look(engine, input.clone());
    let mut variants = Vec::new();
    if preview.priced.as_ref().is_some_and(|priced| priced.winner().is_some()) {
        variants.push(Variant { change: Change::WithoutRights, preview: without_rights(engine, &preview) });
    }
    let another = other_media.iter().map(|medium| Variant {
        change: Change::Medium(*medium),
        preview: look(engine, PreviewInput { medium: *medium, ..input.clone() }),
    });
    let another = another.filter(|one| differs(&one.preview, &preview)).take(1);
    variants.extend(another.chain(toggled(engine, &preview)).take(1));
    variants.extend(elsewhere(engine, &preview).into_iter().take(1));
    variants.extend(after_the_end(engine, &preview).filter(|one| differs(&one.preview, &preview)));
    variants.extend(elsewhere(engine, &preview).into_iter().skip(1));
    variants.truncate(VARIANTS_MAX);
    Trial { preview, variants }
}

/// Whether a gate would show something else.
fn differs(one: &Preview, other: &Preview) -> bool {
    let shown = |preview: &Preview| match preview.outcome {
        Ok(()) => (Ok(()), preview.priced.as_ref().map_or(0, Priced::charged_now)),
        Err(refusal) => {
            (Err(refusal), if refusal == Refusal::PurseInsufficient { whole(preview.missing) } else { 0 })
        }
    };
    shown(one) != shown(other)
}

/// The same use at what the tariffs ask of everybody.
fn without_rights(engine: &Engine, preview: &Preview) -> Preview {
    let mut other = preview.clone();
    let Some(priced) = &mut other.priced else { return other };
    let purse = engine.state.holders.get(priced.holder).and_then(|holder| holder.purse);
    let available =
        purse.and_then(|purse| engine.state.ledger.account(purse)).map_or(0, |purse| purse.available().0);
    priced.charged = priced.full;
    priced.adjusted = priced.adjusted_full;
    priced.considered.clear();
    other.missing = u64::try_from(priced.charged_now()).unwrap_or_default().saturating_sub(available);
    if other.outcome.is_ok() && other.missing > 0 {
        other.outcome = Err(Refusal::PurseInsufficient);
    }
    other.candidates.clear();
    other.not_held.clear();
    other.transfers.clear();
    other
}

/// The same medium stopped, or active again.
fn toggled(engine: &Engine, preview: &Preview) -> Option<Variant> {
    let medium = preview.medium.as_ref()?;
    if medium.state != MediumState::Active {
        return activated(engine, preview, medium);
    }
    let stopped = Medium { state: MediumState::Blocked, ..medium.clone() };
    let refusal = stopped.usable().err()?;
    let preview = Preview {
        medium: Some(stopped),
        outcome: Err(refusal),
        transfers: Vec::new(),
        incident: None,
        ..preview.clone()
    };
    Some(Variant { change: Change::Blocked, preview })
}

/// The same medium active again: decided by the engine on a copy that nobody else sees.
fn activated(engine: &Engine, preview: &Preview, medium: &Medium) -> Option<Variant> {
    let (state, input) = (&engine.state, &preview.input);
    if state.holders.all().len() > COPIED_HOLDERS_MAX {
        return None;
    }
    let mut copy = State::new(0);
    copy.genesis.clone_from(&state.genesis);
    copy.parameters.clone_from(&state.parameters);
    copy.ledger.clone_from(&state.ledger);
    copy.holders.clone_from(&state.holders);
    copy.media.clone_from(&state.media);
    copy.places.clone_from(&state.places);
    copy.calendars.clone_from(&state.calendars);
    copy.tariffs.clone_from(&state.tariffs);
    copy.journeys.clone_from(&state.journeys);
    copy.benefits.clone_from(&state.benefits);
    let set = SetMedium { medium: input.medium, version: medium.version + 1, reason: None };
    let body = Body::ActivateMedium(set);
    let mut envelope = trial(input.at, body);
    envelope.id = CommandId::new(input.at, 0);
    let mut copy = Engine::new(copy);
    copy.step(state.position, input.at, &envelope);
    let variant = Variant { change: Change::Active, preview: look(&copy, input.clone()) };
    differs(&variant.preview, preview).then_some(variant)
}

/// Midday of the day after the winning right ends.
fn after_the_end(engine: &Engine, preview: &Preview) -> impl Iterator<Item = Variant> {
    let right = preview.won().and_then(|candidate| candidate.entitlement);
    let at = right.map(|right| right.to.plus_days(1).midnight().plus(12 * Timestamp::HOUR));
    at.into_iter().map(|at| Variant {
        change: Change::Ended(at),
        preview: look(engine, PreviewInput { at, ..preview.input.clone() }),
    })
}

/// One place per other service whose answer differs from what is asked and from each other.
fn elsewhere(engine: &Engine, preview: &Preview) -> Vec<Variant> {
    let mut services: Vec<Code> = preview.service.into_iter().collect();
    let mut found: Vec<Variant> = Vec::new();
    for place in engine.state.places.all() {
        let definition = &place.definition;
        if found.len() >= VARIANTS_MAX || services.contains(&definition.service) {
            continue;
        }
        services.push(definition.service);
        let mut input = PreviewInput { place: definition.code, ..preview.input.clone() };
        if definition.rules.party_max < 2 {
            // Where each person has a medium of their own, the question is what this one person is asked.
            input.passage.party.clear();
        }
        let other = look(engine, input);
        if differs(&other, preview) && found.iter().all(|one| differs(&one.preview, &other)) {
            found.push(Variant { change: Change::Place(definition.code), preview: other });
        }
    }
    found
}
