//! People and households, as use cases take and answer them.

use base::{CivilDate, Code, HolderNumber, RegionCode, Timestamp};
use uuid::Uuid;

/// A person to be registered.
#[derive(Clone, PartialEq, Eq)]
pub struct NewIndividual {
    /// Name as on the identity card, in one field: many people have a single name.
    pub name: String,
    /// Identity number, 16 digits.
    pub nik: String,
    /// Date of birth.
    pub birth_date: CivilDate,
    /// Region of the registered address; none for people from outside the province.
    pub home: Option<RegionCode>,
    /// Rider category, a published code.
    pub category: Code,
    /// The bank that keeps the purse.
    pub bank: Code,
    /// A number the person has already; usually none, and one is allotted.
    pub holder: Option<HolderNumber>,
    /// Mobile number as the person wrote it, for codes to sign in with; many have none.
    pub phone: Option<String>,
}

/// Prints without name and number: this type ends up in logs of tests.
impl std::fmt::Debug for NewIndividual {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewIndividual").field("category", &self.category).finish_non_exhaustive()
    }
}

/// A person just registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// Row id.
    pub id: Uuid,
    /// The number everything else knows the person by.
    pub holder: HolderNumber,
}

/// A person, as shown to whoever may see the record. The identity number is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Individual {
    /// Row id.
    pub id: Uuid,
    /// Holder number.
    pub holder: HolderNumber,
    /// Name.
    pub name: String,
    /// `31.75.99 •••••• ••12`.
    pub nik_masked: String,
    /// Date of birth.
    pub birth_date: CivilDate,
    /// Region of the registered address.
    pub home: Option<RegionCode>,
    /// Rider category.
    pub category: Code,
    /// When registered.
    pub registered_at: Timestamp,
}

impl std::fmt::Debug for Individual {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Individual").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Individual {
    /// Whole years of age on a day.
    #[must_use]
    pub fn age_on(&self, day: CivilDate) -> i16 {
        let (born, day) = (self.birth_date.to_jiff(), day.to_jiff());
        let years = day.year() - born.year();
        // A birthday of 29 February counts on 1 March in other years.
        if (day.month(), day.day()) < (born.month(), born.day()) { years - 1 } else { years }
    }
}

/// A household to be formed of registered people.
#[derive(Clone, PartialEq, Eq)]
pub struct NewHousehold {
    /// Number of the family card (*Kartu Keluarga*), 16 digits.
    pub family_card: String,
    /// Its head, one of the members.
    pub head: HolderNumber,
    /// Its members.
    pub members: Vec<HolderNumber>,
}

impl std::fmt::Debug for NewHousehold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewHousehold").field("members", &self.members.len()).finish_non_exhaustive()
    }
}

/// A household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Household {
    /// Row id.
    pub id: Uuid,
    /// Its head.
    pub head: HolderNumber,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_turns_on_the_birthday() {
        let date = |text| CivilDate::parse(text).unwrap();
        let person = |birth_date| Individual {
            id: Uuid::nil(),
            holder: HolderNumber::new(1).unwrap(),
            name: String::new(),
            nik_masked: String::new(),
            birth_date: date(birth_date),
            home: None,
            category: Code::parse("adult").unwrap(),
            registered_at: Timestamp(0),
        };
        assert_eq!(person("1959-11-24").age_on(date("2026-11-23")), 66);
        assert_eq!(person("1959-11-24").age_on(date("2026-11-24")), 67);
        assert_eq!(person("2000-02-29").age_on(date("2026-02-28")), 25);
        assert_eq!(person("2000-02-29").age_on(date("2026-03-01")), 26);
    }
}
