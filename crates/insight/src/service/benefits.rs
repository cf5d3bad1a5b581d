//! What programmes give: benefits in force, who holds them, what was used and what it cost.

use std::collections::BTreeMap;

use base::{CivilDate, RegionCode};
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
    /// Holders by district; none where they are hidden.
    pub districts: BTreeMap<RegionCode, Option<i64>>,
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
        let districts = districts(&by_district, limit.value);
        let days = days.into_iter().map(|(day, gave)| (CivilDate(day), gave)).collect();
        Ok(BenefitView { ground: all.ground, limit, line, days, districts })
    }
}

/// Holders by district with small numbers hidden. Their sum is shown, so one hidden district hides a second one.
fn districts(by_district: &BTreeMap<i64, i64>, people_min: i64) -> BTreeMap<RegionCode, Option<i64>> {
    use super::suppression::{Figure, hide_in_line};
    let figures: Vec<Figure> =
        by_district.values().map(|people| Figure { value: *people, people: *people }).collect();
    let hidden = hide_in_line(&figures, people_min);
    let told = by_district.iter().zip(hidden);
    told.filter_map(|((district, people), hidden)| {
        let region = RegionCode::from_number(u64::try_from(*district).ok()?).ok()?;
        Some((region, (!hidden).then_some(*people)))
    })
    .collect()
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

    #[test]
    fn a_small_district_hides_a_second_one() {
        let counts = BTreeMap::from([(317_101, 40), (317_102, 3), (317_103, 25), (0, 60)]);
        let told: Vec<Option<i64>> = districts(&counts, 20).into_values().collect();
        assert_eq!(told, [Some(40), None, None]);
    }
}
