//! One step: recognise, decide, encode, apply. The same path for live traffic, benches and simulation.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base::{CivilDate, Code, HolderNumber, Timestamp};

use crate::decide::{decide, movement_date};
use crate::devices::Novelty;
use crate::record::{content_digest, encode_content, encode_value};
use crate::window::Known;
use crate::{
    Amount, Body, Envelope, Event, FareRule, HeldReason, Incident, Position, Priced, RecordRef, Refusal,
    Refused, State, apply, signed,
};

/// Commands that are worth looking ahead for together: as many as a core keeps waiting for at once.
pub const LOOK_AHEAD: usize = 16;

/// The state with the buffers that turn its decisions into records.
#[derive(Debug)]
pub struct Engine {
    /// The state after the last step.
    pub state: State,
    events: Vec<Event>,
    body: Vec<u8>,
    movement: Vec<u8>,
    value: Vec<u8>,
    date: CivilDate,
}

/// What a step came to.
#[derive(Clone, Debug)]
pub enum Step {
    /// Decided and applied: the record is in [`Engine::value`] and [`Engine::movement`].
    Decided(Result<Accepted, Refused>),
    /// This id was decided before, with the same content.
    Repeated(Position),
    /// This number of this terminal was received before.
    RepeatedFact,
    /// This id was decided before, with other content. Never decided.
    Conflict,
    /// The id lies outside the window. Never decided.
    Expired,
    /// Too many numbers of this terminal are missing below this one. Never decided; send them first.
    Gap,
}

/// What the caller hears of an accepted command.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Accepted {
    /// For asks, taps, top-ups, purchases and cash: what to show.
    pub shown: Option<Shown>,
    /// For holds: the number of the first one.
    pub pending: Option<u64>,
    /// For purchases: the number by which they are captured, voided and refunded.
    pub purchase: Option<u64>,
}

/// What a gate, a till or an app shows. Never the holder's group.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    /// Whose purse.
    pub holder: HolderNumber,
    /// What the holder is asked now, whole rupiah: for this tap, and more or less for the others of its day. Negative
    /// where money comes back.
    pub charged: i64,
    /// What the tariffs ask now, likewise; for goods what they cost.
    pub full: i64,
    /// Of the charge, what became debt.
    pub debt: Amount,
    /// The purse afterwards; for goods and cash the account that paid.
    pub balance: i64,
    /// Which rule of the tariff set the full price.
    pub fare: FareRule,
    /// The benefit that set the price, with its version.
    pub benefit: Option<(Code, u32)>,
    /// What people have to look at.
    pub incident: Option<Incident>,
    /// Why a tap was kept without a price.
    pub held: Option<HeldReason>,
    /// Whether the gate opened (an ask: may open).
    pub open: bool,
}

/// An answer as it leaves the runtime: an outcome with the position it rests on.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Where the outcome stands, or the last position seen when nothing was decided.
    pub position: Position,
    /// Time of its entry, or of the city when nothing was decided.
    pub at: Timestamp,
    /// What the step came to.
    pub step: Step,
}

impl Shown {
    /// What the tariffs ask now and the holder does not pay.
    #[must_use]
    pub const fn forgone(&self) -> i64 {
        self.full.saturating_sub(self.charged)
    }
}

impl Engine {
    /// An engine over a state.
    #[must_use]
    pub const fn new(state: State) -> Self {
        Self {
            state,
            events: Vec::new(),
            body: Vec::new(),
            movement: Vec::new(),
            value: Vec::new(),
            date: CivilDate(0),
        }
    }

    /// Value part of the record just decided.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// Movement part of the record just decided, with the date of its key.
    #[must_use]
    pub fn movement(&self) -> Option<(CivilDate, &[u8])> {
        (!self.movement.is_empty()).then_some((self.date, self.movement.as_slice()))
    }

