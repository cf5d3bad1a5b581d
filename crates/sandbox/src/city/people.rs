//! People, their households and schools: what the registry, the bank and the issuer need to know of each.

use base::{CivilDate, Code, HolderNumber, MediumSerial, Nik, RegionCode, Sex, Timestamp};
use engine::{Amount, BlockReason};
use programmes::service::content::Content;

use super::CityError;
use super::chance::Chance;
use super::families::families;
use super::homes::Homes;
use super::registry::{Home, Registry};
use super::rights::Rights;
use super::stops::Stops;
use super::ways::Leg;

/// Blocked cards and purses that nobody fills: so many in a thousand residents, and at least three each, because a day
/// must show both.
const BLOCKED_PERMILLE: usize = 5;
const EMPTY_PERMILLE: usize = 5;
const FEW_MIN: usize = 3;

/// Residents per school. Assumed.
const RESIDENTS_PER_SCHOOL: usize = 400;
const SCHOOLS_MIN: usize = 3;

/// A resident with everything that is entered about one.
#[derive(Debug, Clone)]
pub struct Resident {
    /// Index in [`super::City::residents`].
    pub index: u32,
    /// Opaque number.
    pub holder: HolderNumber,
    /// Full name, invented.
    pub full_name: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: CivilDate,
    /// Identity number of district 99, which belongs to nobody.
    pub nik: Nik,
    /// Kelurahan of the registered address.
    pub home: RegionCode,
    /// Index of the household.
    pub household: u32,
    /// Rider category.
    pub category: Code,
    /// Media, the chip card first.
    pub media: Vec<Medium>,
    /// Money in the purse when the city begins, whole rupiah.
    pub opening_purse: Amount,
    /// Benefits held.
    pub rights: Vec<Right>,
    /// Index of the school, of those who go to one.
    pub school: Option<u32>,
    pub(super) habits: Habits,
}

impl Resident {
    pub(crate) const fn never_tops_up(&self) -> bool {
        self.habits.never_tops_up
    }

    /// The media that can be used now.
    pub fn usable(&self) -> impl Iterator<Item = &Medium> {
        self.media.iter().filter(|medium| medium.standing == Standing::Usable)
    }
}

/// What a resident does on an ordinary day.
#[derive(Debug, Clone)]
pub(super) struct Habits {
    /// Goes to work or school so many weekdays in a thousand.
    pub commute_permille: u64,
    /// Goes out at other times so many days in a thousand.
    pub errand_permille: u64,
    /// Never fills the purse.
    pub never_tops_up: bool,
    /// The way from home to the other end, ride by ride.
    pub way: Vec<Leg>,
}

/// People who live together.
#[derive(Debug, Clone)]
pub struct Household {
    /// Index in [`super::City::households`].
    pub index: u32,
    /// Number of the family card (*nomor KK*), invented, of district 99.
    pub family_card: String,
    /// Kelurahan.
    pub home: RegionCode,
    /// Members by index, the head first.
    pub members: Vec<u32>,
    /// Number of the unit, of those who rent a public flat.
    pub flat: Option<u32>,
}

/// A school.
#[derive(Debug, Clone)]
pub struct School {
    /// Index in [`super::City::schools`].
    pub index: u32,
    /// Kelurahan.
    pub region: RegionCode,
}

/// Whether its holder has a medium in hand and it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In hand, and active.
    Usable,
    /// In hand, not active yet.
    Inactive,
    /// In somebody else's hand, and not reported.
    Lost,
    /// Blocked.
    Blocked,
}

/// A medium of a resident.
#[derive(Debug, Clone, Copy)]
pub struct Medium {
    /// Serial, dense from 0 through the city.
    pub serial: MediumSerial,
    /// The first of the row in which each took the place of the one before.
    pub root: MediumSerial,
    /// `chip`, `qr` or `phone`.
    pub kind: Code,
    /// 3 for a phone (asymmetric proof), 2 for a chip card (symmetric proof), 1 for a code on a screen.
    pub assurance: u8,
    /// Why it is blocked when the city begins.
    pub blocked: Option<BlockReason>,
    /// Where it stands now.
    pub standing: Standing,
    /// Version of its last change.
    pub version: u64,
}

