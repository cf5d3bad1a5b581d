//! The portal's pages of this slice, and who a request comes from.
//!
//! Owns signing in and out, of people at work and of residents, and the cookies.

mod audit;
mod callers;
mod cookie;
mod delegates;
mod grants;
mod home;
mod own_grant;
mod recover;
mod requests;
mod resident;
mod sign_in;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use base::{CivilDate, Code, HolderNumber};
use platform::access::{Action, Permit, Resource, Role, authorize};
use platform::agencies;
use platform::i18n::SliceTexts;
use platform::problems::Problem;
use platform::web::{PageContext, Portal};

use crate::secrets::{CodeSecret, Password};
use crate::service::Governance;

/// What the pages stand on.
#[derive(Clone)]
pub struct Pages {
    /// The use cases.
    pub governance: Governance,
    /// Navigation, texts, who looks.
    pub portal: Arc<Portal>,
    /// Users of a demonstration, whose secrets are for everybody to see; elsewhere none.
    pub samples: Arc<[Sample]>,
    /// How a demonstration is tried as a resident; elsewhere none.
    pub trial: Option<Trial>,
}

/// With what anybody signs in as a resident of a demonstration.
#[derive(Clone, Debug)]
pub struct Trial {
    /// A holder who has a phone.
    pub holder: HolderNumber,
    /// Address of the page on which messages are read.
    pub messages: String,
}

/// A user of a demonstration.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Sign-in name.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// In what capacity.
    pub role: Role,
    /// For which office.
    pub agency: Option<Code>,
    /// The password.
    pub password: Password,
    /// What the authenticator would know.
    pub code: CodeSecret,
}

impl FromRef<Pages> for Arc<Portal> {
    fn from_ref(pages: &Pages) -> Self {
        Self::clone(&pages.portal)
    }
}

/// Something to choose in a form.
struct Choice {
    code: String,
    name: String,
    is_chosen: bool,
}

impl Choice {
    /// The offices, as they are called today.
    fn agencies(page: &PageContext, today: CivilDate, chosen: Option<&str>) -> Vec<Self> {
        let choice = |agency: &agencies::Agency| Self {
            code: agency.code.to_string(),
            name: agency.name(page.language, today).to_owned(),
            is_chosen: chosen == Some(agency.code.as_str()),
        };
        agencies::all().iter().map(choice).collect()
    }

    /// Roles by name.
    fn roles(page: &PageContext, roles: &[Role], chosen: Option<&str>) -> Vec<Self> {
        let role = |role: &Role| Self {
            code: role.as_str().to_owned(),
            name: page.t(&format!("platform-role-{}", role.as_str())),
            is_chosen: chosen == Some(role.as_str()),
        };
        roles.iter().map(role).collect()
    }
}

/// Leave of whoever looks to do something to the system as a whole.
fn permit(page: &PageContext, action: Action) -> Result<Permit, Problem> {
    Ok(authorize(page.policies(), page.actor(), action, &Resource::City)?)
}

/// Signing in and out, of people at work and of residents, and what people at work do here.
pub fn routes<S: Clone + Send + Sync + 'static>(pages: Pages) -> Router<S> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/resident", get(resident::ask).post(resident::send))
        .route("/resident/code", get(resident::wait).post(resident::enter))
        .route("/grants", get(grants::page).post(grants::issue))
        .route("/grants/{id}", get(own_grant::page).post(grants::change))
        .route("/grants/{id}/again", post(own_grant::ask))
        .route("/home", get(home::page))
        .route("/requests/{id}", get(requests::page).post(requests::decide))
        .route("/users", get(users::page).post(users::ask))
        .route("/users/{login}", post(users::change))
        .route("/callers", get(callers::page))
        .route("/callers/{kind}", post(callers::ask))
        .route("/callers/{kind}/{number}", post(callers::change))
        .route("/delegates", get(delegates::page).post(delegates::name))
        .route("/delegates/{id}", post(delegates::end))
        .route("/audit", get(audit::page))
        .route("/audit.csv", get(audit::export))
        .route("/recover", get(recover::page).post(recover::recover))
        .with_state(pages)
}

/// The texts of these pages.
#[must_use]
pub const fn texts() -> SliceTexts {
    SliceTexts {
        slice: "governance",
        id: include_str!("../../i18n/id.ftl"),
        en: include_str!("../../i18n/en.ftl"),
    }
}

/// Puts whoever signed in beside each request. Goes around everything; a request without the cookie costs nothing.
pub async fn identify(State(governance): State<Governance>, mut request: Request, next: Next) -> Response {
    if let Some(token) = cookie::session(request.headers()) {
        // Pages that refresh by themselves ask through htmx; whoever looks and clicks does not.
        let is_awake = !request.headers().contains_key("hx-request");
        match governance.visitor(&token, is_awake).await {
            Ok(Some(visitor)) => drop(request.extensions_mut().insert(visitor)),
            Ok(None) => {}
            Err(error) => tracing::error!(error = %error, "a session could not be read"),
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_texts_are_complete_in_both_languages() {
        platform::i18n::check::assert_complete(&super::texts());
    }
}
