//! Draws residents: names, numbers, media, money, habits. Owns what must be unique in the city: holder numbers, identity
//! numbers and medium serials.

use std::collections::{HashMap, HashSet};

use base::{CivilDate, Code, HolderNumber, MediumSerial, Nik, RegionCode, RegionLevel, Sex};
use engine::Amount;
use programmes::service::content::{Benefit, Content};

use super::CityError;
use super::chance::Chance;
use super::given_names::full_name;
use super::people::{Entitlement, Habits, Medium, Resident};
use super::stops::Stops;

/// Months of an entitlement when its basis sets no limit.
const ENTITLEMENT_MONTHS: u8 = 6;

/// How many in a thousand of those who may hold the benefit do.
const ENTITLED_PERMILLE: u64 = 880;

/// First ages of adults and of the old as riders.
const ADULT_FROM: i64 = 17;
const OLD_FROM: i64 = 60;

/// Codes, counters and tables that every resident needs.
pub struct Registry<'c> {
    at: CivilDate,
    chip: Code,
    qr: Code,
    /// Rider categories: child, adult, old.
    categories: [Code; 3],
    benefit: Option<&'c Benefit>,
    stops: &'c Stops,
    holders: HashSet<HolderNumber>,
    /// Serials given out per beginning of a number.
    serials: HashMap<String, u32>,
    next_medium: u32,
}

impl<'c> Registry<'c> {
    pub fn open(content: &'c Content, stops: &'c Stops, at: CivilDate) -> Result<Self, CityError> {
        let code = |text| Code::parse(text).map_err(|_| CityError::Missing { what: "code for a word" });
        Ok(Self {
            at,
            chip: code("chip")?,
            qr: code("qr")?,
            categories: [code("child")?, code("adult")?, code("elderly")?],
            benefit: content.benefits.iter().rfind(|row| row.age_min.is_some() && row.basis.valid_from <= at),
            stops,
            holders: HashSet::new(),
            serials: HashMap::new(),
            next_medium: 0,
        })
    }

    /// A resident of an age; index and household are for the caller to fill in.
    pub fn resident(
        &mut self,
        chance: &mut Chance,
        home: RegionCode,
        age: i64,
    ) -> Result<Resident, CityError> {
        let sex = if chance.permille(500) { Sex::Female } else { Sex::Male };
        let birth_date = born(self.at, age, chance);
        let [child, adult, elderly] = self.categories;
        let category = match age {
            ..ADULT_FROM => child,
            ADULT_FROM..OLD_FROM => adult,
            OLD_FROM.. => elderly,
        };
        Ok(Resident {
            index: 0,
            holder: self.holder(chance)?,
            full_name: full_name(chance, sex),
            sex,
            birth_date,
            nik: self.nik(home, birth_date, sex)?,
            home,
            household: 0,
            category,
            media: self.media(chance, age),
            opening_purse: purse(chance),
            entitlement: self.entitlement(chance, age),
            habits: self.habits(chance, home, age),
        })
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
        let mut media = vec![self.medium(self.chip, 2)];
        if (ADULT_FROM..OLD_FROM).contains(&age) && chance.permille(250) {
            media.push(self.medium(self.qr, 1));
        }
        media
    }

    fn medium(&mut self, kind: Code, assurance: u8) -> Medium {
        let serial = MediumSerial(self.next_medium);
        self.next_medium += 1;
        Medium { serial, kind, assurance, blocked: None }
    }

    /// A benefit of age, begun some time before the city and never longer than its basis allows.
    fn entitlement(&self, chance: &mut Chance, age: i64) -> Option<Entitlement> {
        let benefit = self.benefit?;
        if age < benefit.age_min?.into() || !chance.permille(ENTITLED_PERMILLE) {
            return None;
        }
        let months = i64::from(benefit.validity_months_max.unwrap_or(ENTITLEMENT_MONTHS)).max(1);
        // So that all are still valid when the city begins, and some end soon.
        let days = i32::try_from(chance.between(0, months * 28 - 2)).unwrap_or_default();
        let from = self.at.plus_days(-days).max(benefit.basis.valid_from);
        let end = from.to_jiff().saturating_add(jiff::Span::new().months(months));
        Some(Entitlement { benefit: benefit.code, from, to: CivilDate::from_jiff(end).plus_days(-1) })
    }

    fn habits(&self, chance: &mut Chance, home: RegionCode, age: i64) -> Habits {
        // Pupils and students go nearly every school day; most adults work away from home; the old go out by day.
        let (commutes, commute_permille, errand_permille) = match age {
            ..ADULT_FROM => (700, 930, 60),
            ADULT_FROM..25 => (760, 880, 120),
            25..OLD_FROM => (720, 900, 120),
            OLD_FROM.. => (60, 800, 420),
        };
        Habits {
            commute_permille: if chance.permille(commutes) { commute_permille } else { 0 },
            errand_permille,
            feeder: chance.permille(150),
            never_tops_up: false,
            way: self.stops.daily_way(home, chance),
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
