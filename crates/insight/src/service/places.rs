//! How places are used: visitors, who is inside, how long people stay, by hour and weekday.

use std::collections::BTreeMap;
use std::convert::Infallible;

use base::{CivilDate, Code, Timestamp};
use engine::PlaceDefinition;
use engine::places::is_closed_day;
use platform::access::Actor;
use platform::problems::{self, Problem};

use super::{Ground, Service, failed};
use crate::store::entities::{place_hour, stay};
use crate::store::queries::{self, Published};

/// Days that stays and the week's pattern are taken from: four of each weekday.
const PATTERN_DAYS: i32 = 28;

/// The whole weeks before a day that its patterns are taken from, first and last day. The day itself may not be over.
pub const fn pattern_window(date: CivilDate) -> (CivilDate, CivilDate) {
    (date.plus_days(-PATTERN_DAYS), date.plus_days(-1))
}

/// The first hour of a day that is not over: 24 once the day is.
fn hours_over(date: CivilDate, now: Timestamp) -> i16 {
    let hour = if date < now.jakarta_date() { 24 } else { now.jakarta_time().hour() };
    i16::try_from(hour).unwrap_or(24)
}

/// People who came in before an hour.
fn until(rows: &[place_hour::Model], hour: i16) -> i64 {
    rows.iter().filter(|row| row.hour < hour).map(|row| row.entered).sum()
}

/// A place with its day.
#[derive(Clone, Debug, Default)]
pub struct PlaceLine {
    /// Its code; empty for taps whose place is not known any more.
    pub code: String,
    /// As published; none for those.
    pub definition: Option<PlaceDefinition>,
    /// People who came in or got on.
    pub entered: i64,
    /// Of them, those who did within the hours that are over.
    pub compared: i64,
    /// People of the same hours a week before.
    pub week_ago: i64,
    /// People who tapped out.
    pub left_out: i64,
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
    /// Days are compared before this hour.
    pub hours_over: i16,
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
    /// Days are compared before this hour.
    pub hours_over: i16,
    /// People within the hours that are over, and within the same hours a week before.
    pub compared: (i64, i64),
    /// The first day anything is known of; none before a service day has ended.
    pub known_from: Option<CivilDate>,
    /// The day by hour.
    pub today: Vec<place_hour::Model>,
    /// The same weekday a week before, by hour.
    pub week_ago: Vec<place_hour::Model>,
    /// The days of the pattern, by hour.
    pub pattern: Vec<place_hour::Model>,
    /// The weekday the place is closed on, or the one it is a part of, where the day is such a closed day.
    pub closed_on: Option<u8>,
    /// People inside now; none where nobody taps out.
    pub inside: Option<i64>,
    /// Stays by their first minute, over the pattern's days.
    pub stays: BTreeMap<i32, i64>,
    /// Visits by service day, over the same days.
    pub visits: Vec<stay::Model>,
    /// People who came in and who tapped out at all places of the service, over the same days: who gets on at one stop
    /// taps out at another.
    pub service_ways: (i64, i64),
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
        let stays = queries::stays_by_step(tables, None, pattern_window(date)).await.map_err(failed)?;
        let hours_over = hours_over(date, ground.at);
        let (today, week_ago) = (by_place(today), by_place(week_ago));
        let sum = |rows: &BTreeMap<String, Vec<place_hour::Model>>, code: &str, hour: i16| {
            rows.get(code).map_or(0, |rows| until(rows, hour))
        };
        let line = |code: &str, definition: Option<&PlaceDefinition>| PlaceLine {
            code: code.to_owned(),
            definition: definition.cloned(),
            entered: sum(&today, code, 24),
            compared: sum(&today, code, hours_over),
            week_ago: sum(&week_ago, code, hours_over),
            left_out: today.get(code).map_or(0, |rows| rows.iter().map(|row| row.left_out).sum()),
            inside: inside.get(code).copied().filter(|_| date == ground.at.jakarta_date()),
            median: stays.get(code).and_then(median),
        };
        let mut lines: Vec<PlaceLine> =
            published.places.values().map(|place| line(place.code.as_str(), Some(place))).collect();
        if today.contains_key("") {
            lines.push(line("", None));
        }
        Ok(Places { ground, date, hours_over, lines })
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
        let ways = queries::ways(tables, pattern_window(date)).await.map_err(failed)?;
        let of_service = published.places.values().filter(|place| place.service == definition.service);
        let ways = of_service.filter_map(|place| ways.get(place.code.as_str()));
        let service_ways = ways.fold((0, 0), |sum, (entered, left)| (sum.0 + entered, sum.1 + left));
        let closed_on = closed_on(&published, &definition, date);
        let before = date.plus_days(-7);
        let pattern = pattern_window(date);
        let today = queries::hours(tables, Some(code), (date, date)).await.map_err(failed)?;
        let week_ago = queries::hours(tables, Some(code), (before, before)).await.map_err(failed)?;
        let hours_over = hours_over(date, ground.at);
        let inside = queries::inside_now(tables).await.map_err(failed)?;
        let mut stays = queries::stays_by_step(tables, Some(code), pattern).await.map_err(failed)?;
        Ok(PlaceView {
            ground,
            date,
            definition,
            hours_over,
            compared: (until(&today, hours_over), until(&week_ago, hours_over)),
            known_from: queries::first_day(tables).await.map_err(failed)?,
            today,
            week_ago,
            closed_on,
            pattern: queries::hours(tables, Some(code), pattern).await.map_err(failed)?,
            inside: inside.get(code).copied(),
            stays: stays.remove(code).unwrap_or_default(),
            visits: queries::visits(tables, code, pattern).await.map_err(failed)?,
            service_ways,
        })
    }
}

