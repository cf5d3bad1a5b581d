//! All places on a day, by what kind of place they are.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use base::{CivilDate, RegionCode, RegionLevel};
use platform::chart::ShareBar;
use platform::problems::Problem;
use platform::web::{Html, PageContext, render};
use programmes::service::content::Mode;

use super::fields::Fields;
use super::words::{Words, hour};
use super::{Behind, Days, Figure, Pages};
use crate::service::{PlaceLine, Places};

/// Kinds of places in the order of the page; the last is for what nobody has described.
const KINDS: [(&str, &[Option<Mode>]); 5] = [
    ("sights", &[Some(Mode::Attraction)]),
    ("stations", &[Some(Mode::Rail)]),
    ("stops", &[Some(Mode::Brt)]),
    ("vehicles", &[Some(Mode::Feeder)]),
    ("others", &[Some(Mode::Counter), None]),
];

struct Row {
    code: String,
    name: String,
    region: String,
    entered: String,
    bar: Html,
    /// People of the hours that are over, which are those compared.
    compared: String,
    week_ago: String,
    inside: String,
    median: String,
}

struct Section {
    key: &'static str,
    title: String,
    note: String,
    has_inside: bool,
    has_stays: bool,
    rows: Vec<Row>,
    /// Places without anybody on the day or a week before.
    quiet: Vec<(String, String)>,
    quiet_title: String,
}

#[derive(Template)]
#[template(path = "places.html")]
struct PlacesPage {
    page: PageContext,
    crumb: String,
    sentence: String,
    behind: Option<Behind>,
    figures: Vec<Figure>,
    days: Days,
    page_path: String,
    /// Headings of what is compared: the hours of a running day that are over, and the same of the week before.
    people_until: Option<String>,
    compared_with: Option<String>,
    sections: Vec<Section>,
    rests_on: String,
}

/// `GET /places`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/places");
    let today = pages.service.ground().at.jakarta_date();
    let date = fields.date(today)?;
    let places = pages.service.places(page.actor(), date).await?;
    let words = pages.words(&page, date);
    let template = PlacesPage {
        crumb: words.format().long_date(date),
        sentence: sentence(&words, &places),
        behind: Behind::of(&words, &places.ground),
        figures: figures(&words, &places),
        days: Days::of(date, today),
        page_path: "/places".into(),
        people_until: people_until(&words, &places),
        compared_with: compared_with(&words, &places, today),
        sections: sections(&words, &places),
        rests_on: words.rests_on(&places.ground),
        page: page.clone(),
    };
    Ok(render(&template))
}

/// The heading of the people who are compared, where the day has had more since.
fn people_until(words: &Words<'_>, places: &Places) -> Option<String> {
    let hours_over = i64::from(places.hours_over);
    let running = (1..24).contains(&hours_over);
    running.then(|| words.with("places-people-until", &[("hour", hour(hours_over))]))
}

/// The heading of last week's column: the same hours, and which they are; none before an hour is over.
fn compared_with(words: &Words<'_>, places: &Places, today: CivilDate) -> Option<String> {
    let day = words.week_before(places.date, today);
    match places.hours_over {
        24.. => Some(day),
        1..24 => {
            let hour = hour(i64::from(places.hours_over));
            Some(words.with("week-before-until", &[("day", day), ("hour", hour)]))
        }
        _ => None,
    }
}

fn sum(places: &Places, figure: impl Fn(&PlaceLine) -> i64) -> i64 {
    places.lines.iter().map(figure).sum()
}

fn sentence(words: &Words<'_>, places: &Places) -> String {
    let used = places.lines.iter().filter(|line| line.entered > 0).count();
    let busiest =
        places.lines.iter().filter(|line| is_one_place(words, line)).max_by_key(|line| line.entered);
    let Some(busiest) = busiest.filter(|line| line.entered > 0) else {
        if used == 0 {
            let date = words.format().date(places.date);
            let is_today = places.date == places.ground.at.jakarta_date();
            let key = if is_today { "places-open-none" } else { "places-open-none-past" };
            return words.with(key, &[("date", date)]);
        }
        let people = words.number(sum(places, |line| line.entered));
        return words.with("places-open-unnamed", &[("people", people)]);
    };
    let values = [
        ("people", words.number(sum(places, |line| line.entered))),
        ("places", words.number(i64::try_from(used).unwrap_or(i64::MAX))),
        ("busiest", words.place(&busiest.code)),
    ];
    words.with("places-open", &values)
}

/// Whether somebody could go there. A line is travelled; a place that stands for a whole service, a stop not said, lies in
/// all of the province.
fn is_one_place(words: &Words<'_>, line: &PlaceLine) -> bool {
    let Some(place) = &line.definition else { return false };
    let region = place.region.and_then(|region| RegionCode::parse(region.as_str()).ok());
    let lies_somewhere = region.is_some_and(|region| region.level() != RegionLevel::Province);
    lies_somewhere && words.mode(place.service) != Some(Mode::Feeder)
}