/// A benefit granted for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// Which.
    pub benefit: Code,
    /// First day.
    pub from: CivilDate,
    /// Last day, included.
    pub to: CivilDate,
    /// Whether its basis limits it, so that it is granted again.
    pub renewable: bool,
    /// Version of (holder, benefit).
    pub version: u64,
    /// When it was entered.
    pub granted_at: Timestamp,
    /// When it was taken away.
    pub revoked_at: Option<Timestamp>,
}

impl Right {
    /// Whether it counts at an instant.
    pub fn holds(&self, at: Timestamp) -> bool {
        let date = at.jakarta_date();
        self.from <= date
            && date <= self.to
            && self.granted_at <= at
            && self.revoked_at.is_none_or(|revoked| at < revoked)
    }
}

/// Everybody who lives in a city.
pub(super) struct People {
    pub residents: Vec<Resident>,
    pub households: Vec<Household>,
    pub schools: Vec<School>,
}

/// Settles a city, household by household.
pub(super) fn settle(
    seed: u64,
    content: &Content,
    stops: &Stops,
    count: usize,
    at: CivilDate,
) -> Result<People, CityError> {
    let homes = Homes::of_jakarta()?;
    let mut chance = Chance::new(seed, "people", 0);
    let region = |chance: &mut Chance| homes.draw(chance).ok_or(CityError::Missing { what: "kelurahan" });
    let mut schools = Vec::new();
    for index in 0..SCHOOLS_MIN.max(count / RESIDENTS_PER_SCHOOL) {
        schools.push(School { index: number(index), region: region(&mut chance)? });
    }
    let rights = Rights::read(content, at)?;
    let mut registry = Registry::open(&rights, stops, &schools, at)?;
    let mut residents = Vec::with_capacity(count);
    let mut households = Vec::new();
    let mut flats = 0;
    // The first household rents a flat, so that a small city has one that does.
    let families = families(&mut chance, count);
    let regions = homes.spread(families.len(), &mut chance);
    for (ages, region) in families.into_iter().zip(regions) {
        let index = number(households.len());
        let tenant = index == 0 || chance.permille(rights.flats().household_permille);
        let home = Home { region, tenant };
        let mut members = Vec::with_capacity(ages.len());
        for age in ages {
            let mut resident = registry.resident(&mut chance, &home, age)?;
            (resident.index, resident.household) = (number(residents.len()), index);
            members.push(resident.index);
            residents.push(resident);
        }
        flats += u32::from(tenant);
        let family_card = registry.family_card(&mut chance, region);
        let flat = tenant.then_some(flats);
        households.push(Household { index, family_card, home: region, members, flat });
    }
    resettle(&mut chance, &rights, &households, &mut residents);
    mark_the_few(&mut chance, &mut residents);
    Ok(People { residents, households, schools })
}

/// Some tenants were resettled: the head of the household pays less rent.
fn resettle(chance: &mut Chance, rights: &Rights, households: &[Household], residents: &mut [Resident]) {
    for household in households.iter().filter(|household| household.flat.is_some()) {
        let resettled = household.index == 0 || chance.permille(rights.flats().resettled_permille);
        let head = household.members.first().and_then(|head| residents.get_mut(*head as usize));
        if let Some(head) = head.filter(|_| resettled) {
            head.rights.extend(rights.one(chance, rights.flats().resettled));
        }
    }
}

/// Blocks some cards and empties some purses, of people who travel every day and hold nothing else.
fn mark_the_few(chance: &mut Chance, residents: &mut [Resident]) {
    let plain = |resident: &&mut Resident| {
        resident.media.len() == 1 && resident.rights.is_empty() && resident.habits.commute_permille > 0
    };
    let count = residents.len();
    let mut candidates: Vec<&mut Resident> = residents.iter_mut().filter(plain).collect();
    chance.shuffle(&mut candidates);
    let share = |permille: usize| FEW_MIN.max(count * permille / 1_000);
    let (blocked, empty) = (share(BLOCKED_PERMILLE), share(EMPTY_PERMILLE));
    let reasons = [BlockReason::Lost, BlockReason::Stolen, BlockReason::Damaged, BlockReason::Office];
    for (index, resident) in candidates.into_iter().take(blocked + empty).enumerate() {
        resident.habits.commute_permille = 1_000;
        if index < blocked {
            let reason = chance.pick(&reasons).copied();
            for medium in &mut resident.media {
                (medium.blocked, medium.standing, medium.version) = (reason, Standing::Blocked, 2);
            }
        } else {
            resident.opening_purse = Amount::ZERO;
            resident.habits.never_tops_up = true;
        }
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
