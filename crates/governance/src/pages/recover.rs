//! Starting anew with the code that two people gave. Fields: `nama`, `pemulihan`, `sandi`, `sandi2`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use platform::problems::Problem;
use platform::web::{OwnForm, PageContext, render_as};
use serde::Deserialize;

use super::Pages;
use crate::secrets::Password;
use crate::service::{GovernanceError, Recovery};

/// What an authenticator calls us.
const ISSUER: &str = "JakartaOne";

/// What the form says.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    nama: String,
    #[serde(default)]
    pemulihan: String,
    #[serde(default)]
    sandi: String,
    #[serde(default)]
    sandi2: String,
}

#[derive(Template)]
#[template(path = "recover.html")]
struct RecoverPage {
    page: PageContext,
    error: Option<[String; 3]>,
    login: String,
    /// What the authenticator is told, once.
    secret: Option<String>,
    /// The same, for an authenticator on the same phone.
    link: String,
}

/// `GET /recover`
pub async fn page(page: PageContext) -> Response {
    show(page, String::new(), None, None)
}

/// `POST /recover`
pub async fn recover(
    State(pages): State<Pages>,
    page: PageContext,
    OwnForm(typed): OwnForm<Typed>,
) -> Result<Response, Problem> {
    let recovery = Recovery {
        login: typed.nama.clone(),
        code: Password::new(typed.pemulihan),
        password: Password::new(typed.sandi),
        repeated: Password::new(typed.sandi2),
    };
    match pages.governance.recover(recovery).await {
        Ok(secret) => Ok(show(page, typed.nama, Some(secret.reveal()), None)),
        Err(error @ (GovernanceError::RecoveryRefused | GovernanceError::PasswordWeak)) => {
            Ok(show(page, typed.nama, None, Some(&error.into())))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(page: PageContext, login: String, secret: Option<String>, refused: Option<&Problem>) -> Response {
    let page = page.at("/sign-in");
    let error = refused.map(|problem| problem.kind().told(page.language));
    let link = secret.as_ref().map(|secret| {
        let query = [("secret", secret.replace(' ', "")), ("issuer", ISSUER.to_owned())];
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        format!("otpauth://totp/{ISSUER}:{}?{query}", login.trim())
    });
    let link = link.unwrap_or_default();
    let template = RecoverPage { error, login, secret, link, page };
    render_as(refused.map_or(StatusCode::OK, Problem::status), &template)
}
