//! Who goes where at this very moment, for traffic that goes on for as long as somebody watches: the time of day decides.

use base::{Calendar, DayType, MediumSerial, Timestamp};
use programmes::service::content::Mode;

use super::City;
use super::agenda::Act;
use super::basket::Basket;
use super::chance::Chance;
use super::mishaps::NEVER_ISSUED;
use super::people::Resident;
use super::planner::Planner;
use super::trips::{Asks, Trip};
use super::ways::back;

/// Somebody sets out, with the medium that is used.
pub(crate) enum Outing {
    /// From terminal to terminal; times count from the first.
    Trip(MediumSerial, Trip),
    /// To a till.
    Shop(MediumSerial, Basket),
}

/// What people do, with how many of a hundred by hours of the day: to work, home, elsewhere, to a sight, to a shop,
/// something that goes wrong. Assumed.
const BY_HOUR: [(std::ops::Range<i64>, [u64; 6]); 4] = [
    (5..10, [70, 3, 12, 6, 6, 3]),
    (10..15, [12, 12, 30, 26, 17, 3]),
    (15..21, [4, 64, 12, 5, 12, 3]),
    (0..24, [5, 20, 70, 0, 2, 3]),
];

/// How many people are asked whether they go before nobody does.
const TRIES: usize = 24;

/// What is taken to be in a wallet when its holder shops; where it is less, the till hears it.
const IN_A_WALLET: i64 = 60_000;

impl City {
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
            _ => self.wrong_now(now),
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

    /// A card that is blocked, or that nobody issued.
    fn wrong_now(&mut self, now: Timestamp) -> Option<Outing> {
        let stop = self.any_stop(|stop| stop.mode == Mode::Brt)?;
        let step = self.step(now, stop, engine::Part::In, Asks::AsNeeded)?;
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
