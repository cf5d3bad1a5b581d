//! Who goes where at this very moment, for traffic that goes on for as long as somebody watches: the time of day decides.

use base::{Calendar, Code, DayType, MediumSerial, Timestamp};
use engine::{Amount, Cash, Part};
use programmes::service::content::Mode;

use super::City;
use super::agenda::Act;
use super::basket::Basket;
use super::chance::Chance;
use super::doing::ASKS_PERMILLE;
use super::mishaps::NEVER_ISSUED;
use super::people::{Resident, Standing};
use super::planner::Planner;
use super::trips::{Asks, Trip};
use super::ways::back;

/// Somebody sets out, with the medium that is used.
pub(crate) enum Outing {
    /// From terminal to terminal; times count from the first.
    Trip(MediumSerial, Trip),
    /// To a till.
    Shop(MediumSerial, Basket),
    /// To a counter of the bank, or to the telephone.
    Counter(MediumSerial, Wish),
}

/// What is wanted of a bank or of the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Money into the purse.
    TopUp(Amount),
    /// Cash out of a benefit's wallet.
    CashOut(Code, Amount),
    /// Nobody shall use the card that is gone.
    ReportLost,
}

/// What people do, with how many of a thousand by hours of the day: to work, home, elsewhere, to a sight, to a shop,
/// something that goes wrong, to a bank, a lost card is reported. Assumed; banks and lost cards as often as in a history.
const BY_HOUR: [(std::ops::Range<i64>, [u64; 8]); 4] = [
    (5..10, [700, 30, 110, 60, 59, 30, 10, 1]),
    (10..15, [120, 120, 290, 260, 159, 30, 20, 1]),
    (15..21, [40, 640, 110, 50, 119, 30, 10, 1]),
    (0..24, [50, 200, 695, 0, 20, 30, 4, 1]),
];

/// How many people are asked whether they go before nobody does.
const TRIES: usize = 24;

/// What is taken to be in a wallet when its holder shops; where it is less, the till hears it.
const IN_A_WALLET: i64 = 60_000;

impl City {
    /// Those who were on the way when the history ended, with what is still to come; nobody in a city that has none.
    pub(crate) fn under_way(&self) -> Vec<(MediumSerial, Trip)> {
        let with_medium = |trip: &Trip| {
            let medium = trip.medium.or_else(|| Some(self.in_hand(trip.resident, trip.slot)?.serial))?;
            Some((medium, trip.clone()))
        };
        self.agenda.under_way().filter_map(with_medium).collect()
    }

    /// Whether a terminal asks before it opens, by the rules of the history's gates: always or never where the step says so,
    /// else where the medium is not in use, the purse held little when the history ended, nobody has asked for a while
    /// (`is_due`), and now and then.
    pub(crate) fn asks(&self, trip: &Trip, medium: MediumSerial, is_due: bool, chance: &mut Chance) -> bool {
        let Some(step) = trip.steps.front().filter(|step| step.part != Part::Out) else { return false };
        let own = self.residents.get(trip.resident as usize).map(|one| one.media.iter());
        let mut usable = own.into_iter().flatten().filter(|one| one.standing == Standing::Usable);
        match step.asks {
            Asks::Never => false,
            Asks::Always(_) | Asks::Busy => true,
            Asks::AsNeeded => {
                is_due
                    || usable.all(|one| one.serial != medium)
                    || (self.knows_purses() && self.has_little(trip.resident))
                    || chance.permille(ASKS_PERMILLE)
            }
        }
    }

    /// Whether the city has lived a history, and so knows what is in purses.
    pub(crate) fn knows_purses(&self) -> bool {
        self.next_day > self.begins
    }

    /// Somebody who sets out now; none where nobody is found.
    pub(crate) fn outing(&self, now: Timestamp, chance: &mut Chance) -> Option<Outing> {
        let date = now.jakarta_date();
        let working = Calendar::government().day_type(date).is_ok_and(|day| day == DayType::Weekday);
        let mut planner = Planner::of(self, date, working, chance.clone());
        let outing = planner.outing(now);
        *chance = planner.chance;
        outing
    }
}

