//! A grant to one's own office: what it says, and asking for it once more. Field: `dokumen`.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use platform::problems::{self, Problem};
use platform::web::{Fields, OwnForm, PageContext, render_as};
use uuid::Uuid;

use super::sign_in::to;
use super::{Pages, home};
use crate::service::{Column, GovernanceError, Grant, GrantState};

#[derive(Template)]
#[template(path = "own_grant.html")]
struct OwnGrantPage {
    page: PageContext,
    id: Uuid,
    opening: String,
    error: Option<[String; 3]>,
    facts: Vec<(String, String)>,
    /// From when to when the next one would be; none where it cannot be asked for.
    next: Option<String>,
    document: String,
}

/// `GET /grants/{id}`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    show(&pages, page, parse(&id)?, &Fields::default(), None).await
}

/// `POST /grants/{id}/again`
pub async fn ask(
    State(pages): State<Pages>,
    page: PageContext,
    Path(id): Path<String>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let (actor, id) = (page.signed_in()?, parse(&id)?);
    let document = fields.get("dokumen").unwrap_or_default();
    match pages.governance.ask_again(&actor, id, document).await {
        Ok(request) => Ok(to(&page, &format!("/requests/{request}"), None)),
        Err(error @ GovernanceError::GrantInvalid { .. }) => {
            show(&pages, page, id, &fields, Some(error.into())).await
        }
        Err(error) => Err(error.into()),
    }
}

fn parse(id: &str) -> Result<Uuid, Problem> {
    Uuid::parse_str(id).map_err(|_| Problem::new(problems::NOT_FOUND))
}

async fn show(
    pages: &Pages,
    page: PageContext,
    id: Uuid,
    fields: &Fields,
    refused: Option<Problem>,
) -> Result<Response, Problem> {
    let page = page.at(home::HERE);
    let grant = pages.governance.own_grant(&page.signed_in()?, id).await?;
    let can_be_asked = matches!(grant.state, GrantState::InForce | GrantState::Ended);
    let next = pages.governance.again(&grant, "");
    let template = OwnGrantPage {
        id,
        opening: match grant.state {
            GrantState::InForce => {
                page.t1("governance-own-grant-until", "date", page.format().date(grant.given.to))
            }
            state => page.t(&format!("governance-grants-state-{}", state.as_str())),
        },
        error: refused.as_ref().map(|problem| problem.kind().told(page.language)),
        facts: facts(&page, &grant),
        next: can_be_asked.then(|| period(&page, &next)),
        document: fields.get("dokumen").unwrap_or_default().to_owned(),
        page: page.clone(),
    };
    Ok(render_as(refused.map_or(StatusCode::OK, |problem| problem.status()), &template))
}

fn period(page: &PageContext, given: &crate::service::NewGrant) -> String {
    let (from, to) = (page.format().date(given.from), page.format().date(given.to));
    page.t2("governance-grants-period", "from", from, "to", to)
}

fn facts(page: &PageContext, grant: &Grant) -> Vec<(String, String)> {
    let column = |column: &Column| page.t(&format!("governance-grants-column-{}", column.as_str()));
    let given = &grant.given;
    let facts = [
        ("governance-told-document", given.document.clone()),
        ("governance-told-purpose", given.purpose.clone()),
        ("governance-told-columns", given.columns.iter().map(column).collect::<Vec<_>>().join("; ")),
        ("governance-grants-when", period(page, given)),
    ];
    facts.into_iter().map(|(key, value)| (page.t(key), value)).collect()
}
