//! Diskominfotik's grants: which there are, how each stands, issuing one, and suspending, resuming or revoking one. Fields
//! of a new one: `peran`, `perangkat_daerah`, `kolom` (any number), `tujuan`, `dokumen`, `dari`, `sampai`; of a change:
//! `perubahan`, `alasan`.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base::{CivilDate, Code};
use platform::access::{Action, Actor, Role};
use platform::agencies;
use platform::problems::{self, Problem};
use platform::web::{Fields, OwnForm, PageContext, render_as};
use uuid::Uuid;

use super::sign_in::to;
use super::{Choice, Pages, permit};
use crate::service::{Column, GovernanceError, Grant, GrantChange, GrantState, NewGrant};

/// Where this page is.
const HERE: &str = "/grants";

struct GrantRow {
    id: String,
    to: String,
    columns: String,
    purpose: String,
    document: String,
    period: String,
    issued: String,
    state: String,
    is_in_force: bool,
    reason: String,
    /// What may become of it.
    changes: Vec<Possible>,
}

/// Something that may become of a grant, with what it means.
struct Possible {
    code: &'static str,
    word: String,
    what: String,
}

/// The form as it was sent, or as it begins.
struct Filled {
    roles: Vec<Choice>,
    columns: Vec<Choice>,
    agencies: Vec<Choice>,
    purpose: String,
    document: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "grants.html")]
struct GrantsPage {
    page: PageContext,
    opening: String,
    error: Option<[String; 3]>,
    rows: Vec<GrantRow>,
    form: Filled,
}

/// `GET /grants`
pub async fn page(State(pages): State<Pages>, page: PageContext) -> Result<Response, Problem> {
    show(&pages, page, &Fields::default(), None).await
}

/// `POST /grants`
pub async fn issue(
    State(pages): State<Pages>,
    page: PageContext,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let permit = permit(&page, Action::ManageAccess)?;
    let asked = match new_grant(&fields) {
        Ok(new) => pages.governance.ask_grant(&permit, &new).await,
        Err(error) => Err(error),
    };
    answer(&pages, page, &fields, asked.map(|id| format!("/requests/{id}"))).await
}

/// `POST /grants/{id}`
pub async fn change(
    State(pages): State<Pages>,
    page: PageContext,
    Path(id): Path<String>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let permit = permit(&page, Action::ManageAccess)?;
    let id = Uuid::parse_str(&id).map_err(|_| Problem::new(problems::NOT_FOUND))?;
    let change = fields.get("perubahan").and_then(GrantChange::parse);
    let change = change.ok_or_else(|| Problem::new(problems::REQUEST_MALFORMED))?;
    let reason = fields.get("alasan").unwrap_or_default();
    let governance = &pages.governance;
    let changed = match change {
        GrantChange::Resumed => {
            governance.ask_resume(&permit, id, reason).await.map(|id| format!("/requests/{id}"))
        }
        GrantChange::Suspended | GrantChange::Revoked => {
            governance.change_grant(&permit, id, change, reason).await.map(|()| HERE.to_owned())
        }
    };
    answer(&pages, page, &fields, changed).await
}

/// On to the request or the list; what can be put right in a form comes back with what was typed.
async fn answer(
    pages: &Pages,
    page: PageContext,
    fields: &Fields,
    done: Result<String, GovernanceError>,
) -> Result<Response, Problem> {
    match done {
        Ok(next) => Ok(to(&page, &next, None)),
        Err(error @ (GovernanceError::GrantInvalid { .. } | GovernanceError::GrantToSelf)) => {
            show(pages, page, fields, Some(error.into())).await
        }
        Err(error) => Err(error.into()),
    }
}

fn new_grant(fields: &Fields) -> Result<NewGrant, GovernanceError> {
    let invalid = |what| GovernanceError::GrantInvalid { what };
    let day = |name| fields.get(name).and_then(CivilDate::parse).ok_or_else(|| invalid("period"));
    let agency = fields.get("perangkat_daerah").map(|code| Code::parse(code).map_err(|_| invalid("agency")));
    Ok(NewGrant {
        role: fields.get("peran").and_then(|name| Role::parse(name).ok()).ok_or_else(|| invalid("role"))?,
        agency: agency.transpose()?,
        columns: fields.starting("kolom").filter_map(|(_, name)| Column::parse(name)).collect(),
        purpose: fields.get("tujuan").unwrap_or_default().to_owned(),
        document: fields.get("dokumen").unwrap_or_default().to_owned(),
        from: day("dari")?,
        to: day("sampai")?,
    })
}

