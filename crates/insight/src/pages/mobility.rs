//! Where people travel between areas, in a week, on working days or on days off.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use base::{RegionCode, RegionLevel};
use platform::chart::{Cell, HeatGrid, HeatRow, RankedBar, RankedBars, Totals};
use platform::i18n::Language;
use platform::problems::Problem;
use platform::web::{Html, PageContext, render};

use super::fields::Fields;
use super::words::Words;
use super::{Behind, Figure, Pages};
use crate::service::{Area, DayChoice, DayKinds, Mobility, Relation};

/// Relations between different cities drawn as bars at most.
const RANKED_MAX: usize = 10;

/// Relations drawn by hour at most.
const HOURLY_MAX: usize = 10;

struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "mobility.html")]
struct MobilityPage {
    page: PageContext,
    crumb: String,
    sentence: String,
    behind: Option<Behind>,
    figures: Vec<Figure>,
    weeks: Vec<Choice>,
    kinds: Vec<Choice>,
    cities: Vec<Choice>,
    is_empty: bool,
    matrix_title: String,
    matrix: Option<Html>,
    no_matrix: String,
    /// Says that figures are of all cities, where the page is about one.
    all_note: Option<String>,
    average: String,
    ranked: Option<Html>,
    hours: Option<Html>,
    method: Vec<String>,
    rests_on: String,
}

/// `GET /mobility`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/mobility");
    let (kinds, city) = (fields.kinds()?, fields.city()?);
    let choice = DayChoice { week: fields.week()?, kinds, city };
    let mobility = pages.service.mobility(page.actor(), choice).await?;
    let words = pages.words(&page, mobility.ground.at.jakarta_date());
    let template = MobilityPage {
        crumb: crumb(&words, &mobility, kinds),
        sentence: sentence(&words, &mobility, kinds, city),
        behind: Behind::of(&words, &mobility.ground),
        figures: figures(&words, &mobility),
        weeks: weeks(&words, &mobility),
        kinds: [DayKinds::Working, DayKinds::Off]
            .map(|one| Choice {
                value: one.code().into(),
                label: words.t(&format!("mobility-kind-{}", one.code())),
                is_chosen: one == kinds,
            })
            .into(),
        cities: cities(&words, &mobility, city),
        is_empty: mobility.days.is_empty(),
        matrix_title: match city {
            Some(_) => words.with("mobility-matrix-title-city", &[("city", city_name(&words, city))]),
            None => words.t("mobility-matrix-title"),
        },
        matrix: has_journeys(&mobility, city).then(|| matrix(&words, &mobility)),
        no_matrix: words.with("mobility-matrix-none", &[("city", city_name(&words, city))]),
        all_note: city.map(|_| words.t("mobility-all")),
        average: words.t(if city.is_some() { "mobility-average-all" } else { "mobility-average" }),
        ranked: ranked(&words, &mobility),
        hours: hours(&words, &mobility),
        method: method(&words, &mobility),
        rests_on: words.rests_on(&mobility.ground),
        page: page.clone(),
    };
    Ok(render(&template))
}

fn crumb(words: &Words<'_>, mobility: &Mobility, kinds: DayKinds) -> String {
    let (Some(first), Some(last)) = (mobility.days.first(), mobility.days.last()) else {
        return String::new();
    };
    let values = [
        ("from", words.format().date(*first)),
        ("to", words.format().date(*last)),
        ("days", mobility.days.len().to_string()),
        ("kinds", kinds_name(words, kinds)),
    ];
    words.with("mobility-crumb", &values)
}

/// Kinds of day within a sentence.
fn kinds_name(words: &Words<'_>, kinds: DayKinds) -> String {
    words.t(&format!("mobility-kind-{}", kinds.code())).to_lowercase()
}

fn city_name(words: &Words<'_>, city: Option<RegionCode>) -> String {
    city.map(|city| words.area(Area(city))).unwrap_or_default()
}

/// Whether the table of a city has anything in it, be it hidden; that of all cities is always shown.
fn has_journeys(mobility: &Mobility, city: Option<RegionCode>) -> bool {
    city.is_none() || mobility.matrix.get(None, None) != Some(0)
}

