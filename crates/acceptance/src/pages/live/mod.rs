//! The live page: is the city's card working right now, and do the books agree?

mod books;
mod chart;
mod opening;
mod places;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Code, Timestamp};
use platform::access::Action;
use platform::problems::{self, Problem};
use platform::web::{Fields, Html, PageContext, render};

use super::Pages;
use super::lines::{self, DecisionLine};
use super::words::Words;
use crate::service::{Live, Published};
use crate::store::queries::Counts;
use books::BookRow;
use opening::Opening;
use places::{PlaceRow, Places, SubsidyRow};

/// Newest decisions shown.
const DECISIONS: u64 = 8;

/// A number with its name and what to compare it with.
struct Figure {
    name: String,
    value: String,
    note: String,
}

#[derive(Template)]
#[template(path = "live.html")]
struct LivePage {
    page: PageContext,
    is_paused: bool,
    crumb: String,
    opening: Opening,
    figures: Vec<Figure>,
    chart: Html,
    chart_title: String,
    subsidies: Vec<SubsidyRow>,
    subsidy_total: SubsidyRow,
    /// The service whose chart is drawn; empty for all.
    mode: String,
    mode_name: String,
    modes: Vec<PlaceRow>,
    claims: Vec<Figure>,
    claims_total: Option<Figure>,
    places: Vec<PlaceRow>,
    place_total: Option<PlaceRow>,
    place_note: String,
    /// Whether whoever looks may see persons, and so the list of decisions.
    sees_persons: bool,
    latest: Vec<DecisionLine>,
    books_title: String,
    books: Vec<BookRow>,
}

/// `/`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/");
    let live = pages.service.live(page.actor(), DECISIONS).await?;
    let answered = match pages.service.published().await {
        // The last figures stay on the page while nobody answers for the engine.
        Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE => None,
        answered => Some(answered?),
    };
    let mode = match &answered {
        Some(published) => chosen(published, fields.get("moda"))?,
        None => None,
    };
    let published = answered.unwrap_or_default();
    let words = pages.words(&page, live.at.jakarta_date());
    let today = Today::of(&live);
    let Places { modes, rows: places, total: place_total, note: place_note } =
        Places::of(&words, &live.places, &published);
    let drawn = match mode {
        Some(service) => {
            Some(pages.service.minutes_at(page.actor(), live.at, &places_of(&published, service)).await?)
        }
        None => None,
    };
    let (subsidies, subsidy_total) = places::subsidies(&words, &live.places, &published);
    let (claims, claims_total) = claims(&words, &live);
    let drawn = drawn.as_ref().map_or([&live.minutes, &live.week_ago], |[today, before]| [today, before]);
    let (chart_title, chart) = match chart::of(&words, live.at, drawn) {
        Some(chart) => (chart.title, chart.markup),
        None => (words.t("acceptance-live-chart-title-rate"), Html::default()),
    };
    let template = LivePage {
        // `diam` while the reader does not want the page to move.
        is_paused: fields.get("diam").is_some(),
        crumb: crumb(&words, live.at),
        opening: Opening::of(&words, &live, &today),
        figures: figures(&words, &live, &today),
        chart,
        chart_title,
        subsidies,
        subsidy_total,
        mode: mode.map(|service| service.to_string()).unwrap_or_default(),
        mode_name: mode
            .map_or_else(|| words.t("acceptance-live-chart-note"), |service| words.service(service.as_str())),
        modes,
        claims,
        claims_total,
        places,
        place_total,
        place_note,
        sees_persons: page.may(Action::ViewHolder),
        latest: lines::nobodys(&words, &live.latest, &published),
        books_title: books::title(&words, &live.books),
        books: books::rows(&words, &live.books),
        page: page.clone(),
    };
    Ok(render(&template))
}

/// The service asked for. The chart of all would pass for that of a service there is not.
fn chosen(published: &Published, asked: Option<&str>) -> Result<Option<Code>, Problem> {
    let Some(asked) = asked else { return Ok(None) };
    let mut services = published.places.iter().map(|place| place.service);
    let problem =
        || Problem::new(problems::CHOICE_UNKNOWN).cause("moda is the code of a service such as mrt");
    services.find(|service| service.as_str() == asked).map(Some).ok_or_else(problem)
}

