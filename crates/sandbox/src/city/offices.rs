//! What offices do on a day: aid on its day, rights that go on or are taken away, cards that are lost and replaced, rent.

use base::{CivilDate, Code, MediumSerial, Timestamp};
use engine::{Amount, Body, Disburse};
use programmes::service::content::Mode;

use super::City;
use super::agenda::{Act, CardChange, RightChange};
use super::chance::Chance;
use super::events::{Expect, Next, Sender};
use super::people::{Right, Standing};
use super::planner::Planner;
use super::trips::{Asks, Trip};

/// Cards lost in a day, of a hundred thousand residents; rights taken away, likewise. At least one each. Assumed.
const CARDS_LOST: usize = 25;
const RIGHTS_REVOKED: usize = 8;

/// Rights that end are entered again so many days before, for so many in a thousand.
const RENEWED_DAYS: i32 = 2;
const RENEWED_PERMILLE: u64 = 750;

/// A card that is lost, and the one that takes its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loss {
    pub resident: u32,
    pub lost: Timestamp,
    pub blocked: Timestamp,
    pub replaced: Timestamp,
    pub activated: Timestamp,
}

impl City {
    /// Whose cards are lost on a date, in the order in which they are replaced. From the seed alone, so that whoever comes
    /// later knows which card everybody holds.
    pub(super) fn cards_of(&self, date: CivilDate) -> Vec<Loss> {
        let mut chance = Chance::new(self.seed, "cards", u64::from(date.0.unsigned_abs()));
        let count = (self.residents.len() * CARDS_LOST / 100_000).max(1);
        let mut losses: Vec<Loss> = Vec::new();
        for _ in 0..count {
            let resident = chance.index(self.residents.len());
            let blocked =
                self.residents.get(resident).is_none_or(|one| one.media.iter().any(|m| m.blocked.is_some()));
            let resident = u32::try_from(resident).unwrap_or(u32::MAX);
            if blocked || losses.iter().any(|loss| loss.resident == resident) {
                continue;
            }
            let time = |chance: &mut Chance, day: i32, from: i64, to: i64| {
                date.plus_days(day).midnight().plus(chance.between(from, to) * Timestamp::MINUTE)
            };
            losses.push(Loss {
                resident,
                lost: time(&mut chance, 0, 23 * 60, 23 * 60 + 50),
                blocked: time(&mut chance, 1, 6 * 60, 8 * 60),
                replaced: time(&mut chance, 1, 9 * 60, 13 * 60),
                activated: time(&mut chance, 1, 14 * 60, 18 * 60),
            });
        }
        losses.sort_by_key(|loss| loss.replaced);
        losses
    }

    /// Brings everybody's cards to where they stand at an instant, for those who join a city that has lived already.
    pub fn cards_until(&mut self, now: Timestamp) {
        let mut date = self.begins;
        while date.midnight() <= now {
            for loss in self.cards_of(date) {
                let serial = MediumSerial(self.next_serial);
                self.next_serial += 1;
                let Some(person) = self.residents.get_mut(loss.resident as usize) else { continue };
                let Some(chip) = person.media.first_mut() else { continue };
                if loss.replaced <= now {
                    chip.serial = serial;
                }
                chip.standing = match now {
                    _ if loss.activated <= now => Standing::Usable,
                    _ if loss.replaced <= now => Standing::Inactive,
                    _ if loss.blocked <= now => Standing::Blocked,
                    _ if loss.lost <= now => Standing::Lost,
                    _ => chip.standing,
                };
            }
            date = date.plus_days(1);
        }
        self.next_day = date;
    }
}