/// The closing weekday that closes a place on a date: its own, or that of a place around it.
fn closed_on(published: &Published, place: &PlaceDefinition, date: CivilDate) -> Option<u8> {
    let around = place.rules.within.and_then(|code| published.places.get(&code));
    let weekdays = std::iter::once(place).chain(around).filter_map(|one| one.rules.opening?.closed_on);
    let is_free = |day: CivilDate| Ok::<bool, Infallible>(published.is_holiday(day));
    weekdays.into_iter().find(|weekday| is_closed_day(*weekday, date, is_free).unwrap_or(false))
}

fn by_place(rows: Vec<place_hour::Model>) -> BTreeMap<String, Vec<place_hour::Model>> {
    let mut places: BTreeMap<String, Vec<place_hour::Model>> = BTreeMap::new();
    for row in rows {
        places.entry(row.place.clone()).or_default().push(row);
    }
    places
}

/// People of a mean hour, by weekday from Monday; none for a weekday that no known day of the window was.
///
/// Every day of the window counts, one on which nobody came as well: what is asked is how many to expect on such a day.
pub fn weekday_means(
    rows: &[place_hour::Model],
    window: (CivilDate, CivilDate),
    known_from: Option<CivilDate>,
) -> [Option<[i64; 24]>; 7] {
    let (mut sums, mut days) = ([[0i64; 24]; 7], [0i64; 7]);
    let first = known_from.unwrap_or(window.1.plus_days(1)).max(window.0);
    let weekday = |day: CivilDate| usize::from(day.weekday()).saturating_sub(1);
    for day in (first.0..=window.1.0).map(CivilDate) {
        if let Some(count) = days.get_mut(weekday(day)) {
            *count += 1;
        }
    }
    for row in rows.iter().filter(|row| (first.0..=window.1.0).contains(&row.day)) {
        let hours = sums.get_mut(weekday(CivilDate(row.day)));
        let cell = hours.and_then(|hours| hours.get_mut(usize::try_from(row.hour).ok()?));
        if let Some(cell) = cell {
            *cell += row.entered;
        }
    }
    let mut means = [None; 7];
    for ((mean, hours), count) in means.iter_mut().zip(sums).zip(days).filter(|(_, count)| *count > 0) {
        *mean = Some(hours.map(|sum| (sum * 2 + count) / (count * 2)));
    }
    means
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

    fn row(day: &str, hour: i16, entered: i64) -> place_hour::Model {
        let day = CivilDate::parse(day).unwrap().0;
        place_hour::Model { day, hour, entered, ..place_hour::Model::default() }
    }

    #[test]
    fn a_weekday_mean_counts_every_such_day_of_the_window() {
        let date = CivilDate::parse("2026-11-26").unwrap();
        let window = pattern_window(date);
        assert_eq!(window.1.0 - window.0.0 + 1, 28);
        // Of four Mondays one was busy and three were closed.
        let rows = [row("2026-11-23", 9, 80), row("2026-11-24", 9, 40), row("2026-11-17", 9, 20)];
        let means = weekday_means(&rows, window, CivilDate::parse("2026-01-01"));
        assert_eq!(means.map(|hours| hours.unwrap()[9]), [20, 15, 0, 0, 0, 0, 0]);
        // A city that began on Tuesday the 17th had one Monday and two Tuesdays.
        let young = weekday_means(&rows, window, CivilDate::parse("2026-11-17"));
        assert_eq!((young[0].unwrap()[9], young[1].unwrap()[9]), (80, 30));
        let newborn = weekday_means(&[], window, CivilDate::parse("2026-11-25"));
        assert!(newborn[2].is_some() && newborn[0].is_none());
        assert_eq!(weekday_means(&rows, window, None), [None; 7]);
    }

    #[test]
    fn only_hours_that_are_over_are_compared() {
        let date = CivilDate::parse("2026-11-26").unwrap();
        let now = date.midnight().plus(9 * Timestamp::HOUR + 50 * Timestamp::MINUTE);
        let rows = [row("2026-11-26", 8, 5), row("2026-11-26", 9, 7)];
        assert_eq!(until(&rows, hours_over(date, now)), 5);
        assert_eq!(until(&rows, hours_over(date.plus_days(-1), now)), 12);
    }

    #[test]
    fn the_median_is_the_middle_one_and_not_the_mean() {
        let stays = |pairs: &[(i32, i64)]| pairs.iter().copied().collect::<BTreeMap<i32, i64>>();
        assert_eq!(median(&stays(&[(30, 1), (60, 1), (600, 1)])), Some(60));
        assert_eq!(median(&stays(&[(30, 5), (600, 4)])), Some(30));
        assert_eq!(median(&stays(&[])), None);
    }
}
