//! One place: visitors by hour, the week's pattern, how long people stay, who is inside.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use base::CivilDate;
use engine::Opening;
use platform::chart::{BarChart, Cell, HeatGrid, HeatRow, OutcomeBar, Series};
use platform::problems::Problem;
use platform::web::{Html, Outcome, PageContext, render};
use programmes::service::content::{LabelKind, Mode};

use super::charts::{entered, window};
use super::fields::Fields;
use super::words::{Words, hour};
use super::{Behind, Days, Figure, Pages};
use crate::service::PlaceView;
use crate::service::places::{median, pattern_window, weekday_means};

/// Steps of the histogram, in minutes, and how many there are; the last holds everything longer.
const STEP: i32 = 30;
const STEPS: i32 = 12;

/// Names below an axis of hours at most.
const TICKS_MAX: usize = 7;

struct OutcomeRow {
    badge: Html,
    count: String,
    share: String,
}

#[derive(Template)]
#[template(path = "place.html")]
struct PlacePage {
    page: PageContext,
    name: String,
    crumb: String,
    sentence: String,
    behind: Option<Behind>,
    figures: Vec<Figure>,
    days: Days,
    page_path: String,
    day: Option<Html>,
    /// What is said where the day has no taps.
    no_taps: String,
    pattern: Option<Html>,
    stays: Option<Html>,
    coverage: Vec<String>,
    tap_outs: Option<String>,
    outcomes: Vec<OutcomeRow>,
    outcome_bar: Html,
    facts: Vec<(String, String)>,
    rests_on: String,
}

/// `GET /places/{code}`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Path(code): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/places");
    let today = pages.service.ground().at.jakarta_date();
    let date = fields.date(today)?;
    let view = pages.service.place(page.actor(), &code, date).await?;
    let words = pages.words(&page, date);
    let (outcomes, outcome_bar) = outcomes(&words, &view);
    let template = PlacePage {
        name: words.place(&code),
        crumb: words.format().long_date(date),
        sentence: sentence(&words, &view, today),
        behind: Behind::of(&words, &view.ground),
        figures: figures(&words, &view, today),
        days: Days::of(date, today),
        page_path: format!("/places/{code}"),
        day: day(&words, &view, today),
        no_taps: no_taps(&words, &view, today),
        pattern: pattern(&words, &view),
        stays: stays(&words, &view),
        coverage: coverage(&words, &view),
        tap_outs: tap_outs(&words, &view),
        outcomes,
        outcome_bar,
        facts: facts(&words, &view),
        rests_on: words.rests_on(&view.ground),
        page: page.clone(),
    };
    Ok(render(&template))
}

/// Whether people are counted on the day up to now only.
fn hours_so_far(view: &PlaceView, today: CivilDate) -> i64 {
    if view.date == today { view.ground.at.jakarta_time().hour() } else { 23 }
}

fn sentence(words: &Words<'_>, view: &PlaceView, today: CivilDate) -> String {
    let people: i64 = view.today.iter().map(|row| row.entered).sum();
    let place = words.place(view.definition.code.as_str());
    if people == 0 {
        let weekday = |day: u8| words.page.t(&format!("platform-weekday-{day}"));
        let values = [
            ("place", place),
            ("date", words.format().date(view.date)),
            ("weekday", view.closed_on.map(weekday).unwrap_or_default()),
        ];
        let key = match view.closed_on {
            Some(day) if day == view.date.weekday() => "place-open-closed",
            Some(_) => "place-open-closed-moved",
            None if view.date == today => "place-open-none",
            None => "place-open-none-past",
        };
        return words.with(key, &values);
    }
    let compared = compared(words, view, today);
    let values = [("place", place), ("people", words.number(people)), ("compared", compared)];
    words.with(if view.date == today { "place-open-today" } else { "place-open" }, &values)
}

fn no_taps(words: &Words<'_>, view: &PlaceView, today: CivilDate) -> String {
    words.t(match view.closed_on {
        Some(_) => "place-day-closed",
        None if view.date == today => "place-day-empty",
        None => "place-day-empty-past",
    })
}

fn compared(words: &Words<'_>, view: &PlaceView, today: CivilDate) -> String {
    words.compared_until(view.hours_over, view.compared, &words.week_before(view.date, today))
}

