//! Where people live: a kelurahan of the region table, the six cities in proportion to their people.

use base::{RegionCode, RegionLevel, RegionTable};

use super::chance::Chance;

/// People per city in thousands, rounded. Assumed from published statistics of the civil registry for 2024; only the
/// proportions matter here.
const PEOPLE: [(&str, u64); 6] =
    [("31.01", 30), ("31.71", 1_120), ("31.72", 1_870), ("31.73", 2_640), ("31.74", 2_360), ("31.75", 3_310)];

/// The kelurahan of each city with its weight.
#[derive(Debug)]
pub struct Homes {
    cities: Vec<Vec<RegionCode>>,
    weights: Vec<u64>,
}

impl Homes {
    /// Of Jakarta's table.
    pub fn of_jakarta() -> Self {
        let table = RegionTable::jakarta();
        let cities: Vec<&base::Region> = table.level(RegionLevel::City).collect();
        let weight = |city: &&base::Region| {
            let code = city.code.to_string();
            PEOPLE.iter().find(|(known, _)| *known == code).map_or(0, |(_, people)| *people)
        };
        let villages = |city: &&base::Region| {
            let inside = table.level(RegionLevel::Village).filter(|village| city.code.contains(village.code));
            inside.map(|village| village.code).collect()
        };
        Self { weights: cities.iter().map(weight).collect(), cities: cities.iter().map(villages).collect() }
    }

    /// A kelurahan to live in; none only if the table is empty.
    pub fn draw(&self, chance: &mut Chance) -> Option<RegionCode> {
        let villages = self.cities.get(chance.weighted(&self.weights))?;
        chance.pick(villages).copied()
    }
}
