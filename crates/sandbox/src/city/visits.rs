//! Visits to sights: families as one party, others one by one; some hours inside; not everybody taps out.

use base::{Calendar, Timestamp};
use engine::{Member, Part};
use programmes::service::content::Mode;

use super::CityError;
use super::people::{Household, Resident};
use super::planner::{Curve, Planner};
use super::stops::Stop;
use super::trips::{Asks, Step, Trip};

/// When visitors come.
const VISIT: Curve = &[(8, 10), (9, 22), (10, 28), (11, 18), (12, 10), (13, 12)];

/// Households that visit a sight: so many in a hundred thousand, on working days and on free days, at least one when it is
/// open. Assumed; large sights draw more.
const VISITS: usize = 220;
const FREE_DAY_VISITS: usize = 1_100;

/// So many in a thousand leave without a tap.
const LEAVES_UNSEEN_PERMILLE: u64 = 130;

/// So many families in a thousand come on one medium.
const PARTY_PERMILLE: u64 = 600;

/// The last visitors come so long before a place closes.
const LAST_ENTRY: i64 = 90 * Timestamp::MINUTE;

impl Planner<'_> {
    /// Everybody who visits something today.
    pub fn visits(&mut self) -> Result<(), CityError> {
        let sights =
            self.city.stops.indexes(|stop| stop.mode == Mode::Attraction && stop.capacity.is_none_or(large));
        for sight in sights {
            let Some(stop) = self.city.stops.get(sight).cloned() else { continue };
            let priced = self.city.stops.is_priced(stop.service, self.date);
            if !priced || !stop.opening.is_open(self.date, Calendar::government())? || self.is_shut(&stop) {
                continue;
            }
            let share = if self.working { VISITS } else { FREE_DAY_VISITS };
            // What is a part of a sight, or small, draws fewer than the gate to the whole.
            let share = share * stop.devices.len() / if stop.within.is_some() { 6 } else { 2 };
            let count = self.city.households.len() * share / 100_000;
            for arrival in self.moments(count.max(1), VISIT) {
                let household = self.chance.index(self.city.households.len());
                let Some(household) = self.city.households.get(household) else { continue };
                self.visit(household, sight, &stop, arrival);
            }
        }
        Ok(())
    }

    /// Whether the place around is shut today.
    fn is_shut(&self, stop: &Stop) -> bool {
        let noon = self.at(12, 0);
        !self.city.stops.is_open(stop, noon)
    }

    pub(super) fn visit(&mut self, household: &Household, sight: usize, stop: &Stop, arrival: Timestamp) {
        let (opens, closes) = stop.hours(self.date);
        let arrival = arrival.max(opens.plus(20 * Timestamp::MINUTE)).min(closes.plus(-LAST_ENTRY));
        let members: Vec<&Resident> =
            household.members.iter().filter_map(|one| self.city.residents.get(*one as usize)).collect();
        let Some(head) = members.first() else { return };
        let together = members.len() > 1
            && members.len() <= usize::from(stop.party_max)
            && self.chance.permille(PARTY_PERMILLE);
        let minutes = self.chance.between(45, 240);
        let leaves = arrival.plus(minutes * Timestamp::MINUTE);
        if together {
            let party = party(&members);
            self.visitor(head.index, sight, (arrival, leaves), party);
        } else {
            for (seat, member) in (0..).zip(members) {
                let after = seat * 9 * Timestamp::SECOND;
                self.visitor(member.index, sight, (arrival.plus(after), leaves.plus(after)), Vec::new());
            }
        }
    }

    /// One medium's visit: in, and mostly out.
    fn visitor(
        &mut self,
        resident: u32,
        sight: usize,
        (arrival, leaves): (Timestamp, Timestamp),
        party: Vec<Member>,
    ) {
        let per_entry =
            self.city.stops.get(sight).is_some_and(|stop| self.city.stops.per_entry(stop.service));
        let first = if per_entry { Part::Single } else { Part::In };
        let enters = self.step(arrival, sight, first, Asks::Always(None));
        let mut steps: Vec<Step> = enters.map(|step| Step { party, ..step }).into_iter().collect();
        if !per_entry && !self.chance.permille(LEAVES_UNSEEN_PERMILLE) {
            steps.extend(self.step(leaves, sight, Part::Out, Asks::Never));
        }
        let slot = self.slot();
        self.go(Trip::new(resident, slot, steps));
    }
}

/// A place of any size takes the visitors of a synthetic city; a small one is left to those who come in groups.
const fn large((soft, _): (u32, u32)) -> bool {
    soft > 1_000
}

/// Members by rider category, in the order in which they come.
fn party(members: &[&Resident]) -> Vec<Member> {
    let mut party: Vec<Member> = Vec::new();
    for resident in members {
        match party.iter_mut().find(|member| member.category == resident.category) {
            Some(member) => member.count += 1,
            None => party.push(Member { category: resident.category, count: 1 }),
        }
    }
    party
}
