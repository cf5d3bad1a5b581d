//! The synthetic city: one seed, one city, and one day after the other.
//!
//! Owns [`City`] and how it is made. Shares and habits are assumptions, good enough to look like Jakarta and no statement
//! about it. Nothing here reads a clock, a file or the operating system's randomness.

mod books;
mod chance;
mod commands;
mod day;
mod events;
mod families;
mod given_names;
mod homes;
mod people;
mod plan;
mod registry;
mod stops;
mod terminals;

use base::{CalendarError, CivilDate, Code, Timestamp};
use programmes::service::content::{Content, ContentErrors, Mode};

pub use commands::{IdSource, Senders};
pub use events::{AskEvent, Event, Expected, Happening, TapEvent, TopUpEvent};
pub use people::{Entitlement, Household, Medium, Resident};
pub use terminals::Device;

pub(crate) use chance::Chance;

use books::Books;
use stops::Stops;

/// Fewest residents a city can have: below, the groups a day needs cannot all be there.
pub const RESIDENTS_MIN: usize = 20;

/// Most residents of one city: holder numbers are drawn at random and must stay far apart.
pub const RESIDENTS_MAX: usize = 12_000_000;

/// Why there is no city, or no such day in it.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// The number of residents is out of range.
    #[error("a city has {RESIDENTS_MIN} to {RESIDENTS_MAX} residents; got {asked}")]
    Residents {
        /// How many were asked for.
        asked: usize,
    },
    /// The built-in content is wrong.
    #[error("the built-in content cannot be read")]
    Content(#[from] ContentErrors),
    /// The content misses something a city cannot do without.
    #[error("the content has no {what}; publish one")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
    /// The calendar does not reach the date.
    #[error("the calendar does not reach the day")]
    Calendar(#[from] CalendarError),
    /// A day before the city began, or one that was lived already.
    #[error("{date} cannot be lived: the next day is {next}")]
    Day {
        /// The day asked for.
        date: CivilDate,
        /// The first day that can be lived.
        next: CivilDate,
    },
}

/// A city with its people, terminals and the books the sandbox keeps about them.
#[derive(Debug, Clone)]
pub struct City {
    /// What everything was drawn from.
    pub seed: u64,
    /// The day the city begins.
    pub begins: CivilDate,
    /// Bank that keeps the purses.
    pub bank: Code,
    /// People, by index.
    pub residents: Vec<Resident>,
    /// Households, by index.
    pub households: Vec<Household>,
    /// Terminals, by number.
    pub devices: Vec<Device>,
    stops: Stops,
    books: Books,
    next_day: CivilDate,
}

impl City {
    /// The city of a seed with so many residents, beginning on a day, over the built-in content. The same three give
    /// the same city, for ever within one version of this crate.
    ///
    /// # Errors
    /// [`CityError`] when the number is out of range or the built-in content lacks a bank or a stop.
    pub fn generate(seed: u64, residents: usize, at: CivilDate) -> Result<Self, CityError> {
        Self::generate_in(&Content::built_in()?, seed, residents, at)
    }

    /// The same over other content.
    ///
    /// # Errors
    /// As [`City::generate`].
    pub fn generate_in(
        content: &Content,
        seed: u64,
        residents: usize,
        at: CivilDate,
    ) -> Result<Self, CityError> {
        if !(RESIDENTS_MIN..=RESIDENTS_MAX).contains(&residents) {
            return Err(CityError::Residents { asked: residents });
        }
        let bank = content.organisations.iter().find(|row| row.role == engine::Role::Bank);
        let bank = bank.ok_or(CityError::Missing { what: "bank" })?.code;
        let devices = terminals::install(seed, content);
        let stops = Stops::of(content)?;
        let (residents, households) = people::settle(seed, content, &stops, residents, at)?;
        let books = Books::open(&residents, &devices);
        Ok(Self { seed, begins: at, bank, residents, households, devices, stops, books, next_day: at })
    }

    /// The terminal, by index, at which a resident turns up at an instant: mostly one end of the daily way, sometimes a
    /// line or a sight. Where it is closed, one of the stops that run all night.
    pub(crate) fn live_device(
        &self,
        resident: &Resident,
        now: Timestamp,
        chance: &mut Chance,
    ) -> Option<usize> {
        let (near, far) = resident.habits.way;
        let wished = match chance.below(10) {
            0..=3 => near,
            4..=7 => far,
            8 => *chance.pick(&self.stops.indexes(|mode| mode == Mode::Feeder)).unwrap_or(&near),
            _ => *chance.pick(&self.stops.indexes(|mode| mode == Mode::Attraction)).unwrap_or(&far),
        };
        let open = self.stops.get(wished).is_some_and(|stop| stop.is_open(now));
        let stop = if open { wished } else { *chance.pick(&self.stops.indexes(|mode| mode == Mode::Brt))? };
        let devices = &self.stops.get(stop)?.devices;
        Some(devices.start + chance.index(devices.len()))
    }

    /// Whose medium it is.
    #[must_use]
    pub fn resident_of(&self, medium: base::MediumSerial) -> Option<&Resident> {
        // Serials rise with the index of the resident.
        let after = self
            .residents
            .partition_point(|resident| resident.media.first().is_some_and(|first| first.serial <= medium));
        let resident = self.residents.get(after.checked_sub(1)?)?;
        resident.media.iter().any(|one| one.serial == medium).then_some(resident)
    }
}
