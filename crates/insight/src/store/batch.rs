//! From records to counts: pure but for what is known, so that a table is a function of the journal alone.
//!
//! A batch ends a service day before the first entry of the next one, wherever the batch itself begins and ends.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{CivilDate, Code, RegionCode, RegionLevel, Timestamp};
use engine::ledger::Kind as AccountKind;
use engine::{AccountKey, Body, Event, FareRule, Part, Priced, Record};
use runtime::Followed;

use super::entities::{account, definition, grant, home};
use super::journeys::{Chained, Journey, chain};
use super::known::{Known, KnownAccount, district_of};
use super::money::{Money, costs};
use super::sights::{Kind, Sight, service_day};
use super::stays::{Change, step};
use crate::settings;

/// Numbers of rows fit the tables' whole numbers; a figure beyond them saturates.
pub fn whole(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn small(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// Counts of a place and hour.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct HourCounts {
    pub entered: i64,
    pub left_out: i64,
    pub passed: i64,
    pub free: i64,
    pub paid: i64,
    pub refused: i64,
    pub incident: i64,
    pub held: i64,
    pub charged: i64,
    pub forgone: i64,
}

/// Counts of visits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct StayCounts {
    pub entered: i64,
    pub left_out: i64,
    pub moved: i64,
}

/// Journeys of a relation.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct FlowCounts {
    pub journeys: i64,
    pub people: i64,
}

/// How a day was counted.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct DayCounts {
    pub closed: bool,
    pub journeys: i64,
    pub several: i64,
    pub unended: i64,
    pub unplaced: i64,
    pub known: i64,
    pub inferred: i64,
    pub unknown: i64,
    pub late: i64,
}

/// What a benefit gave.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct BenefitCounts {
    pub uses: i64,
    pub people: i64,
    pub forgone: i64,
    pub funded: i64,
    pub aid: i64,
    pub spent: i64,
    pub cash: i64,
    pub returned: i64,
}

/// A benefit that ended early.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Revocation {
    pub holder: u32,
    pub benefit: u32,
    pub code: Code,
    pub district: u32,
    pub day: CivilDate,
}

/// All counts of a batch of entries.
#[derive(Debug, Default)]
pub struct Batch {
    pub definitions: Vec<definition::Model>,
    pub accounts: Vec<account::Model>,
    pub homes: Vec<home::Model>,
    pub hours: BTreeMap<(Code, i32, i16), HourCounts>,
    /// Taps whose place is not known any more.
    pub nowhere: BTreeMap<(i32, i16), HourCounts>,
    pub stays: BTreeMap<(Code, i32), StayCounts>,
    pub dwell: BTreeMap<(Code, i32, i64), i64>,
    /// Places whose people inside changed.
    pub touched: BTreeSet<Code>,
    pub flows: BTreeMap<(i32, u32, u32), FlowCounts>,
    pub flow_hours: BTreeMap<(i32, i16, u32, u32), FlowCounts>,
    pub flow_days: BTreeMap<(i32, u32, u32), FlowCounts>,
    pub days: BTreeMap<i32, DayCounts>,
    pub benefits: BTreeMap<(Code, i32, u32), BenefitCounts>,
    pub entitled: BTreeMap<(Code, u32, i32), i64>,
    pub budgets: BTreeMap<(Code, u32), (i64, i64)>,
    pub grants: Vec<grant::Model>,
    pub revocations: Vec<Revocation>,
    pub sights: BTreeMap<i32, Vec<Sight>>,
    /// Service days that ended.
    pub closed: Vec<i32>,
}

impl Batch {
    /// The counts of these entries; what is known moves on with them.
    pub fn of(entries: &[Followed], known: &mut Known) -> Self {
        let mut batch = Self::default();
        for entry in entries {
            batch.end_days(entry.head.at.service_day(), known);
            for record in &entry.records {
                batch.add(record, known);
            }
        }
        batch
    }

    fn add(&mut self, record: &Record, known: &mut Known) {
        for (leg, event) in (0..).zip(record.outcome.as_deref().unwrap_or_default()) {
            self.publish(event, record, leg, known);
            self.add_people(event, record, known);
            if let Event::AccountOpened(id, key) = event
                && let Some(one) = known_account(key)
            {
                known.accounts.insert(*id, one);
                self.accounts.push(account::Model {
                    id: i64::from(id.0),
                    kind: one.kind.code().into(),
                    benefit: i32::try_from(one.benefit).unwrap_or(-1),
                    year: small(one.year),
                });
            }
        }
        self.add_use(record, known);
        self.add_costs(record, known);
    }

