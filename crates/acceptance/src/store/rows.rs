//! From records to rows: pure, so that what a table says is a function of the journal alone.

use std::collections::BTreeMap;

use base::{Code, Timestamp};
use engine::ledger::AccountId;
use engine::media::MediumState;
use engine::{AccountKey, Body, Event, Moved, Priced, Record, Refusal};
use runtime::Followed;

use crate::service::{held_code, incident_code};

use super::entities::{code, entitlement, holder, medium, minute, outcome, transfer};

/// Money and counts come from the engine below 2⁶³; a figure beyond that saturates and the books show it.
pub fn whole(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Codes by index, as the engine numbers them: in order of first publication.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    pub organisations: Vec<Code>,
    pub services: Vec<Code>,
    pub benefits: Vec<Code>,
    /// Unit of each account, by handle.
    pub accounts: Vec<AccountKey>,
}

impl Codes {
    /// How many of each are known.
    pub fn lengths(&self) -> [usize; 4] {
        [self.organisations.len(), self.services.len(), self.benefits.len(), self.accounts.len()]
    }

    /// Forgets what came after.
    pub fn cut(&mut self, [organisations, services, benefits, accounts]: [usize; 4]) {
        self.organisations.truncate(organisations);
        self.services.truncate(services);
        self.benefits.truncate(benefits);
        self.accounts.truncate(accounts);
    }
}

fn intern(codes: &mut Vec<Code>, kind: &'static str, one: Code, rows: &mut Vec<code::Model>) {
    if !codes.contains(&one) {
        let number = i32::try_from(codes.len()).unwrap_or(i32::MAX);
        codes.push(one);
        rows.push(code::Model { kind: kind.into(), number, code: one.to_string() });
    }
}

/// Change of one account within a batch: the last balance, and what was added to its sums.
#[derive(Clone, Debug)]
pub struct AccountChange {
    pub key: AccountKey,
    pub balance: i64,
    pub debits: i64,
    pub credits: i64,
    pub seq: i64,
    pub idx: i32,
}

/// A medium's new state.
#[derive(Clone, Debug)]
pub struct MediumChange {
    pub serial: i64,
    pub state: String,
    pub since: i64,
    pub version: i64,
    pub reason: Option<String>,
}

/// A benefit's early end.
#[derive(Clone, Debug)]
pub struct Revocation {
    pub holder: i64,
    pub benefit: String,
    pub at: i64,
}

/// All rows of a batch of entries.
#[derive(Debug, Default)]
pub struct Rows {
    pub codes: Vec<code::Model>,
    pub accounts: BTreeMap<AccountId, AccountChange>,
    pub transfers: Vec<transfer::Model>,
    pub holders: Vec<holder::Model>,
    pub media: Vec<medium::Model>,
    pub media_changes: Vec<MediumChange>,
    pub entitlements: Vec<entitlement::Model>,
    pub revocations: Vec<Revocation>,
    pub minutes: BTreeMap<(i64, String), minute::Model>,
    pub outcomes: Vec<outcome::Model>,
}

impl Rows {
    /// The rows of these entries; `codes` moves on with them.
    pub fn of(entries: &[Followed], known: &mut Codes) -> Self {
        let mut rows = Self::default();
        for record in entries.iter().flat_map(|entry| &entry.records) {
            rows.add(record, known);
        }
        rows
    }

    fn add(&mut self, record: &Record, known: &mut Codes) {
        let events = record.outcome.as_deref().unwrap_or_default();
        let mut leg = 0;
        for event in events {
            self.add_content(event, known);
            self.add_people(event, record.at, known);
            if let Event::AccountOpened(id, key) = event {
                known.accounts.push(*key);
                self.account(*id, *key, record);
            }
            if let Event::Moved(moved) | Event::PendingPosted(_, moved) = event {
                self.moved(moved, record, leg, known);
                leg += 1;
            }
        }
        if !record.envelope.body.is_own() {
            let row = outcome_row(record, events, known);
            self.count(record, &row);
            self.outcomes.push(row);
        }
    }

    fn add_content(&mut self, event: &Event, known: &mut Codes) {
        match event {
            Event::OrganisationPublished(definition) => {
                intern(&mut known.organisations, "organisation", definition.code, &mut self.codes);
            }
            Event::PlacePublished(definition) => {
                intern(&mut known.services, "service", definition.service, &mut self.codes);
            }
            Event::TariffPublished(definition) => {
                intern(&mut known.services, "service", definition.service, &mut self.codes);
            }
            Event::BenefitPublished(definition) => {
                intern(&mut known.benefits, "benefit", definition.code, &mut self.codes);
            }
            _ => {}
        }
    }

