//! What a registration must fulfil, without looking at any record.

use std::collections::BTreeSet;

use base::{Nik, PhoneNumber};

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
    pub(crate) phone: Option<PhoneNumber>,
}

/// Checks a person's name, identity number and mobile number.
pub(crate) fn check_individual(new: &NewIndividual) -> Result<Checked, ResidentsError> {
    let name = new.name.trim();
    let length = name.chars().count();
    if length == 0 || length > NAME_LENGTH_MAX || name.chars().any(char::is_control) {
        return Err(ResidentsError::NameInvalid);
    }
    let (nik, _warnings) = Nik::parse(&new.nik)?;
    let phone = new.phone.as_deref().map(PhoneNumber::parse).transpose()?;
    Ok(Checked { name: name.to_owned(), nik, phone })
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
            phone: None,
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
    fn a_mobile_number_is_kept_in_one_form_and_a_wrong_one_is_refused() {
        let with =
            |phone: &str| NewIndividual { phone: Some(phone.into()), ..person("Siti", "3175990112590001") };
        let checked = check_individual(&with("0812-3456-7890")).unwrap();
        assert_eq!(checked.phone.map(PhoneNumber::reveal).as_deref(), Some("+6281234567890"));
        assert!(matches!(check_individual(&with("021 123456")), Err(ResidentsError::PhoneInvalid(_))));
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
