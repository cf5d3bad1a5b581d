//! The tap desk's trial: what would a gate answer to this medium, here, at that time? Nothing is recorded.

use base::{Code, CommandId, DeviceNumber, HolderNumber, MediumSerial, Timestamp};
use engine::holders::Entitlement;
use engine::ledger::{AccountId, Kind};
use engine::media::{Medium, MediumState};
use engine::{
    Amount, Ask, Body, Channel, Considered, Engine, Envelope, Event, Incident, Moved, Movement, Position,
    PriceRule, Priced, Refusal, Source, Tap, Verdict,
};
use platform::access::{Action, Actor, Resource};
use platform::audit::Change;
use platform::problems::{self, Problem};
use runtime::Class;

use super::{Decision, Passage, Service, busy, failed};
use crate::store::queries;

/// Benefits the holder does not have that one answer names at most.
pub const NOT_HELD_MAX: usize = 20;

/// How far ahead the next opening is looked for.
pub const OPENS_WITHIN_DAYS: i32 = 14;

/// What is tried.
#[derive(Clone, Debug)]
pub struct PreviewInput {
    /// Which medium.
    pub medium: MediumSerial,
    /// Where.
    pub place: Code,
    /// When.
    pub at: Timestamp,
    /// Which end of a journey, how far, with whom.
    pub passage: Passage,
}

/// A tap of the desk's own terminal.
#[derive(Clone, Debug)]
pub struct DeskTapInput {
    /// Id of the command.
    pub id: CommandId,
    /// Which medium.
    pub medium: MediumSerial,
    /// Where.
    pub place: Code,
    /// Which end of a journey, how far, with whom.
    pub passage: Passage,
}

/// One benefit that was looked at.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its code.
    pub benefit: Code,
    /// The verdict with version and price.
    pub considered: Considered,
    /// The period the holder has it for.
    pub entitlement: Option<Entitlement>,
    /// What it rests on.
    pub source: Option<Source>,
}

/// A benefit that covers the place and that the holder does not have.
#[derive(Clone, Debug)]
pub struct NotHeld {
    /// Its code.
    pub benefit: Code,
    /// Version in force.
    pub version: u32,
    /// The price it would make.
    pub price: u64,
    /// What it rests on.
    pub source: Source,
}

/// One transfer that would be recorded.
#[derive(Clone, Debug)]
pub struct TransferLine {
    /// Accounts and amount.
    pub moved: Moved,
    /// What it counts.
    pub unit: engine::Unit,
    /// Kind and owner of the account that gives.
    pub debit: AccountLine,
    /// Kind and owner of the account that receives.
    pub credit: AccountLine,
}

/// An account in words: its kind, and whose it is.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// Kind.
    pub kind: engine::ledger::Kind,
    /// A holder, organisation or benefit.
    pub owner: OwnerName,
    /// Fiscal year, or 0.
    pub sub: u32,
    /// For a wallet: its benefit.
    pub wallet: Option<Code>,
}

/// Whose an account is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnerName {
    /// A holder.
    Holder(HolderNumber),
    /// An organisation or benefit.
    Code(Code),
    /// Not known any more.
    Unknown,
}

/// What a gate would answer.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What was tried.
    pub input: PreviewInput,
    /// The position it was computed at.
    pub position: Position,
    /// The medium, if there is one.
    pub medium: Option<Medium>,
    /// Its holder.
    pub holder: Option<HolderNumber>,
    /// The service of the place.
    pub service: Option<Code>,
    /// The tariff's version, price and source.
    pub tariff: Option<engine::TariffDefinition>,
    /// The price with its reasons, whatever the medium and the purse.
    pub priced: Option<Priced>,
    /// What the purse lacks.
    pub missing: u64,
    /// What the gate would say.
    pub outcome: Result<(), Refusal>,
    /// What the refusal is about, where that is more than the question says.
    pub about: Option<Code>,
    /// Benefits looked at, named.
    pub candidates: Vec<Candidate>,
    /// Benefits that cover the place and that the holder does not have, at most [`NOT_HELD_MAX`].
    pub not_held: Vec<NotHeld>,
    /// Transfers a tap would record.
    pub transfers: Vec<TransferLine>,
    /// What people would have to look at if the gate opened all the same.
    pub incident: Option<Incident>,
    /// When a place that is closed opens next, within [`OPENS_WITHIN_DAYS`].
    pub opens: Option<Timestamp>,
}

