//! Programs and terminals that call the API. Fields of a new program: `nama`, `peran`, `lembaga`; of a new terminal: `nomor`, `aplikasi`,
//! `kunci`, `tempat`; of a change: `perubahan`, `batas`; of the search: `cari`, `setelah_aplikasi`, `setelah_alat`.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Code, DeviceNumber, PrincipalId};
use platform::access::{Action, Role};
use platform::clients::{Client, ClientsError};
use platform::devices::{Device, DevicesError};
use platform::problems::{self, Problem};
use platform::web::{Fields, OwnForm, PageContext, render_as};

use super::sign_in::to;
use super::{Choice, Pages, permit};
use crate::service::{CallerChange, Callers, GovernanceError, NewCaller, NewTerminal, Sought};

/// Where this page is.
const HERE: &str = "/callers";

/// Programs and terminals of a page; a city has thousands of terminals.
const SHOWN: usize = 50;

/// Fields by which the two lists go on.
const AFTER_CLIENT: &str = "setelah_aplikasi";
const AFTER_DEVICE: &str = "setelah_alat";

struct Row {
    id: u32,
    name: String,
    note: String,
    role: String,
    limit: String,
    limit_typed: String,
    state: String,
    is_active: bool,
    /// What stopping it ends.
    stopping: String,
}

struct List {
    /// `clients` or `devices`.
    path: &'static str,
    title: String,
    head: String,
    /// What the second column says: what a program may do, or what runs a terminal.
    second: String,
    rows: Vec<Row>,
    /// Where the list begins, if this is further on.
    first: Option<String>,
    /// Where it goes on.
    next: Option<String>,
}

/// The forms as they were sent, or as they begin.
struct Filled {
    name: String,
    roles: Vec<Choice>,
    organisation: String,
    number: String,
    client: String,
    /// Number and name of programs that may run a terminal, to choose from.
    clients: Vec<(u32, String)>,
    key: String,
    place: String,
}

#[derive(Template)]
#[template(path = "callers.html")]
struct CallersPage {
    page: PageContext,
    opening: String,
    error: Option<[String; 3]>,
    sought: String,
    lists: [List; 2],
    form: Filled,
}

/// `GET /callers`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Query(sought): Query<Fields>,
) -> Result<Response, Problem> {
    show(&pages, page, &sought, &Fields::default(), None).await
}

/// `POST /callers/{kind}`
pub async fn ask(
    State(pages): State<Pages>,
    page: PageContext,
    Path(kind): Path<String>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let permit = permit(&page, Action::ManageClients)?;
    let governance = &pages.governance;
    let asked = match kind.as_str() {
        "clients" => match new_client(&fields) {
            Some(new) => governance.ask_client(&permit, &new).await,
            None => Err(GovernanceError::CallerInvalid(problems::CLIENT_INVALID)),
        },
        "devices" => match new_device(&fields) {
            Some(new) => governance.ask_device(&permit, &new).await,
            None => Err(GovernanceError::CallerInvalid(problems::DEVICE_INVALID)),
        },
        _ => return Err(Problem::new(problems::NOT_FOUND)),
    };
    answer(&pages, page, &fields, asked.map(|id| format!("/requests/{id}"))).await
}

/// `POST /callers/{kind}/{number}`
pub async fn change(
    State(pages): State<Pages>,
    page: PageContext,
    Path((kind, number)): Path<(String, String)>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let permit = permit(&page, Action::ManageClients)?;
    let number: u32 = number.parse().map_err(|_| Problem::new(problems::NOT_FOUND))?;
    let change = match fields.get("perubahan") {
        Some("disable") => CallerChange::Disable,
        Some("limit") => match fields.get("batas").map(str::parse).transpose() {
            Ok(limit) => CallerChange::Limit(limit),
            Err(_) => {
                let refused = Some(Problem::new(problems::LIMIT_INVALID));
                return show(&pages, page, &Fields::default(), &fields, refused).await;
            }
        },
        _ => return Err(Problem::new(problems::REQUEST_MALFORMED)),
    };
    let changed = match kind.as_str() {
        "clients" => pages.governance.change_client(&permit, PrincipalId(number), change).await,
        "devices" => pages.governance.change_device(&permit, DeviceNumber(number), change).await,
        _ => return Err(Problem::new(problems::NOT_FOUND)),
    };
    answer(&pages, page, &fields, changed.map(|()| HERE.to_owned())).await
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
        Err(
            error @ (GovernanceError::CallerInvalid(_)
            | GovernanceError::Client(ClientsError::LimitInvalid)
            | GovernanceError::Device(DevicesError::LimitInvalid)),
        ) => show(pages, page, &Fields::default(), fields, Some(error.into())).await,
        Err(error) => Err(error.into()),
    }
}

fn new_client(fields: &Fields) -> Option<NewCaller> {
    Some(NewCaller {
        name: fields.get("nama")?.to_owned(),
        role: fields.get("peran").and_then(|name| Role::parse(name).ok())?,
        organisation: fields.get("lembaga").map(Code::parse).transpose().ok()?,
    })
}

fn new_device(fields: &Fields) -> Option<NewTerminal> {
    let number = |name| fields.get(name).and_then(|text| text.parse().ok());
    Some(NewTerminal {
        number: DeviceNumber(number("nomor")?),
        client: PrincipalId(number("aplikasi")?),
        key: fields.get("kunci")?.to_owned(),
        place: fields.get("tempat").map(Code::parse).transpose().ok()?,
    })
}

