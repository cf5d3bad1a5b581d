//! From records to rows: pure, so that what a table says is a function of the journal alone.

use std::collections::BTreeMap;

use base::{Code, Timestamp};
use engine::ledger::{AccountId, Kind};
use engine::media::MediumState;
use engine::{
    AccountKey, Body, Event, Moved, Movement, Part, Priced, PurchaseStep, Record, Refusal, Unit, Verdict,
    signed,
};
use runtime::Followed;

use super::goods::PurchaseChange;
use crate::service::{part_name, party_text};

use super::entities::{
    cash_out, code, disbursement, entitlement, holder, medium, minute, outcome, purchase, purchase_line,
    refund, rerating, sum, transfer,
};
use super::sums::Sums;

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
    /// The code of a benefit's index.
    pub fn benefit(&self, index: u32) -> Option<String> {
        self.benefits.get(index as usize).map(ToString::to_string)
    }

    /// The benefit of the wallet behind an account; none for the purse.
    pub fn wallet(&self, account: AccountId) -> Option<String> {
        let key = self.accounts.get(account.0 as usize).filter(|key| key.kind == Kind::Wallet)?;
        self.benefit(key.sub)
    }

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
    /// Entry in which it was opened, for an account that is new in the batch.
    pub opened: i64,
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
    pub purchases: Vec<purchase::Model>,
    pub purchase_lines: Vec<purchase_line::Model>,
    pub purchase_changes: Vec<PurchaseChange>,
    pub refunds: Vec<refund::Model>,
    pub cash_outs: Vec<cash_out::Model>,
    pub disbursements: Vec<disbursement::Model>,
    pub reratings: Vec<rerating::Model>,
    pub sums: Vec<sum::Model>,
}

impl Rows {
    /// The rows of these entries; what is known and added up moves on with them.
    pub fn of(entries: &[Followed], known: &mut Codes, sums: &mut Sums) -> Self {
        let mut rows = Self::default();
        for entry in entries {
            for record in &entry.records {
                rows.add(record, known);
            }
            rows.sums.extend(sums.add(entry, known));
        }
        rows
    }