impl Preview {
    /// The benefit that set the price.
    #[must_use]
    pub fn won(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|one| one.considered.verdict == Verdict::Won)
    }
}

impl Service {
    /// Tries a decision.
    ///
    /// # Errors
    /// `access_denied`, or when the engine is busy.
    pub async fn preview(&self, actor: &Actor, input: PreviewInput) -> Result<Preview, Problem> {
        self.authorize(actor, Action::UseTapDesk, &Resource::City)?;
        let read = self.runtime.read(move |engine| look(engine, input)).await.map_err(busy)?;
        let mut preview = read.value;
        preview.position = read.position;
        Ok(preview)
    }

    /// Records what the tap desk tried as a tap of the desk's own terminal, now. Sent twice with the same id, the second
    /// is answered as the first.
    ///
    /// # Errors
    /// `access_denied`, or when nothing was decided.
    pub async fn desk_tap(
        &self,
        actor: &Actor,
        device: DeviceNumber,
        input: DeskTapInput,
    ) -> Result<Decision, Problem> {
        let DeskTapInput { id, medium, place, passage } = input;
        let permit = self.authorize(actor, Action::UseTapDesk, &Resource::City)?;
        // The desk is one terminal: its numbers are given one after the other.
        let _one_at_a_time = self.desk.lock().await;
        if let Some(row) = self.known(actor, id, medium).await? {
            let same = row.place.as_deref() == Some(place.as_str());
            return if same { Ok(Decision::of_row(&row)) } else { Err(Problem::new(problems::ID_CONFLICT)) };
        }
        let whose = queries::holder_of(&self.projections, medium).await.map_err(failed)?;
        let whose = whose.and_then(|row| HolderNumber::new(u64::try_from(row.holder).ok()?).ok());
        let whose = whose.map_or(Resource::City, Resource::Holder);
        let kept = Change::new(&(medium.0, place.as_str()));
        self.audit.note(&permit, &whose.into(), "tap_recorded", &kept).await.map_err(failed)?;
        let now = self.clock.now();
        let movement = passage.movement(place, None, now);
        let ask = Ask { medium, movement: Some(movement.clone()) };
        let read = self.runtime.read(move |engine| {
            let ask = trial(now, Body::Ask(ask));
            let refused = engine.preview(now, &ask).err();
            let seq = engine.state.devices.get(device, 1).map_or(0, highest);
            (refused, seq)
        });
        let (refused, seq) = read.await.map_err(busy)?.value;
        let tap = Tap {
            device,
            epoch: 1,
            seq: seq + 1,
            medium,
            counter: None,
            opened: refused.is_none(),
            refused: refused.map(|refused| refused.refusal),
            movement: Some(movement),
        };
        let envelope = self.envelope(actor, Channel::Portal, id, Body::Tap(tap));
        self.submit_one(Class::Upload, envelope).await
    }
}

fn highest(received: &engine::devices::Received) -> u64 {
    received.ranges.last().map_or(received.contiguous, |(_, last)| *last)
}

pub(super) fn trial(at: Timestamp, body: Body) -> Envelope {
    Envelope {
        schema: 1,
        id: CommandId::from_u128(0),
        principal: base::PrincipalId(0),
        channel: Channel::Portal,
        on_behalf_of: None,
        received_at: at,
        body,
    }
}

