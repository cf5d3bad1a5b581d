//! People who may sign in: list, asking for one to be added or to start anew, and stopping one. Fields: `masuk`, `nama`,
//! `peran`, `perangkat_daerah`; of a change `perubahan`.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base::Code;
use platform::access::{Action, Role};
use platform::agencies;
use platform::approvals::Handover;
use platform::problems::{self, Problem};
use platform::web::{Fields, OwnForm, PageContext, render_as};
use uuid::Uuid;

use super::sign_in::to;
use super::{Choice, Pages, permit, requests};
use crate::service::{GovernanceError, NewUser, User};

/// Where this page is.
const HERE: &str = "/users";

struct Row {
    name: String,
    login: String,
    role: String,
    agency: String,
    state: String,
    is_active: bool,
}

/// The form as it was sent, or as it begins.
struct Filled {
    login: String,
    name: String,
    roles: Vec<Choice>,
    agencies: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    page: PageContext,
    active: usize,
    error: Option<[String; 3]>,
    rows: Vec<Row>,
    form: Filled,
}

/// `GET /users`
pub async fn page(State(pages): State<Pages>, page: PageContext) -> Result<Response, Problem> {
    show(&pages, page, &Fields::default(), None).await
}

/// `POST /users`
pub async fn ask(
    State(pages): State<Pages>,
    page: PageContext,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let permit = permit(&page, Action::ManageAccess)?;
    let asked = match new_user(&fields) {
        Ok(new) => pages.governance.ask_user(&permit, &new).await,
        Err(error) => Err(error),
    };
    answer(&pages, page, &fields, asked.map(Next::Told)).await
}

/// `POST /users/{login}`
pub async fn change(
    State(pages): State<Pages>,
    page: PageContext,
    Path(login): Path<String>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let permit = permit(&page, Action::ManageAccess)?;
    let changed = match fields.get("perubahan") {
        Some("recover") => {
            let asked = pages.governance.ask_recovery(&permit, &login).await;
            asked.map(Next::Told)
        }
        Some("disable") => pages.governance.disable_user(&permit, &login).await.map(|()| Next::List),
        _ => return Err(Problem::new(problems::REQUEST_MALFORMED)),
    };
    answer(&pages, page, &fields, changed).await
}

/// Where somebody is led.
enum Next {
    List,
    /// To a request, with the half of a code that is told once.
    Told((Uuid, Handover)),
}

/// On to the request or the list; what can be put right in a form comes back with what was typed.
async fn answer(
    pages: &Pages,
    page: PageContext,
    fields: &Fields,
    done: Result<Next, GovernanceError>,
) -> Result<Response, Problem> {
    match done {
        Ok(Next::List) => Ok(to(&page, HERE, None)),
        Ok(Next::Told((id, half))) => requests::show(pages, page, id, None, Some(half)).await,
        Err(error @ (GovernanceError::Invalid { .. } | GovernanceError::Exists { .. })) => {
            show(pages, page, fields, Some(error.into())).await
        }
        Err(error) => Err(error.into()),
    }
}

fn new_user(fields: &Fields) -> Result<NewUser, GovernanceError> {
    let invalid = |what| GovernanceError::Invalid { what };
    let agency = fields.get("perangkat_daerah").map(|code| Code::parse(code).map_err(|_| invalid("agency")));
    let agency = agency.transpose()?;
    if agency.is_some_and(|agency| agencies::find(agency).is_none()) {
        return Err(invalid("agency"));
    }
    Ok(NewUser {
        login: fields.get("masuk").unwrap_or_default().to_owned(),
        name: fields.get("nama").unwrap_or_default().to_owned(),
        role: fields.get("peran").and_then(|name| Role::parse(name).ok()).ok_or_else(|| invalid("role"))?,
        agency,
    })
}

async fn show(
    pages: &Pages,
    page: PageContext,
    fields: &Fields,
    refused: Option<Problem>,
) -> Result<Response, Problem> {
    let page = page.at(HERE);
    let users = pages.governance.users(&permit(&page, Action::ManageAccess)?).await?;
    let template = UsersPage {
        active: users.iter().filter(|user| user.disabled_at.is_none()).count(),
        error: refused.as_ref().map(|problem| problem.kind().told(page.language)),
        rows: users.iter().map(|user| row(pages, &page, user)).collect(),
        form: filled(pages, &page, fields),
        page: page.clone(),
    };
    Ok(render_as(refused.map_or(StatusCode::OK, |problem| problem.status()), &template))
}

fn row(pages: &Pages, page: &PageContext, user: &User) -> Row {
    let now = pages.governance.clock().now();
    let state = match (user.disabled_at, user.paused_until.filter(|until| now < *until)) {
        (Some(at), _) => page.t1("governance-users-disabled", "date", page.format().date(at.jakarta_date())),
        (None, Some(until)) => page.t1("governance-users-paused", "time", page.format().moment(until)),
        (None, None) => page.t("governance-users-active"),
    };
    let agency = user.agency.as_deref().and_then(|code| Code::parse(code).ok());
    let named = agency.map(|code| agencies::name(code, page.language, now.jakarta_date()));
    Row {
        name: user.name.clone(),
        login: user.login.clone(),
        role: page.t(&format!("platform-role-{}", user.role)),
        agency: named.unwrap_or_default(),
        state,
        is_active: user.disabled_at.is_none(),
    }
}

fn filled(pages: &Pages, page: &PageContext, fields: &Fields) -> Filled {
    let today = pages.governance.clock().now().jakarta_date();
    Filled {
        login: fields.get("masuk").unwrap_or_default().to_owned(),
        name: fields.get("nama").unwrap_or_default().to_owned(),
        roles: Choice::roles(page, &Role::OF_STAFF, fields.get("peran")),
        agencies: Choice::agencies(page, today, fields.get("perangkat_daerah")),
    }
}
