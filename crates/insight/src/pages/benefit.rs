//! One benefit: what it gives in plain language, who holds it and where, what was used and what it cost.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::{CivilDate, RegionCode, RegionLevel};
use platform::chart::{BarChart, Cell, Series, Tile, TileGrid};
use platform::i18n::Language;
use platform::problems::Problem;
use platform::web::{Html, PageContext, render};
use programmes::service::plain::{Plain, Topic, plain};

use super::benefits::{programme_name, programme_of};
use super::words::Words;
use super::{Behind, Figure, Pages};
use crate::service::benefits::TREND_DAYS;
use crate::service::{Area, BenefitView, Gave, Spread};

/// Where each district's tile lies, and each city's.
const TILES: &str = include_str!("../../data/tiles.csv");
const CITY_TILES: &str = include_str!("../../data/tiles_cities.csv");

/// Days of the trend at least, however young the benefit is.
const DAYS_MIN: i32 = 7;

/// Days named below the trend at most, so that they do not touch on a phone.
const TICKS_MAX: usize = 3;

/// One kind of money of what a benefit gave.
type OfGave = fn(&Gave) -> i64;

struct TopicLines {
    heading: String,
    lines: Vec<String>,
}

struct MoneyRow {
    name: String,
    note: String,
    month: String,
    year: String,
}

#[derive(Template)]
#[template(path = "programme.html")]
struct ProgrammePage {
    page: PageContext,
    crumb: String,
    plain: Plain,
    topics: Vec<TopicLines>,
    behind: Option<Behind>,
    figures: Vec<Figure>,
    trend: Option<Html>,
    tiles_title: String,
    tiles: Option<Html>,
    /// Whether the map is wider than a phone: that of districts.
    is_wide_map: bool,
    no_tiles: [String; 2],
    hidden_note: String,
    money: Vec<MoneyRow>,
    budget: Option<String>,
    rests_on: String,
}

/// `GET /programmes/{code}`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let page = page.at("/programmes");
    let view = pages.service.benefit(page.actor(), &code).await?;
    let today = view.ground.at.jakarta_date();
    let words = pages.words(&page, today);
    let plain = plain(&view.line.definition, &pages.labels, page.texts(), page.language, today);
    let template = ProgrammePage {
        crumb: programme_name(&words, programme_of(&code)),
        topics: topics(&words, &plain),
        plain,
        behind: Behind::of(&words, &view.ground),
        figures: figures(&words, &view),
        trend: trend(&words, &view),
        tiles_title: words.t(match view.spread {
            Spread::Cities(_) => "programme-tiles-title-cities",
            _ => "programme-tiles-title",
        }),
        tiles: tiles(&words, &view),
        is_wide_map: matches!(view.spread, Spread::Districts(_)),
        no_tiles: no_tiles(&words, &view),
        hidden_note: hidden_note(&words, &view),
        money: money(&words, &view),
        budget: budget(&words, &view),
        rests_on: words.rests_on(&view.ground),
        page: page.clone(),
    };
    Ok(render(&template))
}

fn topics(words: &Words<'_>, plain: &Plain) -> Vec<TopicLines> {
    let topic = |topic: Topic| {
        let of = plain.conditions.iter().filter(|condition| condition.topic == topic);
        let lines: Vec<String> = of.map(|condition| condition.text.clone()).collect();
        (!lines.is_empty()).then(|| TopicLines { heading: words.page.t(topic.key()), lines })
    };
    let mut topics: Vec<TopicLines> = Topic::ALL.into_iter().filter_map(topic).collect();
    topics.push(TopicLines { heading: words.t("programme-period"), lines: plain.period.clone() });
    topics.push(TopicLines { heading: words.t("programme-money"), lines: plain.money.clone() });
    topics
}

fn figures(words: &Words<'_>, view: &BenefitView) -> Vec<Figure> {
    let line = &view.line;
    let figure = |key: &str, value: String, note: String| Figure {
        name: words.t(&format!("programme-figure-{key}")),
        value,
        note,
    };
    let note = |key: &str| words.t(&format!("programme-figure-{key}-note"));
    let uses_year = words.with("programme-figure-uses-note", &[("year", words.number(line.year.uses))]);
    let mut figures = vec![
        figure("holders", words.number(line.holders), note("holders")),
        figure("uses", words.number(line.month.uses), uses_year),
    ];
    let moneys: [(&str, OfGave); 3] =
        [("forgone", |gave| gave.forgone), ("funded", |gave| gave.funded), ("aid", |gave| gave.aid)];
    for (key, of) in moneys.into_iter().filter(|(_, of)| of(&line.year) != 0) {
        figures.push(Figure {
            name: words.t(&format!("money-{key}")),
            value: words.money(of(&line.month)),
            note: words.t(&format!("money-{key}-note")),
        });
    }
    figures
}

fn trend(words: &Words<'_>, view: &BenefitView) -> Option<Html> {
    let today = view.ground.at.service_day();
    let begun = view.days.keys().next().copied().unwrap_or(today).min(today.plus_days(1 - DAYS_MIN));
    let days: Vec<CivilDate> =
        (1 - TREND_DAYS..=0).map(|ago| today.plus_days(ago)).filter(|day| *day >= begun).collect();
    let uses = |day: &CivilDate| view.days.get(day).map_or(0, |gave| gave.uses);
    let sum: i64 = days.iter().map(uses).sum();
    let busiest = days.iter().copied().max_by_key(uses).filter(|_| sum > 0)?;
    let values = [
        ("uses", words.number(sum)),
        ("days", days.len().to_string()),
        ("date", words.format().long_date(busiest)),
        ("most", words.number(uses(&busiest))),
    ];
    let chart = BarChart {
        id: "g-tren".into(),
        caption: words.with("programme-trend", &values),
        unit: words.t("programme-unit"),
        slot_column: words.t("date-column"),
        slots: days.iter().map(|day| short_date(words, *day)).collect(),
        every: days.len().div_ceil(TICKS_MAX),
        main: Series {
            column: words.t("programme-unit"),
            label: String::new(),
            values: days.iter().map(|day| Some(uses(day))).collect(),
        },
        past: None,
        mark: Some((days.len() - 1, words.t("today"))),
    };
    Some(chart.render(words.page.language))
}

