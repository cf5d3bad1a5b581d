//! The offices that take part, with the names they had and from when: content, read once.

use std::sync::OnceLock;

use base::{CivilDate, Code};
use platform::i18n::Language;
use serde::Deserialize;

const CONTENT: &str = include_str!("../../../content/agencies.yaml");

#[derive(Deserialize)]
struct File {
    agencies: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    names: Vec<NameRow>,
}

#[derive(Deserialize)]
struct NameRow {
    from: String,
    id: String,
    en: String,
}

/// An office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Its code.
    pub code: Code,
    names: Vec<(CivilDate, String, String)>,
}

impl Agency {
    /// What it was called on a day; its first name before that.
    #[must_use]
    pub fn name(&self, language: Language, day: CivilDate) -> &str {
        let named = self.names.iter().rfind(|(from, ..)| *from <= day).or_else(|| self.names.first());
        named.map_or(self.code.as_str(), |(_, id, en)| match language {
            Language::Indonesian => id,
            Language::English => en,
        })
    }
}

/// Every office, as the content has them. What cannot be read is left out; a test keeps that from shipping.
pub fn all() -> &'static [Agency] {
    static ALL: OnceLock<Vec<Agency>> = OnceLock::new();
    ALL.get_or_init(|| {
        let rows = serde_saphyr::from_str::<File>(CONTENT).map(|file| file.agencies).unwrap_or_default();
        rows.into_iter().filter_map(agency).collect()
    })
}

/// The office of a code.
#[must_use]
pub fn find(code: Code) -> Option<&'static Agency> {
    all().iter().find(|agency| agency.code == code)
}

fn agency(row: Row) -> Option<Agency> {
    let names: Option<Vec<_>> =
        row.names.into_iter().map(|name| Some((CivilDate::parse(&name.from)?, name.id, name.en))).collect();
    let names = names?;
    let in_order = !names.is_empty() && names.is_sorted_by(|(one, ..), (next, ..)| one < next);
    in_order.then_some(Agency { code: Code::parse(&row.code).ok()?, names })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_office_is_read_and_known_by_one_code() {
        let written = CONTENT.matches("- code:").count();
        assert_eq!(all().len(), written, "an office cannot be read");
        for agency in all() {
            assert_eq!(find(agency.code), Some(agency), "{} twice", agency.code);
        }
    }

    #[test]
    fn a_name_counts_from_its_day() {
        let bureau = find(Code::parse("biro_perekonomian").unwrap()).unwrap();
        let name = |day| bureau.name(Language::Indonesian, CivilDate::parse(day).unwrap());
        assert_eq!(name("2016-05-01"), "Biro Perekonomian");
        assert_eq!(name("2019-12-31"), "Biro Perekonomian");
        assert_eq!(name("2020-01-01"), "Biro Perekonomian dan Keuangan");
    }
}