fn places_of(published: &Published, service: Code) -> Vec<Code> {
    published.places.iter().filter(|place| place.service == service).map(|place| place.code).collect()
}

/// What operators may claim this year, apart from the value of subsidy, with the sum of several: nothing of it is money yet.
fn claims(words: &Words<'_>, live: &Live) -> (Vec<Figure>, Option<Figure>) {
    let figure = |name: String, amount: i64| Figure { name, value: words.money(amount), note: String::new() };
    let claims: Vec<Figure> =
        live.claims.iter().map(|claim| figure(words.organisation(&claim.operator), claim.amount)).collect();
    let sum = live.claims.iter().map(|claim| claim.amount).sum();
    let total = (claims.len() > 1).then(|| figure(words.t("acceptance-live-subsidy-total"), sum));
    (claims, total)
}

fn crumb(words: &Words<'_>, at: Timestamp) -> String {
    let format = words.format();
    format!("{}, {}.", format.long_date(at.jakarta_date()), format.time(at.jakarta_time()))
}

/// What the day has come to so far, added up once.
struct Today {
    sum: Counts,
    /// Taps of the last whole minute.
    last_minute: i64,
    /// The busiest minute: when, and how many.
    busiest: Option<(Timestamp, i64)>,
    /// Taps on the same weekday last week until the same time; none if nothing is known of that day.
    week_ago: Option<i64>,
}

impl Today {
    fn of(live: &Live) -> Self {
        let sum = Counts::sum(live.minutes.iter());
        let minute = live.at.0.div_euclid(Timestamp::MINUTE) * Timestamp::MINUTE - Timestamp::MINUTE;
        let last = live.minutes.iter().rfind(|one| one.minute == minute);
        let busiest = live.minutes.iter().max_by_key(|one| one.taps());
        let until = live.at.plus(-7 * Timestamp::DAY).0;
        let before = live.week_ago.iter().filter(|one| one.minute < until).map(Counts::taps).sum();
        Self {
            sum,
            last_minute: last.map_or(0, Counts::taps),
            busiest: busiest.map(|one| (Timestamp(one.minute), one.taps())),
            week_ago: (!live.week_ago.is_empty()).then_some(before),
        }
    }

    /// Gates that opened, in tenths of a per cent, rounded down so that nothing refused is rounded away.
    fn opened_permille(&self) -> i64 {
        let taps = self.sum.taps().max(1);
        (taps - self.sum.refused) * 1_000 / taps
    }
}

fn figures(words: &Words<'_>, live: &Live, today: &Today) -> Vec<Figure> {
    let format = words.format();
    let figure = |key: &str, value: String, note: String| Figure {
        name: words.t(&format!("acceptance-live-figure-{key}")),
        value,
        note,
    };
    let busiest = today.busiest.map_or_else(
        || words.t("acceptance-live-figure-minute-none"),
        |(at, taps)| {
            let (taps, time) = (format.number(taps), format.time(at.jakarta_time()));
            words.with("acceptance-live-figure-minute-note", &[("taps", taps), ("time", time)])
        },
    );
    let weekday = opening::last_weekday(words, live.at);
    let before = match today.week_ago {
        Some(taps) => words
            .with("acceptance-live-figure-taps-note", &[("weekday", weekday), ("taps", format.number(taps))]),
        None => words.t("acceptance-live-figure-taps-none"),
    };
    let priced = today.sum.free + today.sum.paid;
    let share = format.permille((today.sum.free * 1_000 + priced / 2) / priced.max(1));
    let free = words.with("acceptance-live-figure-free-note", &[("share", share)]);
    vec![
        figure("minute", format.number(today.last_minute), busiest),
        figure("taps", format.number(today.sum.taps()), before),
        figure("free", format.number(today.sum.free), free),
        figure("subsidy", words.money(today.sum.forgone), words.t("acceptance-live-figure-subsidy-note")),
    ]
}