    fn publish(&mut self, event: &Event, record: &Record, leg: i32, known: &mut Known) {
        let Some(kept) = known.publish(event) else { return };
        let Ok(bytes) = minicbor::to_vec(&kept) else { return };
        let (seq, idx) = (whole(record.position.seq), small(record.position.index));
        self.definitions.push(definition::Model { seq, idx, leg, event: bytes });
    }

    fn add_people(&mut self, event: &Event, record: &Record, known: &mut Known) {
        match event {
            Event::HolderOpened { index, home, .. } => {
                let district = district_of(*home);
                known.set_home(*index, district);
                self.homes.push(home::Model { holder: i64::from(*index), district: i64::from(district) });
            }
            Event::Granted { holder, benefit, from, to, version } => {
                let Some(code) = known.benefit(*benefit) else { return };
                let first = (*from).max(record.at.jakarta_date());
                if first > *to {
                    return;
                }
                let district = known.home(*holder);
                *self.entitled.entry((code, district, first.0)).or_default() += 1;
                *self.entitled.entry((code, district, to.0 + 1)).or_default() -= 1;
                self.grants.push(grant::Model {
                    holder: i64::from(*holder),
                    benefit: small(*benefit),
                    version: whole(*version),
                    first_day: first.0,
                    last_day: to.0,
                });
            }
            Event::Revoked { holder, benefit, .. } => {
                let Some(code) = known.benefit(*benefit) else { return };
                let day = record.at.jakarta_date();
                let (holder, benefit, district) = (*holder, *benefit, known.home(*holder));
                self.revoke(Revocation { holder, benefit, code, district, day });
            }
            _ => {}
        }
    }

    /// Grants of this batch end here; those of earlier ones when the batch is stored.
    fn revoke(&mut self, revocation: Revocation) {
        let mut ended = Vec::new();
        self.grants.retain(|grant| {
            let same =
                grant.holder == i64::from(revocation.holder) && grant.benefit == small(revocation.benefit);
            if same {
                ended.push((grant.first_day, grant.last_day));
            }
            !same
        });
        for (first, last) in ended {
            self.end_grant(&revocation, first, last);
        }
        self.revocations.push(revocation);
    }

    /// Takes a grant back from the day it was revoked on.
    pub fn end_grant(&mut self, revocation: &Revocation, first: i32, last: i32) {
        let from = first.max(revocation.day.0);
        if from > last {
            return;
        }
        let Revocation { code, district, .. } = revocation;
        *self.entitled.entry((*code, *district, from)).or_default() -= 1;
        *self.entitled.entry((*code, *district, last + 1)).or_default() += 1;
    }

    /// A tap, or goods and cash with a benefit.
    fn add_use(&mut self, record: &Record, known: &mut Known) {
        if let Body::Tap(tap) = &record.envelope.body {
            self.count_tap(record, tap);
        }
        for event in record.outcome.as_deref().unwrap_or_default() {
            match (event, &record.envelope.body) {
                (Event::TapPriced(priced), Body::Tap(tap)) if tap.opened => {
                    let sight = sight_of(priced, tap, record, known);
                    self.see(sight, known);
                }
                (Event::PurchaseCaptured(bought), _) => {
                    let wallet = known.accounts.get(&bought.from);
                    let wallet = wallet.filter(|one| one.kind == AccountKind::Wallet);
                    let benefit = bought.benefit.map(|(benefit, _)| benefit);
                    let benefit = benefit.or(wallet.map(|one| one.benefit));
                    self.see(away(bought.holder, benefit, record), known);
                }
                (Event::CashedOut { holder, benefit, .. }, _) => {
                    self.see(away(*holder, Some(*benefit), record), known);
                }
                _ => {}
            }
        }
    }

    fn count_tap(&mut self, record: &Record, tap: &engine::Tap) {
        let at = tap.movement.as_ref().map_or(record.at, |movement| movement.device_at);
        let hour = i16::try_from(at.jakarta_time().hour()).unwrap_or_default();
        let key = (at.jakarta_date().0, hour);
        let counts = match &tap.movement {
            Some(movement) => self.hours.entry((movement.place, key.0, key.1)).or_default(),
            None => self.nowhere.entry(key).or_default(),
        };
        counts.add(record, tap);
    }

