//! What a registration must fulfil, without looking at any record.

use std::collections::BTreeSet;

use base::Nik;

use crate::error::ResidentsError;
use crate::model::{NewHousehold, NewIndividual};

/// Longest name, in characters.
pub(crate) const NAME_LENGTH_MAX: usize = 200;

/// Most members of a household.
pub(crate) const MEMBERS_MAX: usize = 50;

/// A person's texts, checked.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) nik: Nik,
}

/// Checks a person's name and identity number.
pub(crate) fn check_individual(new: &NewIndividual) -> Result<Checked, ResidentsError> {
    let name = new.name.trim();
    let length = name.chars().count();
    if length == 0 || length > NAME_LENGTH_MAX || name.chars().any(char::is_control) {
        return Err(ResidentsError::NameInvalid);
    }
    let (nik, _warnings) = Nik::parse(&new.nik)?;
    Ok(Checked { name: name.to_owned(), nik })
}

/// Checks a household's card number and that its head is one of its members, each named once.
pub(crate) fn check_household(new: &NewHousehold) -> Result<(), ResidentsError> {
    let invalid = |reason| Err(ResidentsError::HouseholdInvalid { reason });
    if new.family_card.len() != 16 || !new.family_card.bytes().all(|b| b.is_ascii_digit()) {
        return invalid("the family card number has not 16 digits");
    }
    if new.members.len() > MEMBERS_MAX {
        return invalid("there are too many members");
    }
    if new.members.iter().collect::<BTreeSet<_>>().len() != new.members.len() {
        return invalid("a member is named twice");
    }
    if !new.members.contains(&new.head) {
        return invalid("the head is not a member");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base::{CivilDate, Code, HolderNumber};

    use super::*;

    fn person(name: &str, nik: &str) -> NewIndividual {
        NewIndividual {
            name: name.into(),
            nik: nik.into(),
            birth_date: CivilDate::parse("1959-12-01").unwrap(),
            home: None,
            category: Code::parse("adult").unwrap(),
            bank: Code::parse("bank_a").unwrap(),
            holder: None,
        }
    }

    #[test]
    fn a_single_name_is_enough_and_an_empty_or_endless_one_is_not() {
        assert_eq!(check_individual(&person(" Suharto ", "3175990112590001")).unwrap().name, "Suharto");
        for wrong in ["", "  ", "a\nb", &"x".repeat(201)] {
            let refused = check_individual(&person(wrong, "3175990112590001"));
            assert!(matches!(refused, Err(ResidentsError::NameInvalid)), "{wrong:?}");
        }
        let refused = check_individual(&person("Siti", "3175990112590000"));
        assert!(matches!(refused, Err(ResidentsError::NikInvalid(_))));
    }

    #[test]
    fn a_household_has_its_head_among_its_members_and_nobody_twice() {
        let holder = |n| HolderNumber::new(n).unwrap();
        let household = |card: &str, head, members: &[u64]| NewHousehold {
            family_card: card.into(),
            head: holder(head),
            members: members.iter().map(|n| holder(*n)).collect(),
        };
        assert!(check_household(&household("3175990112100001", 1, &[1, 2])).is_ok());
        for wrong in [
            household("317599011210000", 1, &[1]),
            household("31759901121000x1", 1, &[1]),
            household("3175990112100001", 3, &[1, 2]),
            household("3175990112100001", 1, &[1, 1]),
            household("3175990112100001", 1, &[]),
            household("3175990112100001", 1, &(1..=51).collect::<Vec<_>>()),
        ] {
            assert!(matches!(check_household(&wrong), Err(ResidentsError::HouseholdInvalid { .. })));
        }
    }
}
