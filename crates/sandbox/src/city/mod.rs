//! The synthetic city: one seed, one city, and one day after the other.
//!
//! Owns [`City`] and how it is made. Shares and habits are assumptions, good enough to look like Jakarta and no statement
//! about it. Nothing here reads a clock, a file or the operating system's randomness.

mod agenda;
mod basket;
mod books;
mod chance;
mod commands;
mod doing;
mod events;
mod families;
mod forecast;
mod given_names;
mod hearing;
mod homes;
mod mishaps;
mod mistakes;
mod network;
mod offices;
mod outing;
mod people;
mod phones;
mod planner;
mod registry;
mod rights;
mod shopping;
mod stops;
mod terminals;
mod travel;
mod trips;
mod visits;
mod ways;

use base::{CalendarError, CivilDate, Code, MediumSerial, Timestamp};
use programmes::service::content::{AidMonth, Content, ContentErrors};

pub use books::Disagreement;
pub use commands::{IdSource, Senders};
pub use events::{Event, Expect, Heard, Sender, Surprise};
pub use people::{Household, Medium, Resident, Right, School, Standing};
pub use terminals::Device;

pub(crate) use basket::{Basket, Then};
pub(crate) use chance::Chance;
pub(crate) use forecast::Forecast;
pub(crate) use outing::{Outing, Wish};
pub(crate) use trips::{Step, Trip};

use agenda::Agenda;
use books::Books;
use network::Network;
use shopping::Shops;
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
    /// The shares of benefits cannot be read.
    #[error("the shares of benefits are wrong: {reason}")]
    Rights {
        /// What is wrong.
        reason: String,
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
    /// Schools, by index.
    pub schools: Vec<School>,
    /// Terminals, by number.
    pub devices: Vec<Device>,
    /// Answers that were not what the outside expected.
    pub surprises: Vec<Surprise>,
    stops: Stops,
    shops: Shops,
    /// What is paid into wallets for a month, and on which day.
    aid: Vec<(Code, AidMonth)>,
    aid_days: Vec<(Code, u8)>,
    rent_counters: Vec<Code>,
    /// Benefits that make some visits free, with their service.
    counted_visits: Vec<(Code, Code)>,
    books: Books,
    agenda: Agenda,
    network: Network,
    chance: Chance,
    /// Number of the last event.
    number: u64,
    /// Serial of the next card.
    next_serial: u32,
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
        let people = people::settle(seed, content, &stops, residents, at)?;
        let rights = rights::Rights::read(content, at)?;
        let benefits = || content.benefits.iter();
        let counted = benefits().filter(|row| row.rules.quota.is_some());
        let media: usize = people.residents.iter().map(|one| one.media.len()).sum();
        Ok(Self {
            seed,
            begins: at,
            bank,
            books: Books::open(&people.residents, devices.len()),
            residents: people.residents,
            households: people.households,
            schools: people.schools,
            devices,
            surprises: Vec::new(),
            stops,
            shops: Shops::of(content),
            aid: benefits().filter_map(|row| Some((row.code, row.aid_month?))).collect(),
            aid_days: rights.aid_days(),
            rent_counters: rights.flats().counters.clone(),
            counted_visits: counted.filter_map(|row| Some((row.code, *row.services.first()?))).collect(),
            agenda: Agenda::default(),
            network: Network::default(),
            chance: Chance::new(seed, "doing", 0),
            number: 0,
            next_serial: u32::try_from(media).unwrap_or(u32::MAX),
            next_day: at,
        })
    }

    const fn begins_at(&self) -> Timestamp {
        self.begins.midnight()
    }

    /// Whether a card of this serial was ever issued.
    fn is_issued(&self, serial: MediumSerial) -> bool {
        serial.0 < self.next_serial
    }

    /// What a resident has by the sandbox's own books: the purse, and what is owed.
    #[must_use]
    pub fn purse(&self, resident: u32) -> (i64, i64) {
        (self.books.purse(resident), self.books.debt(resident))
    }

    /// What is in each wallet by the sandbox's own books: resident, benefit, balance.
    pub fn wallets(&self) -> impl Iterator<Item = (u32, Code, i64)> {
        self.books.wallets.iter().map(|((resident, benefit), wallet)| (*resident, *benefit, wallet.balance))
    }

    /// Balances that were told and are not those of the sandbox's own books.
    #[must_use]
    pub fn disagreements(&self) -> &[Disagreement] {
        &self.books.disagreements
    }
}