    /// Keeps what a tap says of its day, or counts it as late.
    fn see(&mut self, sight: Sight, known: &mut Known) {
        let day = service_day(sight.at);
        if let Some(benefit) = sight.benefit.and_then(|benefit| known.benefit(benefit)) {
            let district = known.home(sight.holder);
            self.benefits.entry((benefit, day.0, district)).or_default().uses += 1;
        }
        if day < known.today {
            if sight.kind != Kind::Use {
                self.days.entry(day.0).or_default().late += 1;
            }
            return;
        }
        let (stays, dwell, touched) = (&mut self.stays, &mut self.dwell, &mut self.touched);
        let first = known.see(day, sight, &mut |change| count_change(stays, dwell, touched, day, change));
        if let (true, Some(benefit)) = (first, sight.benefit.and_then(|benefit| known.benefit(benefit))) {
            let district = known.home(sight.holder);
            self.benefits.entry((benefit, day.0, district)).or_default().people += 1;
        }
        self.sights.entry(day.0).or_default().push(sight);
    }

    fn add_costs(&mut self, record: &Record, known: &Known) {
        let day = record.at.service_day().0;
        for cost in costs(record, known) {
            let Some(code) = known.benefit(cost.benefit) else { continue };
            if let Money::Voted { year, balance } | Money::Left { year, balance } = cost.money {
                let budget = self.budgets.entry((code, year)).or_default();
                budget.0 += cost.amount;
                budget.1 = balance;
                continue;
            }
            let district = cost.holder.map_or(0, |holder| known.home(holder));
            let counts = self.benefits.entry((code, day, district)).or_default();
            match cost.money {
                Money::Forgone => counts.forgone += cost.amount,
                Money::Funded => counts.funded += cost.amount,
                Money::Aid => counts.aid += cost.amount,
                Money::Spent => counts.spent += cost.amount,
                Money::Cash => counts.cash += cost.amount,
                Money::Returned => counts.returned += cost.amount,
                Money::Voted { .. } | Money::Left { .. } => {}
            }
        }
    }

    /// Ends the service days before `today`: visits are over, journeys are counted, the taps are dropped.
    fn end_days(&mut self, today: CivilDate, known: &mut Known) {
        if today <= known.today {
            return;
        }
        let later = known.days.split_off(&today);
        let ended = std::mem::replace(&mut known.days, later);
        known.today = today;
        for (day, open) in ended {
            self.touched.extend(open.stays.inside().into_keys());
            self.days.entry(day.0).or_default().closed = true;
            let pauses = settings::pauses(day);
            for sights in open.sights.values() {
                self.count_journeys(day, &chain(sights, pauses), known);
            }
            self.sights.remove(&day.0);
            self.closed.push(day.0);
        }
    }

    fn count_journeys(&mut self, day: CivilDate, chained: &Chained, known: &Known) {
        let counts = self.days.entry(day.0).or_default();
        counts.known += chained.known;
        counts.inferred += chained.inferred;
        counts.unknown += chained.unknown;
        let (mut districts, mut hours, mut cities) = (Cells::new(), Cells::new(), Cells::new());
        for journey in &chained.journeys {
            counts.journeys += 1;
            counts.several += i64::from(journey.services > 1);
            counts.unended += i64::from(journey.to.is_none());
            let Some((from, to)) = ends(journey, known) else {
                counts.unplaced += i64::from(journey.to.is_some());
                continue;
            };
            let hour = i16::try_from(Timestamp(journey.at).jakarta_time().hour()).unwrap_or_default();
            let city = (at(from, RegionLevel::City), at(to, RegionLevel::City));
            *hours.entry((day.0, hour, city.0, city.1)).or_insert(0) += 1;
            *cities.entry((day.0, city.0, city.1)).or_insert(0) += 1;
            let district = (at(from, RegionLevel::District), at(to, RegionLevel::District));
            *districts.entry((day.0, district.0, district.1)).or_insert(0) += 1;
        }
        add_flows(&mut self.flows, districts);
        add_flows(&mut self.flow_hours, hours);
        add_flows(&mut self.flow_days, cities);
    }
}

impl HourCounts {
    /// Adds a tap: what came of it, as the live page counts it, and people through the gate.
    pub fn add(&mut self, record: &Record, tap: &engine::Tap) {
        let events = match &record.outcome {
            Ok(events) if tap.opened => events,
            _ => {
                self.refused += 1;
                return;
            }
        };
        if events.iter().any(|event| matches!(event, Event::TapHeld(..))) {
            self.held += 1;
            return;
        }
        let Some(priced) = events.iter().find_map(priced) else { return };
        match priced {
            _ if priced.incident.is_some() => self.incident += 1,
            _ if only_passed(priced) => self.passed += 1,
            _ if priced.charged_now() == 0 => self.free += 1,
            _ => self.paid += 1,
        }
        self.charged += priced.charged_now();
        self.forgone += priced.full_now() - priced.charged_now();
        let people = i64::from(priced.people.max(1));
        match tap.movement.as_ref().map(|movement| movement.part) {
            Some(Part::Out) => self.left_out += people,
            Some(Part::In | Part::Single) | None => self.entered += people,
        }
    }
}