    /// Events of the record just decided.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Recognises or decides one command; what is decided stands at `position`.
    pub fn step(&mut self, position: Position, at: Timestamp, envelope: &Envelope) -> Step {
        encode_content(envelope, &mut self.body, &mut self.movement);
        let digest = content_digest(envelope, &self.body, &self.movement);
        if let Some(known) = self.known(at, envelope, digest) {
            return known;
        }
        self.date = movement_date(&self.state, at, &envelope.body);
        self.events.clear();
        let decided = catch_unwind(AssertUnwindSafe(|| decide(&self.state, at, envelope, &mut self.events)));
        let refusal = decided.unwrap_or(Err(Refusal::Internal.into())).err();
        if refusal.is_some() {
            // What was told before the rule that broke never happened.
            self.events.clear();
        }
        let outcome = refusal.map_or(Ok(self.events.as_slice()), Err);
        encode_value(envelope, &self.body, outcome, &mut self.value);
        apply(&mut self.state, &RecordRef { position, at, digest, envelope, outcome });
        Step::Decided(match refusal {
            Some(refusal) => Err(refusal),
            None => Ok(self.accepted(&envelope.body)),
        })
    }

    /// Reads ahead what deciding these commands will need: their ids' places, media, holders, accounts. Changes nothing
    /// and decides nothing. The tables are far larger than the processor's caches; reads that do not wait for each other
    /// are answered by memory side by side, while deciding one command after the other would wait for each in turn.
    pub fn look_ahead<'c>(&self, commands: impl Iterator<Item = &'c Envelope> + Clone) {
        let mut seen = 0u64;
        for command in commands.clone() {
            seen ^= self.state.window.glance(command.principal, command.id);
        }
        for command in commands.clone() {
            match &command.body {
                Body::Transfer(legs) => {
                    for leg in legs {
                        seen ^= self.glance(Some(leg.debit)) ^ self.glance(Some(leg.credit));
                    }
                }
                Body::Tap(tap) => seen ^= self.state.media.get(tap.medium).map_or(0, |medium| medium.version),
                _ => {}
            }
        }
        let taps = commands.clone().filter_map(|command| match &command.body {
            Body::Tap(tap) => self.state.media.get(tap.medium),
            _ => None,
        });
        let holders = taps.filter_map(|medium| self.state.holders.get(medium.holder));
        for holder in holders.clone() {
            seen ^= u64::from(holder.purse.map_or(0, |purse| purse.0)) ^ holder.number.index();
        }
        for holder in holders {
            seen ^= self.glance(holder.purse) ^ holder.entitlements.first().map_or(0, |one| one.version);
        }
        let last = commands.clone().filter_map(|command| command.body.movement()).last();
        let day = last.map(|movement| movement.device_at.service_day());
        if let Some(day) = day.and_then(|day| self.state.journeys.day(day)) {
            let media = commands.filter_map(|command| match &command.body {
                Body::Tap(tap) => self.state.media.get(tap.medium),
                _ => None,
            });
            seen ^= day.glance(media.map(|medium| medium.holder));
        }
        std::hint::black_box(seen);
    }

    fn glance(&self, account: Option<crate::ledger::AccountId>) -> u64 {
        let account = account.and_then(|account| self.state.ledger.account(account));
        account.map_or(0, |account| account.debits ^ account.credits_pending ^ u64::from(account.key.owner))
    }

    /// Whether a command needs no decision: known, expired or out of order. Changes nothing.
    pub fn recognise(&mut self, at: Timestamp, envelope: &Envelope) -> Option<Step> {
        encode_content(envelope, &mut self.body, &mut self.movement);
        let digest = content_digest(envelope, &self.body, &self.movement);
        self.known(at, envelope, digest)
    }

    /// The date whose key a command's movement is sealed under, if its entry is of `at`; none for a command without movement.
    #[must_use]
    pub fn movement_date(&self, at: Timestamp, envelope: &Envelope) -> Option<CivilDate> {
        envelope.body.movement().map(|_| movement_date(&self.state, at, &envelope.body))
    }

    /// Decides without recording: what would be answered at `at`. Changes nothing.
    ///
    /// # Errors
    /// The refusal that would be journaled.
    pub fn preview(&self, at: Timestamp, envelope: &Envelope) -> Result<Vec<Event>, Refused> {
        let mut events = Vec::new();
        catch_unwind(AssertUnwindSafe(|| decide(&self.state, at, envelope, &mut events)))
            .unwrap_or(Err(Refusal::Internal.into()))?;
        Ok(events)
    }

    fn known(&self, at: Timestamp, envelope: &Envelope, digest: u64) -> Option<Step> {
        let state = &self.state;
        if envelope.body.is_own() {
            return None;
        }
        let known = state.window.look(envelope.principal, envelope.id, at, &state.parameters);
        if let Known::Decided(decided) = known {
            let same = decided.digest == digest;
            return Some(if same { Step::Repeated(decided.position) } else { Step::Conflict });
        }
        if let Body::Tap(tap) = &envelope.body {
            return match state.devices.novelty(tap.device, tap.epoch, tap.seq) {
                Novelty::New if self.has_room_for(tap.device, tap.epoch) => None,
                Novelty::Seen => Some(Step::RepeatedFact),
                Novelty::New | Novelty::Gap => Some(Step::Gap),
            };
        }
        (known == Known::Expired).then_some(Step::Expired)
    }

    fn has_room_for(&self, device: base::DeviceNumber, epoch: u32) -> bool {
        let devices = &self.state.devices;
        let count = i64::try_from(devices.len()).unwrap_or(i64::MAX);
        count < self.state.parameters.devices_max || devices.get(device, epoch).is_some()
    }

    fn accepted(&self, body: &Body) -> Accepted {
        let mut accepted = Accepted::default();
        match self.events.last() {
            Some(Event::TapPriced(priced) | Event::Quoted(priced)) => accepted.shown = self.shown(priced),
            Some(Event::TapHeld(reason, holder)) => {
                accepted.shown = self.bare(*holder, matches!(body, Body::Tap(tap) if tap.opened));
                if let Some(shown) = &mut accepted.shown {
                    shown.held = Some(*reason);
                }
            }
            Some(Event::TapClosed(holder)) => accepted.shown = self.bare(*holder, false),
            Some(Event::ToppedUp { holder, .. } | Event::Repriced { holder, .. }) => {
                accepted.shown = self.bare(*holder, true);
            }
            Some(
                Event::PurchaseQuoted(told) | Event::PurchaseAuthorised(told) | Event::PurchaseCaptured(told),
            ) => {
                accepted.purchase = Some(told.purchase);
                accepted.shown = self.paid(told.holder, signed(told.amount), told.balance);
            }
            Some(Event::Refunded(back)) => {
                accepted.purchase = Some(back.purchase);
                accepted.shown = self.paid(back.holder, -signed(back.amount), back.balance);
            }
            Some(Event::PurchaseVoided { purchase, holder }) => {
                accepted.purchase = Some(*purchase);
                accepted.shown = self.bare(*holder, true);
            }
            Some(Event::CashedOut { holder, amount, balance, .. }) => {
                accepted.shown = self.paid(*holder, signed(*amount), *balance);
            }
            Some(Event::Disbursed { holder, amount, balance, .. }) => {
                accepted.shown = self.paid(*holder, -signed(*amount), *balance);
            }
            Some(Event::Held { .. }) => {
                accepted.pending = self.events.iter().find_map(|event| match event {
                    Event::Held { pending, .. } => Some(*pending),
                    _ => None,
                });
            }
            _ => {}
        }
        accepted
    }

    /// What an account gave (or, negative, received), and what is in it.
    fn paid(&self, holder: u32, amount: i64, balance: i64) -> Option<Shown> {
        Some(Shown { charged: amount, full: amount, balance, ..self.bare(holder, true)? })
    }

    fn bare(&self, holder: u32, open: bool) -> Option<Shown> {
        let known = self.state.holders.get(holder)?;
        let purse = known.purse.and_then(|purse| self.state.ledger.account(purse));
        Some(Shown {
            holder: known.number,
            charged: 0,
            full: 0,
            debt: Amount::ZERO,
            balance: purse.map_or(0, |purse| purse.balance()),
            fare: FareRule::Flat,
            benefit: None,
            incident: None,
            held: None,
            open,
        })
    }

    fn shown(&self, priced: &Priced) -> Option<Shown> {
        let winner = priced.winner();
        let benefit = winner.and_then(|one| Some((self.state.benefits.get(one.benefit)?.code, one.version)));
        Some(Shown {
            charged: priced.charged_now(),
            full: priced.full_now(),
            fare: priced.fare,
            debt: priced.debt,
            balance: priced.balance,
            benefit,
            incident: priced.incident,
            ..self.bare(priced.holder, true)?
        })
    }
}
