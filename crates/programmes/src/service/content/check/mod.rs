//! Checks rows against each other: codes once, references that lead somewhere, dates and versions in order.
//!
//! Owns the rules of a publication as a whole. Every mistake is reported, not only the first.

mod benefits;
mod calendars;
mod grounds;
mod integrations;
mod known;
mod places;
mod references;
mod tariffs;

use std::collections::{BTreeMap, BTreeSet};

use base::Code;
use engine::Role;
use serde_saphyr::Spanned;

use super::error::{ContentError, ContentErrors, Problem};
use super::rows;
use super::{Content, Document, Mode, Names, Organisation, Service, Term, TermKind};

pub use known::Known;

/// What is found while checking one file after the other.
struct Checker<'t> {
    file: &'t str,
    known: Known,
    /// Of this publication: what kind of row, its code, where it stands.
    seen: BTreeMap<(&'static str, String), String>,
    /// How people use the services of this publication.
    modes: BTreeMap<Code, Mode>,
    /// Benefits of this publication.
    benefits: BTreeSet<Code>,
    errors: Vec<ContentError>,
    content: Content,
}

/// Checks the rows of all files, each with its name for messages, and gives the content, or everything that is wrong.
pub fn check(read: Vec<(&str, rows::File)>, known: &Known) -> Result<Content, ContentErrors> {
    let mut checker = Checker {
        file: "",
        known: known.clone(),
        seen: BTreeMap::new(),
        modes: BTreeMap::new(),
        benefits: BTreeSet::new(),
        errors: Vec::new(),
        content: Content::default(),
    };
    for (file, rows) in &read {
        checker.file = file;
        checker.collect(rows);
    }
    for (file, rows) in read {
        checker.file = file;
        checker.build(rows);
    }
    if !checker.errors.is_empty() {
        let place = |error: &ContentError| (error.file.clone(), error.line);
        checker.errors.sort_by_key(place);
        return Err(ContentErrors(checker.errors));
    }
    checker.content.calendars.sort_by_key(|row| (row.code, row.version));
    checker.content.integrations.sort_by_key(|row| (row.code, row.version));
    checker.content.tariffs.sort_by_key(|row| (row.service, row.version));
    checker.content.benefits.sort_by_key(|row| (row.code, row.version));
    Ok(checker.content)
}

impl Checker<'_> {
    fn wrong<T>(&mut self, at: &Spanned<T>, field: &str, problem: Problem) {
        self.wrong_at(at.referenced.line(), field, problem);
    }

    fn wrong_at(&mut self, line: u64, field: &str, problem: Problem) {
        let line = line.max(1);
        let (file, field) = (self.file.to_owned(), field.to_owned());
        self.errors.push(ContentError { file, line, field, problem });
    }

    /// A mistake that a sentence of its own says best.
    fn form<T>(&mut self, at: &Spanned<T>, field: &str, said: &str) {
        self.wrong(at, field, Problem::Form { said: said.to_owned() });
    }

    /// Notes a row's code, once.
    fn once<T>(&mut self, what: &'static str, at: &Spanned<T>, field: &str, code: String) {
        let here = format!("{}:{}", self.file, at.referenced.line());
        if let Some(first) = self.seen.get(&(what, code.clone())).cloned() {
            self.wrong(at, field, Problem::Twice { what, code, first });
        } else {
            self.seen.insert((what, code), here);
        }
    }

    fn collect(&mut self, rows: &rows::File) {
        for row in &rows.documents {
            self.once("document", &row.document, "document", row.document.value.to_string());
            self.known.documents.insert(row.document.value);
        }
        for row in &rows.organisations {
            self.once("organisation", &row.code, "code", row.code.value.to_string());
            self.known.organisations.insert(row.code.value);
            if row.role == Role::Merchant {
                self.known.merchants.insert(row.code.value);
            }
        }
        for row in &rows.services {
            self.once("service", &row.code, "code", row.code.value.to_string());
            self.known.services.insert(row.code.value);
            self.modes.insert(row.code.value, row.mode);
        }
        for row in &rows.places {
            self.once("place", &row.code, "code", row.code.value.to_string());
            self.known.places.insert(row.code.value);
        }
        for row in &rows.benefits {
            let several = row.codes.iter().map(|named| &named.code);
            self.benefits.extend(row.code.iter().chain(several).map(|code| code.value));
        }
        for row in &rows.terms {
            self.once("term", &row.term, "term", format!("{:?} {}", row.kind, row.term.value));
            self.known.terms.insert((row.kind, row.term.value));
        }
    }

    fn build(&mut self, rows: rows::File) {
        for row in rows.documents {
            let title = self.text(&row.title, "title");
            self.content.documents.push(Document { id: row.document.value, title, date: row.date });
        }
        for row in &rows.organisations {
            self.organisation(row);
        }
        for row in &rows.services {
            self.service_row(row);
        }
        for row in &rows.places {
            self.place(row);
        }
        for row in &rows.calendars {
            self.calendar(row);
        }
        for row in &rows.tariffs {
            self.tariff(row);
        }
        for row in &rows.integrations {
            self.integration(row);
        }
        for row in &rows.benefits {
            self.benefit(row);
        }
        for row in rows.terms {
            let names = Names { id: self.text(&row.id, "id"), en: self.text(&row.en, "en") };
            self.content.terms.push(Term { kind: row.kind, code: row.term.value, names });
        }
    }

    fn organisation(&mut self, row: &rows::OrganisationRow) {
        let basis = self.basis(&row.basis());
        let names = self.names(&row.name_id, &row.name_en);
        let former_names = self.former_names(&row.former_names, basis.valid_from);
        let merchant_type = row.merchant_type.as_ref().map(|merchant_type| {
            if row.role != Role::Merchant {
                self.form(merchant_type, "merchant_type", "only a merchant sells; leave it out");
            }
            self.term(TermKind::MerchantType, merchant_type, "merchant_type")
        });
        let (code, role) = (row.code.value, row.role);
        self.content.organisations.push(Organisation {
            code,
            role,
            merchant_type,
            names,
            former_names,
            basis,
        });
    }

    fn service_row(&mut self, row: &rows::ServiceRow) {
        let basis = self.basis(&row.basis());
        let names = self.names(&row.name_id, &row.name_en);
        let former_names = self.former_names(&row.former_names, basis.valid_from);
        let operator = self.merchant(&row.operator, "operator");
        let (code, mode) = (row.code.value, row.mode);
        self.content.services.push(Service { code, names, former_names, operator, mode, basis });
    }
}
