//! Where people live: a kelurahan of the region table, each district in proportion to its people.

use base::{RegionCode, RegionLevel, RegionTable};

use super::CityError;
use super::chance::Chance;

/// People per district; what the figures are is said in the file.
const PEOPLE: &str = include_str!("../../data/people_by_kecamatan.csv");

/// Parts of one unit of weight.
const SHARES: u64 = 1_000_000;

/// The kelurahan of each district with its weight.
#[derive(Debug)]
pub struct Homes {
    districts: Vec<Vec<RegionCode>>,
    weights: Vec<u64>,
}

impl Homes {
    /// Of Jakarta's table.
    ///
    /// # Errors
    /// [`CityError::Missing`] when the file names no district of the table.
    pub fn of_jakarta() -> Result<Self, CityError> {
        let missing = CityError::Missing { what: "weight for a district" };
        let table = RegionTable::jakarta();
        let (mut districts, mut weights) = (Vec::new(), Vec::new());
        for line in PEOPLE.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())) {
            let read = line.split_once(',').and_then(|(code, people)| {
                Some((RegionCode::parse(code).ok()?, people.parse::<u64>().ok()?))
            });
            let Some((district, people)) = read else { return Err(missing) };
            let villages: Vec<RegionCode> = table.children(district).map(|village| village.code).collect();
            if villages.is_empty() {
                return Err(missing);
            }
            districts.push(villages);
            weights.push(people);
        }
        if districts.len() == table.level(RegionLevel::District).count() {
            Ok(Self { districts, weights })
        } else {
            Err(missing)
        }
    }

    /// Kelurahan for so many households, in no order. They are drawn in even steps along the weights, so that a city large
    /// enough has people everywhere, and a small one the same shape.
    pub fn spread(&self, count: usize, chance: &mut Chance) -> Vec<RegionCode> {
        let in_each = |(villages, weight): (&Vec<RegionCode>, &u64)| {
            let share = weight * SHARES / u64::try_from(villages.len()).unwrap_or(1).max(1);
            villages.iter().map(|village| (*village, share)).collect::<Vec<_>>()
        };
        let villages: Vec<(RegionCode, u64)> =
            self.districts.iter().zip(&self.weights).flat_map(in_each).collect();
        let total: u64 = villages.iter().map(|(_, share)| share).sum();
        let steps = u64::try_from(count).unwrap_or_default();
        let mut homes = Vec::with_capacity(count);
        let (mut reached, mut next) = (0, villages.iter());
        let mut here = None;
        for step in 0..steps {
            let along = u128::from(step) * u128::from(total) + u128::from(chance.below(total));
            while u128::from(reached) * u128::from(steps) <= along {
                let Some((village, share)) = next.next() else { break };
                (here, reached) = (Some(*village), reached + share);
            }
            homes.extend(here);
        }
        chance.shuffle(&mut homes);
        homes
    }

    /// A kelurahan to live in; none only if the table is empty.
    pub fn draw(&self, chance: &mut Chance) -> Option<RegionCode> {
        let villages = self.districts.get(chance.weighted(&self.weights))?;
        chance.pick(villages).copied()
    }
}
