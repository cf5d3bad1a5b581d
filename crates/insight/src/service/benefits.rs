//! What programmes give: benefits in force, who holds them, what was used and what it cost.

use std::collections::BTreeMap;

use base::{CivilDate, RegionCode, RegionLevel};
use engine::BenefitDefinition;
use platform::access::Actor;
use platform::problems::{self, Problem};

use super::{Budget, Gave, Ground, Service, failed};
use crate::settings::{self, Setting};
use crate::store::queries;

/// Days of the trend.
pub const TREND_DAYS: i32 = 30;

/// A benefit with its figures.
#[derive(Clone, Debug)]
pub struct BenefitLine {
    /// The version in force.
    pub definition: BenefitDefinition,
    /// How many hold it.
    pub holders: i64,
    /// This month.
    pub month: Gave,
    /// This year.
    pub year: Gave,
    /// The year's budget, where there is one.
    pub budget: Option<Budget>,
}

/// Every benefit in force.
#[derive(Clone, Debug)]
pub struct Programmes {
    /// What the figures rest on.
    pub ground: Ground,
    /// By code.
    pub lines: Vec<BenefitLine>,
}

/// One benefit.
#[derive(Clone, Debug)]
pub struct BenefitView {
    /// What the figures rest on.
    pub ground: Ground,
    /// The limit of people, with its grounds.
    pub limit: &'static Setting,
    /// Its figures.
    pub line: BenefitLine,
    /// By day, the last days.
    pub days: BTreeMap<CivilDate, Gave>,
    /// Where holders live.
    pub spread: Spread,
}

/// Holders by the finest areas of which most may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Nobody holds it.
    Nobody,
    /// By district; none where it is hidden.
    Districts(BTreeMap<RegionCode, Option<i64>>),
    /// By city, because most districts would be hidden; none where it is hidden.
    Cities(BTreeMap<RegionCode, Option<i64>>),
    /// Cities too would be hidden.
    Hidden,
}

impl Service {
    /// Every benefit in force.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn programmes(&self, actor: &Actor) -> Result<Programmes, Problem> {
        self.authorize(actor)?;
        let (tables, ground) = (&self.projections, self.ground());
        let today = ground.at.service_day();
        let published = queries::published(tables).await.map_err(failed)?;
        let holders = queries::holders(tables, today).await.map_err(failed)?;
        let month = queries::gave(tables, (first_of_month(today), today)).await.map_err(failed)?;
        let year = queries::gave(tables, (first_of_year(today), today)).await.map_err(failed)?;
        let mut budgets = queries::budgets(tables, today.year()).await.map_err(failed)?;
        let line = |definition: &BenefitDefinition| {
            let code = definition.code.to_string();
            BenefitLine {
                definition: definition.clone(),
                holders: holders.get(&code).copied().unwrap_or(0),
                month: month.get(&code).copied().unwrap_or_default(),
                year: year.get(&code).copied().unwrap_or_default(),
                budget: budgets.remove(&code),
            }
        };
        Ok(Programmes { ground, lines: published.benefits_on(today).into_iter().map(line).collect() })
    }

    /// One benefit.
    ///
    /// # Errors
    /// `access_denied`; `not_found`; when the tables cannot be read.
    pub async fn benefit(&self, actor: &Actor, code: &str) -> Result<BenefitView, Problem> {
        let all = self.programmes(actor).await?;
        let found = all.lines.into_iter().find(|line| line.definition.code.as_str() == code);
        let line = found.ok_or_else(|| Problem::new(problems::NOT_FOUND))?;
        let (tables, today) = (&self.projections, all.ground.at.service_day());
        let span = (today.plus_days(1 - TREND_DAYS), today);
        let days = queries::gave_by_day(tables, code, span).await.map_err(failed)?;
        let limit = settings::cell_people_min(today);
        let by_district = queries::holders_by_district(tables, code, today).await.map_err(failed)?;
        let spread = Spread::of(&by_district, limit.value);
        let days = days.into_iter().map(|(day, gave)| (CivilDate(day), gave)).collect();
        Ok(BenefitView { ground: all.ground, limit, line, days, spread })
    }
}