fn figures(words: &Words<'_>, view: &PlaceView, today: CivilDate) -> Vec<Figure> {
    let figure = |key: &str, value: String, note: String| Figure {
        name: words.t(&format!("place-figure-{key}")),
        value,
        note,
    };
    let people: i64 = view.today.iter().map(|row| row.entered).sum();
    let out: i64 = view.today.iter().map(|row| row.left_out).sum();
    let mut figures = vec![figure("entered", words.number(people), compared(words, view, today))];
    if let Some(inside) = view.inside.filter(|_| view.date == today) {
        let note = match view.definition.rules.capacity {
            Some(capacity) => {
                let share = inside * 100 / i64::from(capacity.hard.max(1));
                let values = [
                    ("share", format!("{share}%")),
                    ("hard", words.number(i64::from(capacity.hard))),
                    ("soft", words.number(i64::from(capacity.soft))),
                ];
                words.with("place-figure-inside-capacity", &values)
            }
            None => words.t("place-figure-inside-note"),
        };
        figures.push(figure("inside", words.number(inside), note));
    }
    if let Some(minutes) = median(&view.stays) {
        figures.push(figure("median", words.minutes(minutes), words.t("place-figure-median-note")));
    }
    if out > 0 {
        figures.push(figure("out", words.number(out), words.t("place-figure-out-note")));
    }
    figures
}

fn day(words: &Words<'_>, view: &PlaceView, today: CivilDate) -> Option<Html> {
    let (now, before) = (entered(&view.today), entered(&view.week_ago));
    let hours = window(&[now, before]);
    let busiest = hours.clone().max_by_key(|hour| now.get(*hour).copied().unwrap_or(0))?;
    let most = now.get(busiest).copied().unwrap_or(0);
    if most == 0 && before.iter().all(|people| *people == 0) {
        return None;
    }
    let last = usize::try_from(hours_so_far(view, today)).unwrap_or(23);
    let first = *hours.start();
    let with = words.week_before(view.date, today);
    let at = |hour: usize| self::hour(i64::try_from(hour).unwrap_or(0));
    let values = [("hour", at(busiest)), ("people", words.number(most)), ("with", with.clone())];
    let key = match most {
        1.. => "place-day",
        _ if view.date == today => "place-day-none",
        _ => "place-day-none-past",
    };
    let chart = BarChart {
        id: "g-hari".into(),
        caption: words.with(key, &values),
        unit: words.t("place-unit"),
        slot_column: words.t("hour-column"),
        slots: hours.clone().map(at).collect(),
        every: hours.clone().count().div_ceil(TICKS_MAX).max(1),
        main: Series {
            column: words.format().date(view.date),
            label: if view.date == today { words.t("today") } else { words.format().date(view.date) },
            values: hours.clone().map(|hour| now.get(hour).copied().filter(|_| hour <= last)).collect(),
        },
        past: Some(Series {
            column: words.format().date(view.date.plus_days(-7)),
            label: with,
            values: hours.map(|hour| before.get(hour).copied()).collect(),
        }),
        mark: (most > 0).then(|| (busiest - first, words.number(most))),
    };
    Some(chart.render(words.page.language))
}

/// People of a mean hour by weekday, over the weeks before the day.
fn pattern(words: &Words<'_>, view: &PlaceView) -> Option<Html> {
    let means = weekday_means(&view.pattern, pattern_window(view.date), view.known_from);
    let hours = window(&means.map(Option::unwrap_or_default));
    let mut rows = Vec::with_capacity(7);
    let mut busiest: Option<(i64, usize, usize)> = None;
    for (weekday, means) in means.iter().enumerate() {
        let mut cells = Vec::new();
        for hour in hours.clone() {
            let mean = means.and_then(|means| means.get(hour).copied());
            cells.push(mean.map_or(Cell::Empty, Cell::Value));
            if let Some(mean) = mean.filter(|mean| busiest.is_none_or(|(most, _, _)| *mean > most)) {
                busiest = Some((mean, weekday, hour));
            }
        }
        let name = words.page.t(&format!("platform-weekday-{}", weekday + 1));
        rows.push(HeatRow { name, cells });
    }
    let (most, weekday, hour) = busiest.filter(|(most, _, _)| *most > 0)?;
    let values = [
        ("weekday", words.page.t(&format!("platform-weekday-{}", weekday + 1))),
        ("hour", self::hour(i64::try_from(hour).unwrap_or(0))),
        ("people", words.number(most)),
    ];
    let grid = HeatGrid {
        id: "g-pekan".into(),
        caption: words.with("place-pattern", &values),
        unit: words.t("place-pattern-unit"),
        row_column: words.t("weekday-column"),
        columns: hours.clone().map(|hour| format!("{hour:02}")).collect(),
        every: hours.count().div_ceil(20).max(1),
        rows,
        totals: None,
        with_figures: false,
    };
    Some(grid.render(words.page.language))
}

