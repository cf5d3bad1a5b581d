//! One request: what is asked for, what was decided of it, and deciding it. Fields: `putusan`, `alasan`.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use platform::approvals::{ApprovalError, Decision, Handover, Standing, Verdict};
use platform::problems::{self, Problem};
use platform::web::{Fields, OwnForm, PageContext, render_as};
use uuid::Uuid;

use super::Pages;
use super::home::HERE;

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage {
    page: PageContext,
    id: Uuid,
    title: String,
    error: Option<[String; 3]>,
    /// What it is, and the secret itself: told once.
    handover: Option<(String, String)>,
    made: String,
    lines: Vec<(String, String)>,
    standing: String,
    decisions: Vec<String>,
    may_decide: bool,
    may_withdraw: bool,
}

/// `GET /requests/{id}`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    show(&pages, page, parse(&id)?, None, None).await
}

/// `POST /requests/{id}`
pub async fn decide(
    State(pages): State<Pages>,
    page: PageContext,
    Path(id): Path<String>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let verdict = fields.get("putusan").and_then(Verdict::parse);
    let verdict = verdict.ok_or_else(|| Problem::new(problems::REQUEST_MALFORMED))?;
    let actor = page.signed_in()?;
    // Whoever it is none of their business hears that there is no such request, whatever they try.
    pages.governance.approvals().request(&actor, id).await?;
    let reason = fields.get("alasan").unwrap_or_default();
    match pages.governance.approvals().decide(&actor, id, verdict, reason).await {
        Ok(decided) => show(&pages, page, id, None, decided.handover).await,
        Err(error @ (ApprovalError::Denied(_) | ApprovalError::Unknown | ApprovalError::Database(_))) => {
            Err(error.into())
        }
        Err(error) => show(&pages, page, id, Some(error.into()), None).await,
    }
}

fn parse(id: &str) -> Result<Uuid, Problem> {
    Uuid::parse_str(id).map_err(|_| Problem::new(problems::NOT_FOUND))
}

/// The page of a request, with what is told once.
pub(super) async fn show(
    pages: &Pages,
    page: PageContext,
    id: Uuid,
    refused: Option<Problem>,
    handover: Option<Handover>,
) -> Result<Response, Problem> {
    let page = page.at(HERE);
    let actor = page.signed_in()?;
    let approvals = pages.governance.approvals();
    let (request, standing) = approvals.request(&actor, id).await?;
    let names = pages.governance.names().await?;
    let is_open = matches!(standing, Standing::Waiting { .. });
    let template = RequestPage {
        id,
        title: page.t(&format!("governance-matter-{}", request.matter)),
        error: refused.as_ref().map(|problem| problem.kind().told(page.language)),
        handover: handover.map(|handover| (page.t(handover.key), handover.secret)),
        made: page.t2(
            "governance-request-made",
            "name",
            name(&names, &request.maker),
            "time",
            page.format().moment(request.made_at),
        ),
        lines: approvals.matter(&request.matter)?.tell(&page, &request),
        standing: page.t(&format!("governance-standing-{}", standing.as_str())),
        decisions: request.decisions.iter().map(|one| decision(&page, &names, one)).collect(),
        may_decide: is_open && approvals.may_decide(&actor, &request).await?,
        may_withdraw: is_open && request.maker == actor.id(),
        page: page.clone(),
    };
    Ok(render_as(refused.map_or(StatusCode::OK, |problem| problem.status()), &template))
}

/// The name of a person, or the id of who is none: the system.
fn name(names: &BTreeMap<String, String>, id: &str) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_owned())
}

fn decision(page: &PageContext, names: &BTreeMap<String, String>, one: &Decision) -> String {
    let key = format!("governance-decision-{}", one.verdict.as_str());
    let by = match &one.stands_for {
        Some(other) => {
            page.t2("governance-decision-for", "name", name(names, &one.by), "other", name(names, other))
        }
        None => name(names, &one.by),
    };
    let told = page.t2(&key, "name", by, "time", page.format().moment(one.at));
    match &one.reason {
        Some(reason) => format!("{told} {}", page.t1("governance-decision-reason", "reason", reason)),
        None => told,
    }
}
