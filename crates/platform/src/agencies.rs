//! The offices that take part, with the names they had and from when: content, read once.

use std::sync::OnceLock;

use base::{CivilDate, Code};
use serde::Deserialize;

use crate::access::Role;
use crate::i18n::Language;

const CONTENT: &str = include_str!("../../../content/agencies.yaml");

#[derive(Deserialize)]
struct File {
    agencies: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    role: Option<String>,
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
    /// The one role that its people have, where there is only one.
    pub role: Option<Role>,
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

/// What the office of a code is called on a day; the code itself where there is none.
#[must_use]
pub fn name(code: Code, language: Language, day: CivilDate) -> String {
    find(code).map_or_else(|| code.to_string(), |agency| agency.name(language, day).to_owned())
}

/// Whether somebody of a role may be of an office: an office with a role of its own has no others, and nobody else has it.
#[must_use]
pub fn fits(role: Role, agency: Option<Code>) -> bool {
    let Some(agency) = agency else { return true };
    let Some(found) = find(agency) else { return false };
    let is_reserved = all().iter().any(|one| one.role == Some(role));
    found.role.map_or(!is_reserved, |own| own == role)
}

fn agency(row: Row) -> Option<Agency> {
    let names: Option<Vec<_>> =
        row.names.into_iter().map(|name| Some((CivilDate::parse(&name.from)?, name.id, name.en))).collect();
    let names = names?;
    let in_order = !names.is_empty() && names.is_sorted_by(|(one, ..), (next, ..)| one < next);
    let role = row.role.as_deref().map(Role::parse).transpose().ok()?;
    in_order.then_some(Agency { code: Code::parse(&row.code).ok()?, role, names })
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
    fn who_grants_is_of_one_office_and_that_office_has_nobody_else() {
        let code = |text| Some(Code::parse(text).unwrap());
        assert!(fits(Role::DataAuthority, code("diskominfotik")) && fits(Role::DataAuthority, None));
        assert!(!fits(Role::Agency, code("diskominfotik")) && !fits(Role::DataAuthority, code("disdik")));
        assert!(fits(Role::Agency, code("disdik")) && !fits(Role::Agency, code("no_such_office")));
        let policies = include_str!("../../../policies/staff.cedar");
        let office = all().iter().find(|one| one.role == Some(Role::DataAuthority)).unwrap();
        assert!(
            policies.contains(&format!("principal.agency == \"{}\"", office.code)),
            "named in the policy"
        );
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
