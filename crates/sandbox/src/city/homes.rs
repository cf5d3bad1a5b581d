//! Where people live: a kelurahan of the region table, each district in proportion to its people.

use base::{RegionCode, RegionLevel, RegionTable};

use super::CityError;
use super::chance::Chance;

/// People per district; what the figures are is said in the file.
const PEOPLE: &str = include_str!("../../data/people_by_kecamatan.csv");

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

    /// A kelurahan to live in; none only if the table is empty.
    pub fn draw(&self, chance: &mut Chance) -> Option<RegionCode> {
        let villages = self.districts.get(chance.weighted(&self.weights))?;
        chance.pick(villages).copied()
    }
}
