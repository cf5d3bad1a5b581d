//! How places are used: visitors, who is inside, how long people stay, by hour and weekday.

use std::collections::BTreeMap;

use base::{CivilDate, Code};
use engine::PlaceDefinition;
use platform::access::Actor;
use platform::problems::{self, Problem};

use super::{Ground, Service, failed};
use crate::store::entities::{place_hour, stay};
use crate::store::queries::{self, Published};

/// Days that stays and the week's pattern are taken from.
pub const PATTERN_DAYS: i32 = 28;

/// A place with its day.
#[derive(Clone, Debug, Default)]
pub struct PlaceLine {
    /// Its code; empty for taps whose place is not known any more.
    pub code: String,
    /// As published; none for those.
    pub definition: Option<PlaceDefinition>,
    /// People who came in or got on.
    pub entered: i64,
    /// The same, a week before until the same hour.
    pub week_ago: i64,
    /// People inside now; none where nobody taps out.
    pub inside: Option<i64>,
    /// Median stay in minutes, over the pattern's days; none where nobody tapped out.
    pub median: Option<i32>,
}

/// All places on a day.
#[derive(Clone, Debug)]
pub struct Places {
    /// What the figures rest on.
    pub ground: Ground,
    /// The day.
    pub date: CivilDate,
    /// Every published place, and the taps without one.
    pub lines: Vec<PlaceLine>,
}

/// One place.
#[derive(Clone, Debug)]
pub struct PlaceView {
    /// What the figures rest on.
    pub ground: Ground,
    /// The day.
    pub date: CivilDate,
    /// As published.
    pub definition: PlaceDefinition,
    /// What is published, for calendars and parts.
    pub published: Published,
    /// The day by hour.
    pub today: Vec<place_hour::Model>,
    /// The same weekday a week before, by hour.
    pub week_ago: Vec<place_hour::Model>,
    /// The days before the day, by hour.
    pub pattern: Vec<place_hour::Model>,
    /// People inside now; none where nobody taps out.
    pub inside: Option<i64>,
    /// Stays by their first minute, over the pattern's days and the day itself.
    pub stays: BTreeMap<i32, i64>,
    /// Visits by service day, over the same days.
    pub visits: Vec<stay::Model>,
}

impl Service {
    /// All places on a day.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn places(&self, actor: &Actor, date: CivilDate) -> Result<Places, Problem> {
        self.authorize(actor)?;
        let (tables, ground) = (&self.projections, self.ground());
        let published = queries::published(tables).await.map_err(failed)?;
        let today = queries::hours(tables, None, (date, date)).await.map_err(failed)?;
        let before = date.plus_days(-7);
        let week_ago = queries::hours(tables, None, (before, before)).await.map_err(failed)?;
        let inside = queries::inside_now(tables).await.map_err(failed)?;
        let pattern = (date.plus_days(1 - PATTERN_DAYS), date);
        let stays = queries::stays_by_step(tables, None, pattern).await.map_err(failed)?;
        let now = ground.at.jakarta_time().hour();
        let so_far = |row: &place_hour::Model| date < ground.at.jakarta_date() || i64::from(row.hour) <= now;
        let sum = |rows: &[place_hour::Model], code: &str| -> i64 {
            rows.iter().filter(|row| row.place == code && so_far(row)).map(|row| row.entered).sum()
        };
        let line = |code: &str, definition: Option<&PlaceDefinition>| PlaceLine {
            code: code.to_owned(),
            definition: definition.cloned(),
            entered: sum(&today, code),
            week_ago: sum(&week_ago, code),
            inside: inside.get(code).copied().filter(|_| date == ground.at.jakarta_date()),
            median: stays.get(code).and_then(median),
        };
        let mut lines: Vec<PlaceLine> =
            published.places.values().map(|place| line(place.code.as_str(), Some(place))).collect();
        if today.iter().any(|row| row.place.is_empty()) {
            lines.push(line("", None));
        }
        Ok(Places { ground, date, lines })
    }

    /// One place.
    ///
    /// # Errors
    /// `access_denied`; `not_found`; when the tables cannot be read.
    pub async fn place(&self, actor: &Actor, code: &str, date: CivilDate) -> Result<PlaceView, Problem> {
        self.authorize(actor)?;
        let (tables, ground) = (&self.projections, self.ground());
        let published = queries::published(tables).await.map_err(failed)?;
        let known = Code::parse(code).ok().and_then(|code| published.places.get(&code).cloned());
        let definition = known.ok_or_else(|| Problem::new(problems::NOT_FOUND))?;
        let before = date.plus_days(-7);
        let pattern = (date.plus_days(-PATTERN_DAYS), date.plus_days(-1));
        let with_today = (pattern.0, date);
        let inside = queries::inside_now(tables).await.map_err(failed)?;
        let mut stays = queries::stays_by_step(tables, Some(code), with_today).await.map_err(failed)?;
        Ok(PlaceView {
            ground,
            date,
            definition,
            published,
            today: queries::hours(tables, Some(code), (date, date)).await.map_err(failed)?,
            week_ago: queries::hours(tables, Some(code), (before, before)).await.map_err(failed)?,
            pattern: queries::hours(tables, Some(code), pattern).await.map_err(failed)?,
            inside: inside.get(code).copied(),
            stays: stays.remove(code).unwrap_or_default(),
            visits: queries::visits(tables, code, with_today).await.map_err(failed)?,
        })
    }
}

/// The first minute of the step in which the middle one of all people lies.
pub fn median(stays: &BTreeMap<i32, i64>) -> Option<i32> {
    let all: i64 = stays.values().sum();
    let mut passed = 0;
    stays.iter().find_map(|(minutes, people)| {
        passed += people;
        (all > 0 && passed * 2 >= all).then_some(*minutes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one_and_not_the_mean() {
        let stays = |pairs: &[(i32, i64)]| pairs.iter().copied().collect::<BTreeMap<i32, i64>>();
        assert_eq!(median(&stays(&[(30, 1), (60, 1), (600, 1)])), Some(60));
        assert_eq!(median(&stays(&[(30, 5), (600, 4)])), Some(30));
        assert_eq!(median(&stays(&[])), None);
    }
}
