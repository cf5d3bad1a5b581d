//! One decision as the journal keeps it, with what was known when it was made and what became of it since. Nothing is
//! decided again: figures and verdicts are those of the record.

use base::HolderNumber;
use engine::{Body, Engine, Envelope, Event, Incident, Movement, Position, Priced, Record, signed};
use journal::Head;
use platform::access::{Action, Actor, Resource};
use platform::problems::{self, Problem};
use runtime::Followed;

use super::preview::{candidates, transfers};
use super::{Passage, Preview, PreviewInput, Service, TransferLine, UseLine, busy, failed};
use crate::store::entities::{outcome, rerating};
use crate::store::queries::{self, Filter};

/// A decision of the journal.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Its outcome as the tables have it, with what became of it since.
    pub line: UseLine,
    /// The command, with who sent it and how.
    pub envelope: Envelope,
    /// The entry it stands in.
    pub head: Head,
    /// How many decisions the entry holds.
    pub records: usize,
    /// Whom it is about.
    pub holder: Option<HolderNumber>,
    /// Facts and prices where a medium was used at a gate whose place is still kept.
    pub preview: Option<Preview>,
    /// What moved.
    pub transfers: Vec<TransferLine>,
    /// Other taps that came to cost something else because of it.
    pub repriced: Vec<Repriced>,
}

/// A tap that came to cost something else because of another decision. Whole rupiah.
#[derive(Clone, Debug)]
pub struct Repriced {
    /// The tap as it was answered.
    pub tap: outcome::Model,
    /// What it had come to cost before.
    pub before: i64,
    /// What it costs since.
    pub after: i64,
}

/// What the engine's state adds to a record: names of what it only numbers.
struct Named {
    holder: Option<HolderNumber>,
    preview: Option<Preview>,
    transfers: Vec<TransferLine>,
}

impl Service {
    /// Decisions, newest first, before a position, with the holder of each.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn decisions(
        &self,
        actor: &Actor,
        filter: Filter,
        before: Option<Position>,
        limit: u64,
    ) -> Result<Vec<super::LatestLine>, Problem> {
        let permit = self.looking(actor, &Resource::City, "decisions_listed").await?;
        let rows = queries::decisions(&self.projections, filter, before, limit).await.map_err(failed)?;
        let lines = self.with_holders(rows).await?;
        self.seen(&permit, lines.iter().filter_map(|line| line.holder), "decision_listed").await?;
        Ok(lines)
    }

    /// Where a command of this id was decided, if it was.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn decided_at(&self, actor: &Actor, id: base::CommandId) -> Result<Option<Position>, Problem> {
        self.authorize(actor, Action::ViewHolder, &Resource::City)?;
        queries::position_of(&self.projections, id).await.map_err(failed)
    }

    /// Whether something was decided at a position.
    ///
    /// # Errors
    /// `access_denied`, `projection_behind`; when the tables cannot be read.
    pub async fn is_decided(&self, actor: &Actor, position: Position) -> Result<bool, Problem> {
        self.authorize(actor, Action::ViewHolder, &Resource::City)?;
        Ok(self.row_at(position).await?.is_some())
    }

    /// The outcome at a position, once the tables hold it.
    async fn row_at(&self, position: Position) -> Result<Option<outcome::Model>, Problem> {
        if position.seq > self.durable().seq {
            return Ok(None);
        }
        self.caught_up(position.seq).await?;
        queries::at(&self.projections, position).await.map_err(failed)
    }

    /// The decision at a position.
    ///
    /// # Errors
    /// `record_unknown`, `access_denied`, `projection_behind`; when the journal cannot be read.
    pub async fn explain(&self, actor: &Actor, position: Position) -> Result<Explained, Problem> {
        self.authorize(actor, Action::ViewHolder, &Resource::City)?;
        let unknown = || Problem::new(problems::RECORD_UNKNOWN);
        let row = self.row_at(position).await?.ok_or_else(unknown)?;
        let holder = row.holder.unwrap_or_default();
        let line = self.with_sequels(holder, vec![row]).await?.pop().ok_or_else(unknown)?;
        let runtime = self.runtime.clone();
        let read = tokio::task::spawn_blocking(move || runtime.entry(position.seq)).await;
        let entry = read.map_err(|error| Problem::internal(&error))?;
        let Followed { head, records } =
            entry.map_err(|error| Problem::internal(&error))?.ok_or_else(unknown)?;
        let count = records.len();
        let record = records.into_iter().find(|record| record.position == position).ok_or_else(unknown)?;
        let envelope = record.envelope.clone();
        let named = self.runtime.read(move |engine| name(engine, &record)).await.map_err(busy)?.value;
        let Named { holder, preview, transfers } = named;
        if let Some(holder) = holder {
            self.looking(actor, &Resource::Holder(holder), "decision_explained").await?;
        }
        let repriced = self.repriced(position).await?;
        Ok(Explained { line, envelope, head, records: count, holder, preview, transfers, repriced })
    }

    /// The taps whose price a decision changed.
    async fn repriced(&self, position: Position) -> Result<Vec<Repriced>, Problem> {
        let given = queries::repriced_by(&self.projections, position).await.map_err(failed)?;
        let taps = given.iter().map(|one| (one.tap_seq, one.tap_idx));
        let taps = queries::outcomes_at(&self.projections, taps).await.map_err(failed)?;
        let Some(holder) = given.first().map(|one| one.holder) else { return Ok(Vec::new()) };
        let all = queries::reratings(&self.projections, holder, &taps).await.map_err(failed)?;
        let this = queries::key(position);
        let repriced = |one: &rerating::Model| {
            let tap = taps.iter().find(|row| (row.seq, row.idx) == (one.tap_seq, one.tap_idx))?.clone();
            let is_earlier = |other: &&rerating::Model| {
                (other.tap_seq, other.tap_idx) == (tap.seq, tap.idx) && (other.seq, other.idx) < this
            };
            let earlier = all.iter().rfind(is_earlier);
            let before = earlier.map_or(tap.charged, |earlier| earlier.charged);
            Some(Repriced { before, after: one.charged, tap })
        };
        Ok(given.iter().filter_map(repriced).collect())
    }
}