fn stays(words: &Words<'_>, view: &PlaceView) -> Option<Html> {
    let median = median(&view.stays)?;
    let mut steps = vec![0i64; usize::try_from(STEPS).unwrap_or(0)];
    for (minutes, people) in &view.stays {
        let step = usize::try_from((minutes / STEP).min(STEPS - 1)).unwrap_or(0);
        if let Some(sum) = steps.get_mut(step) {
            *sum += people;
        }
    }
    let name = |step: i32| {
        let from = step * STEP;
        if step == STEPS - 1 {
            words.with("place-stays-more", &[("from", words.minutes(from))])
        } else {
            format!("{}.{:02}", from / 60, from % 60)
        }
    };
    let chart = BarChart {
        id: "g-lama".into(),
        caption: words.with("place-stays", &[("median", words.minutes(median))]),
        unit: words.t("place-unit"),
        slot_column: words.t("place-stays-column"),
        slots: (0..STEPS).map(name).collect(),
        every: 2,
        main: Series {
            column: words.t("place-unit"),
            label: String::new(),
            values: steps.into_iter().map(Some).collect(),
        },
        past: None,
        mark: None,
    };
    Some(chart.render(words.page.language))
}

/// How many of those who came in tapped out; the stays are theirs.
fn coverage(words: &Words<'_>, view: &PlaceView) -> Vec<String> {
    let ended = view.visits.iter().filter(|row| CivilDate(row.day) < view.ground.at.service_day());
    let (entered, left, moved) = ended.fold((0, 0, 0), |(entered, left, moved), row| {
        (entered + row.entered, left + row.left_out, moved + row.moved)
    });
    if entered == 0 {
        return Vec::new();
    }
    let values = [
        ("entered", words.number(entered)),
        ("left", words.number(left)),
        ("share", words.share(left, entered)),
        ("moved", words.number(moved)),
        ("forgot", words.number((entered - left - moved).max(0))),
    ];
    vec![words.with("place-coverage", &values), words.with("place-coverage-rest", &values)]
}

/// How many of those who get on with a service tap out, at any of its places; none where nobody does.
fn tap_outs(words: &Words<'_>, view: &PlaceView) -> Option<String> {
    let (entered, left) = view.service_ways;
    let rides = words.mode(view.definition.service).is_some_and(Mode::is_transit);
    let values = [
        ("service", words.name(LabelKind::Service, view.definition.service.as_str())),
        ("entered", words.number(entered)),
        ("left", words.number(left)),
        ("share", words.share(left, entered)),
    ];
    (rides && left > 0).then(|| words.with("place-tap-outs", &values))
}

fn outcomes(words: &Words<'_>, view: &PlaceView) -> (Vec<OutcomeRow>, Html) {
    let mut counts = [0i64; 4];
    for row in &view.today {
        let of = [row.free, row.paid, row.refused, row.incident + row.held];
        for (sum, count) in counts.iter_mut().zip(of) {
            *sum += count;
        }
    }
    let all: i64 = counts.iter().sum();
    let whole = |count: i64| u64::try_from(count).unwrap_or(0);
    let bar = OutcomeBar { counts: counts.map(whole), scale: whole(all) }.render();
    if all == 0 {
        return (Vec::new(), bar);
    }
    let row = |(outcome, count): (Outcome, i64)| OutcomeRow {
        badge: words.page.badge(outcome),
        count: words.number(count),
        share: words.share(count, all),
    };
    (Outcome::ALL.into_iter().zip(counts).map(row).collect(), bar)
}

fn facts(words: &Words<'_>, view: &PlaceView) -> Vec<(String, String)> {
    let definition = &view.definition;
    let fact = |key: &str, value: String| (words.t(&format!("place-fact-{key}")), value);
    let mut facts = vec![fact("service", words.name(LabelKind::Service, definition.service.as_str()))];
    let region = super::places::region(words, definition);
    if !region.is_empty() {
        facts.push(fact("region", region));
    }
    if let Some(within) = definition.rules.within {
        facts.push(fact("within", words.place(within.as_str())));
    }
    facts.push(fact("hours", opening(words, definition.rules.opening, definition.service)));
    if let Some(closed) = definition.rules.opening.and_then(|opening| opening.closed_on) {
        let weekday = words.page.t(&format!("platform-weekday-{closed}"));
        facts.push(fact("closed", words.with("place-closed-on", &[("weekday", weekday)])));
    }
    if let Some(capacity) = definition.rules.capacity {
        let values = [
            ("soft", words.number(i64::from(capacity.soft))),
            ("hard", words.number(i64::from(capacity.hard))),
        ];
        facts.push(fact("capacity", words.with("place-capacity", &values)));
    }
    facts.push(fact("basis", words.name(LabelKind::Document, definition.source.legal_basis.as_str())));
    facts
}

/// Hours in words. A stop has a timetable, which gives no right and is not kept here.
fn opening(words: &Words<'_>, opening: Option<Opening>, service: base::Code) -> String {
    match opening {
        Some(opening) => {
            let text = |time: base::CivilTime| format!("{:02}.{:02}", time.hour(), time.minute());
            words.with("place-hours", &[("opens", text(opening.opens)), ("closes", text(opening.closes))])
        }
        None if words.mode(service).is_some_and(Mode::is_transit) => words.t("place-hours-timetable"),
        None => words.t("place-hours-none"),
    }
}
