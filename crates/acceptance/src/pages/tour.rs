//! A guided tour of five minutes: one step after the other, each with a link into this very city.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use platform::problems::Problem;
use platform::web::{PageContext, render};

use super::Pages;
use crate::store::queries::Filter;

/// A stop of the tour.
struct Stop {
    title: String,
    text: String,
    /// What to look for.
    look: String,
    links: Vec<Link>,
}

struct Link {
    href: String,
    name: String,
}

#[derive(Template)]
#[template(path = "tour.html")]
struct TourPage {
    page: PageContext,
    stops: Vec<Stop>,
}

/// `/tour`
pub async fn page(State(pages): State<Pages>, page: PageContext) -> Result<Response, Problem> {
    let page = page.at("/tour");
    let today = pages.service.clock().now().jakarta_date();
    let holder = pages.service.somebody(page.actor(), today).await?;
    let refused = pages.service.decisions(page.actor(), Filter::Refused, None, 1).await?;
    let used = pages.service.decisions(page.actor(), Filter::Taps, None, 1).await?;
    let position =
        |lines: &[crate::service::LatestLine]| lines.first().map(|line| line.row.position().to_string());
    let (refused, used) = (position(&refused), position(&used));
    let link = |href: String, key: &str| Link { href, name: page.t(&format!("acceptance-tour-{key}")) };
    let stop = |key: &str, links: Vec<Link>| Stop {
        title: page.t(&format!("acceptance-tour-{key}-title")),
        text: page.t(&format!("acceptance-tour-{key}-text")),
        look: page.t(&format!("acceptance-tour-{key}-look")),
        links,
    };
    let person = |path: &str| holder.map(|holder| path.replace("HOLDER", &holder.to_string()));
    let some = |href: Option<String>, key: &str| href.map(|href| link(href, key)).into_iter();
    let stops = vec![
        stop("live", vec![link("/".into(), "live-link")]),
        stop(
            "city",
            vec![
                link("/places".into(), "places-link"),
                link("/mobility".into(), "mobility-link"),
                link("/programmes".into(), "programmes-link"),
            ],
        ),
        stop(
            "person",
            some(person("/phone/HOLDER"), "phone-link")
                .chain(some(person("/holders/HOLDER"), "holder-link"))
                .collect(),
        ),
        stop(
            "desk",
            some(Some(person("/tap?orang=HOLDER").unwrap_or_else(|| "/tap".into())), "desk-link").collect(),
        ),
        stop(
            "explain",
            some(refused.map(|at| format!("/explain/{at}")), "refused-link")
                .chain(some(used.map(|at| format!("/explain/{at}")), "used-link"))
                .chain(some(Some("/explain".into()), "explain-link"))
                .collect(),
        ),
        stop("books", vec![link("/ledger".into(), "ledger-link")]),
    ];
    Ok(render(&TourPage { stops, page }))
}