async fn show(
    pages: &Pages,
    page: PageContext,
    fields: &Fields,
    refused: Option<Problem>,
) -> Result<Response, Problem> {
    let page = page.at(HERE);
    let grants = pages.governance.grants(&permit(&page, Action::ManageAccess)?).await?;
    let working = grants.iter().filter(|grant| grant.state == GrantState::InForce).count();
    let opening = if working == 0 {
        page.t("governance-grants-open-none")
    } else {
        page.t1("governance-grants-open", "count", working)
    };
    let template = GrantsPage {
        opening,
        error: refused.as_ref().map(|problem| problem.kind().told(page.language)),
        rows: grants.iter().map(|grant| row(pages, &page, grant)).collect(),
        form: filled(pages, &page, fields),
        page: page.clone(),
    };
    Ok(render_as(refused.map_or(StatusCode::OK, |problem| problem.status()), &template))
}

fn row(pages: &Pages, page: &PageContext, grant: &Grant) -> GrantRow {
    let today = pages.governance.clock().now().jakarta_date();
    let given = &grant.given;
    let format = page.format();
    let role = page.t(&format!("platform-role-{}", given.role.as_str()));
    let column = |column: &Column| page.t(&format!("governance-grants-column-{}", column.as_str()));
    let possible: &[GrantChange] = match grant.state {
        GrantState::InForce | GrantState::NotYet => &[GrantChange::Suspended, GrantChange::Revoked],
        GrantState::Suspended => &[GrantChange::Resumed, GrantChange::Revoked],
        GrantState::Ended | GrantState::Revoked => &[],
    };
    let change = |change: &GrantChange| Possible {
        code: change.as_str(),
        word: page.t(&format!("governance-grants-change-{}", change.as_str())),
        what: page.t(&format!("governance-grants-change-{}-what", change.as_str())),
    };
    let issuer = if grant.issued_by == Actor::system().id() {
        page.t("platform-role-system")
    } else {
        grant.issued_by.clone()
    };
    GrantRow {
        id: grant.id.to_string(),
        to: match given.agency {
            Some(code) => format!("{role}, {}", agencies::name(code, page.language, today)),
            None => role,
        },
        columns: given.columns.iter().map(column).collect::<Vec<_>>().join("; "),
        purpose: given.purpose.clone(),
        document: given.document.clone(),
        period: page.t2(
            "governance-grants-period",
            "from",
            format.date(given.from),
            "to",
            format.date(given.to),
        ),
        issued: page.t2(
            "governance-grants-issued",
            "name",
            issuer,
            "date",
            format.date(grant.issued_at.jakarta_date()),
        ),
        state: page.t(&format!("governance-grants-state-{}", grant.state.as_str())),
        is_in_force: grant.state == GrantState::InForce,
        reason: grant.reason.clone().unwrap_or_default(),
        changes: possible.iter().map(change).collect(),
    }
}

fn filled(pages: &Pages, page: &PageContext, fields: &Fields) -> Filled {
    let today = pages.governance.clock().now().jakarta_date();
    let days = pages.governance.settings().grant_days;
    let typed = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let day =
        |name: &str, begun: CivilDate| fields.get(name).map_or_else(|| begun.to_string(), str::to_owned);
    let others: Vec<Role> = Role::OF_STAFF.into_iter().filter(|role| *role != Role::DataAuthority).collect();
    let column = |column: Column| Choice {
        code: column.as_str().to_owned(),
        name: page.t(&format!("governance-grants-column-{}", column.as_str())),
        is_chosen: fields.starting("kolom").any(|(_, name)| name == column.as_str()),
    };
    Filled {
        roles: Choice::roles(page, &others, fields.get("peran")),
        columns: Column::ALL.map(column).into(),
        agencies: Choice::agencies(page, today, fields.get("perangkat_daerah")),
        purpose: typed("tujuan"),
        document: typed("dokumen"),
        from: day("dari", today),
        to: day("sampai", today.plus_days(days)),
    }
}