impl Planner<'_> {
    fn outing(&mut self, now: Timestamp) -> Option<Outing> {
        let hour = now.jakarta_time().hour();
        let weights = BY_HOUR.iter().find(|(hours, _)| hours.contains(&hour)).map(|(_, weights)| weights)?;
        match self.chance.weighted(weights) {
            0 => self.rides(now, |one| one.habits.commute_permille > 0, false),
            1 => self.rides(now, |one| one.habits.commute_permille > 0, true),
            2 => {
                let home = self.chance.permille(500);
                self.rides(now, |one| one.habits.errand_permille > 0, home)
            }
            3 => self.sight_now(now),
            4 => self.shop_now(now),
            5 => self.wrong_now(now),
            6 => self.bank_now(now),
            _ => self.lost_now(),
        }
    }

    /// Somebody among a few who were asked.
    fn asked<'c>(&mut self, wanted: impl Fn(&Resident) -> bool, all: &'c [Resident]) -> Option<&'c Resident> {
        (0..TRIES).find_map(|_| self.chance.pick(all).filter(|one| wanted(one)))
    }

    fn with_medium(&mut self, trip: Trip) -> Option<Outing> {
        let medium = self.city.in_hand(trip.resident, trip.slot)?.serial;
        Some(Outing::Trip(medium, trip))
    }

    fn rides(&mut self, now: Timestamp, wanted: impl Fn(&Resident) -> bool, home: bool) -> Option<Outing> {
        let goes = |one: &Resident| wanted(one) && !one.habits.way.is_empty();
        let resident = self.asked(goes, &self.city.residents)?;
        let way = &resident.habits.way;
        let way = if home { back(way) } else { way.clone() };
        let mut steps = Vec::new();
        self.ride(&way, now, &mut steps);
        let slot = self.slot();
        self.with_medium(Trip::new(resident.index, slot, steps))
    }

    /// A family at a sight that is open and will be for a while.
    fn sight_now(&mut self, now: Timestamp) -> Option<Outing> {
        let stops = &self.city.stops;
        let later = now.plus(2 * Timestamp::HOUR);
        let open = stops.indexes(|stop| {
            stop.mode == Mode::Attraction
                && stop.capacity.is_none_or(|(soft, _)| soft > 1_000)
                && stops.is_priced(stop.service, self.date)
                && stops.is_open(stop, now)
                && stops.is_open(stop, later)
        });
        let sight = self.chance.pick(&open).copied()?;
        let stop = stops.get(sight)?.clone();
        let household = self.chance.pick(&self.city.households)?;
        self.visit(household, sight, &stop, now);
        match std::mem::take(&mut self.acts).into_iter().next()? {
            (_, Act::Go(trip)) => self.with_medium(*trip),
            _ => None,
        }
    }

    /// Aid at a shop, or subsidised food.
    fn shop_now(&mut self, now: Timestamp) -> Option<Outing> {
        let city = self.city;
        let aid = |one: &Resident| {
            one.rights
                .iter()
                .find(|right| right.holds(now) && city.shops.wallet(right.benefit).is_some())
                .map(|right| right.benefit)
        };
        let basket = if self.chance.permille(700) {
            let resident = self.asked(|one| aid(one).is_some(), &city.residents)?;
            self.aid_basket(resident.index, aid(resident)?, IN_A_WALLET)?
        } else {
            let resident = self.asked(|one| city.shops.sale(one, now).is_some(), &city.residents)?;
            self.food_basket(resident.index, city.shops.sale(resident, now)?)?
        };
        let medium = city.in_hand(basket.resident, 0)?.serial;
        Some(Outing::Shop(medium, basket))
    }

    /// Cash out of a wallet that gives any, or money into the purse.
    fn bank_now(&mut self, now: Timestamp) -> Option<Outing> {
        let city = self.city;
        let gives = |one: &Resident| {
            let held = one.rights.iter().filter(|right| right.holds(now));
            let rules =
                held.filter_map(|right| Some((right.benefit, city.shops.wallet(right.benefit)?.cash)));
            rules.into_iter().find(|(_, cash)| *cash != Cash::None)
        };
        if self.chance.permille(500) {
            let resident = self.asked(|one| gives(one).is_some(), &city.residents)?;
            let (wallet, cash) = gives(resident)?;
            let notes =
                if cash == Cash::Quota { self.chance.between(1, 2) } else { self.chance.between(2, 6) };
            let wish = Wish::CashOut(wallet, Amount(notes.unsigned_abs() * 50_000));
            return Some(Outing::Counter(city.in_hand(resident.index, 0)?.serial, wish));
        }
        let resident = self.asked(|one| !one.never_tops_up(), &city.residents)?;
        let amount = self.chance.pick(&[20_000, 50_000, 100_000]).copied()?;
        Some(Outing::Counter(city.in_hand(resident.index, 0)?.serial, Wish::TopUp(Amount(amount))))
    }

    /// Somebody reports a chip card that is gone.
    fn lost_now(&mut self) -> Option<Outing> {
        let usable = |one: &Resident| one.media.first().is_some_and(|chip| chip.standing == Standing::Usable);
        let resident = self.asked(usable, &self.city.residents)?;
        Some(Outing::Counter(resident.media.first()?.serial, Wish::ReportLost))
    }

    /// A card that is blocked, or that nobody issued.
    fn wrong_now(&mut self, now: Timestamp) -> Option<Outing> {
        let stop = self.any_stop(|stop| stop.mode == Mode::Brt)?;
        let step = self.step(now, stop, Part::In, Asks::AsNeeded)?;
        let blocked = |one: &Resident| one.media.iter().any(|medium| medium.blocked.is_some());
        let stopped = self.city.residents.iter().filter(|one| blocked(one)).collect::<Vec<_>>();
        let unknown =
            MediumSerial(NEVER_ISSUED + u32::try_from(self.chance.below(100_000)).unwrap_or_default());
        let (resident, medium) = match self.chance.pick(&stopped) {
            Some(one) if self.chance.permille(700) => (one.index, one.media.first()?.serial),
            _ => (0, unknown),
        };
        Some(Outing::Trip(medium, Trip::new(resident, 0, vec![step]).with(medium)))
    }
}