    fn add(&mut self, record: &Record, known: &mut Codes) {
        let events = record.outcome.as_deref().unwrap_or_default();
        let mut leg = 0;
        for event in events {
            self.add_goods(event, record, known);
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
        self.add_reratings(record, events, known);
        if !record.envelope.body.is_own() {
            let row = outcome_row(record, events, known);
            self.count(&row, forgone(events, known));
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
        let benefit_code = |index: u32| known.benefit(index);
        match event {
            Event::HolderOpened { index, number, category, home } => self.holders.push(holder::Model {
                number: i64::from(*index),
                holder: whole(number.index()),
                category: category.to_string(),
                home: home.map(|home| home.to_string()),
                opened_at: at.0,
            }),
            Event::MediumIssued { medium, holder, kind, assurance, .. } => self.media.push(medium::Model {
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
                    reason: reason.map(|reason| reason.code().into()),
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
        let fresh = AccountChange { key, balance: 0, debits: 0, credits: 0, opened: seq, seq, idx };
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
            unit: unit_name(debit_key.unit).into(),
            debit_balance: moved.debit_balance,
            credit_balance: moved.credit_balance,
        });
    }

    /// Counts a tap in its minute and place. Only facts count: an ask may never become a journey. What a new price of other
    /// days comes to is counted where it was decided, at no place.
    fn count(&mut self, row: &outcome::Model, forgone: i64) {
        let is_tap = row.kind == "tap" && row.held.is_none();
        if !is_tap && row.kind != "reprice" {
            return;
        }
        let minute = row.at.div_euclid(Timestamp::MINUTE) * Timestamp::MINUTE;
        let place = row.place.clone().unwrap_or_default();
        let fresh = minute::Model {
            minute,
            place: place.clone(),
            passed: 0,
            free: 0,
            paid: 0,
            refused: 0,
            incident: 0,
            entitled: 0,
            charged: 0,
            forgone: 0,
        };
        let counts = self.minutes.entry((minute, place)).or_insert(fresh);
        match outcome_of(row) {
            _ if !is_tap => {}
            Outcome::Passed => counts.passed += 1,
            Outcome::Refused => counts.refused += 1,
            Outcome::Incident => counts.incident += 1,
            Outcome::Free => counts.free += 1,
            Outcome::Paid => counts.paid += 1,
        }
        counts.entitled += i64::from(row.benefit.is_some());
        counts.charged += row.charged_now();
        counts.forgone += forgone;
    }

    /// What the holder's other taps came to cost because of this record.
    fn add_reratings(&mut self, record: &Record, events: &[Event], known: &Codes) {
        let (seq, idx) = place(record);
        for (leg, event) in (0..).zip(events) {
            let Event::Rerated(rerated) = event else { continue };
            self.reratings.push(rerating::Model {
                seq,
                idx,
                leg,
                at: record.at.0,
                tap_seq: whole(rerated.tap.seq),
                tap_idx: i32::try_from(rerated.tap.index).unwrap_or(i32::MAX),
                holder: i64::from(rerated.holder),
                full: signed(rerated.full),
                charged: signed(rerated.charged),
                funded: signed(rerated.funded),
                benefit: rerated.benefit.and_then(|index| known.benefit(index)),
                fare: rerated.fare.code().into(),
            });
        }
    }
}

/// Fares that a record leaves uncharged because of rights, as the ledger has them: what operators may claim, less what
/// they may claim no more.
fn forgone(events: &[Event], known: &Codes) -> i64 {
    let is_claim =
        |id: AccountId| known.accounts.get(id.0 as usize).is_some_and(|key| key.kind == Kind::ForgoneServed);
    let moved = events.iter().filter_map(|event| match event {
        Event::Moved(moved) | Event::PendingPosted(_, moved) => Some(moved),
        _ => None,
    });
    moved
        .map(|moved| {
            let amount = whole(moved.amount.0);
            let (gained, lost) = (is_claim(moved.credit), is_claim(moved.debit));
            amount * (i64::from(gained) - i64::from(lost))
        })
        .sum()
}

/// What came of a tap, as people count it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Passed,
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
    } else if row.only_passed() {
        Outcome::Passed
    } else if row.charged_now() == 0 {
        Outcome::Free
    } else {
        Outcome::Paid
    }
}

/// Where a record stands, as the tables' key.
pub fn place(record: &Record) -> (i64, i32) {
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

/// Name of a unit in tables and keys.
#[must_use]
pub const fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Rupiah => "rupiah",
        Unit::Ride => "ride",
        Unit::Package => "package",
        Unit::Visit => "visit",
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
        kind: kind_of(&record.envelope.body).into(),
        accepted: refusal.is_none(),
        code: refusal.map(|refusal| refusal.code().into()),
        about: refusal.and_then(|refusal| refusal.about).map(|about| about.to_string()),
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
        part: None,
        metres: None,
        party: None,
        people: None,
        full: 0,
        charged: 0,
        adjusted: 0,
        adjusted_full: 0,
        fare: None,
        package_legs: None,
        package_kilometres: None,
        package_integrated: None,
        package_separate: None,
        debt: 0,
        balance: None,
        benefit: None,
        benefit_version: None,
        lost: None,
        lost_why: None,
        incident: None,
        held: None,
        purchase: None,
        wallet: None,
    };
    fill_from_command(&mut row, &record.envelope.body);
    for event in events {
        fill_from_event(&mut row, event, known);
    }
    row
}

/// What a command is called in the tables. An ask for goods moves nothing and is no purchase.
fn kind_of(body: &Body) -> &'static str {
    match body {
        Body::Purchase(purchase) if purchase.step == PurchaseStep::Ask => "purchase_ask",
        _ => body.name(),
    }
}

fn fill_from_movement(row: &mut outcome::Model, movement: &Movement) {
    row.place = Some(movement.place.to_string());
    row.line = movement.line.map(|line| line.to_string());
    row.device_at = Some(movement.device_at.0);
    row.part = (movement.part != Part::Single).then(|| part_name(movement.part).into());
    row.metres = movement.metres.map(i64::from);
    row.party = (!movement.party.is_empty()).then(|| party_text(&movement.party));
}

