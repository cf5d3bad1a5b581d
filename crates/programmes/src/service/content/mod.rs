//! Content files: read, checked, turned into commands of the engine and into labels for people.
//!
//! A file holds any of the sections `documents`, `organisations`, `services`, `places`, `calendars`, `tariffs`,
//! `integrations`, `benefits` and `terms`. Unknown sections and fields are errors that name the file and line. Never touches the disk or a database:
//! texts come in, values go out.

mod check;
mod commands;
mod error;
mod labels;
mod rows;

pub use crate::model::{
    AidMonth, Basis, Benefit, Document, FormerName, Integration, Mode, NamedCalendar, Names, Opening,
    Organisation, Place, Service, Tariff, Term, TermKind, Weekday,
};
pub use check::Known;
pub use error::{ContentError, ContentErrors, Problem};
pub use labels::{Label, LabelKind};

use base::{CivilDate, Code};

/// Longest content file in bytes.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A file of the content: its name for messages, and its text.
macro_rules! built_in {
    ($name:literal) => {
        (
            concat!("content/", $name, ".yaml"),
            include_str!(concat!("../../../../../content/", $name, ".yaml")),
        )
    };
}

/// The content compiled in: file name and text, in the order they are read.
pub const BUILT_IN: [(&str, &str); 19] = [
    built_in!("documents"),
    built_in!("terms"),
    built_in!("organisations"),
    built_in!("services"),
    built_in!("places"),
    built_in!("places_services"),
    built_in!("places_mrt"),
    built_in!("places_transit"),
    built_in!("places_sights"),
    built_in!("calendars"),
    built_in!("tariffs"),
    built_in!("tariffs_mrt"),
    built_in!("tariffs_sights"),
    built_in!("integrations"),
    built_in!("benefits_transport"),
    built_in!("benefits_wallets"),
    built_in!("benefits_food"),
    built_in!("benefits_visits"),
    built_in!("benefits_flats"),
];

/// What the files of one publication say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Regulations and agreements.
    pub documents: Vec<Document>,
    /// Banks, merchants, the operator.
    pub organisations: Vec<Organisation>,
    /// What is sold.
    pub services: Vec<Service>,
    /// Where media are used.
    pub places: Vec<Place>,
    /// Calendars, versions in order.
    pub calendars: Vec<NamedCalendar>,
    /// Prices, versions of a service in order.
    pub tariffs: Vec<Tariff>,
    /// Fares for several modes together, versions in order.
    pub integrations: Vec<Integration>,
    /// Benefits, versions in order.
    pub benefits: Vec<Benefit>,
    /// Words for codes.
    pub terms: Vec<Term>,
}

impl Content {
    /// The content compiled into the program, for the demonstration and for tests.
    ///
    /// # Errors
    /// [`ContentErrors`] when a built-in file is wrong; a test reads them all.
    pub fn built_in() -> Result<Self, ContentErrors> {
        Self::built_in_with(&[])
    }

    /// The content compiled into the program with more files beside it: what a city would publish if these were added.
    ///
    /// # Errors
    /// [`ContentErrors`] when a file is wrong, by itself or beside the others.
    pub fn built_in_with(files: &[(&str, &str)]) -> Result<Self, ContentErrors> {
        let all: Vec<(&str, &str)> = BUILT_IN.iter().chain(files).copied().collect();
        Self::parse(&all, &Known::default())
    }

    /// Reads files, each a name for messages and a text. `known` are the codes published before, to which rows may
    /// refer.
    ///
    /// # Errors
    /// [`ContentErrors`] with everything that is wrong, in order of file and line.
    pub fn parse(files: &[(&str, &str)], known: &Known) -> Result<Self, ContentErrors> {
        let mut read = Vec::with_capacity(files.len());
        let mut errors = Vec::new();
        for (file, text) in files {
            match rows::read(file, text) {
                Ok(document) => read.push((*file, document)),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { check::check(read, known) } else { Err(ContentErrors(errors)) }
    }

    /// The price of a service on a date, by the newest version that has begun.
    #[must_use]
    pub fn tariff(&self, service: Code, date: CivilDate) -> Option<&Tariff> {
        self.tariffs.iter().rfind(|tariff| tariff.service == service && tariff.basis.valid_from <= date)
    }

    /// The service with a code.
    #[must_use]
    pub fn service(&self, code: Code) -> Option<&Service> {
        self.services.iter().find(|service| service.code == code)
    }
}
