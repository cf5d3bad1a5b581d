//! The portal's pages of this slice, and who a request comes from.
//!
//! Owns signing in and out, of people at work and of residents, and the cookies.

mod cookie;
mod grants;
mod resident;
mod sign_in;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use base::HolderNumber;
use platform::access::Role;
use platform::i18n::SliceTexts;
use platform::web::Portal;

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

/// `/sign-in`, `/sign-out`, `/resident`, `/grants`.
pub fn routes<S: Clone + Send + Sync + 'static>(pages: Pages) -> Router<S> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/resident", get(resident::ask).post(resident::send))
        .route("/resident/code", get(resident::wait).post(resident::enter))
        .route("/grants", get(grants::page).post(grants::issue))
        .route("/grants/{id}", post(grants::change))
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
        match governance.visitor(&token).await {
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