fn name(engine: &Engine, record: &Record) -> Named {
    let state = &engine.state;
    let events = record.outcome.as_deref().unwrap_or_default();
    let index = events.iter().find_map(holder_index);
    let number = |index: u32| state.holders.get(index).map(|holder| holder.number);
    let medium = medium_of(&record.envelope.body).and_then(|serial| state.media.get(serial));
    let holder = index.or(medium.map(|medium| medium.holder)).and_then(number);
    let told = match &record.envelope.body {
        Body::OpenHolder(open) => Some(open.holder),
        Body::IssueMedium(issue) => Some(issue.holder),
        Body::Grant(grant) => Some(grant.holder),
        Body::Revoke(revoke) => Some(revoke.holder),
        Body::Reprice(reprice) => Some(reprice.holder),
        _ => None,
    };
    Named {
        holder: holder.or(told),
        preview: used(engine, record, events),
        transfers: transfers(engine, events),
    }
}

const fn medium_of(body: &Body) -> Option<base::MediumSerial> {
    match body {
        Body::Ask(ask) => Some(ask.medium),
        Body::Tap(tap) => Some(tap.medium),
        Body::Purchase(purchase) => Some(purchase.medium),
        Body::CashOut(cash_out) => Some(cash_out.medium),
        Body::ActivateMedium(set) | Body::BlockMedium(set) => Some(set.medium),
        _ => None,
    }
}

const fn holder_index(event: &Event) -> Option<u32> {
    match event {
        Event::TapPriced(priced) | Event::Quoted(priced) => Some(priced.holder),
        Event::TapHeld(_, holder) | Event::TapClosed(holder) => Some(*holder),
        Event::ToppedUp { holder, .. }
        | Event::Disbursed { holder, .. }
        | Event::CashedOut { holder, .. }
        | Event::PurchaseVoided { holder, .. } => Some(*holder),
        Event::PurchaseQuoted(bought)
        | Event::PurchaseAuthorised(bought)
        | Event::PurchaseCaptured(bought) => Some(bought.holder),
        Event::Refunded(refunded) => Some(refunded.holder),
        Event::WalletClosed { holder, .. } => Some(*holder),
        _ => None,
    }
}

/// What was decided at a gate, in the shape of a trial, so that both are told alike.
fn used(engine: &Engine, record: &Record, events: &[Event]) -> Option<Preview> {
    let state = &engine.state;
    let body = &record.envelope.body;
    let Movement { place, device_at, part, metres, party, .. } = body.movement()?.clone();
    let input = PreviewInput {
        medium: medium_of(body)?,
        place,
        at: device_at,
        passage: Passage { part, metres, party },
    };
    let priced = events.iter().find_map(|event| match event {
        Event::TapPriced(priced) | Event::Quoted(priced) => Some(priced.clone()),
        _ => None,
    });
    let outcome = match (&record.outcome, body) {
        (Err(refused), _) => Err(refused.refusal),
        // Without a reason there is nothing to tell beside the fact.
        (Ok(_), Body::Tap(tap)) if !tap.opened => Err(tap.refused?),
        (Ok(_), _) => Ok(()),
    };
    let medium = state.media.get(input.medium);
    let place = state.places.find(input.place).and_then(|index| state.places.get(index));
    // A place keeps its service, and no tariff begins in the past: both are those of the decision.
    let tariff = place.and_then(|place| state.tariffs.in_force(place.service, device_at)).cloned();
    // The state of a medium is known only as it is now; where it changed since, nothing is said of it.
    let unchanged = medium.filter(|medium| medium.since <= record.at);
    let at_gate = priced.as_ref().map(|priced| as_before(priced, matches!(body, Body::Tap(_))));
    Some(Preview {
        position: record.position,
        holder: medium.and_then(|medium| state.holders.get(medium.holder)).map(|holder| holder.number),
        medium: unchanged.cloned(),
        service: place.map(|place| place.definition.service),
        tariff,
        missing: priced.as_ref().map_or(0, |priced| priced.debt.0),
        candidates: priced.as_ref().map(|priced| candidates(engine, priced, device_at)).unwrap_or_default(),
        not_held: Vec::new(),
        transfers: Vec::new(),
        incident: priced.as_ref().and_then(|priced| priced.incident).filter(seen_at_gate),
        priced: at_gate,
        outcome,
        opens: None,
        about: record.outcome.as_ref().err().and_then(|refused| refused.about),
        input,
    })
}

/// What the gate itself could see.
const fn seen_at_gate(incident: &Incident) -> bool {
    matches!(incident, Incident::PlaceCrowded | Incident::PlaceOverfull)
}

/// A priced tap with the purse as it was before: a trial tells the purse it finds.
fn as_before(priced: &Priced, moved: bool) -> Priced {
    let taken = if moved { priced.charged_now() - signed(priced.debt) } else { 0 };
    Priced { balance: priced.balance + taken, ..priced.clone() }
}
