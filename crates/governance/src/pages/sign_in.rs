//! Signing in and out. Fields: `nama`, `sandi`, `kode`, and `kembali`, the page to go on with, of this portal only.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base::Timestamp;
use platform::problems::Problem;
use platform::web::{Fields, NavigationLink, OwnForm, PageContext, render_as};
use serde::Deserialize;

use super::{Pages, Sample, cookie, resident};
use crate::secrets::Password;
use crate::service::{Attempt, GovernanceError};

/// Where this page is.
const HERE: &str = "/sign-in";

/// What the address says.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    kembali: String,
}

/// What the form says.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    nama: String,
    #[serde(default)]
    sandi: String,
    #[serde(default)]
    kode: String,
    #[serde(default)]
    kembali: String,
}

/// A user of the demonstration, to be read off.
struct SampleRow<'s> {
    login: &'s str,
    name: &'s str,
    role: String,
    password: &'s str,
    code: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'s> {
    page: PageContext,
    /// Why nobody is signed in.
    error: Option<[String; 3]>,
    login: String,
    back: String,
    samples: Vec<SampleRow<'s>>,
    /// Where whoever signed in may go.
    ways: Vec<NavigationLink>,
}

/// `GET /sign-in`
pub async fn page(State(pages): State<Pages>, page: PageContext, Query(asked): Query<Asked>) -> Response {
    if page.is_seen_by_resident() {
        return to(&page, resident::HERE, None);
    }
    show(&pages, page, String::new(), own(&asked.kembali), None)
}

fn show(
    pages: &Pages,
    page: PageContext,
    login: String,
    back: String,
    refused: Option<&Problem>,
) -> Response {
    let page = page.at(HERE);
    let now = pages.governance.machine_now();
    let row = |sample| sample_row(&page, sample, now);
    let template = SignInPage {
        error: refused.map(|problem| problem.kind().told(page.language)),
        samples: pages.samples.iter().map(row).collect(),
        ways: page.navigation(),
        page: page.clone(),
        login,
        back,
    };
    render_as(refused.map_or(StatusCode::OK, Problem::status), &template)
}

fn sample_row<'s>(page: &PageContext, sample: &'s Sample, now: Timestamp) -> SampleRow<'s> {
    SampleRow {
        login: &sample.login,
        name: &sample.name,
        role: page.t(&format!("platform-role-{}", sample.role.as_str())),
        password: sample.password.reveal(),
        code: sample.code.code(now).unwrap_or_default(),
    }
}

/// `POST /sign-in`
pub async fn sign_in(
    State(pages): State<Pages>,
    page: PageContext,
    headers: HeaderMap,
    OwnForm(typed): OwnForm<Typed>,
) -> Result<Response, Problem> {
    let attempt =
        Attempt { login: typed.nama.clone(), password: Password::new(typed.sandi), code: typed.kode };
    let back = own(&typed.kembali);
    match pages.governance.sign_in(attempt, cookie::session(&headers).as_ref()).await {
        Ok(token) => Ok(to(&page, &back, cookie::set(&token))),
        Err(error @ GovernanceError::Refused) => {
            Ok(show(&pages, page, typed.nama, back, Some(&error.into())))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /sign-out`
pub async fn sign_out(
    State(pages): State<Pages>,
    page: PageContext,
    headers: HeaderMap,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    if let Some(token) = cookie::session(&headers) {
        pages.governance.sign_out(&token).await?;
    }
    if page.is_seen_by_resident() {
        return Ok(to(&page, resident::HERE, cookie::clear()));
    }
    // Whoever signs out to sign in as somebody else is led to what they wanted then.
    let next = match fields.get("kembali").map(own) {
        Some(back) => {
            format!("{HERE}?{}", serde_urlencoded::to_string([("kembali", back)]).unwrap_or_default())
        }
        None => HERE.to_owned(),
    };
    Ok(to(&page, &next, cookie::clear()))
}

/// On to a page, with a cookie.
pub(super) fn to(page: &PageContext, path: &str, cookie: Option<HeaderValue>) -> Response {
    let mark = if path.contains('?') { '&' } else { '?' };
    let address = format!("{path}{mark}bahasa={}", page.language.tag());
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(address) = HeaderValue::from_str(&address) {
        headers.insert(LOCATION, address);
    }
    if let Some(cookie) = cookie {
        headers.append(SET_COOKIE, cookie);
    }
    response
}

/// A path of this portal, and nothing that a browser could take for another site; else the page that says what waits.
fn own(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/?&=%+,:".contains(c);
    let is_own = path.starts_with('/') && !path.starts_with("//") && path.chars().all(is_plain);
    if is_own { path.to_owned() } else { super::home::HERE.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_is_gone_back_to() {
        for path in ["/", "/holders/P-7F3K-2209", "/tap?orang=1&jam=07.30", "/explain/12.3"] {
            assert_eq!(own(path), path);
        }
        for other in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\/evil",
            "/a\r\nSet-Cookie: a=b",
            "javascript:alert(1)",
            "/\tevil",
            " /x",
        ] {
            assert_eq!(own(other), "/home", "{other:?}");
        }
    }
}
