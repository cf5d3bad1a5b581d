//! Letters by which somebody stands in when requests are decided. Fields: `wakil`, `dokumen`, `dari`, `sampai`.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base::CivilDate;
use platform::approvals::{ApprovalError, Delegation, NewDelegation};
use platform::problems::{self, Problem};
use platform::web::{Fields, OwnForm, PageContext, render_as};
use uuid::Uuid;

use super::Pages;
use super::sign_in::to;

/// Where this page is.
const HERE: &str = "/delegates";

/// How long a letter is for where nobody says otherwise, in days.
const DAYS: i32 = 14;

struct Row {
    id: Uuid,
    who: String,
    document: String,
    period: String,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "delegates.html")]
struct DelegatesPage {
    page: PageContext,
    opening: String,
    error: Option<[String; 3]>,
    rows: Vec<Row>,
    /// Id, name, whether it is chosen.
    people: Vec<(String, String, bool)>,
    document: String,
    from: String,
    to: String,
}

/// `GET /delegates`
pub async fn page(State(pages): State<Pages>, page: PageContext) -> Result<Response, Problem> {
    show(&pages, page, &Fields::default(), None).await
}

/// `POST /delegates`
pub async fn name(
    State(pages): State<Pages>,
    page: PageContext,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let actor = page.signed_in()?;
    let day = |name| fields.get(name).and_then(CivilDate::parse);
    let (Some(from), Some(until)) = (day("dari"), day("sampai")) else {
        return show(&pages, page, &fields, Some(Problem::new(problems::LETTER_INVALID))).await;
    };
    let new = NewDelegation {
        delegate: fields.get("wakil").unwrap_or_default().to_owned(),
        document: fields.get("dokumen").unwrap_or_default().to_owned(),
        from,
        to: until,
    };
    let known = pages.governance.colleagues(&actor).await?.iter().any(|(id, _)| *id == new.delegate);
    let named = if known {
        pages.governance.approvals().delegate(&actor, &new).await
    } else {
        Err(ApprovalError::Letter { what: "delegate" })
    };
    match named {
        Ok(_) => Ok(to(&page, HERE, None)),
        Err(error @ ApprovalError::Letter { .. }) => show(&pages, page, &fields, Some(error.into())).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /delegates/{id}`
pub async fn end(
    State(pages): State<Pages>,
    page: PageContext,
    Path(id): Path<String>,
    OwnForm(_): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let actor = page.signed_in()?;
    let id = Uuid::parse_str(&id).map_err(|_| Problem::new(problems::NOT_FOUND))?;
    pages.governance.approvals().end_delegation(&actor, id).await?;
    Ok(to(&page, HERE, None))
}

async fn show(
    pages: &Pages,
    page: PageContext,
    fields: &Fields,
    refused: Option<Problem>,
) -> Result<Response, Problem> {
    let page = page.at(HERE);
    let actor = page.signed_in()?;
    let letters = pages.governance.approvals().letters_from(&actor).await?;
    let (names, people) = (pages.governance.names().await?, pages.governance.colleagues(&actor).await?);
    let today = pages.governance.clock().now().jakarta_date();
    let in_force = |one: &&Delegation| one.ended_at.is_none() && one.from <= today && today <= one.to;
    let opening = match letters.iter().find(in_force).and_then(|one| names.get(&one.delegate)) {
        Some(name) => page.t1("governance-delegates-open", "name", name),
        None => page.t("governance-delegates-open-none"),
    };
    let row = |one: &Delegation| Row {
        id: one.id,
        who: names.get(&one.delegate).cloned().unwrap_or_default(),
        document: one.document.clone(),
        period: page.t2(
            "governance-grants-period",
            "from",
            page.format().date(one.from),
            "to",
            page.format().date(one.to),
        ),
        is_open: one.ended_at.is_none() && today <= one.to,
    };
    let typed = |name: &str| fields.get(name).map(str::to_owned);
    let chosen = typed("wakil").unwrap_or_default();
    let template = DelegatesPage {
        opening,
        error: refused.as_ref().map(|problem| problem.kind().told(page.language)),
        rows: letters.iter().map(row).collect(),
        people: people
            .into_iter()
            .map(|(id, name)| {
                let is = id == chosen;
                (id, name, is)
            })
            .collect(),
        document: typed("dokumen").unwrap_or_default(),
        from: typed("dari").unwrap_or_else(|| today.to_string()),
        to: typed("sampai").unwrap_or_else(|| today.plus_days(DAYS).to_string()),
        page: page.clone(),
    };
    Ok(render_as(refused.map_or(StatusCode::OK, |problem| problem.status()), &template))
}