impl Planner<'_> {
    /// Cards lost today, reported and replaced tomorrow. In between they are found, and tried.
    pub fn cards(&mut self) {
        let mut serial = self.city.next_serial;
        for loss in self.city.cards_of(self.date) {
            let Some(person) = self.city.residents.get(loss.resident as usize) else { continue };
            let Some(old) = person.media.first().map(|chip| chip.serial) else { continue };
            let new = MediumSerial(serial);
            serial += 1;
            let mut card = |at, change| self.acts.push((at, Act::Card(loss.resident, change)));
            card(loss.lost, CardChange::Lost);
            card(loss.blocked, CardChange::Blocked);
            card(loss.replaced, CardChange::Replaced(new));
            card(loss.activated, CardChange::Activated);
            self.found(loss.resident, old, &loss);
            // Some try the new card before it is active, at a gate that asks and in a van that does not.
            let early = loss.replaced.plus(20 * Timestamp::MINUTE);
            let stop = self.any_stop(|stop| stop.mode == Mode::Brt);
            let step = stop.and_then(|stop| self.step(early, stop, engine::Part::In, Asks::AsNeeded));
            let van = self.any_stop(|stop| stop.mode == Mode::Feeder && stop.place != stop.service);
            let driven = van.and_then(|van| self.step(early, van, engine::Part::Single, Asks::Never));
            for step in [step, driven].into_iter().flatten() {
                self.go(Trip::new(loss.resident, 0, vec![step]).with(new));
            }
        }
    }

    /// Somebody finds a card and rides a van with it; later a gate that asks refuses it.
    fn found(&mut self, resident: u32, card: MediumSerial, loss: &Loss) {
        let ridden = loss.blocked.plus(-25 * Timestamp::MINUTE);
        let tried = loss.blocked.plus(40 * Timestamp::MINUTE);
        let van = self.any_stop(|stop| stop.mode == Mode::Feeder && stop.place != stop.service);
        let gate = self.any_stop(|stop| stop.mode == Mode::Brt);
        let (Some(van), Some(gate)) = (van, gate) else { return };
        let rides = self.step(ridden, van, engine::Part::Single, Asks::Never);
        let tries = self.step(tried, gate, engine::Part::In, Asks::AsNeeded);
        for step in [rides, tries].into_iter().flatten() {
            self.go(Trip::new(resident, 0, vec![step]).with(card));
        }
    }

    /// One of the places that are wanted.
    pub fn any_stop(&mut self, wanted: impl Fn(&super::stops::Stop) -> bool) -> Option<usize> {
        let all = self.city.stops.indexes(wanted);
        self.chance.pick(&all).copied()
    }

    /// Aid, rights that go on, rights that are taken away, rent.
    pub fn offices(&mut self) {
        self.aid();
        self.renewals();
        self.revocations();
        self.rents();
    }

    fn aid(&mut self) {
        let day = self.date.to_jiff().day();
        let due: Vec<Code> = self
            .city
            .aid_days
            .iter()
            .filter(|(_, on)| i8::try_from(*on).is_ok_and(|on| on == day))
            .map(|(benefit, _)| *benefit)
            .collect();
        if due.is_empty() {
            return;
        }
        let begins = self.at(8, 0);
        let mut count = 0;
        for resident in &self.city.residents {
            let noon = self.date.midnight().plus(12 * Timestamp::HOUR);
            let held = resident.rights.iter().find(|right| right.holds(noon) && due.contains(&right.benefit));
            let Some(right) = held else { continue };
            count += 1;
            let at = begins.plus(count * 200 * Timestamp::MILLISECOND);
            self.acts.extend(self.city.paid(resident.index, right, at));
        }
    }

    fn renewals(&mut self) {
        for resident in &self.city.residents {
            for right in resident.rights.iter().filter(|right| right.renewable && right.revoked_at.is_none())
            {
                if right.to.plus_days(-RENEWED_DAYS) == self.date && self.chance.permille(RENEWED_PERMILLE) {
                    let at =
                        self.date.midnight().plus(self.chance.between(9 * 60, 15 * 60) * Timestamp::MINUTE);
                    self.acts.push((at, Act::Right(resident.index, right.benefit, RightChange::Renewed)));
                }
            }
        }
    }

    fn revocations(&mut self) {
        let wallets = |right: &Right| self.city.aid_days.iter().any(|(benefit, _)| *benefit == right.benefit);
        let holders: Vec<(u32, Code)> = self
            .city
            .residents
            .iter()
            .filter_map(|one| {
                let right = one.rights.iter().find(|right| right.revoked_at.is_none() && wallets(right))?;
                Some((one.index, right.benefit))
            })
            .collect();
        for _ in 0..self.some(RIGHTS_REVOKED).min(holders.len() / 4) {
            let Some((resident, benefit)) = self.chance.pick(&holders).copied() else { return };
            let at = self.at(13, 0).plus(self.chance.between(0, 90) * Timestamp::MINUTE);
            self.acts.push((at, Act::Right(resident, benefit, RightChange::Revoked)));
        }
    }

    /// Tenants pay rent at the counter in the first ten days of a month; the money is brought just before.
    fn rents(&mut self) {
        let day = i64::from(self.date.to_jiff().day());
        let counters = self.city.rent_counters.clone();
        let stops = self.city.stops.indexes(|stop| counters.contains(&stop.place));
        for household in self.city.households.iter().filter(|household| household.flat.is_some()) {
            let Some(head) = household.members.first().copied() else { continue };
            let due = i64::from(household.index % 10) + 1;
            let first = household.index == 0 && self.date == self.city.begins;
            if due != day && !first {
                continue;
            }
            let at = self.at(9, 0).plus(self.chance.between(0, 5 * 60) * Timestamp::MINUTE);
            let Some(stop) = self.chance.pick(&stops).copied() else { return };
            let service = self.city.stops.get(stop).map(|stop| stop.service);
            let category = self.city.residents.get(head as usize).map(|one| one.category);
            let rent = service
                .zip(category)
                .and_then(|(service, category)| self.city.stops.price(service, category, at));
            let before = at.plus(-20 * Timestamp::MINUTE);
            self.acts.push((before, Act::TopUp(head, rent.unwrap_or_default().0)));
            let step = self.step(at, stop, engine::Part::Single, Asks::Always(None));
            if let Some(step) = step {
                self.go(Trip::new(head, 0, vec![step]));
            }
        }
    }
}

impl City {
    /// A month of a right's aid for a resident; none where the benefit says no amount.
    pub(super) fn paid(&self, resident: u32, right: &Right, at: Timestamp) -> Option<(Timestamp, Act)> {
        let person = self.residents.get(resident as usize)?;
        let month = self.aid.iter().find(|(benefit, _)| *benefit == right.benefit)?.1;
        // Some schools are private and ask fees.
        let private = person.school.is_some_and(|school| school % 3 == 0);
        let amount = month.routine.0 + month.periodic.0 + if private { month.private_fees.0 } else { 0 };
        let body = Body::Disburse(Disburse {
            holder: person.holder,
            benefit: right.benefit,
            bank: self.bank,
            amount: Amount(amount),
        });
        let next = Next::Disbursed(resident, right.benefit, amount);
        Some((at, Act::Say(Sender::Office, Box::new(body), Expect::Accepted, Box::new(next))))
    }
}