fn fill_from_command(row: &mut outcome::Model, body: &Body) {
    if let Some(movement) = body.movement() {
        fill_from_movement(row, movement);
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
        Body::Purchase(purchase) => row.medium = Some(i64::from(purchase.medium.0)),
        Body::CapturePurchase(capture) => row.purchase = Some(whole(capture.purchase)),
        Body::VoidPurchase(void) => row.purchase = Some(whole(void.purchase)),
        Body::Refund(refund) => row.purchase = Some(whole(refund.purchase)),
        Body::CashOut(cash_out) => row.medium = Some(i64::from(cash_out.medium.0)),
        Body::ActivateMedium(set) | Body::BlockMedium(set) => row.medium = Some(i64::from(set.medium.0)),
        Body::TopUp(top_up) => row.medium = top_up.medium.map(|medium| i64::from(medium.0)),
        _ => {}
    }
}

fn fill_from_event(row: &mut outcome::Model, event: &Event, known: &Codes) {
    match event {
        Event::TapPriced(priced) | Event::Quoted(priced) => fill_from_price(row, priced, known),
        Event::TapHeld(reason, holder) => {
            row.holder = Some(i64::from(*holder));
            row.held = Some(reason.code().into());
        }
        Event::TapClosed(holder) => row.holder = Some(i64::from(*holder)),
        Event::ToppedUp { holder, amount, recovered, balance } => {
            row.holder = Some(i64::from(*holder));
            row.full = whole(amount.0);
            row.debt = -whole(recovered.0);
            row.balance = Some(*balance);
        }
        _ => super::goods::fill(row, event, known),
    }
}

fn fill_from_price(row: &mut outcome::Model, priced: &Priced, known: &Codes) {
    row.holder = Some(i64::from(priced.holder));
    row.service = known.services.get(priced.service as usize).map(ToString::to_string);
    row.full = signed(priced.full);
    row.charged = signed(priced.charged);
    row.adjusted = priced.adjusted;
    row.adjusted_full = priced.adjusted_full;
    row.fare = Some(priced.fare.code().into());
    row.people = (priced.people > 1).then(|| i32::from(priced.people));
    if let Some(package) = &priced.package {
        row.package_legs = Some(i32::from(package.legs));
        row.package_kilometres = Some(i64::from(package.kilometres));
        row.package_integrated = Some(signed(package.integrated));
        row.package_separate = Some(signed(package.separate));
    }
    row.debt = whole(priced.debt.0);
    row.balance = Some(priced.balance);
    row.incident = priced.incident.map(|incident| incident.code().into());
    if let Some(winner) = priced.winner() {
        row.benefit = known.benefit(winner.benefit);
        row.benefit_version = i32::try_from(winner.version).ok();
    } else if !priced.charged.is_zero() {
        let near = priced.considered.iter().filter_map(|one| Some((nearness(one.verdict)?, one.benefit)));
        if let Some(((_, why), benefit)) = near.min_by_key(|((rank, _), _)| *rank) {
            row.lost = known.benefit(benefit);
            row.lost_why = Some(why.into());
        }
    }
}

/// How near a held right came to setting the price, and why it did not; none for one that is for something else.
const fn nearness(verdict: Verdict) -> Option<(u8, &'static str)> {
    Some(match verdict {
        Verdict::AssuranceTooLow => (0, "assurance"),
        Verdict::QuotaExhausted => (1, "quota"),
        Verdict::BudgetExhausted => (2, "budget"),
        Verdict::TimeNotCovered => (3, "time"),
        Verdict::DayNotCovered => (4, "day"),
        Verdict::HomeNotCovered => (5, "home"),
        Verdict::Ended => (6, "ended"),
        Verdict::NotYet => (7, "not_yet"),
        Verdict::Revoked => (8, "revoked"),
        _ => return None,
    })
}
