//! Signing in as a resident, one question a page: the holder number, then the code that reached the phone. Fields: `nomor`
//! and `tanda` (of the page, so that a button pressed twice sends one code), then `kode`.

use askama::Template;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base::HolderNumber;
use platform::clients::Token;
use platform::problems::{self, Problem};
use platform::web::{Fields, Html, Icon, OwnForm, PageContext, render_as};

use super::sign_in::to;
use super::{Pages, cookie};
use crate::one_time_code::OneTimeCode;
use crate::secrets::SecretError;
use crate::service::GovernanceError;

/// Where one begins.
pub(super) const HERE: &str = "/resident";

/// Where the code is typed.
const CODE: &str = "/resident/code";

#[derive(Template)]
#[template(path = "resident.html")]
struct NumberPage {
    page: PageContext,
    error: Option<[String; 3]>,
    /// Whether a code can be asked for.
    is_open: bool,
    mark: String,
    number: String,
    /// A number to try a demonstration with.
    trial: Option<String>,
    information: Html,
}

#[derive(Template)]
#[template(path = "resident_code.html")]
struct CodePage {
    page: PageContext,
    error: Option<[String; 3]>,
    /// Where messages are read in a demonstration.
    messages: Option<String>,
    information: Html,
}

/// `GET /resident`
pub async fn ask(State(pages): State<Pages>, page: PageContext) -> Result<Response, Problem> {
    if page.is_seen_by_resident() {
        let own = format!("/phone/{}", page.actor().id());
        return Ok(to(&page, &own, None));
    }
    let closed = (!pages.governance.sends_codes()).then(|| Problem::from(GovernanceError::CodeUnavailable));
    show(&pages, page, String::new(), closed)
}

/// `POST /resident`: answers the same whether or not anybody has the number.
pub async fn send(
    State(pages): State<Pages>,
    page: PageContext,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let typed = fields.get("nomor").unwrap_or_default();
    let Ok(holder) = HolderNumber::parse(typed) else {
        // The check digit is no secret: a slip of the finger is told at once.
        let problem = Problem::new(problems::HOLDER_NUMBER_INVALID);
        return show(&pages, page, typed.to_owned(), Some(problem));
    };
    let mark = match fields.get("tanda").map(Token::parse) {
        Some(Ok(mark)) => mark,
        _ => fresh()?,
    };
    // Pressed twice it is one ask; gone back and another number typed it is another.
    let asker = mark.derive(&holder.to_string());
    let compose = |code: &OneTimeCode| page.t1("governance-resident-message", "code", code.reveal());
    match pages.governance.ask_code(&asker, holder, compose).await {
        Ok(()) => Ok(to(&page, CODE, cookie::set_asker(&asker))),
        Err(error @ (GovernanceError::CodeUnavailable | GovernanceError::CodesExhausted)) => {
            show(&pages, page, typed.to_owned(), Some(error.into()))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(
    pages: &Pages,
    page: PageContext,
    number: String,
    refused: Option<Problem>,
) -> Result<Response, Problem> {
    let page = page.for_residents();
    let trial = pages.trial.as_ref().map(|trial| trial.holder.to_string());
    let template = NumberPage {
        error: refused.as_ref().map(|problem| problem.kind().told(page.language)),
        is_open: pages.governance.sends_codes(),
        mark: fresh()?.reveal(),
        number,
        trial,
        information: Icon::Information.svg(),
        page,
    };
    Ok(render_as(refused.map_or(StatusCode::OK, |problem| problem.status()), &template))
}

fn fresh() -> Result<Token, GovernanceError> {
    Ok(Token::generate().map_err(SecretError::from)?)
}

/// `GET /resident/code`: the same for everybody, with or without a code on its way.
pub async fn wait(State(pages): State<Pages>, page: PageContext) -> Response {
    show_code(&pages, page, None)
}

/// `POST /resident/code`
pub async fn enter(
    State(pages): State<Pages>,
    page: PageContext,
    headers: HeaderMap,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let typed = fields.get("kode").unwrap_or_default();
    let entered = match cookie::asker(&headers) {
        Some(asker) => pages.governance.enter_code(&asker, typed, cookie::session(&headers).as_ref()).await,
        None => Err(GovernanceError::CodeRefused),
    };
    match entered {
        Ok(let_in) => {
            let own = format!("/phone/{}", let_in.holder);
            let mut response = to(&page, &own, cookie::set(&let_in.token));
            if let Some(cleared) = cookie::clear_asker() {
                response.headers_mut().append(SET_COOKIE, cleared);
            }
            Ok(response)
        }
        Err(error @ GovernanceError::CodeRefused) => Ok(show_code(&pages, page, Some(&error.into()))),
        Err(error) => Err(error.into()),
    }
}

fn show_code(pages: &Pages, page: PageContext, refused: Option<&Problem>) -> Response {
    let page = page.for_residents();
    let messages = pages.trial.as_ref().map(|trial| trial.messages.as_str());
    let template = CodePage {
        error: refused.map(|problem| problem.kind().told(page.language)),
        messages: messages.map(|address| format!("{address}/?bahasa={}", page.language.tag())),
        information: Icon::Information.svg(),
        page,
    };
    render_as(refused.map_or(StatusCode::OK, Problem::status), &template)
}
