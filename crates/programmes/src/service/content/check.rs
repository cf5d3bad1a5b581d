//! Checks rows against each other: codes once, references that lead somewhere, dates and versions in order.
//!
//! Owns the rules of a publication as a whole. Every mistake is reported, not only the first.

use std::collections::{BTreeMap, BTreeSet};

use base::{CivilDate, Code, RegionCode, RegionTable};
use engine::{Evidence, Role};
use serde_saphyr::Spanned;

use super::error::{ContentError, ContentErrors, Problem};
use super::rows::{self, BasisRow, FormerNameRow};
use super::{
    Basis, Benefit, Content, Document, FormerName, Names, Opening, Organisation, Place, Service, Tariff, Term,
};

/// Highest assurance a medium can have (engine: asymmetric proof).
const ASSURANCE_MAX: u8 = 3;

/// Most terminals one place may have.
const GATES_MAX: u16 = 1_000;

/// Codes that are published already, so that a later file may refer to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Document ids.
    pub documents: BTreeSet<Code>,
    /// Organisations.
    pub organisations: BTreeSet<Code>,
    /// Those of them that run places.
    pub merchants: BTreeSet<Code>,
    /// Services.
    pub services: BTreeSet<Code>,
    /// Places.
    pub places: BTreeSet<Code>,
    /// Newest version of each tariff, by service.
    pub tariffs: BTreeMap<Code, u32>,
    /// Newest version of each benefit.
    pub benefits: BTreeMap<Code, u32>,
}

impl Known {
    /// Everything a publication holds.
    #[must_use]
    pub fn of(content: &Content) -> Self {
        Self {
            documents: content.documents.iter().map(|row| row.id).collect(),
            organisations: content.organisations.iter().map(|row| row.code).collect(),
            merchants: {
                let merchants = content.organisations.iter().filter(|row| row.role == Role::Merchant);
                merchants.map(|row| row.code).collect()
            },
            services: content.services.iter().map(|row| row.code).collect(),
            places: content.places.iter().map(|row| row.code).collect(),
            tariffs: content.tariffs.iter().map(|row| (row.service, row.version)).collect(),
            benefits: content.benefits.iter().map(|row| (row.code, row.version)).collect(),
        }
    }
}

/// What is found while checking one file after the other.
struct Checker<'t> {
    file: &'t str,
    known: Known,
    /// Of this publication: what kind of row, its code, where it stands.
    seen: BTreeMap<(&'static str, String), String>,
    errors: Vec<ContentError>,
    content: Content,
}

