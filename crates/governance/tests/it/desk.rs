//! A portal with one user, in-process.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use base::{CivilDate, Clock, ManualClock, Timestamp};
use governance::Settings;
use governance::pages::{self, Pages, Trial};
use governance::service::{Governance, NewUser, Secrets};
use platform::access::{Action, Actor, Permit, Policies, Resource, Role, authorize};
use platform::audit::Audit;
use platform::cipher::Cipher;
use platform::clients::Clients;
use platform::database::{Databases, Place};
use platform::devices::Devices;
use platform::i18n::Texts;
use platform::web::{Edge, NavigationItem, PageContext, Portal};
use tower::ServiceExt;

/// Files, or the PostgreSQL database that stands for them.
fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

/// The machine's time when the tests begin.
const NOW: Timestamp = Timestamp(1_795_000_000 * Timestamp::SECOND);

/// What a browser sees and keeps.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Answer {
    /// The cookie that was set, as a browser sends it back.
    pub fn cookie(&self) -> Option<String> {
        self.cookie_of("__Host-jakone=")
    }

    /// The cookie that was set under a name with its equals sign.
    pub fn cookie_of(&self, beginning: &str) -> Option<String> {
        let lines = self.headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.filter_map(|line| line.split(';').next());
        pairs.find(|pair| pair.starts_with(beginning)).map(str::to_owned)
    }

    pub fn location(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

pub struct Desk {
    pub clock: Arc<ManualClock>,
    pub governance: Governance,
    pub clients: Clients,
    pub secrets: Secrets,
    pub databases: Databases,
    router: Router,
    _directory: tempfile::TempDir,
}

/// What whoever looks may see of persons.
fn may(page: &PageContext) -> String {
    let holder = Resource::Holder(base::HolderNumber::new(1).unwrap());
    let views = [Action::ViewHolder, Action::ViewIndividual];
    let may = views.into_iter().filter(|view| page.policies().permits(page.actor(), *view, &holder));
    may.map(Action::as_str).collect::<Vec<_>>().join(" ")
}

/// The limits in force when the tests play.
pub fn settings() -> Settings {
    Settings::on(CivilDate::parse("2026-11-18").unwrap()).unwrap()
}

pub fn permit() -> Permit {
    let policies = Policies::embedded().unwrap();
    authorize(&policies, &Actor::system(), Action::ManageAccess, &Resource::City).unwrap()
}

impl Desk {
    /// A portal where `ratna`, of the operator, may sign in.
    pub async fn open() -> Self {
        Self::wired(settings(), |governance| governance, None).await
    }

    /// The same in a city whose clock is ahead of the machine's.
    pub async fn ahead(offset: base::Micros) -> Self {
        let clock = ManualClock::ahead(NOW.plus(offset), offset);
        Self::built(clock, settings(), |governance| governance, None).await
    }

    /// The same with something wired to it.
    pub async fn wired(
        settings: Settings,
        wire: impl FnOnce(Governance) -> Governance,
        trial: Option<Trial>,
    ) -> Self {
        Self::built(ManualClock::new(NOW), settings, wire, trial).await
    }

    async fn built(
        clock: ManualClock,
        settings: Settings,
        wire: impl FnOnce(Governance) -> Governance,
        trial: Option<Trial>,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let databases = Databases::open(place(directory.path())).await.unwrap();
        platform::migrations::run::<platform::migrations::Office>(&databases.office).await.unwrap();
        platform::migrations::run::<governance::Migrations>(&databases.office).await.unwrap();
        let clock = Arc::new(clock);
        let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let office = databases.office.clone();
        let clients = Clients::new(office.clone(), Arc::clone(&shared));
        let devices = Devices::new(office.clone(), Arc::clone(&shared));
        let audit = Audit::new(office.clone(), Arc::clone(&shared));
        let policies = Arc::new(Policies::embedded().unwrap());
        let callers = (clients.clone(), devices);
        let cipher = Cipher::open(directory.path(), &office, shared.as_ref()).await.unwrap();
        let office = (office, cipher);
        let governance = wire(Governance::new(office, shared, settings, policies, audit, callers).unwrap());
        let secrets = Secrets::generate().unwrap();
        let new = NewUser {
            login: "ratna".into(),
            name: "Ratna <b>Wibisana</b>".into(),
            role: Role::Operator,
            agency: None,
        };
        governance.add_user(&permit(), new, &secrets).await.unwrap();
        let item = |href, key, action| NavigationItem { href, key, action: Some(action) };
        let portal = Arc::new(Portal {
            texts: Arc::new(Texts::load(&[pages::texts()]).unwrap()),
            navigation: vec![
                item("/tap", "platform-menu", Action::UseTapDesk),
                item("/places", "platform-product", Action::ViewInsight),
            ],
            foot: Vec::new(),
            policies: Arc::new(Policies::embedded().unwrap()),
            account: Some(NavigationItem { href: "/sign-in", key: "governance-nav-sign-in", action: None }),
            actor: Actor::console(),
            samples: None,
        });
        let whoami = Router::new()
            .route("/whoami", get(async |page: PageContext| page.actor().role().as_str()))
            .route("/may", get(async |page: PageContext| may(&page)))
            .with_state(Arc::clone(&portal));
        let state = Pages {
            governance: governance.clone(),
            portal: Arc::clone(&portal),
            samples: Arc::new([]),
            trial,
        };
        let router = Edge::new(portal)
            .around(pages::routes(state).merge(whoami))
            .layer(from_fn_with_state(governance.clone(), pages::identify));
        Self { clock, governance, clients, secrets, databases, router, _directory: directory }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8(bytes.into()).unwrap(),
        }
    }

    pub async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let mut request = Request::get(path).header("accept", "text/html");
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as a browser does from a page of ours.
    pub async fn post(&self, path: &str, cookie: Option<&str>, fields: &str) -> Answer {
        self.post_from("same-origin", path, cookie, fields).await
    }

    pub async fn post_from(&self, site: &str, path: &str, cookie: Option<&str>, fields: &str) -> Answer {
        let mut request = Request::post(path)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        self.send(request.body(Body::from(fields.to_owned())).unwrap()).await
    }

    /// Somebody else who may sign in, signed in.
    pub async fn another(&self, login: &str, role: Role, agency: Option<&str>) -> String {
        let secrets = Secrets::generate().unwrap();
        let agency = agency.map(|code| base::Code::parse(code).unwrap());
        let new = NewUser { login: login.into(), name: login.to_uppercase(), role, agency };
        self.governance.add_user(&permit(), new, &secrets).await.unwrap();
        let code = secrets.code.code(self.clock.callers_now()).unwrap();
        let answer =
            self.post("/sign-in", None, &self.form_of(login, secrets.password.reveal(), &code)).await;
        answer.cookie().expect("a session")
    }

    /// What a session lets somebody see of persons.
    pub async fn may(&self, cookie: &str) -> String {
        self.get("/may", Some(cookie)).await.html
    }

    /// The form with what lets Ratna in now.
    pub fn form(&self) -> String {
        self.form_of("ratna", self.secrets.password.reveal(), &self.code())
    }

    pub fn form_of(&self, login: &str, password: &str, code: &str) -> String {
        format!("nama={login}&sandi={password}&kode={code}")
    }

    pub fn code(&self) -> String {
        self.secrets.code.code(self.clock.callers_now()).unwrap()
    }

    /// Signs in and gives the cookie. The time moves on a step, so that the next code is a new one.
    pub async fn sign_in(&self, before: Option<&str>) -> String {
        let answer = self.post("/sign-in", before, &self.form()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        self.clock.advance(30 * Timestamp::SECOND);
        answer.cookie().expect("a session")
    }

    pub async fn role(&self, cookie: Option<&str>) -> String {
        self.get("/whoami", cookie).await.html
    }
}