/// The opening of a page about one city: its own journeys, not those of all.
fn sentence_of_city(words: &Words<'_>, mobility: &Mobility, kinds: DayKinds, city: RegionCode) -> String {
    let all = mobility.matrix.get(None, None);
    let values = [
        ("city", words.area(Area(city))),
        ("journeys", all.map(|all| words.number(all)).unwrap_or_default()),
    ];
    let state = match all {
        None => "-hidden",
        Some(0) => "-none",
        Some(_) => "",
    };
    let key = if kinds == DayKinds::Working { "working" } else { "off" };
    words.with(&format!("mobility-open-city-{key}{state}"), &values)
}

fn sentence(words: &Words<'_>, mobility: &Mobility, kinds: DayKinds, city: Option<RegionCode>) -> String {
    if mobility.week.is_none() {
        return words.t("mobility-open-none");
    }
    let Some(all) = mobility.days.first().map(|_| mobility.counted.journeys / days(mobility)) else {
        return words.with("mobility-open-no-days", &[("kinds", kinds_name(words, kinds))]);
    };
    if let Some(city) = city {
        return sentence_of_city(words, mobility, kinds, city);
    }
    let journeys = words.number(all);
    let across = mobility.relations.iter().find(|relation| relation.origin != relation.destination);
    let key = if kinds == DayKinds::Working { "working" } else { "off" };
    match across {
        Some(relation) => {
            let values = [
                ("journeys", journeys),
                ("from", words.area(relation.origin)),
                ("to", words.area(relation.destination)),
            ];
            words.with(&format!("mobility-open-{key}"), &values)
        }
        None => words.with(&format!("mobility-open-{key}-hidden"), &[("journeys", journeys)]),
    }
}

fn days(mobility: &Mobility) -> i64 {
    i64::try_from(mobility.days.len()).unwrap_or(1).max(1)
}

fn figures(words: &Words<'_>, mobility: &Mobility) -> Vec<Figure> {
    let counted = &mobility.counted;
    let journeys = counted.journeys;
    let rides = counted.known + counted.inferred + counted.unknown;
    let figure = |key: &str, value: String| Figure {
        name: words.t(&format!("mobility-figure-{key}")),
        value,
        note: words.t(&format!("mobility-figure-{key}-note")),
    };
    vec![
        figure("journeys", words.number(counted.journeys / days(mobility))),
        figure("several", words.share(counted.several, journeys)),
        figure("known", words.share(counted.known, rides)),
        figure("unplaced", words.share(counted.unended + counted.unplaced, journeys)),
    ]
}

fn weeks(words: &Words<'_>, mobility: &Mobility) -> Vec<Choice> {
    let week = |week: &crate::service::Week| Choice {
        value: week.monday.to_string(),
        label: words.with("mobility-week", &[("date", words.format().date(week.monday))]),
        is_chosen: Some(*week) == mobility.week,
    };
    mobility.weeks.iter().map(week).collect()
}

fn cities(words: &Words<'_>, mobility: &Mobility, chosen: Option<RegionCode>) -> Vec<Choice> {
    let all = Choice { value: String::new(), label: words.t("mobility-cities"), is_chosen: chosen.is_none() };
    let city = |area: &Area| Choice {
        value: area.0.to_string(),
        label: words.with("mobility-city", &[("city", words.area(*area))]),
        is_chosen: Some(area.0) == chosen,
    };
    std::iter::once(all).chain(mobility.destinations.iter().map(city)).collect()
}

fn matrix(words: &Words<'_>, mobility: &Mobility) -> Html {
    let cell = |row: Option<usize>, column: Option<usize>| match mobility.matrix.get(row, column) {
        Some(0) => Cell::Empty,
        Some(journeys) => Cell::Value(journeys),
        None => Cell::Hidden,
    };
    let columns = (0..mobility.destinations.len()).map(Some);
    let row = |(index, area): (usize, &Area)| HeatRow {
        name: short(words, *area),
        cells: columns.clone().map(|column| cell(Some(index), column)).collect(),
    };
    let totals = Totals {
        name: words.t("mobility-sum"),
        rows: (0..mobility.origins.len()).map(|row| cell(Some(row), None)).collect(),
        columns: columns.clone().chain([None]).map(|column| cell(None, column)).collect(),
    };
    let rows: Vec<HeatRow> = mobility.origins.iter().enumerate().map(row).collect();
    let grid = HeatGrid {
        id: "g-asal".into(),
        caption: words.t("mobility-matrix"),
        unit: words.t("mobility-unit"),
        row_column: words.t("mobility-from"),
        columns: mobility.destinations.iter().map(|area| short(words, *area)).collect(),
        every: 1,
        rows,
        totals: Some(totals),
        with_figures: true,
    };
    grid.render(words.page.language)
}