async fn show(
    pages: &Pages,
    page: PageContext,
    looked_for: &Fields,
    fields: &Fields,
    refused: Option<Problem>,
) -> Result<Response, Problem> {
    let page = page.at(HERE);
    let number = |name| looked_for.get(name).and_then(|text| text.parse().ok());
    let sought = Sought {
        text: looked_for.get("cari").unwrap_or_default(),
        after_client: PrincipalId(number(AFTER_CLIENT).unwrap_or(0)),
        after_device: number(AFTER_DEVICE).map(DeviceNumber),
        // One more than shown: whether the list goes on.
        limit: SHOWN as u64 + 1,
    };
    let found = pages.governance.callers(&permit(&page, Action::ManageClients)?, &sought).await?;
    let template = CallersPage {
        opening: page.t2("governance-callers-open", "clients", found.active.0, "devices", found.active.1),
        error: refused.as_ref().map(|problem| problem.kind().told(page.language)),
        sought: sought.text.to_owned(),
        form: filled(&page, fields, &found.clients),
        lists: lists(&page, looked_for, &found),
        page: page.clone(),
    };
    Ok(render_as(refused.map_or(StatusCode::OK, |problem| problem.status()), &template))
}

fn lists(page: &PageContext, looked_for: &Fields, found: &Callers) -> [List; 2] {
    let (clients, devices) = (&found.clients, &found.devices);
    let last_client = clients.get(SHOWN - 1).filter(|_| clients.len() > SHOWN).map(|one| one.principal.0);
    let last_device = devices.get(SHOWN - 1).filter(|_| devices.len() > SHOWN).map(|one| one.number.0);
    let first = |field: &str| looked_for.get(field).map(|_| further(page, looked_for, field, None));
    let next = |field: &str, last: Option<u32>| last.map(|_| further(page, looked_for, field, last));
    [
        List {
            path: "clients",
            title: page.t("governance-callers-clients"),
            head: page.t("governance-told-client"),
            second: page.t("governance-told-role"),
            rows: clients.iter().take(SHOWN).map(|one| client(page, one)).collect(),
            first: first(AFTER_CLIENT),
            next: next(AFTER_CLIENT, last_client),
        },
        List {
            path: "devices",
            title: page.t("governance-callers-devices"),
            head: page.t("governance-told-device"),
            second: page.t("governance-told-runs"),
            rows: devices.iter().take(SHOWN).map(|one| device(page, one, &found.run_by)).collect(),
            first: first(AFTER_DEVICE),
            next: next(AFTER_DEVICE, last_device),
        },
    ]
}

/// The address of the same search, with one of its lists after another number; or from its beginning.
fn further(page: &PageContext, looked_for: &Fields, field: &str, after: Option<u32>) -> String {
    let kept = ["cari", AFTER_CLIENT, AFTER_DEVICE].into_iter().filter(|name| *name != field);
    let kept = kept.filter_map(|name| Some((name, looked_for.get(name)?.to_owned())));
    let language = ("bahasa", page.language.tag().to_owned());
    let after = after.map(|after| (field, after.to_string()));
    let pairs: Vec<(&str, String)> = kept.chain(after).chain([language]).collect();
    format!("{HERE}?{}", serde_urlencoded::to_string(&pairs).unwrap_or_default())
}

fn state(page: &PageContext, disabled_at: Option<base::Timestamp>) -> String {
    match disabled_at {
        Some(at) => page.t1("governance-users-disabled", "date", page.format().date(at.jakarta_date())),
        None => page.t("governance-callers-active"),
    }
}

fn limit(page: &PageContext, limit: Option<u32>) -> String {
    match limit {
        Some(limit) => {
            page.t1("governance-callers-per-minute", "count", page.format().count(u64::from(limit)))
        }
        None => page.t("governance-callers-no-limit"),
    }
}

fn client(page: &PageContext, one: &Client) -> Row {
    Row {
        id: one.principal.0,
        name: one.name.clone(),
        note: page.t1("governance-callers-principal", "number", one.principal),
        role: match one.organisation {
            Some(code) => format!("{}, {code}", page.t(&format!("platform-role-{}", one.role.as_str()))),
            None => page.t(&format!("platform-role-{}", one.role.as_str())),
        },
        limit: limit(page, one.limit_per_minute),
        limit_typed: one.limit_per_minute.map(|limit| limit.to_string()).unwrap_or_default(),
        state: state(page, one.disabled_at),
        is_active: one.disabled_at.is_none(),
        stopping: page.t1("governance-callers-stop-client", "name", &one.name),
    }
}

fn device(page: &PageContext, one: &Device, clients: &[Client]) -> Row {
    let runs = clients.iter().find(|client| client.id == one.client_id);
    Row {
        id: one.number.0,
        name: one.number.to_string(),
        note: one.place.map(|place| place.to_string()).unwrap_or_default(),
        role: runs.map(|client| client.name.clone()).unwrap_or_default(),
        limit: limit(page, one.limit_per_minute),
        limit_typed: one.limit_per_minute.map(|limit| limit.to_string()).unwrap_or_default(),
        state: match runs.and_then(|client| client.disabled_at) {
            // With its program a terminal stops too.
            Some(at) => state(page, one.disabled_at.or(Some(at))),
            None => state(page, one.disabled_at),
        },
        is_active: one.disabled_at.is_none(),
        stopping: page.t1("governance-callers-stop-device", "number", one.number),
    }
}

fn filled(page: &PageContext, fields: &Fields, clients: &[Client]) -> Filled {
    let typed = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let running = clients.iter().filter(|one| one.disabled_at.is_none());
    Filled {
        name: typed("nama"),
        roles: Choice::roles(page, &Role::OF_CLIENTS, fields.get("peran")),
        organisation: typed("lembaga"),
        number: typed("nomor"),
        client: typed("aplikasi"),
        clients: running.map(|one| (one.principal.0, one.name.clone())).collect(),
        key: typed("kunci"),
        place: typed("tempat"),
    }
}
