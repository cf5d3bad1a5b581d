//! Who holds which benefit, by the shares of `data/rights.yaml`, and when each begins and ends.

use base::{CivilDate, Code, RegionCode, Sex};
use programmes::service::content::{Benefit, Content};
use serde::Deserialize;

use super::CityError;
use super::chance::Chance;
use super::people::Right;

/// The shares; what they rest on is said in the file.
const RIGHTS: &str = include_str!("../../data/rights.yaml");

/// Months of a right whose basis sets no limit.
const MONTHS: u8 = 12;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    groups: Vec<Group>,
    aid: Vec<Aid>,
    flats: Flats,
}

/// Some of the residents, and what they hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    #[serde(rename = "group")]
    _group: String,
    #[serde(default)]
    ages: Option<(i64, i64)>,
    #[serde(default)]
    sex: Option<GroupSex>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    pupil: bool,
    #[serde(default)]
    tenant: bool,
    permille: u64,
    benefits: Vec<Code>,
    #[serde(rename = "ground")]
    _ground: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GroupSex {
    Female,
    Male,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Aid {
    benefits: Vec<Code>,
    day: u8,
}

/// Public rental flats.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flats {
    /// So many in a thousand households are tenants.
    pub household_permille: u64,
    /// Of those, so many in a thousand were resettled.
    pub resettled_permille: u64,
    /// What the resettled hold.
    pub resettled: Code,
    /// Where rent is paid.
    pub counters: Vec<Code>,
    #[serde(rename = "ground")]
    _ground: String,
}

/// What is asked about a resident.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Years.
    pub age: i64,
    /// Sex.
    pub sex: Sex,
    /// Kelurahan.
    pub home: RegionCode,
    /// Whether they go to school.
    pub pupil: bool,
    /// Whether they live in a public flat.
    pub tenant: bool,
}

impl Group {
    fn takes(&self, person: &Person) -> bool {
        let region = self.region.as_deref().map(RegionCode::parse);
        let lives = region.is_none_or(|region| region.is_ok_and(|region| region.contains(person.home)));
        let sex = self.sex.is_none_or(|sex| (sex == GroupSex::Female) == (person.sex == Sex::Female));
        let aged = self.ages.is_none_or(|(least, greatest)| (least..=greatest).contains(&person.age));
        aged && sex && lives && (!self.pupil || person.pupil) && (!self.tenant || person.tenant)
    }
}

/// The shares with what the content says of each benefit.
#[derive(Debug)]
pub struct Rights {
    file: File,
    benefits: Vec<Benefit>,
    begins: CivilDate,
}

impl Rights {
    /// Reads the shares.
    ///
    /// # Errors
    /// [`CityError::Rights`] when the file is wrong or names a benefit the content does not have.
    pub fn read(content: &Content, begins: CivilDate) -> Result<Self, CityError> {
        let file: File = serde_saphyr::from_str(RIGHTS)
            .map_err(|error| CityError::Rights { reason: error.to_string() })?;
        let rights = Self { file, benefits: content.benefits.clone(), begins };
        let groups = rights.file.groups.iter().flat_map(|group| &group.benefits);
        let aid = rights.file.aid.iter().flat_map(|aid| &aid.benefits);
        for code in groups.chain(aid).chain([&rights.file.flats.resettled]) {
            if rights.benefits.iter().all(|benefit| benefit.code != *code) {
                return Err(CityError::Rights { reason: format!("the content has no benefit {code}") });
            }
        }
        Ok(rights)
    }

    /// Public flats.
    pub const fn flats(&self) -> &Flats {
        &self.file.flats
    }

    /// On which day of the month the aid of a benefit is paid.
    pub fn aid_days(&self) -> Vec<(Code, u8)> {
        let aid = self.file.aid.iter();
        aid.flat_map(|aid| aid.benefits.iter().map(|benefit| (*benefit, aid.day))).collect()
    }

    /// What somebody holds: of benefits that exclude each other the first, of wallets one.
    pub fn draw(&self, chance: &mut Chance, person: &Person) -> Vec<Right> {
        let mut held: Vec<&Benefit> = Vec::new();
        for group in &self.file.groups {
            if !group.takes(person) || !chance.permille(group.permille) {
                continue;
            }
            for code in &group.benefits {
                let Some(benefit) = self.benefit(*code) else { continue };
                let clash = held.iter().any(|other| {
                    let group = benefit.rules.exclusive;
                    other.code == benefit.code
                        || (group.is_some() && other.rules.exclusive == group)
                        || (benefit.rules.wallet.is_some() && other.rules.wallet.is_some())
                });
                if !clash {
                    held.push(benefit);
                }
            }
        }
        held.into_iter().map(|benefit| self.right(chance, benefit)).collect()
    }

    /// One right of a benefit by code; none where the content has no version in force.
    pub fn one(&self, chance: &mut Chance, code: Code) -> Option<Right> {
        self.benefit(code).map(|benefit| self.right(chance, benefit))
    }

    fn benefit(&self, code: Code) -> Option<&Benefit> {
        self.benefits.iter().rfind(|row| row.code == code && row.basis.valid_from <= self.begins)
    }

    /// Begun some time before the city and never longer than its basis allows: all are valid when the city begins, and
    /// some end soon.
    fn right(&self, chance: &mut Chance, benefit: &Benefit) -> Right {
        let months = benefit.validity_months_max.unwrap_or(MONTHS).max(1);
        let days = i32::try_from(chance.between(0, i64::from(months) * 28 - 2)).unwrap_or_default();
        let from = self.begins.plus_days(-days).max(benefit.basis.valid_from);
        Right {
            benefit: benefit.code,
            from,
            to: from.last_of_months(months),
            renewable: benefit.validity_months_max.is_some(),
            version: 1,
            granted_at: self.begins.midnight(),
            revoked_at: None,
        }
    }
}
