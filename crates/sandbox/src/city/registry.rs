//! Draws residents: names, numbers, media, money, habits. Owns what must be unique in the city: holder numbers, identity
//! numbers and medium serials.

use std::collections::{HashMap, HashSet};

use base::{CivilDate, Code, HolderNumber, MediumSerial, Nik, RegionCode, RegionLevel, Sex};
use engine::Amount;

use super::CityError;
use super::chance::Chance;
use super::given_names::full_name;
use super::people::{Habits, Medium, Resident, School, Standing};
use super::rights::{Person, Rights};
use super::stops::Stops;
use super::ways::way;

/// First ages as riders: pupils of secondary school, adults, the old.
const STUDENT_FROM: i64 = 13;
const ADULT_FROM: i64 = 19;
const OLD_FROM: i64 = 60;

/// Ages of pupils.
const PUPIL_AGES: std::ops::RangeInclusive<i64> = 7..=18;

/// Where somebody lives.
pub struct Home {
    pub region: RegionCode,
    pub tenant: bool,
}

/// Codes, counters and tables that every resident needs.
pub struct Registry<'c> {
    at: CivilDate,
    /// Kinds of media: chip card, code, phone.
    kinds: [Code; 3],
    /// Rider categories: child, student, adult, old.
    categories: [Code; 4],
    rights: &'c Rights,
    stops: &'c Stops,
    schools: &'c [School],
    holders: HashSet<HolderNumber>,
    /// Serials given out per beginning of a number.
    serials: HashMap<String, u32>,
    next_medium: u32,
}

impl<'c> Registry<'c> {
    pub fn open(
        rights: &'c Rights,
        stops: &'c Stops,
        schools: &'c [School],
        at: CivilDate,
    ) -> Result<Self, CityError> {
        let code = |text| Code::parse(text).map_err(|_| CityError::Missing { what: "code for a word" });
        Ok(Self {
            at,
            kinds: [code("chip")?, code("qr")?, code("phone")?],
            categories: [code("child")?, code("student")?, code("adult")?, code("elderly")?],
            rights,
            stops,
            schools,
            holders: HashSet::new(),
            serials: HashMap::new(),
            next_medium: 0,
        })
    }

    /// A resident of an age; index and household are for the caller to fill in.
    pub fn resident(&mut self, chance: &mut Chance, home: &Home, age: i64) -> Result<Resident, CityError> {
        let sex = if chance.permille(500) { Sex::Female } else { Sex::Male };
        let birth_date = born(self.at, age, chance);
        let [child, student, adult, elderly] = self.categories;
        let category = match age {
            ..STUDENT_FROM => child,
            STUDENT_FROM..ADULT_FROM => student,
            ADULT_FROM..OLD_FROM => adult,
            OLD_FROM.. => elderly,
        };
        let region = home.region;
        let pupil = PUPIL_AGES.contains(&age);
        let school = if pupil { self.school(chance, region) } else { None };
        let person = Person { age, sex, home: region, pupil, tenant: home.tenant };
        Ok(Resident {
            index: 0,
            holder: self.holder(chance)?,
            full_name: full_name(chance, sex),
            sex,
            birth_date,
            nik: self.nik(region, birth_date, sex)?,
            home: region,
            household: 0,
            category,
            media: self.media(chance, age),
            opening_purse: purse(chance),
            rights: self.rights.draw(chance, &person),
            school: school.map(|school| school.index),
            habits: self.habits(chance, region, age, school),
        })
    }