fn ranked(words: &Words<'_>, mobility: &Mobility) -> Option<Html> {
    let across = mobility.relations.iter().filter(|relation| relation.origin != relation.destination);
    let across: Vec<&Relation> = across.take(RANKED_MAX).collect();
    let first = across.first()?;
    let name = |relation: &Relation| {
        let ends = [("from", words.area(relation.origin)), ("to", words.area(relation.destination))];
        words.with("mobility-relation", &ends)
    };
    let bar = |relation: &&Relation| RankedBar {
        name: name(relation),
        note: busiest(words, relation),
        value: relation.journeys,
    };
    let chart = RankedBars {
        id: "g-arus".into(),
        caption: words.with(
            "mobility-ranked",
            &[("relation", name(first)), ("journeys", words.number(first.journeys))],
        ),
        name_column: words.t("mobility-relation-column"),
        value_column: words.t("mobility-unit"),
        bars: across.iter().map(bar).collect(),
    };
    Some(chart.render(words.page.language))
}

/// The hour in which most of a relation's journeys begin.
fn busiest(words: &Words<'_>, relation: &Relation) -> String {
    let shown = relation.hours.iter().flatten().filter_map(|(hour, journeys)| Some((*hour, (*journeys)?)));
    let most = shown.max_by_key(|(hour, journeys)| (*journeys, std::cmp::Reverse(*hour)));
    most.map_or_else(String::new, |(hour, _)| {
        let hour = super::words::hour(i64::from(hour));
        words.with("mobility-busiest", &[("hour", hour)])
    })
}

fn hours(words: &Words<'_>, mobility: &Mobility) -> Option<Html> {
    let relations = mobility.relations.get(..HOURLY_MAX).unwrap_or(&mobility.relations);
    let used = relations.iter().flat_map(|relation| relation.hours.iter().flatten().map(|(hour, _)| *hour));
    let (first, last) = (used.clone().min()?, used.max()?);
    let cell = |relation: &Relation, hour: i16| match &relation.hours {
        None => Cell::Hidden,
        Some(hours) => hours.get(&hour).map_or(Cell::Empty, |told| told.map_or(Cell::Hidden, Cell::Value)),
    };
    let row = |relation: &Relation| HeatRow {
        name: short_relation(words, relation),
        cells: (first..=last).map(|hour| cell(relation, hour)).collect(),
    };
    let grid = HeatGrid {
        id: "g-jam".into(),
        caption: words.t("mobility-hours"),
        unit: words.t("mobility-unit"),
        row_column: words.t("mobility-relation-column"),
        columns: (first..=last).map(|hour| format!("{hour:02}")).collect(),
        every: 1,
        rows: relations.iter().map(row).collect(),
        totals: None,
        with_figures: false,
    };
    Some(grid.render(words.page.language))
}

/// `Selatan → Pusat`.
fn short_relation(words: &Words<'_>, relation: &Relation) -> String {
    if relation.origin == relation.destination {
        return words.with("mobility-within", &[("area", short(words, relation.origin))]);
    }
    format!("{} \u{2192} {}", short(words, relation.origin), short(words, relation.destination))
}

/// An area's name in a plot: of names of several words that begin alike the last says which it is.
fn short(words: &Words<'_>, area: Area) -> String {
    let name = words.area(area);
    match name.rsplit_once(' ') {
        Some((_, last)) if area.0.level() == RegionLevel::City => last.to_owned(),
        _ => name,
    }
}

/// How it was counted.
fn method(words: &Words<'_>, mobility: &Mobility) -> Vec<String> {
    let counted = &mobility.counted;
    let rides = counted.known + counted.inferred + counted.unknown;
    let share = |part: i64| words.share(part, rides);
    let chained = [
        ("known", share(counted.known)),
        ("inferred", share(counted.inferred)),
        ("unknown", share(counted.unknown)),
        ("late", words.number(counted.late)),
    ];
    let limit = mobility.limit;
    let reason = match words.page.language {
        Language::Indonesian => &limit.reason_id,
        Language::English => &limit.reason_en,
    };
    let hidden = [
        ("people", words.number(limit.value)),
        ("basis", limit.legal_basis.clone()),
        ("reason", reason.trim().to_owned()),
    ];
    vec![
        words.with("mobility-method-chain", &chained),
        words.t("mobility-method-area"),
        words.with("mobility-method-hidden", &hidden),
        words.t("mobility-method-secondary"),
    ]
}
