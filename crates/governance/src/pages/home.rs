//! *Beranda*: what waits for whoever signed in, the oldest first, each with a link to act; then what they asked for.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use platform::access::{Action, Resource, authorize};
use platform::approvals::Request;
use platform::problems::Problem;
use platform::web::{NavigationLink, PageContext, render};

use super::Pages;
use crate::service::{Waiting, WaitingFor};

/// Where this page is.
pub(super) const HERE: &str = "/home";

struct Line {
    what: String,
    about: String,
    since: String,
    href: String,
    act: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: PageContext,
    name: String,
    opening: String,
    waiting: Vec<Line>,
    /// Whether requests come to whoever looks.
    decides: bool,
    own: Vec<Line>,
    ways: Vec<NavigationLink>,
}

/// `GET /home`
pub async fn page(State(pages): State<Pages>, page: PageContext) -> Result<Response, Problem> {
    let page = page.at(HERE);
    let actor = page.signed_in()?;
    let manages = authorize(page.policies(), &actor, Action::ManageAccess, &Resource::City).ok();
    let audits = authorize(page.policies(), &actor, Action::ViewAudit, &Resource::City).ok();
    let waiting = pages.governance.waiting_for(&actor, manages.as_ref(), audits.as_ref()).await?;
    let own = pages.governance.approvals().asked_by(&actor).await?;
    let count = waiting.len();
    let opening = match count {
        0 => page.t("governance-home-open-none"),
        _ => page.t1("governance-home-open", "count", count),
    };
    let own = own.iter().map(|(request, standing)| Line {
        act: page.t(&format!("governance-standing-{}", standing.as_str())),
        ..asked(&page, request)
    });
    let template = HomePage {
        name: page.visitor().map(|visitor| visitor.name.to_string()).unwrap_or_default(),
        opening,
        waiting: waiting.iter().map(|one| line(&pages, &page, one)).collect(),
        decides: manages.is_some() || page.may(Action::ManageClients),
        own: own.collect(),
        ways: page.navigation(),
        page: page.clone(),
    };
    Ok(render(&template))
}

fn line(pages: &Pages, page: &PageContext, waiting: &Waiting) -> Line {
    let since = page.format().moment(waiting.since);
    let href = |path: &str| format!("{path}?bahasa={}", page.language.tag());
    let date = |date| page.format().date(date);
    match &waiting.what {
        WaitingFor::Decision(request) => Line { since, ..asked(page, request) },
        WaitingFor::GrantEnds(grant) => Line {
            what: page.t1("governance-home-grant-ends", "date", date(grant.given.to)),
            about: format!("{}: {}", grant.given.document, grant.given.purpose),
            since,
            href: href("/grants"),
            act: page.t("governance-home-grant-act"),
        },
        WaitingFor::OwnGrantEnds(grant) => Line {
            what: page.t1("governance-home-own-grant-ends", "date", date(grant.given.to)),
            about: format!("{}: {}", grant.given.document, grant.given.purpose),
            since,
            href: href(&format!("/grants/{}", grant.id)),
            act: page.t("governance-home-own-grant-act"),
        },
        WaitingFor::LetterEnds { letter, name } => Line {
            what: page.t2("governance-home-letter-ends", "name", name, "date", date(letter.to)),
            about: letter.document.clone(),
            since,
            href: href("/delegates"),
            act: page.t("governance-home-letter-act"),
        },
        WaitingFor::AuditUnread { last } => Line {
            what: match last {
                Some(last) => page.t1("governance-home-audit", "date", date(*last)),
                None => page.t("governance-home-audit-never"),
            },
            about: page.t1(
                "governance-home-audit-due",
                "days",
                pages.governance.settings().audit_review_days,
            ),
            since,
            href: href("/audit"),
            act: page.t("governance-home-audit-act"),
        },
        WaitingFor::UserPaused(user) => Line {
            what: page.t("governance-home-paused"),
            about: user.name.clone(),
            since,
            href: href("/users"),
            act: page.t("governance-home-paused-act"),
        },
    }
}

fn asked(page: &PageContext, request: &Request) -> Line {
    Line {
        what: page.t(&format!("governance-matter-{}", request.matter)),
        about: about(request).to_owned(),
        since: page.format().moment(request.made_at),
        href: format!("/requests/{}?bahasa={}", request.id, page.language.tag()),
        act: page.t("governance-home-decide"),
    }
}

/// What a request is told apart by in a list.
fn about(request: &Request) -> &str {
    let told = ["document", "name", "login", "key"].map(|name| request.text(name));
    told.into_iter().find(|text| !text.is_empty()).unwrap_or(&request.subject)
}