    fn add_people(&mut self, event: &Event, at: Timestamp, known: &Codes) {
        let benefit_code = |index: u32| known.benefits.get(index as usize).map(ToString::to_string);
        match event {
            Event::HolderOpened { index, number, category, home } => self.holders.push(holder::Model {
                number: i64::from(*index),
                holder: whole(number.index()),
                category: category.to_string(),
                home: home.map(|home| home.to_string()),
                opened_at: at.0,
            }),
            Event::MediumIssued { medium, holder, kind, assurance } => self.media.push(medium::Model {
                serial: i64::from(medium.0),
                holder: i64::from(*holder),
                kind: kind.to_string(),
                assurance: i32::from(*assurance),
                state: "inactive".into(),
                since: at.0,
                version: 0,
                reason: None,
            }),
            Event::MediumChanged { medium, state, version, reason } => {
                self.media_changes.push(MediumChange {
                    serial: i64::from(medium.0),
                    state: state_name(*state).into(),
                    since: at.0,
                    version: whole(*version),
                    reason: reason.map(|reason| format!("{reason:?}").to_lowercase()),
                })
            }
            Event::Granted { holder, benefit, from, to, version } => {
                let Some(benefit) = benefit_code(*benefit) else { return };
                self.entitlements.push(entitlement::Model {
                    holder: i64::from(*holder),
                    benefit,
                    version: whole(*version),
                    from_day: from.0,
                    to_day: to.0,
                    granted_at: at.0,
                    revoked_at: None,
                });
            }
            Event::Revoked { holder, benefit, .. } => {
                let Some(benefit) = benefit_code(*benefit) else { return };
                self.revocations.push(Revocation { holder: i64::from(*holder), benefit, at: at.0 });
            }
            _ => {}
        }
    }

    fn account(&mut self, id: AccountId, key: AccountKey, record: &Record) -> &mut AccountChange {
        let (seq, idx) = place(record);
        let fresh = AccountChange { key, balance: 0, debits: 0, credits: 0, seq, idx };
        let change = self.accounts.entry(id).or_insert(fresh);
        (change.seq, change.idx) = (seq, idx);
        change
    }

    fn moved(&mut self, moved: &Moved, record: &Record, leg: i32, known: &Codes) {
        let keys = (known.accounts.get(moved.debit.0 as usize), known.accounts.get(moved.credit.0 as usize));
        let (Some(debit_key), Some(credit_key)) = keys else { return };
        let amount = whole(moved.amount.0);
        let giver = self.account(moved.debit, *debit_key, record);
        giver.balance = moved.debit_balance;
        giver.debits += amount;
        let taker = self.account(moved.credit, *credit_key, record);
        taker.balance = moved.credit_balance;
        taker.credits += amount;
        let (seq, idx) = place(record);
        self.transfers.push(transfer::Model {
            seq,
            idx,
            leg,
            debit: i64::from(moved.debit.0),
            credit: i64::from(moved.credit.0),
            amount,
            unit: unit_name(debit_key).into(),
            debit_balance: moved.debit_balance,
            credit_balance: moved.credit_balance,
        });
    }

    /// Counts a tap in its minute and place. Only facts count: an ask may never become a journey.
    fn count(&mut self, record: &Record, row: &outcome::Model) {
        if row.kind != "tap" || row.held.is_some() {
            return;
        }
        let minute = row.at.div_euclid(Timestamp::MINUTE) * Timestamp::MINUTE;
        let place = row.place.clone().unwrap_or_default();
        let fresh = minute::Model {
            minute,
            place: place.clone(),
            free: 0,
            paid: 0,
            refused: 0,
            incident: 0,
            charged: 0,
            forgone: 0,
        };
        let counts = self.minutes.entry((minute, place)).or_insert(fresh);
        match outcome_of(row) {
            Outcome::Refused => counts.refused += 1,
            Outcome::Incident => counts.incident += 1,
            Outcome::Free => counts.free += 1,
            Outcome::Paid => counts.paid += 1,
        }
        counts.charged += row.charged;
        if let Some(Event::TapPriced(priced)) = record.outcome.as_deref().unwrap_or_default().last() {
            counts.forgone += if priced.winner().is_some() { whole(priced.forgone().0) } else { 0 };
        }
    }
}

/// What came of a tap, as people count it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Free,
    Paid,
    Refused,
    Incident,
}

