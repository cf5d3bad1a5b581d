//! A guided tour of five minutes: one step after the other, each with a link into this very city.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use platform::access::{Action, ActorKind};
use platform::problems::Problem;
use platform::web::{PageContext, render};

use super::Pages;
use crate::service::LatestLine;
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
    /// Whom a demonstration suggests to sign in as first, where whoever looks may not go there.
    first: Option<String>,
}

/// A page the tour leads to: its address, the key of its name, and what whoever goes there must be permitted to do.
type Way = (String, &'static str, Action);

#[derive(Template)]
#[template(path = "tour.html")]
struct TourPage {
    page: PageContext,
    stops: Vec<Stop>,
}

/// `/tour`: for everybody who is at work or looks at a demonstration; each page says who may see it.
pub async fn page(State(pages): State<Pages>, page: PageContext) -> Result<Response, Problem> {
    let page = page.at("/tour");
    if matches!(page.actor().kind(), ActorKind::Nobody | ActorKind::Resident) {
        page.signed_in()?;
    }
    let mut stops = Vec::new();
    for (key, ways) in ways(&pages, &page).await? {
        let mut links = Vec::new();
        for (href, name, action) in ways {
            links.extend(link(&page, href, name, action).await);
        }
        stops.push(Stop {
            title: page.t(&format!("acceptance-tour-{key}-title")),
            text: page.t(&format!("acceptance-tour-{key}-text")),
            look: page.t(&format!("acceptance-tour-{key}-look")),
            links,
        });
    }
    Ok(render(&TourPage { stops, page }))
}

/// The stops, each with where it leads.
async fn ways(pages: &Pages, page: &PageContext) -> Result<[(&'static str, Vec<Way>); 6], Problem> {
    let mut holder = None;
    let (mut refused, mut used) = (None, None);
    if page.may(Action::ViewHolder) {
        let today = pages.service.clock().now().jakarta_date();
        holder = pages.service.somebody(page.actor(), today).await?;
        let newest = async |filter| pages.service.decisions(page.actor(), filter, None, 1).await;
        let position = |lines: Vec<LatestLine>| lines.first().map(|line| line.row.position().to_string());
        (refused, used) = (position(newest(Filter::Refused).await?), position(newest(Filter::Taps).await?));
    }
    let of_holder =
        |path: &str, key, action| Some((path.replace("HOLDER", &holder?.to_string()), key, action));
    let decision = |at: Option<String>, key| Some((format!("/explain/{}", at?), key, Action::ViewHolder));
    let way = |path: &str, key, action| Some((path.to_owned(), key, action));
    // Whoever may see nobody is told of the list: who may, sees it.
    let nobody = if holder.is_none() { way("/holders", "holder-link", Action::ViewHolder) } else { None };
    let all = |ways: [Option<Way>; 3]| ways.into_iter().flatten().collect();
    Ok([
        ("live", all([way("/", "live-link", Action::ViewLive), None, None])),
        (
            "city",
            all([
                way("/places", "places-link", Action::ViewInsight),
                way("/mobility", "mobility-link", Action::ViewInsight),
                way("/programmes", "programmes-link", Action::ViewInsight),
            ]),
        ),
        (
            "person",
            all([
                of_holder("/phone/HOLDER", "phone-link", Action::ViewHolder),
                of_holder("/holders/HOLDER", "holder-link", Action::ViewHolder),
                nobody,
            ]),
        ),
        (
            "desk",
            all([
                of_holder("/tap?orang=HOLDER", "desk-link", Action::UseTapDesk)
                    .or_else(|| way("/tap", "desk-link", Action::UseTapDesk)),
                None,
                None,
            ]),
        ),
        (
            "explain",
            all([
                decision(refused, "refused-link"),
                decision(used, "used-link"),
                way("/explain", "explain-link", Action::ViewHolder),
            ]),
        ),
        ("books", all([way("/ledger", "ledger-link", Action::ViewLive), None, None])),
    ])
}

/// A link for whoever may go there; in a demonstration others are told whom to sign in as first.
async fn link(page: &PageContext, href: String, key: &str, action: Action) -> Option<Link> {
    let name = page.t(&format!("acceptance-tour-{key}"));
    if page.may(action) {
        let mark = if href.contains('?') { '&' } else { '?' };
        let href = format!("{href}{mark}bahasa={}", page.language.tag());
        return Some(Link { href, name, first: None });
    }
    let people = page.samples_for(action).await;
    let first = (!people.is_empty()).then(|| page.t1("acceptance-tour-first", "people", people))?;
    Some(Link { href: page.sign_in_for(&href)?, name, first: Some(first) })
}
