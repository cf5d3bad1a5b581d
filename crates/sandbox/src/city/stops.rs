//! Places as people know them: stops on the way, lines that lead there, sights for a free day, counters; and as much of
//! their prices as people know by heart.

use std::ops::Range;

use base::{Calendar, CivilDate, CivilTime, Code, RegionCode, Timestamp};
use engine::{Amount, PriceRule};
use programmes::service::content::{Benefit, Content, Mode, Opening, Tariff};

use super::CityError;
use super::people::{Medium, Right};

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
    /// Whether the hours are those of a timetable.
    pub timetable: bool,
    /// The place it is a part of.
    pub within: Option<Code>,
    /// How many people it takes before it is crowded, and at all.
    pub capacity: Option<(u32, u32)>,
    /// The most people on one medium.
    pub party_max: u16,
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

    /// When it opens and closes on a date.
    pub fn hours(&self, date: CivilDate) -> (Timestamp, Timestamp) {
        let moment = |time: CivilTime| date.midnight().plus(time.0);
        (moment(self.opening.opens), moment(self.opening.closes))
    }
}

/// All places with terminals, and the prices the outside knows.
#[derive(Debug, Clone)]
pub struct Stops {
    all: Vec<Stop>,
    tariffs: Vec<Tariff>,
    benefits: Vec<Benefit>,
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
                timetable: place.timetable,
                within: place.within,
                capacity: place.capacity.map(|capacity| (capacity.soft, capacity.hard)),
                party_max: place.party_max.max(1),
                devices: first..first + usize::from(place.gates),
            });
        }
        let stops = Self { all, tariffs: content.tariffs.clone(), benefits: content.benefits.clone() };
        if stops.all.iter().filter(|stop| stop.mode == Mode::Brt).count() < 2 {
            return Err(CityError::Missing { what: "second stop" });
        }
        Ok(stops)
    }

    /// Every place.
    pub fn all(&self) -> &[Stop] {
        &self.all
    }

    /// The place of an index.
    pub fn get(&self, index: usize) -> Option<&Stop> {
        self.all.get(index)
    }

    /// Indexes of the places that are wanted.
    pub fn indexes(&self, wanted: impl Fn(&Stop) -> bool) -> Vec<usize> {
        let wanted = self.all.iter().enumerate().filter(|(_, stop)| wanted(stop));
        wanted.map(|(index, _)| index).collect()
    }

    /// Whether somebody may enter, now, the place and the one it is a part of.
    pub fn is_open(&self, stop: &Stop, at: Timestamp) -> bool {
        let around = stop.within.and_then(|place| self.all.iter().find(|other| other.place == place));
        stop.timetable || (stop.is_open(at) && around.is_none_or(|around| around.is_open(at)))
    }

    fn tariff(&self, service: Code, date: CivilDate) -> Option<&Tariff> {
        self.tariffs.iter().rfind(|row| row.service == service && row.basis.valid_from <= date)
    }

    /// Whether a service has a price on a date.
    pub fn is_priced(&self, service: Code, date: CivilDate) -> bool {
        self.tariff(service, date).is_some()
    }

    /// Whether people tap in and out of a service, so that it is priced at the end.
    pub fn is_gated(&self, service: Code) -> bool {
        self.tariffs.iter().any(|row| row.service == service && row.rules.missing_exit.is_some())
    }

    /// Whether a service is priced by distance.
    pub fn by_distance(&self, service: Code) -> bool {
        self.tariffs.iter().any(|row| row.service == service && row.rules.distance.is_some())
    }

    /// Whether one price is for everybody who comes together.
    pub fn per_entry(&self, service: Code) -> bool {
        self.tariffs.iter().any(|row| row.service == service && row.rules.per_entry)
    }

    /// The price by heart: what one person of a category is asked by hour and date.
    pub fn price(&self, service: Code, category: Code, at: Timestamp) -> Option<Amount> {
        let (date, time) = (at.jakarta_date(), at.jakarta_time());
        let begun = self.tariff(service, date)?;
        let rules = &begun.rules;
        let on_date =
            rules.overrides.iter().find(|row| row.from <= date && date <= row.to).map(|row| row.price);
        let by_time =
            rules.bands.iter().find(|row| row.from <= time && time < row.until).map(|row| row.price);
        let by_category = rules.categories.iter().find(|row| row.category == category).map(|row| row.price);
        Some(on_date.or(by_time).or(by_category).unwrap_or(begun.price))
    }

    /// What somebody who forgets to tap out is asked when the day is over: the notice at every gate says it.
    pub fn missing_exit(&self, service: Code, category: Code, begun: Timestamp) -> Amount {
        let date = begun.jakarta_date();
        let own = self.price(service, category, begun).unwrap_or_default();
        let Some(rules) = self.tariff(service, date).map(|row| &row.rules) else { return Amount::ZERO };
        let overridden = rules.overrides.iter().any(|row| row.from <= date && date <= row.to);
        let by_ends = rules.matrix.is_some() || rules.distance.is_some();
        let missing = rules.missing_exit.unwrap_or(own);
        match (overridden, by_ends) {
            (true, _) => own,
            (false, true) => missing,
            (false, false) => missing.min(own),
        }
    }

    /// Whether a right makes rides of a service free.
    pub fn rides_free(&self, right: &Right, service: Code, medium: &Medium, at: Timestamp) -> bool {
        let date = at.jakarta_date();
        let benefit =
            self.benefits.iter().rfind(|row| row.code == right.benefit && row.basis.valid_from <= date);
        right.holds(at)
            && benefit.is_some_and(|row| {
                row.price == PriceRule::Free
                    && row.services.contains(&service)
                    && row.rules.days.is_empty()
                    && medium.assurance >= row.assurance_min
            })
    }
}
