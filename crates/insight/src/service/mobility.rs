//! Where people travel: journeys between areas in a week, working days or the days off, with small numbers hidden.
//!
//! Weeks and kinds of day do not overlap, and a week is shown once it is over, so that no difference of two answers tells
//! what each hides, not even of the same page on two days.

use std::collections::{BTreeMap, BTreeSet};

use base::{CivilDate, RegionCode, RegionLevel, RegionTable};
use platform::access::Actor;
use platform::problems::{self, Problem};

use super::suppression::{Figure, Matrix, hide_in_line};
use super::{Ground, Service, failed};
use crate::settings::{self, Setting};
use crate::store::entities::day;
use crate::store::queries::{self, Published};

/// Which days of a week.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DayKinds {
    /// Monday to Friday, no holidays.
    #[default]
    Working,
    /// Saturdays, Sundays, holidays.
    Off,
}

impl DayKinds {
    /// Its name in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Working => "kerja",
            Self::Off => "libur",
        }
    }
}

/// What was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct DayChoice {
    /// A day of the week; none for the newest week that is over.
    pub week: Option<CivilDate>,
    /// Which days of it.
    pub kinds: DayKinds,
    /// The city whose districts are told apart as origins.
    pub city: Option<RegionCode>,
}

/// A week that can be chosen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Week {
    /// Its Monday.
    pub monday: CivilDate,
}

/// An area at an edge of the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Area(pub RegionCode);

/// Journeys of a relation by hour, of an average day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// From.
    pub origin: Area,
    /// To.
    pub destination: Area,
    /// Of an average day.
    pub journeys: i64,
    /// By hour; none where it is hidden, and none at all where no hour may be told.
    pub hours: Option<BTreeMap<i16, Option<i64>>>,
}

/// Where people travel in a week.
#[derive(Clone, Debug)]
pub struct Mobility {
    /// What the figures rest on.
    pub ground: Ground,
    /// The limit of people, with its grounds.
    pub limit: &'static Setting,
    /// Weeks that are over, newest first.
    pub weeks: Vec<Week>,
    /// The week shown; none while no week is over.
    pub week: Option<Week>,
    /// The days of it of the kind that are counted.
    pub days: Vec<CivilDate>,
    /// How they were counted, added up.
    pub counted: day::Model,
    /// Origins.
    pub origins: Vec<Area>,
    /// Destinations.
    pub destinations: Vec<Area>,
    /// Journeys of an average day, with sums.
    pub matrix: Matrix,
    /// The relations between cities that may be shown, the busiest first, by hour.
    pub relations: Vec<Relation>,
}

impl Service {
    /// Where people travel.
    ///
    /// # Errors
    /// `access_denied`; `date_invalid` for a week that is not over or not known; when the tables cannot be read.
    pub async fn mobility(&self, actor: &Actor, choice: DayChoice) -> Result<Mobility, Problem> {
        self.authorize(actor)?;
        let (tables, ground) = (&self.projections, self.ground());
        let published = queries::published(tables).await.map_err(failed)?;
        let rows = queries::days(tables).await.map_err(failed)?;
        let today = ground.cursor.at.service_day();
        let is_of_kind = |row: &day::Model| is_kind(&published, CivilDate(row.day), choice.kinds);
        let weeks: BTreeSet<Week> = rows.iter().map(|row| week_of(CivilDate(row.day))).collect();
        let weeks: Vec<Week> = weeks.into_iter().rev().filter(|week| week.is_over(today)).collect();
        let rows: Vec<day::Model> = rows.into_iter().filter(is_of_kind).collect();
        let week = match choice.week.map(week_of) {
            Some(week) if !weeks.contains(&week) => {
                let cause = "pekan is a day of a week that is over and counted";
                return Err(Problem::new(problems::DATE_INVALID).cause(cause));
            }
            asked => asked.or_else(|| newest(&weeks, &rows)),
        };
        let rows: Vec<day::Model> =
            rows.into_iter().filter(|row| Some(week_of(CivilDate(row.day))) == week).collect();
        let mut days: Vec<CivilDate> = rows.iter().map(|row| CivilDate(row.day)).collect();
        days.sort();
        let limit = settings::cell_people_min(ground.at.jakarta_date());
        let flows = Flows::read(self, &days, choice.city).await?;
        let cities = flows.city_matrix(limit.value);
        let relations = flows.relations(&cities, limit.value);
        let (origins, matrix) = match choice.city {
            None => (flows.cities.clone(), cities),
            Some(city) => flows.district_matrix(city, &cities, limit.value),
        };
        let (destinations, counted) = (flows.cities, sum(&rows));
        Ok(Mobility { ground, limit, weeks, week, days, counted, origins, destinations, matrix, relations })
    }
}