fn figures(words: &Words<'_>, places: &Places) -> Vec<Figure> {
    let today = places.ground.at.jakarta_date();
    let with = words.week_before(places.date, today);
    let of = |which: &dyn Fn(Option<Mode>) -> bool| {
        let lines = places.lines.iter().filter(|line| {
            let mode = line.definition.as_ref().and_then(|place| words.mode(place.service));
            which(mode)
        });
        lines.fold((0, (0, 0)), |(now, compared), line| {
            (now + line.entered, (compared.0 + line.compared, compared.1 + line.week_ago))
        })
    };
    let figure = |key: &str, value: String, note: String| Figure {
        name: words.t(&format!("places-figure-{key}")),
        value,
        note,
    };
    let compared = |both: (i64, i64)| words.compared_until(places.hours_over, both, &with);
    let rides = of(&|mode| mode.is_some_and(Mode::is_transit));
    let visits = of(&|mode| mode == Some(Mode::Attraction));
    let inside = sum(places, |line| line.inside.unwrap_or(0));
    let mut figures = vec![
        figure("rides", words.number(rides.0), compared(rides.1)),
        figure("visits", words.number(visits.0), compared(visits.1)),
    ];
    if places.date == today {
        figures.push(figure("inside", words.number(inside), words.t("places-figure-inside-note")));
    }
    figures
}

fn sections(words: &Words<'_>, places: &Places) -> Vec<Section> {
    // On a running day people are still on the way.
    let is_over = places.date < places.ground.at.service_day();
    let kind = |(key, modes): (&'static str, &[Option<Mode>])| {
        let mut lines: Vec<&PlaceLine> = places
            .lines
            .iter()
            .filter(|line| {
                modes.contains(&line.definition.as_ref().and_then(|place| words.mode(place.service)))
            })
            .collect();
        lines.sort_by(|one, other| other.entered.cmp(&one.entered).then_with(|| one.code.cmp(&other.code)));
        let highest = lines.iter().map(|line| line.entered).max().unwrap_or(0);
        let people: i64 = lines.iter().map(|line| line.entered).sum();
        let left: i64 = lines.iter().map(|line| line.left_out).sum();
        let (quiet, lines): (Vec<&PlaceLine>, Vec<&PlaceLine>) =
            lines.into_iter().partition(|line| (line.entered, line.week_ago) == (0, 0));
        Section {
            quiet: quiet.iter().map(|line| (line.code.clone(), words.place(&line.code))).collect(),
            quiet_title: words.with("places-quiet", &[("count", quiet.len().to_string())]),
            key,
            title: words.t(&format!("places-kind-{key}")),
            note: people_note(words, people, if is_over { left } else { 0 }),
            has_inside: lines.iter().any(|line| line.inside.is_some()),
            has_stays: lines.iter().any(|line| line.median.is_some()),
            rows: lines.into_iter().map(|line| row(words, line, highest)).collect(),
        }
    };
    KINDS
        .into_iter()
        .map(kind)
        .filter(|section| !section.rows.is_empty() || !section.quiet.is_empty())
        .collect()
}

/// People of a kind of places, and how many of them tapped out where anybody did.
fn people_note(words: &Words<'_>, people: i64, left: i64) -> String {
    let values = [
        ("people", words.number(people)),
        ("left", words.number(left)),
        ("share", words.share(left, people)),
    ];
    words.with(if left > 0 { "places-kind-people-out" } else { "places-kind-people" }, &values)
}

fn row(words: &Words<'_>, line: &PlaceLine, highest: i64) -> Row {
    let none = || words.t("places-no-stays");
    Row {
        name: words.place(&line.code),
        region: line.definition.as_ref().map(|place| region(words, place)).unwrap_or_default(),
        entered: words.number(line.entered),
        bar: ShareBar { value: line.entered, whole: highest }.render(),
        compared: words.number(line.compared),
        week_ago: words.number(line.week_ago),
        inside: line.inside.map_or_else(none, |people| words.number(people)),
        median: line.median.map_or_else(none, |minutes| words.minutes(minutes)),
        code: line.code.clone(),
    }
}

/// Where a place lies: `Menteng, Jakarta Pusat`; nothing for what has no district.
pub fn region(words: &Words<'_>, place: &engine::PlaceDefinition) -> String {
    let region = place.region.and_then(|region| RegionCode::parse(region.as_str()).ok());
    let at = |level| {
        region.and_then(|region| region.at(level)).map(|region| words.area(crate::service::Area(region)))
    };
    match (at(RegionLevel::District), at(RegionLevel::City)) {
        (Some(district), Some(city)) => format!("{district}, {city}"),
        (None, Some(city)) => city,
        _ => String::new(),
    }
}