pub(super) fn look(engine: &Engine, input: PreviewInput) -> Preview {
    let state = &engine.state;
    let movement = Some(input.passage.movement(input.place, None, input.at));
    let ask = Ask { medium: input.medium, movement: movement.clone() };
    let outcome = engine.preview(input.at, &trial(input.at, Body::Ask(ask.clone()))).map(drop);
    let about = outcome.err().and_then(|refused| refused.about);
    let outcome = outcome.map_err(|refused| refused.refusal);
    let quoted = engine::quote(state, input.at, &ask).ok();
    let medium = state.media.get(input.medium);
    let place = state.places.find(input.place).and_then(|index| state.places.get(index));
    let tariff = place.and_then(|place| state.tariffs.in_force(place.service, input.at)).cloned();
    let events = opened(engine, &input, movement);
    let incident = events.iter().find_map(|event| match event {
        Event::TapPriced(priced) => priced.incident,
        _ => None,
    });
    let priced = quoted.as_ref().map(|(priced, _)| priced.clone());
    let candidates = priced.as_ref().map(|priced| candidates(engine, priced, input.at)).unwrap_or_default();
    Preview {
        position: state.position,
        holder: medium.and_then(|medium| state.holders.get(medium.holder)).map(|holder| holder.number),
        medium: medium.cloned(),
        service: place.map(|place| place.definition.service),
        tariff,
        missing: quoted.as_ref().map_or(0, |(_, missing)| missing.0),
        candidates,
        not_held: priced.as_ref().map(|priced| not_held(engine, priced, &input)).unwrap_or_default(),
        transfers: if outcome.is_ok() { transfers(engine, &events) } else { Vec::new() },
        incident: if medium.is_some_and(|medium| medium.state != MediumState::Active) {
            incident
        } else {
            None
        },
        priced,
        outcome,
        about,
        opens: (outcome == Err(Refusal::PlaceClosed)).then(|| opens(engine, &input)).flatten(),
        input,
    }
}

/// When a place may be entered next.
fn opens(engine: &Engine, input: &PreviewInput) -> Option<Timestamp> {
    let state = &engine.state;
    let place = state.places.find(input.place)?;
    let rules = state.places.around(place).filter_map(|around| around.definition.rules.opening);
    let first = rules.map(|opening| opening.opens).max()?;
    let day = input.at.jakarta_date();
    let moments = (0..=OPENS_WITHIN_DAYS).map(|days| day.plus_days(days).midnight().plus(first.0));
    let mut later = moments.filter(|moment| *moment > input.at);
    later.find(|moment| state.places.open_at(place, *moment, &state.calendars).is_ok())
}

/// What a tap would record if the gate opened.
fn opened(engine: &Engine, input: &PreviewInput, movement: Option<Movement>) -> Vec<Event> {
    let tap = Tap {
        device: DeviceNumber(0),
        epoch: 0,
        seq: 1,
        medium: input.medium,
        counter: None,
        opened: true,
        refused: None,
        movement,
    };
    engine.preview(input.at, &trial(input.at, Body::Tap(tap))).unwrap_or_default()
}

pub(super) fn candidates(engine: &Engine, priced: &Priced, at: Timestamp) -> Vec<Candidate> {
    let holder = engine.state.holders.get(priced.holder);
    let entitlements = holder.map(|holder| holder.entitlements.as_slice()).unwrap_or_default();
    // The period that covers the day, or the last one the holder had.
    let named = |considered: &Considered| {
        let held = entitlements.iter().filter(|one| one.benefit == considered.benefit && !one.is_empty());
        let day = at.jakarta_date();
        let entitlement =
            held.clone().find(|one| one.from <= day && day <= one.to).or_else(|| held.clone().next_back());
        let benefit = engine.state.benefits.get(considered.benefit)?;
        Some(Candidate {
            benefit: benefit.code,
            considered: *considered,
            entitlement: entitlement.copied(),
            source: benefit.in_force(at).map(|version| version.source),
        })
    };
    priced.considered.iter().filter_map(named).collect()
}

