//! Places as people know them: stops on the way, lines that lead there, sights for a free day; and what each costs.

use std::ops::Range;

use base::{Calendar, CivilDate, CivilTime, Code, RegionCode, RegionLevel, Timestamp};
use engine::{Amount, PriceRule};
use programmes::service::content::{Benefit, Content, Mode, Opening, Tariff};

use super::CityError;
use super::chance::Chance;
use super::people::{Entitlement, Medium};

/// How much likelier a stop of one's own city is as the one near home.
const OWN_CITY_WEIGHT: u64 = 8;

/// A place with its terminals.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Code.
    pub place: Code,
    /// What is sold there.
    pub service: Code,
    /// How people use it.
    pub mode: Mode,
    /// Where it is.
    pub region: RegionCode,
    /// When it may be entered.
    pub opening: Opening,
    /// Its terminals, by index among the city's.
    pub devices: Range<usize>,
}

impl Stop {
    /// Whether somebody may enter at an instant. Past the calendar only the hours count.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let hours = self.opening.opens..self.opening.closes;
        let day = self.opening.is_open(at.jakarta_date(), Calendar::government());
        hours.contains(&at.jakarta_time()) && day.unwrap_or(true)
    }

    /// The nearest moment to `at` at which the place is open, chance spreading those who come too early or late.
    pub fn within_hours(&self, date: CivilDate, at: Timestamp, chance: &mut Chance) -> Timestamp {
        let moment = |time: CivilTime| date.midnight().plus(time.0);
        let (opens, closes) = (moment(self.opening.opens), moment(self.opening.closes));
        let spread = chance.between(0, 20 * Timestamp::MINUTE);
        if at < opens {
            opens.plus(spread)
        } else if at >= closes {
            closes.plus(-spread - Timestamp::SECOND)
        } else {
            at
        }
    }
}

/// All places, and the prices the sandbox expects to be asked.
#[derive(Debug, Clone)]
pub struct Stops {
    all: Vec<Stop>,
    tariffs: Vec<Tariff>,
    /// Benefits of the content, versions in order.
    pub benefits: Vec<Benefit>,
}

impl Stops {
    /// Of the content; terminals are numbered in the order of its places.
    pub fn of(content: &Content) -> Result<Self, CityError> {
        let mut all: Vec<Stop> = Vec::with_capacity(content.places.len());
        // A place without terminals is not on anybody's way.
        for place in content.places.iter().filter(|place| place.gates > 0) {
            let service = content.service(place.service).ok_or(CityError::Missing { what: "service" })?;
            let first = all.last().map_or(0, |stop| stop.devices.end);
            all.push(Stop {
                place: place.code,
                service: place.service,
                mode: service.mode,
                region: place.region,
                opening: place.opening,
                devices: first..first + usize::from(place.gates),
            });
        }
        let stops = Self { all, tariffs: content.tariffs.clone(), benefits: content.benefits.clone() };
        if stops.indexes(|mode| matches!(mode, Mode::Brt | Mode::Rail)).len() < 2 {
            return Err(CityError::Missing { what: "second stop or station" });
        }
        Ok(stops)
    }

    /// The place of an index.
    pub fn get(&self, index: usize) -> Option<&Stop> {
        self.all.get(index)
    }

    /// Indexes of the places whose mode is wanted.
    pub fn indexes(&self, wanted: impl Fn(Mode) -> bool) -> Vec<usize> {
        let wanted = self.all.iter().enumerate().filter(|(_, stop)| wanted(stop.mode));
        wanted.map(|(index, _)| index).collect()
    }

    /// The stop near home and the one at the other end of the daily way.
    pub fn daily_way(&self, home: RegionCode, chance: &mut Chance) -> (usize, usize) {
        let stops = self.indexes(|mode| matches!(mode, Mode::Brt | Mode::Rail));
        let city = home.at(RegionLevel::City);
        let weight = |index: &usize| {
            let own = self.get(*index).is_some_and(|stop| stop.region.at(RegionLevel::City) == city);
            if own { OWN_CITY_WEIGHT } else { 1 }
        };
        let weights: Vec<u64> = stops.iter().map(weight).collect();
        let near = stops.get(chance.weighted(&weights)).copied().unwrap_or_default();
        let others: Vec<usize> = stops.into_iter().filter(|stop| *stop != near).collect();
        (near, chance.pick(&others).copied().unwrap_or_default())
    }

    /// What the tariff asks somebody of a category at an instant, of those who tap once.
    pub fn full_price(&self, service: Code, category: Code, at: Timestamp) -> Option<Amount> {
        let (date, time) = (at.jakarta_date(), at.jakarta_time());
        let begun =
            self.tariffs.iter().rfind(|row| row.service == service && row.basis.valid_from <= date)?;
        let rules = &begun.rules;
        let on_date =
            rules.overrides.iter().find(|row| row.from <= date && date <= row.to).map(|row| row.price);
        let by_time =
            rules.bands.iter().find(|row| row.from <= time && time < row.until).map(|row| row.price);
        let by_category = rules.categories.iter().find(|row| row.category == category).map(|row| row.price);
        Some(on_date.or(by_time).or(by_category).unwrap_or(begun.price))
    }

    /// What a holder is asked with an entitlement, and whether the benefit made the price.
    pub fn price(
        &self,
        stop: &Stop,
        (date, full): (CivilDate, Amount),
        medium: &Medium,
        entitlement: Option<&Entitlement>,
    ) -> (Amount, bool) {
        let held = entitlement.filter(|held| held.from <= date && date <= held.to);
        let benefit = held.and_then(|held| {
            self.benefits.iter().rfind(|row| row.code == held.benefit && row.basis.valid_from <= date)
        });
        let covers = |list: &[Code], one: Code| list.is_empty() || list.contains(&one);
        let applies = benefit.filter(|row| {
            covers(&row.services, stop.service)
                && covers(&row.places, stop.place)
                && medium.assurance >= row.assurance_min
        });
        let lower = applies.map(|row| match row.price {
            PriceRule::Free => Amount::ZERO,
            PriceRule::Fixed(price) => price,
            PriceRule::Percent(part) => Amount(full.0 * u64::from(part) / 100),
            PriceRule::Less(amount) => full.less(amount),
            PriceRule::Unchanged => full,
        });
        lower.filter(|lower| *lower < full).map_or((full, false), |lower| (lower, true))
    }
}
