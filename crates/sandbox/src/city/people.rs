//! People and their households: what the registry, the bank and the issuer need to know of each.

use base::{CivilDate, Code, HolderNumber, MediumSerial, Nik, RegionCode, Sex};
use engine::{Amount, BlockReason};
use programmes::service::content::Content;

use super::CityError;
use super::chance::Chance;
use super::families::families;
use super::homes::Homes;
use super::registry::Registry;
use super::stops::Stops;

/// Blocked cards and purses that nobody fills: so many in a thousand residents, and at least three each, because a day
/// must show both.
const BLOCKED_PERMILLE: usize = 15;
const EMPTY_PERMILLE: usize = 20;
const FEW_MIN: usize = 3;

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
    /// Benefit held.
    pub entitlement: Option<Entitlement>,
    pub(super) habits: Habits,
}

impl Resident {
    pub(crate) const fn never_tops_up(&self) -> bool {
        self.habits.never_tops_up
    }
}

/// What a resident does on an ordinary day.
#[derive(Debug, Clone)]
pub(super) struct Habits {
    /// Goes to work or school so many weekdays in a thousand.
    pub commute_permille: u64,
    /// Goes out at other times so many days in a thousand.
    pub errand_permille: u64,
    /// Takes a van to the stop.
    pub feeder: bool,
    /// Never fills the purse.
    pub never_tops_up: bool,
    /// Index of the stop near home and of the one at the other end.
    pub way: (usize, usize),
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
}

/// A medium of a resident.
#[derive(Debug, Clone)]
pub struct Medium {
    /// Serial, dense from 0 through the city.
    pub serial: MediumSerial,
    /// `chip` or `qr`.
    pub kind: Code,
    /// 2 for a chip card (symmetric proof), 1 for a code on a screen.
    pub assurance: u8,
    /// Why it is blocked when the city begins.
    pub blocked: Option<BlockReason>,
}

/// A benefit granted for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// Which.
    pub benefit: Code,
    /// First day.
    pub from: CivilDate,
    /// Last day, included.
    pub to: CivilDate,
}

/// Settles a city, household by household.
pub(super) fn settle(
    seed: u64,
    content: &Content,
    stops: &Stops,
    count: usize,
    at: CivilDate,
) -> Result<(Vec<Resident>, Vec<Household>), CityError> {
    let mut registry = Registry::open(content, stops, at)?;
    let mut chance = Chance::new(seed, "people", 0);
    let homes = Homes::of_jakarta();
    let mut residents = Vec::with_capacity(count);
    let mut households = Vec::new();
    for ages in families(&mut chance, count) {
        let home = homes.draw(&mut chance).ok_or(CityError::Missing { what: "kelurahan" })?;
        let index = number(households.len());
        let mut members = Vec::with_capacity(ages.len());
        for age in ages {
            let mut resident = registry.resident(&mut chance, home, age)?;
            (resident.index, resident.household) = (number(residents.len()), index);
            members.push(resident.index);
            residents.push(resident);
        }
        let family_card = registry.family_card(&mut chance, home);
        households.push(Household { index, family_card, home, members });
    }
    mark_the_few(&mut chance, &mut residents);
    Ok((residents, households))
}

/// Blocks some cards and empties some purses, of people who travel every day and hold nothing else.
fn mark_the_few(chance: &mut Chance, residents: &mut [Resident]) {
    let plain = |resident: &&mut Resident| {
        resident.media.len() == 1 && resident.entitlement.is_none() && resident.habits.commute_permille > 0
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
            resident.media.iter_mut().for_each(|medium| medium.blocked = reason);
        } else {
            resident.opening_purse = Amount::ZERO;
            resident.habits.never_tops_up = true;
        }
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