fn not_held(engine: &Engine, priced: &Priced, input: &PreviewInput) -> Vec<NotHeld> {
    let covers =
        |list: &[Code], one: Option<Code>| list.is_empty() || one.is_some_and(|one| list.contains(&one));
    let service = engine.state.places.services.get(priced.service);
    let held = |index: usize| priced.considered.iter().any(|one| one.benefit as usize == index);
    let line = |(index, benefit): (usize, &engine::benefits::Benefit)| {
        let version = benefit.in_force(input.at).filter(|_| !held(index))?;
        if !covers(&version.services, service) || !covers(&version.places, Some(input.place)) {
            return None;
        }
        let price = lower(version.price, priced.full)?.0;
        Some(NotHeld { benefit: benefit.code, version: version.version, price, source: version.source })
    };
    engine.state.benefits.all().iter().enumerate().filter_map(line).take(NOT_HELD_MAX).collect()
}

/// The price a benefit would make of another; none where it gives money or goods instead.
fn lower(rule: PriceRule, full: Amount) -> Option<Amount> {
    match rule {
        PriceRule::Free => Some(Amount::ZERO),
        PriceRule::Fixed(price) => Some(price.min(full)),
        PriceRule::Percent(part) => Some(Amount(full.0.saturating_mul(u64::from(part)) / 100)),
        PriceRule::Less(amount) => Some(full.less(amount)),
        PriceRule::Unchanged => None,
    }
}

pub(super) fn transfers(engine: &Engine, events: &[Event]) -> Vec<TransferLine> {
    let opened: Vec<(AccountId, engine::AccountKey)> = events
        .iter()
        .filter_map(|event| match event {
            Event::AccountOpened(id, key) => Some((*id, *key)),
            _ => None,
        })
        .collect();
    let account = |id: AccountId| account_line(engine, &opened, id);
    let line = |event: &Event| match event {
        Event::Moved(moved) | Event::PendingPosted(_, moved) => {
            let (debit, credit) = (account(moved.debit)?, account(moved.credit)?);
            let key = engine.state.ledger.account(moved.debit).map(|account| account.key);
            let unit = opened.iter().find(|(id, _)| *id == moved.debit).map(|(_, key)| *key).or(key);
            Some(TransferLine { moved: *moved, unit: unit?.unit, debit, credit })
        }
        _ => None,
    };
    events.iter().filter_map(line).collect()
}

pub(super) fn account_line(
    engine: &Engine,
    opened: &[(AccountId, engine::AccountKey)],
    id: AccountId,
) -> Option<AccountLine> {
    let state = &engine.state;
    let fresh = opened.iter().find(|(other, _)| *other == id).map(|(_, key)| *key);
    let key = fresh.or_else(|| state.ledger.account(id).map(|account| account.key))?;
    let code = |code: Option<Code>| code.map_or(OwnerName::Unknown, OwnerName::Code);
    let owner = match key.kind.owner() {
        engine::ledger::Owner::Holder => {
            state.holders.get(key.owner).map_or(OwnerName::Unknown, |holder| OwnerName::Holder(holder.number))
        }
        engine::ledger::Owner::Organisation => code(state.places.organisations.get(key.owner)),
        engine::ledger::Owner::Pool => code(state.benefits.pools.get(key.owner)),
        engine::ledger::Owner::Benefit => code(state.benefits.get(key.owner).map(|benefit| benefit.code)),
    };
    let wallet = (key.kind == Kind::Wallet).then(|| state.benefits.get(key.sub)).flatten();
    let sub = if matches!(key.kind, Kind::Purse | Kind::Wallet) { 0 } else { key.sub };
    Some(AccountLine { kind: key.kind, owner, sub, wallet: wallet.map(|benefit| benefit.code) })
}