impl Week {
    /// Whether its last service day has ended, where `today` is the service day the tables have reached.
    const fn is_over(self, today: CivilDate) -> bool {
        self.monday.0 + 7 <= today.0
    }
}

/// The newest week with days that are counted; the newest of all where there are none. A city's first week may lack them.
fn newest(weeks: &[Week], rows: &[day::Model]) -> Option<Week> {
    let counted = |week: &&Week| rows.iter().any(|row| week_of(CivilDate(row.day)) == **week);
    weeks.iter().find(counted).or_else(|| weeks.first()).copied()
}

fn is_kind(published: &Published, date: CivilDate, kinds: DayKinds) -> bool {
    published.is_working_day(date) == (kinds == DayKinds::Working)
}

fn week_of(date: CivilDate) -> Week {
    Week { monday: date.plus_days(1 - i32::from(date.weekday())) }
}

fn sum(rows: &[day::Model]) -> day::Model {
    rows.iter().fold(day::Model::default(), |mut sum, row| {
        sum.journeys += row.journeys;
        sum.several += row.several;
        sum.unended += row.unended;
        sum.unplaced += row.unplaced;
        sum.known += row.known;
        sum.inferred += row.inferred;
        sum.unknown += row.unknown;
        sum.late += row.late;
        sum
    })
}

/// Journeys over some days: all of them, and the most people of one day.
#[derive(Clone, Copy, Default, Debug)]
struct Flow {
    journeys: i64,
    people: i64,
}

impl Flow {
    /// Adds a day. People of different days may be the same, so the busiest day says how many there are at least.
    fn add(&mut self, journeys: i64, people: i64) {
        self.journeys += journeys;
        self.people = self.people.max(people);
    }

    /// Of an average day, rounded half up.
    const fn figure(self, days: i64) -> Figure {
        Figure { value: (self.journeys * 2 + days) / (days * 2), people: self.people }
    }
}

/// Everything read for some days.
struct Flows {
    days: i64,
    cities: Vec<Area>,
    by_city: BTreeMap<(Area, Area), Flow>,
    by_district: BTreeMap<(Area, Area), Flow>,
    by_hour: BTreeMap<(Area, Area), BTreeMap<i16, Flow>>,
}

impl Flows {
    async fn read(service: &Service, days: &[CivilDate], city: Option<RegionCode>) -> Result<Self, Problem> {
        let tables = &service.projections;
        let table = RegionTable::jakarta();
        let mut flows = Self {
            days: i64::try_from(days.len()).unwrap_or(1).max(1),
            cities: table.level(RegionLevel::City).map(|region| Area(region.code)).collect(),
            by_city: BTreeMap::new(),
            by_district: BTreeMap::new(),
            by_hour: BTreeMap::new(),
        };
        for row in queries::city_flows(tables, days).await.map_err(failed)? {
            let Some(key) = pair(row.origin, row.destination) else { continue };
            flows.by_city.entry(key).or_default().add(row.journeys, row.people);
        }
        for row in queries::city_hours(tables, days).await.map_err(failed)? {
            let Some(key) = pair(row.origin, row.destination) else { continue };
            let hours = flows.by_hour.entry(key).or_default();
            hours.entry(row.hour).or_default().add(row.journeys, row.people);
        }
        if let Some(city) = city {
            flows.read_districts(service, days, city).await?;
        }
        Ok(flows)
    }

