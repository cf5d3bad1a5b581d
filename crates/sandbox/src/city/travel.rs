//! Who travels, and when: to work and school in two peaks, to other places in between, on free days flatter and later.

use base::Timestamp;
use engine::Part;

use super::people::Resident;
use super::planner::{Curve, Planner};
use super::trips::{Asks, Step, Trip};
use super::ways::{Leg, back};

/// Assumed, so that the busiest morning hour and the busiest evening hour each hold between ten and fourteen in a hundred of
/// a working day's taps.
const TO_WORK: Curve = &[(5, 10), (6, 25), (7, 32), (8, 18), (9, 9), (10, 6)];
const FROM_WORK: Curve = &[(14, 3), (15, 6), (16, 17), (17, 36), (18, 22), (19, 10), (20, 6)];
const TO_SCHOOL: Curve = &[(5, 40), (6, 60)];
const FROM_SCHOOL: Curve = &[(11, 10), (12, 20), (13, 25), (14, 25), (15, 20)];
const ERRAND_OUT: Curve = &[(8, 10), (9, 30), (10, 30), (11, 18), (13, 12)];
const ERRAND_BACK: Curve = &[(11, 15), (12, 25), (13, 25), (14, 25), (15, 10)];
const LEISURE_OUT: Curve = &[(7, 6), (8, 12), (9, 18), (10, 20), (11, 12), (13, 12), (15, 12), (17, 8)];
const LEISURE_BACK: Curve = &[(12, 10), (14, 16), (16, 20), (18, 22), (19, 14), (20, 12)];

/// On a free day people work so much less, and go out so much more, in a thousand.
const FREE_DAY_WORK_PERMILLE: u64 = 150;
const FREE_DAY_OUTING_PERMILLE: u64 = 90;

/// So many in a thousand single rides end without a tap-out.
const FORGETS_PERMILLE: u64 = 15;

/// On foot from one gate to the next.
const CHANGE_MINUTES: (i64, i64) = (3, 9);

impl Planner<'_> {
    /// Everybody's way out and back. Nobody does two things.
    pub fn travel(&mut self) {
        let (mut work, mut school, mut other) = (Vec::new(), Vec::new(), Vec::new());
        for resident in &self.city.residents {
            let habits = &resident.habits;
            let (commute, errand) = match (self.working, resident.school) {
                (true, _) => (habits.commute_permille, habits.errand_permille),
                (false, Some(_)) => (0, FREE_DAY_OUTING_PERMILLE),
                (false, None) => (
                    habits.commute_permille * FREE_DAY_WORK_PERMILLE / 1_000,
                    habits.errand_permille.max(FREE_DAY_OUTING_PERMILLE),
                ),
            };
            if habits.way.is_empty() {
                continue;
            }
            if self.chance.permille(commute) {
                if resident.school.is_some() { &mut school } else { &mut work }.push(resident.index);
            } else if self.chance.permille(errand) {
                other.push(resident.index);
            }
        }
        let (out, back) = if self.working { (ERRAND_OUT, ERRAND_BACK) } else { (LEISURE_OUT, LEISURE_BACK) };
        self.outings(work, TO_WORK, FROM_WORK);
        self.outings(school, TO_SCHOOL, FROM_SCHOOL);
        self.outings(other, out, back);
    }

    fn outings(&mut self, mut travellers: Vec<u32>, out: Curve, home: Curve) {
        self.chance.shuffle(&mut travellers);
        let leave = self.moments(travellers.len(), out);
        let mut home = self.moments(travellers.len(), home);
        self.chance.shuffle(&mut home);
        for (resident, (out, home)) in travellers.into_iter().zip(leave.into_iter().zip(home)) {
            let Some(resident) = self.city.residents.get(resident as usize) else { continue };
            self.day_out(resident, out, home);
        }
    }

    /// Out, and back after some hours.
    fn day_out(&mut self, resident: &Resident, out: Timestamp, home: Timestamp) {
        let way = &resident.habits.way;
        let mut steps = Vec::with_capacity(way.len() * 4);
        let there = self.ride(way, out, &mut steps);
        // Nobody turns round within the hour, and the last bus leaves at ten.
        let leave = home.max(there.plus(Timestamp::HOUR)).min(self.at(21, 0).max(there));
        self.ride(&back(way), leave, &mut steps);
        let slot = self.slot();
        self.go(Trip::new(resident.index, slot, steps));
    }

    /// Ride after ride from a moment on; answers when the last one ends.
    pub(super) fn ride(&mut self, way: &[Leg], begins: Timestamp, steps: &mut Vec<Step>) -> Timestamp {
        let mut at = begins;
        let forgets = way.len() == 1 && self.chance.permille(FORGETS_PERMILLE);
        for leg in way {
            let gated =
                self.city.stops.get(leg.from).is_some_and(|stop| self.city.stops.is_gated(stop.service));
            let arrives = at.plus((leg.minutes + self.chance.between(-3, 6)).max(3) * Timestamp::MINUTE);
            let first = if gated { Part::In } else { Part::Single };
            steps.extend(self.step(at, leg.from, first, Asks::AsNeeded));
            if gated && !forgets {
                let out = self.step(arrives, leg.to, Part::Out, Asks::Never);
                steps.extend(out.map(|step| Step { metres: leg.metres, ..step }));
            }
            let (least, greatest) = CHANGE_MINUTES;
            at = arrives.plus(self.chance.between(least, greatest) * Timestamp::MINUTE);
        }
        at
    }
}