/// Checks the rows of all files, each with its name for messages, and gives the content, or everything that is wrong.
pub fn check(read: Vec<(&str, rows::File)>, known: &Known) -> Result<Content, ContentErrors> {
    let mut checker = Checker {
        file: "",
        known: known.clone(),
        seen: BTreeMap::new(),
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
    checker.content.tariffs.sort_by_key(|row| (row.service, row.version));
    checker.content.benefits.sort_by_key(|row| (row.code, row.version));
    Ok(checker.content)
}

impl Checker<'_> {
    fn wrong<T>(&mut self, at: &Spanned<T>, field: &str, problem: Problem) {
        let line = at.referenced.line().max(1);
        let (file, field) = (self.file.to_owned(), field.to_owned());
        self.errors.push(ContentError { file, line, field, problem });
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
        }
        for row in &rows.places {
            self.once("place", &row.code, "code", row.code.value.to_string());
            self.known.places.insert(row.code.value);
        }
        for row in &rows.terms {
            self.once("term", &row.term, "term", format!("{:?} {}", row.kind, row.term.value));
        }
    }

    fn build(&mut self, rows: rows::File) {
        for row in rows.documents {
            let title = self.text(&row.title, "title");
            self.content.documents.push(Document { id: row.document.value, title, date: row.date });
        }
        for row in rows.organisations {
            let basis = self.basis(&row.basis());
            let names = self.names(&row.name_id, &row.name_en);
            let former_names = self.former_names(&row.former_names, basis.valid_from);
            let code = row.code.value;
            let organisation = Organisation { code, role: row.role, names, former_names, basis };
            self.content.organisations.push(organisation);
        }
        for row in rows.services {
            let basis = self.basis(&row.basis());
            let names = self.names(&row.name_id, &row.name_en);
            let former_names = self.former_names(&row.former_names, basis.valid_from);
            let operator = self.merchant(&row.operator);
            let code = row.code.value;
            self.content.services.push(Service {
                code,
                names,
                former_names,
                operator,
                mode: row.mode,
                basis,
            });
        }
        for row in &rows.places {
            self.place(row);
        }
        for row in &rows.tariffs {
            self.tariff(row);
        }
        for row in &rows.benefits {
            self.benefit(row);
        }
        for row in rows.terms {
            let names = Names { id: self.text(&row.id, "id"), en: self.text(&row.en, "en") };
            self.content.terms.push(Term { kind: row.kind, code: row.term.value, names });
        }
    }

    fn place(&mut self, row: &rows::PlaceRow) {
        let basis = self.basis(&row.basis());
        let names = self.names(&row.name_id, &row.name_en);
        let former_names = self.former_names(&row.former_names, basis.valid_from);
        let operator = self.merchant(&row.operator);
        let service = self.service(&row.service, "service");
        let region = self.region(&row.region);
        self.range(&row.gates, "gates", row.gates.value.into(), (1, GATES_MAX.into()));
        let (opens, closes) = (row.opens.value.0, row.closes.value.0);
        if closes <= opens {
            let problem =
                Problem::Form { said: "a place closes after it opens; write a later time".to_owned() };
            self.wrong(&row.closes, "closes", problem);
        }
        let opening = Opening { opens, closes, closed_on: row.closed_on };
        let (code, gates) = (row.code.value, row.gates.value);
        let place = Place { code, names, former_names, operator, service, region, gates, opening, basis };
        self.content.places.push(place);
    }

    fn tariff(&mut self, row: &rows::TariffRow) {
        let basis = self.basis(&row.basis());
        let service = self.service(&row.service, "service");
        let version = row.version.value;
        self.once("tariff", &row.version, "version", format!("{service} version {version}"));
        let since = self.content.tariffs.iter().filter(|known| known.service == service);
        let since = since.map(|known| known.basis.valid_from).max();
        let newest = self.known.tariffs.get(&service).copied().unwrap_or(0);
        if self.version(&row.version, service, newest, &row.valid_from, since) {
            self.known.tariffs.insert(service, version);
        }
        self.content.tariffs.push(Tariff { service, version, price: row.price, basis });
    }

    fn benefit(&mut self, row: &rows::BenefitRow) {
        let basis = self.basis(&row.basis());
        let names = self.names(&row.name_id, &row.name_en);
        let (code, version) = (row.code.value, row.version.value);
        self.once("benefit", &row.version, "version", format!("{code} version {version}"));
        let since = self.content.benefits.iter().filter(|known| known.code == code);
        let since = since.map(|known| known.basis.valid_from).max();
        let newest = self.known.benefits.get(&code).copied().unwrap_or(0);
        if self.version(&row.version, code, newest, &row.valid_from, since) {
            self.known.benefits.insert(code, version);
        }
        let services = row.services.iter().map(|service| self.service(service, "services")).collect();
        let places = row.places.iter().map(|place| self.known_place(place)).collect();
        if let Some(least) = &row.assurance_min {
            self.range(least, "assurance_min", least.value.into(), (0, ASSURANCE_MAX.into()));
        }
        self.content.benefits.push(Benefit {
            code,
            version,
            names,
            services,
            places,
            price: row.price.into(),
            priority: row.priority,
            assurance_min: row.assurance_min.as_ref().map_or(0, |least| least.value),
            age_min: row.age_min,
            validity_months_max: row.validity_months_max,
            basis,
        });
    }

    fn basis(&mut self, row: &BasisRow<'_>) -> Basis {
        let (legal_basis, from) = (row.legal_basis.value, row.valid_from.value);
        if !self.known.documents.contains(&legal_basis) {
            let problem = Problem::Unknown { what: "document", code: legal_basis.to_string() };
            self.wrong(row.legal_basis, "legal_basis", problem);
        }
        if let Some(to) = row.valid_to.filter(|to| to.value < from) {
            self.wrong(to, "valid_to", Problem::Backwards { from, to: to.value });
        }
        let reason = row.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if row.evidence.value == Evidence::Assumed && reason.is_none() {
            self.wrong(row.evidence, "reason", Problem::ReasonMissing);
        }
        Basis {
            legal_basis,
            valid_from: from,
            valid_to: row.valid_to.map(|to| to.value),
            evidence: row.evidence.value,
            reason,
        }
    }

    fn text(&mut self, row: &Spanned<String>, field: &str) -> String {
        let text = row.value.trim().to_owned();
        if text.is_empty() {
            self.wrong(row, field, Problem::Empty);
        }
        text
    }

    fn names(&mut self, id: &Spanned<String>, en: &Spanned<String>) -> Names {
        Names { id: self.text(id, "name_id"), en: self.text(en, "name_en") }
    }

    fn former_names(&mut self, rows: &[FormerNameRow], from: CivilDate) -> Vec<FormerName> {
        let mut earliest = from;
        let mut names = Vec::with_capacity(rows.len());
        for row in rows {
            let until = row.until.value;
            if until < earliest {
                self.wrong(&row.until, "until", Problem::Backwards { from: earliest, to: until });
            }
            earliest = until.plus_days(1);
            names.push(FormerName { until, names: self.names(&row.name_id, &row.name_en) });
        }
        names
    }

    fn merchant(&mut self, code: &Spanned<Code>) -> Code {
        if !self.known.organisations.contains(&code.value) {
            let problem = Problem::Unknown { what: "organisation", code: code.value.to_string() };
            self.wrong(code, "operator", problem);
        } else if !self.known.merchants.contains(&code.value) {
            self.wrong(code, "operator", Problem::NotMerchant { code: code.value });
        }
        code.value
    }

    fn service(&mut self, code: &Spanned<Code>, field: &str) -> Code {
        if !self.known.services.contains(&code.value) {
            let problem = Problem::Unknown { what: "service", code: code.value.to_string() };
            self.wrong(code, field, problem);
        }
        code.value
    }

    fn known_place(&mut self, code: &Spanned<Code>) -> Code {
        if !self.known.places.contains(&code.value) {
            let problem = Problem::Unknown { what: "place", code: code.value.to_string() };
            self.wrong(code, "places", problem);
        }
        code.value
    }

    fn region(&mut self, code: &Spanned<RegionCode>) -> RegionCode {
        if RegionTable::jakarta().get(code.value).is_none() {
            let problem = Problem::Unknown { what: "region", code: code.value.to_string() };
            self.wrong(code, "region", problem);
        }
        code.value
    }

    fn range<T>(&mut self, at: &Spanned<T>, field: &str, value: u64, (least, greatest): (u64, u64)) {
        if !(least..=greatest).contains(&value) {
            self.wrong(at, field, Problem::Range { value, least, greatest });
        }
    }

    /// Whether the version follows the newest one and begins no earlier.
    fn version(
        &mut self,
        at: &Spanned<u32>,
        code: Code,
        newest: u32,
        from: &Spanned<CivilDate>,
        since: Option<CivilDate>,
    ) -> bool {
        // A version published before may stand here again: the engine knows whether it says the same.
        let expected = newest.saturating_add(1);
        if (1..=newest).contains(&at.value) {
            return false;
        }
        if at.value != expected {
            self.wrong(at, "version", Problem::Version { code, expected });
            return false;
        }
        if let Some(since) = since.filter(|since| from.value < *since) {
            self.wrong(from, "valid_from", Problem::Backwards { from: since, to: from.value });
        }
        true
    }
}