/// What came of a row. A tap kept without a price is nothing yet but something to look at.
pub fn outcome_of(row: &outcome::Model) -> Outcome {
    if !row.accepted || !row.opened {
        Outcome::Refused
    } else if row.incident.is_some() || row.held.is_some() {
        Outcome::Incident
    } else if row.charged == 0 {
        Outcome::Free
    } else {
        Outcome::Paid
    }
}

fn place(record: &Record) -> (i64, i32) {
    (whole(record.position.seq), i32::try_from(record.position.index).unwrap_or(i32::MAX))
}

/// Name of a medium's state in tables.
pub const fn state_name(state: MediumState) -> &'static str {
    match state {
        MediumState::Inactive => "inactive",
        MediumState::Active => "active",
        MediumState::Blocked => "blocked",
    }
}

/// Name of an account's unit in tables.
pub fn unit_name(key: &AccountKey) -> &'static str {
    match key.unit {
        engine::Unit::Rupiah => "rupiah",
        engine::Unit::Ride => "ride",
        engine::Unit::Package => "package",
        engine::Unit::Visit => "visit",
    }
}

fn outcome_row(record: &Record, events: &[Event], known: &Codes) -> outcome::Model {
    let (seq, idx) = place(record);
    let refusal = record.outcome.as_ref().err().copied();
    let mut row = outcome::Model {
        seq,
        idx,
        at: record.at.0,
        principal: i64::from(record.envelope.principal.0),
        command: record.envelope.id.as_u128().to_be_bytes().to_vec(),
        kind: record.envelope.body.name().into(),
        accepted: refusal.is_none(),
        code: refusal.map(|refusal| refusal.code().into()),
        holder: None,
        medium: None,
        device: None,
        epoch: None,
        device_seq: None,
        opened: refusal.is_none(),
        service: None,
        place: None,
        line: None,
        device_at: None,
        full: 0,
        charged: 0,
        debt: 0,
        balance: None,
        benefit: None,
        benefit_version: None,
        incident: None,
        held: None,
    };
    fill_from_command(&mut row, &record.envelope.body);
    for event in events {
        fill_from_event(&mut row, event, known);
    }
    row
}

fn fill_from_command(row: &mut outcome::Model, body: &Body) {
    if let Some(movement) = body.movement() {
        row.place = Some(movement.place.to_string());
        row.line = movement.line.map(|line| line.to_string());
        row.device_at = Some(movement.device_at.0);
    }
    match body {
        Body::Ask(ask) => row.medium = Some(i64::from(ask.medium.0)),
        Body::Tap(tap) => {
            row.medium = Some(i64::from(tap.medium.0));
            row.device = Some(i64::from(tap.device.0));
            row.epoch = Some(i64::from(tap.epoch));
            row.device_seq = Some(whole(tap.seq));
            row.opened &= tap.opened;
            if row.code.is_none() {
                row.code = tap.refused.map(Refusal::code).map(Into::into);
            }
        }
        Body::TopUp(top_up) => row.medium = top_up.medium.map(|medium| i64::from(medium.0)),
        _ => {}
    }
}

fn fill_from_event(row: &mut outcome::Model, event: &Event, known: &Codes) {
    match event {
        Event::TapPriced(priced) | Event::Quoted(priced) => fill_from_price(row, priced, known),
        Event::TapHeld(reason, holder) => {
            row.holder = Some(i64::from(*holder));
            row.held = Some(held_code(*reason).into());
        }
        Event::TapClosed(holder) => row.holder = Some(i64::from(*holder)),
        Event::ToppedUp { holder, amount, recovered, balance } => {
            row.holder = Some(i64::from(*holder));
            row.full = whole(amount.0);
            row.debt = -whole(recovered.0);
            row.balance = Some(*balance);
        }
        _ => {}
    }
}

fn fill_from_price(row: &mut outcome::Model, priced: &Priced, known: &Codes) {
    row.holder = Some(i64::from(priced.holder));
    row.service = known.services.get(priced.service as usize).map(ToString::to_string);
    row.full = whole(priced.full.0);
    row.charged = whole(priced.charged.0);
    row.debt = whole(priced.debt.0);
    row.balance = Some(priced.balance);
    row.incident = priced.incident.map(|incident| incident_code(incident).into());
    if let Some(winner) = priced.winner() {
        row.benefit = known.benefits.get(winner.benefit as usize).map(ToString::to_string);
        row.benefit_version = i32::try_from(winner.version).ok();
    }
}