impl Spread {
    /// Of holders by the digits of their district; 0 where it is not known.
    fn of(by_district: &BTreeMap<i64, i64>, people_min: i64) -> Self {
        if by_district.values().all(|people| *people == 0) {
            return Self::Nobody;
        }
        if let Some(districts) = told(by_district, people_min).filter(most_is_shown) {
            return Self::Districts(districts);
        }
        let mut by_city: BTreeMap<i64, i64> = BTreeMap::new();
        for (district, people) in by_district {
            let city = area(*district).and_then(|region| region.at(RegionLevel::City));
            let digits = city.and_then(|city| i64::try_from(city.number()).ok()).unwrap_or(0);
            *by_city.entry(digits).or_default() += people;
        }
        // Districts are not shown beside their cities, so that cities are a line of their own.
        told(&by_city, people_min).filter(most_is_shown).map_or(Self::Hidden, Self::Cities)
    }
}

/// Whether at least half of the areas with holders may be shown.
fn most_is_shown(areas: &BTreeMap<RegionCode, Option<i64>>) -> bool {
    let shown = areas.values().filter(|people| people.is_some_and(|people| people > 0)).count();
    let hidden = areas.values().filter(|people| people.is_none()).count();
    shown > 0 && shown >= hidden
}

fn area(digits: i64) -> Option<RegionCode> {
    RegionCode::from_number(u64::try_from(digits).ok()?).ok()
}

/// Holders by area with small numbers hidden. Their sum is shown, so one hidden area hides a second one; none where that
/// would not do.
fn told(by_area: &BTreeMap<i64, i64>, people_min: i64) -> Option<BTreeMap<RegionCode, Option<i64>>> {
    use super::suppression::{Figure, hide_in_line};
    let figures: Vec<Figure> =
        by_area.values().map(|people| Figure { value: *people, people: *people }).collect();
    let hidden = hide_in_line(&figures, people_min)?;
    let told = by_area.iter().zip(hidden);
    let told =
        told.filter_map(|((digits, people), hidden)| Some((area(*digits)?, (!hidden).then_some(*people))));
    Some(told.collect())
}

fn first_of_month(date: CivilDate) -> CivilDate {
    let day = date.to_jiff().day();
    date.plus_days(1 - i32::from(day))
}

fn first_of_year(date: CivilDate) -> CivilDate {
    CivilDate::new(date.year(), 1, 1).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(counts: &[(i64, i64)]) -> Spread {
        Spread::of(&counts.iter().copied().collect(), 20)
    }

    #[test]
    fn a_small_district_hides_a_second_one() {
        let Spread::Districts(told) = spread(&[(317_101, 40), (317_102, 3), (317_103, 25), (317_104, 70)])
        else {
            panic!("districts")
        };
        assert_eq!(told.into_values().collect::<Vec<_>>(), [Some(40), None, None, Some(70)]);
    }

    #[test]
    fn where_most_districts_are_hidden_cities_are_shown() {
        let small = [(317_101, 12), (317_102, 13), (317_201, 40), (317_401, 11), (317_402, 12), (317_403, 9)];
        let Spread::Cities(told) = spread(&small) else { panic!("cities") };
        let told: Vec<(String, Option<i64>)> =
            told.into_iter().map(|(city, people)| (city.to_string(), people)).collect();
        let expected = [("31.71", Some(25)), ("31.72", Some(40)), ("31.74", Some(32))];
        assert_eq!(told, expected.map(|(city, people)| (city.to_owned(), people)));
    }

    #[test]
    fn too_few_holders_are_nowhere() {
        assert_eq!(spread(&[(317_101, 3)]), Spread::Hidden, "the sum is the district");
        assert_eq!(spread(&[(317_101, 3), (317_201, 9)]), Spread::Hidden);
        assert_eq!(spread(&[]), Spread::Nobody);
        assert_eq!(spread(&[(317_101, 0)]), Spread::Nobody);
    }
}