const fn priced(event: &Event) -> Option<&Priced> {
    match event {
        Event::TapPriced(priced) => Some(priced),
        _ => None,
    }
}

const fn only_passed(priced: &Priced) -> bool {
    matches!(priced.fare, FareRule::Begun | FareRule::Left)
}

fn known_account(key: &AccountKey) -> Option<KnownAccount> {
    let (benefit, year) = match key.kind {
        AccountKind::ForgoneGranted
        | AccountKind::Budget
        | AccountKind::Appropriation
        | AccountKind::Disbursed
        | AccountKind::ReturnedFunds => (key.owner, key.sub),
        AccountKind::Wallet => (key.sub, 0),
        AccountKind::FloatExpected => (u32::MAX, 0),
        _ => return None,
    };
    Some(KnownAccount { kind: key.kind, benefit, year })
}

fn sight_of(priced: &Priced, tap: &engine::Tap, record: &Record, known: &mut Known) -> Sight {
    let movement = tap.movement.as_ref();
    let part = movement.map_or(Part::Single, |movement| movement.part);
    // A service nobody has described is taken to be travel where its price comes with the tap-out.
    let travels = known.is_transit(priced.service).unwrap_or(match part {
        Part::Single => true,
        Part::In => priced.fare == FareRule::Begun,
        Part::Out => priced.fare != FareRule::Left,
    });
    let kind = match (travels, part) {
        (true, Part::Single | Part::In) => Kind::Board,
        (true, Part::Out) => Kind::Alight,
        (false, Part::In) => Kind::Enter,
        (false, Part::Out) => Kind::Leave,
        (false, Part::Single) => Kind::Other,
    };
    let place = movement.and_then(|movement| known.number_of(movement.place));
    // A vehicle's place is all of its service and tells nothing about where it stops.
    let place = place.filter(|place| {
        !travels || known.places.get(*place as usize).is_some_and(|one| one.region.is_some())
    });
    Sight {
        holder: priced.holder,
        kind,
        place,
        service: priced.service,
        at: movement.map_or(record.at, |movement| movement.device_at).0,
        people: priced.people,
        benefit: priced.winner().filter(|_| !only_passed(priced)).map(|winner| winner.benefit),
    }
}

/// A use away from gates: it says nothing of where somebody is.
const fn away(holder: u32, benefit: Option<u32>, record: &Record) -> Sight {
    Sight { holder, kind: Kind::Use, place: None, service: 0, at: record.at.0, people: 1, benefit }
}

fn count_change(
    stays: &mut BTreeMap<(Code, i32), StayCounts>,
    dwell: &mut BTreeMap<(Code, i32, i64), i64>,
    touched: &mut BTreeSet<Code>,
    day: CivilDate,
    change: Change,
) {
    let place = match change {
        Change::Entered { place, people, .. } => {
            stays.entry((place, day.0)).or_default().entered += people;
            place
        }
        Change::Left { place, people, stayed, .. } => {
            stays.entry((place, day.0)).or_default().left_out += people;
            *dwell.entry((place, day.0, step(stayed))).or_default() += people;
            place
        }
        Change::Moved { place, people, .. } => {
            stays.entry((place, day.0)).or_default().moved += people;
            place
        }
    };
    touched.insert(place);
}

/// Journeys of one holder by cell.
type Cells<K> = HashMap<K, i64>;

fn add_flows<K: Ord>(flows: &mut BTreeMap<K, FlowCounts>, cells: Cells<K>) {
    for (key, journeys) in cells {
        let flow = flows.entry(key).or_default();
        flow.journeys += journeys;
        flow.people += 1;
    }
}

/// The regions of both ends, where both are in a district.
fn ends(journey: &Journey, known: &Known) -> Option<(RegionCode, RegionCode)> {
    let region = |place: Option<u32>| {
        let region = known.places.get(place? as usize)?.region?;
        region.at(RegionLevel::District)
    };
    Some((region(journey.from)?, region(journey.to)?))
}

/// Digits of the region around a district at a level.
fn at(region: RegionCode, level: RegionLevel) -> u32 {
    region.at(level).and_then(|region| u32::try_from(region.number()).ok()).unwrap_or(0)
}

/// People inside by place, over the open days.
pub fn inside(known: &Known, touched: &BTreeSet<Code>) -> BTreeMap<Code, i64> {
    let mut inside: BTreeMap<Code, i64> = touched.iter().map(|place| (*place, 0)).collect();
    for open in known.days.values() {
        for (place, people) in open.stays.inside() {
            if let Some(sum) = inside.get_mut(&place) {
                *sum += people;
            }
        }
    }
    inside
}