    /// From the districts of a city to cities. People are those of the largest relation of districts: at least so many.
    async fn read_districts(
        &mut self,
        service: &Service,
        days: &[CivilDate],
        city: RegionCode,
    ) -> Result<(), Problem> {
        let rows = queries::district_flows(&service.projections, days).await.map_err(failed)?;
        let mut by_day: BTreeMap<(i32, Area, Area), Flow> = BTreeMap::new();
        for row in rows {
            let Some((from, to)) = pair(row.origin, row.destination) else { continue };
            let Some(to) = to.0.at(RegionLevel::City).filter(|_| city.contains(from.0)) else { continue };
            by_day.entry((row.day, from, Area(to))).or_default().add(row.journeys, row.people);
        }
        for ((_, from, to), flow) in by_day {
            self.by_district.entry((from, to)).or_default().add(flow.journeys, flow.people);
        }
        Ok(())
    }

    fn city_matrix(&self, people_min: i64) -> Matrix {
        let cells = |origin: Option<usize>, destination: Option<usize>| {
            self.figure(&self.by_city, &self.cities, origin, destination)
        };
        let mut matrix = Matrix::new(self.cities.len(), self.cities.len(), cells);
        matrix.hide(people_min);
        matrix
    }

    /// The districts of a city as origins. The sums of columns are the city's row in the table of cities: what is shown or
    /// hidden there is so here.
    fn district_matrix(&self, city: RegionCode, cities: &Matrix, people_min: i64) -> (Vec<Area>, Matrix) {
        let table = RegionTable::jakarta();
        let districts = table.level(RegionLevel::District).map(|region| Area(region.code));
        let districts: Vec<Area> = districts.filter(|area| city.contains(area.0)).collect();
        let row = self.cities.iter().position(|area| area.0 == city);
        let mut matrix =
            Matrix::new(districts.len(), self.cities.len(), |origin, destination| match origin {
                Some(_) => self.figure(&self.by_district, &districts, origin, destination),
                None => self.figure(&self.by_city, &self.cities, row, destination),
            });
        for column in (0..self.cities.len()).map(Some).chain([None]) {
            matrix.decided_elsewhere(None, column, row.is_none() || cities.get(row, column).is_none());
        }
        matrix.hide(people_min);
        (districts, matrix)
    }

    /// The figure of a cell, or of a sum of cells: at least as many people as in the largest of them.
    fn figure(
        &self,
        flows: &BTreeMap<(Area, Area), Flow>,
        origins: &[Area],
        origin: Option<usize>,
        destination: Option<usize>,
    ) -> Figure {
        let meant = |areas: &[Area], index: Option<usize>, area: Area| match index {
            Some(index) => areas.get(index) == Some(&area),
            None => areas.contains(&area),
        };
        let mut sum = Flow::default();
        for ((from, to), flow) in flows {
            if meant(origins, origin, *from) && meant(&self.cities, destination, *to) {
                sum.add(flow.journeys, flow.people);
            }
        }
        sum.figure(self.days)
    }

    /// The relations between cities that are shown, by hour. Each is a line of its own beside its shown sum.
    fn relations(&self, matrix: &Matrix, people_min: i64) -> Vec<Relation> {
        let mut relations = Vec::new();
        for (row, origin) in self.cities.iter().enumerate() {
            for (column, destination) in self.cities.iter().enumerate() {
                let shown = matrix.get(Some(row), Some(column)).filter(|journeys| *journeys > 0);
                let Some(journeys) = shown else { continue };
                let hours = self.by_hour.get(&(*origin, *destination)).cloned().unwrap_or_default();
                let figures: Vec<Figure> = hours.values().map(|flow| flow.figure(self.days)).collect();
                let hours = hide_in_line(&figures, people_min).map(|hidden| {
                    let told = figures.iter().zip(hidden);
                    let told = told.map(|(figure, hidden)| (!hidden).then_some(figure.value));
                    hours.into_keys().zip(told).collect()
                });
                relations.push(Relation { origin: *origin, destination: *destination, journeys, hours });
            }
        }
        relations.sort_by_key(|relation| std::cmp::Reverse(relation.journeys));
        relations
    }
}

fn pair(origin: i64, destination: i64) -> Option<(Area, Area)> {
    let area = |digits: i64| RegionCode::from_number(u64::try_from(digits).ok()?).ok().map(Area);
    Some((area(origin)?, area(destination)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_over_once_its_sunday_has_ended() {
        let day = |text| CivilDate::parse(text).unwrap();
        let week = week_of(day("2026-11-25"));
        assert_eq!(week.monday, day("2026-11-23"));
        assert!(!week.is_over(day("2026-11-29")) && week.is_over(day("2026-11-30")));
    }
}