    /// A school of one's own city, or any where that has none.
    fn school(&self, chance: &mut Chance, home: RegionCode) -> Option<&'c School> {
        let city = home.at(RegionLevel::City);
        let near: Vec<&School> =
            self.schools.iter().filter(|school| school.region.at(RegionLevel::City) == city).collect();
        chance.pick(&near).copied().or_else(|| chance.pick(self.schools))
    }

    /// A number nobody else has.
    fn holder(&mut self, chance: &mut Chance) -> Result<HolderNumber, CityError> {
        loop {
            let holder = HolderNumber::new(chance.below(HolderNumber::COUNT))
                .map_err(|_| CityError::Missing { what: "holder number" })?;
            if self.holders.insert(holder) {
                return Ok(holder);
            }
        }
    }

    /// District 99, day (a woman's plus 40), month and year of birth, and the next serial.
    fn nik(&mut self, home: RegionCode, birth: CivilDate, sex: Sex) -> Result<Nik, CityError> {
        let date = birth.to_jiff();
        let day = date.day() + if sex == Sex::Female { 40 } else { 0 };
        let (month, year) = (date.month(), date.year().rem_euclid(100));
        let digits = self.numbered(format!("{}{day:02}{month:02}{year:02}", synthetic_district(home)));
        let parsed = Nik::parse(&digits).map_err(|_| CityError::Missing { what: "identity number left" });
        parsed.map(|(nik, _)| nik)
    }

    /// Number of a family card: district 99, a day of issue, the next serial.
    pub fn family_card(&mut self, chance: &mut Chance, home: RegionCode) -> String {
        let issued = born(self.at, chance.between(0, 15), chance).to_jiff();
        let (day, month, year) = (issued.day(), issued.month(), issued.year().rem_euclid(100));
        // Counted apart from identity numbers, so that the two never share a serial by the way.
        let counted = self.numbered(format!("{} {day:02}{month:02}{year:02}", synthetic_district(home)));
        counted.replace(' ', "")
    }

    /// A beginning with its next serial of four digits.
    fn numbered(&mut self, beginning: String) -> String {
        let serial = self.serials.entry(beginning.clone()).or_insert(0);
        *serial += 1;
        format!("{beginning}{serial:04}")
    }

    fn media(&mut self, chance: &mut Chance, age: i64) -> Vec<Medium> {
        let [chip, qr, phone] = self.kinds;
        let mut media = vec![self.medium(chip, 2)];
        if (ADULT_FROM..OLD_FROM).contains(&age) {
            match chance.below(1_000) {
                0..180 => media.push(self.medium(qr, 1)),
                180..260 => media.push(self.medium(phone, 3)),
                _ => {}
            }
        }
        media
    }

    fn medium(&mut self, kind: Code, assurance: u8) -> Medium {
        let serial = MediumSerial(self.next_medium);
        self.next_medium += 1;
        let standing = Standing::Usable;
        Medium { serial, root: serial, kind, assurance, blocked: None, standing, version: 1 }
    }

    fn habits(&self, chance: &mut Chance, home: RegionCode, age: i64, school: Option<&School>) -> Habits {
        // Of a hundred residents some thirty use transit on a working day. Assumed.
        let (commutes, commute_permille, errand_permille) = match age {
            ..7 => (0, 0, 0),
            7..ADULT_FROM => (260, 930, 12),
            ADULT_FROM..25 => (340, 900, 20),
            25..OLD_FROM => (310, 910, 15),
            OLD_FROM.. => (50, 800, 90),
        };
        Habits {
            commute_permille: if chance.permille(commutes) { commute_permille } else { 0 },
            errand_permille,
            never_tops_up: false,
            way: way(self.stops, chance, home, school.map(|school| school.region)),
        }
    }
}

/// The first six digits of numbers that belong to nobody: the city's, with district 99.
fn synthetic_district(home: RegionCode) -> String {
    let city = home.at(RegionLevel::City).unwrap_or(home);
    format!("{}99", city.number())
}

/// A birth date that makes somebody so old on a day.
fn born(at: CivilDate, age: i64, chance: &mut Chance) -> CivilDate {
    let birthday = at.to_jiff().saturating_sub(jiff::Span::new().years(age));
    let days = i32::try_from(chance.between(0, 364)).unwrap_or_default();
    CivilDate::from_jiff(birthday).plus_days(-days)
}

/// What is in a purse when the city begins: some have little, most enough for a week.
fn purse(chance: &mut Chance) -> Amount {
    let (least, greatest) = match chance.weighted(&[15, 35, 35, 15]) {
        0 => (0, 9),
        1 => (10, 29),
        2 => (30, 79),
        _ => (80, 200),
    };
    Amount(chance.between(least, greatest).unsigned_abs() * 1_000)
}