/// A date below an axis: the day and the first letters of the month, `29 Okt`.
fn short_date(words: &Words<'_>, date: CivilDate) -> String {
    let long = words.format().date(date);
    let mut parts = long.split(' ');
    let (day, month) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("{day} {}", month.chars().take(3).collect::<String>())
}

/// Columns and rows of tiles by area.
type Places = BTreeMap<RegionCode, (u8, u8)>;

static DISTRICTS: LazyLock<Places> = LazyLock::new(|| places(TILES));
static CITIES: LazyLock<Places> = LazyLock::new(|| places(CITY_TILES));

fn places(file: &str) -> Places {
    let rows = file.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(',');
        let code = RegionCode::parse(fields.next()?).ok()?;
        Some((code, (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?)))
    });
    rows.collect()
}

/// Why there is no map, and when there will be.
fn no_tiles(words: &Words<'_>, view: &BenefitView) -> [String; 2] {
    let key = if view.spread == Spread::Nobody { "programme-tiles-none" } else { "programme-tiles-hidden" };
    [words.t(key), words.t(&format!("{key}-next"))]
}

fn tiles(words: &Words<'_>, view: &BenefitView) -> Option<Html> {
    let (people, places, around, [caption, name, within]) = match &view.spread {
        Spread::Districts(people) => {
            let keys = ["programme-tiles", "programme-district", "programme-city"];
            (people, &*DISTRICTS, RegionLevel::City, keys)
        }
        Spread::Cities(people) => {
            let keys = ["programme-tiles-cities", "programme-city", "programme-province"];
            (people, &*CITIES, RegionLevel::Province, keys)
        }
        Spread::Nobody | Spread::Hidden => return None,
    };
    let tile = |(code, (column, row)): (&RegionCode, &(u8, u8))| Tile {
        column: *column,
        row: *row,
        name: words.area(Area(*code)),
        within: code.at(around).map(|around| words.area(Area(around))).unwrap_or_default(),
        cell: people.get(code).map_or(Cell::Value(0), |told| told.map_or(Cell::Hidden, Cell::Value)),
    };
    let shown = people.iter().filter_map(|(area, people)| Some((*area, (*people)?)));
    let (area, most) = shown.max_by_key(|(_, people)| *people)?;
    let grid = TileGrid {
        id: "g-peta".into(),
        caption: words.with(caption, &[("area", words.area(Area(area))), ("people", words.number(most))]),
        unit: words.t("programme-tiles-unit"),
        name_column: words.t(name),
        within_column: words.t(within),
        tiles: places.iter().map(tile).collect(),
    };
    Some(grid.render(words.page.language))
}

fn hidden_note(words: &Words<'_>, view: &BenefitView) -> String {
    let reason = match words.page.language {
        Language::Indonesian => &view.limit.reason_id,
        Language::English => &view.limit.reason_en,
    };
    let values = [
        ("people", words.number(view.limit.value)),
        ("basis", view.limit.legal_basis.clone()),
        ("reason", reason.trim().to_owned()),
    ];
    words.with("mobility-method-hidden", &values)
}

fn money(words: &Words<'_>, view: &BenefitView) -> Vec<MoneyRow> {
    let (month, year) = (&view.line.month, &view.line.year);
    let moneys: [(&str, OfGave); 6] = [
        ("forgone", |gave| gave.forgone),
        ("funded", |gave| gave.funded),
        ("aid", |gave| gave.aid),
        ("bought", |gave| gave.spent),
        ("cash", |gave| gave.cash),
        ("returned", |gave| gave.returned),
    ];
    let row = |(key, of): (&str, OfGave)| MoneyRow {
        name: words.t(&format!("money-{key}")),
        note: words.t(&format!("money-{key}-note")),
        month: words.money(of(month)),
        year: words.money(of(year)),
    };
    let used = moneys.into_iter().filter(|(_, of)| of(month) != 0 || of(year) != 0);
    used.map(row).collect()
}

fn budget(words: &Words<'_>, view: &BenefitView) -> Option<String> {
    let budget = view.line.budget.as_ref().filter(|budget| budget.voted != 0)?;
    let values = [
        ("voted", words.money(budget.voted)),
        ("left", words.money(budget.balance)),
        ("share", words.format().permille(budget.balance.max(0) * 1_000 / budget.voted.max(1))),
        ("year", budget.year.to_string()),
    ];
    Some(words.with("programme-budget", &values))
}

#[cfg(test)]
mod tests {
    use base::RegionTable;

    use super::*;

    #[test]
    fn every_district_and_every_city_has_a_tile_of_its_own() {
        let table = RegionTable::jakarta();
        for (level, tiles) in [(RegionLevel::District, &*DISTRICTS), (RegionLevel::City, &*CITIES)] {
            let areas: Vec<RegionCode> = table.level(level).map(|region| region.code).collect();
            assert_eq!(tiles.len(), areas.len());
            assert!(areas.iter().all(|area| tiles.contains_key(area)));
            let mut places: Vec<(u8, u8)> = tiles.values().copied().collect();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), areas.len(), "two areas share a tile");
        }
    }
}