#[cfg(test)]
mod tests {
    use base::CivilDate;
    use engine::Body;

    use super::*;
    use crate::city::Heard;

    /// Of a thousand taps on the way in, how many a gate asked about.
    fn permille(asks: usize, ways_in: usize) -> usize {
        asks * 1_000 / ways_in.max(1)
    }

    #[test]
    fn gates_ask_as_often_in_live_traffic_as_in_the_history() {
        let monday = CivilDate::parse("2026-11-23").unwrap();
        let mut city = City::generate(7, 2_000, monday).unwrap();
        drop(city.arrivals());
        let (mut asks, mut ways_in) = (0, 0);
        let now = monday.plus_days(1).midnight().plus(9 * Timestamp::HOUR);
        for day in [monday, monday.plus_days(1)] {
            city.plan(day).unwrap();
            for minute in 1..=24 * 60 {
                let end = day.midnight().plus(minute * Timestamp::MINUTE);
                let events = city.until(end.min(now));
                for event in &events {
                    match &event.body {
                        Body::Ask(_) => asks += 1,
                        Body::Tap(tap) if tap.movement.as_ref().is_some_and(|one| one.part != Part::Out) => {
                            ways_in += 1;
                        }
                        _ => {}
                    }
                }
                let heard = vec![Heard::default(); events.len()];
                city.hear(events, &heard);
            }
        }
        let history = permille(asks, ways_in);
        let mut chance = Chance::new(7, "asks", 0);
        let (mut asks, mut ways_in) = (0, 0);
        for _ in 0..2_000 {
            if let Some(Outing::Trip(medium, trip)) = city.outing(now, &mut chance) {
                ways_in += 1;
                asks += usize::from(city.asks(&trip, medium, false, &mut chance));
            }
        }
        let live = permille(asks, ways_in);
        assert!(
            history > 0 && live * 2 > history && live < history * 2 + 50,
            "{live} live, {history} before"
        );
    }
}
