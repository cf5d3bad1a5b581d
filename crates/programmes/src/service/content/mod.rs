//! Content files: read, checked, turned into commands of the engine and into labels for people.
//!
//! A file holds any of the sections `documents`, `organisations`, `services`, `places`, `tariffs`, `benefits` and
//! `terms`. Unknown sections and fields are errors that name the file and line. Never touches the disk or a database:
//! texts come in, values go out.

mod check;
mod commands;
mod error;
mod labels;
mod rows;

pub use crate::model::{
    Basis, Benefit, Document, FormerName, Mode, Names, Opening, Organisation, Place, Service, Tariff, Term,
    TermKind, Weekday,
};
pub use check::Known;
pub use error::{ContentError, ContentErrors, Problem};
pub use labels::{Label, LabelKind};

use base::{CivilDate, Code};

/// Longest content file in bytes.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The content compiled in: file name and text, in the order they are read.
pub const BUILT_IN: [(&str, &str); 7] = [
    ("content/documents.yaml", include_str!("../../../../../content/documents.yaml")),
    ("content/organisations.yaml", include_str!("../../../../../content/organisations.yaml")),
    ("content/services.yaml", include_str!("../../../../../content/services.yaml")),
    ("content/places.yaml", include_str!("../../../../../content/places.yaml")),
    ("content/tariffs.yaml", include_str!("../../../../../content/tariffs.yaml")),
    ("content/benefits.yaml", include_str!("../../../../../content/benefits.yaml")),
    ("content/terms.yaml", include_str!("../../../../../content/terms.yaml")),
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
    /// Prices, versions of a service in order.
    pub tariffs: Vec<Tariff>,
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
        Self::parse(&BUILT_IN, &Known::default())
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
