//! Recording what the desk tried as a tap, now. The form brings the command's id, so that sending it twice records once;
//! a form of another site is refused. Its fields: `id`, `media` (serial), `tempat` (code), `arah` and `jml_CATEGORY` as at the desk.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::response::{IntoResponse, Redirect, Response};
use base::{Code, CommandId};
use platform::problems::{self, Problem};
use platform::web::PageContext;

use super::super::Pages;
use super::super::fields::Fields;
use super::super::holders::medium as card_number;
use super::form::passage;
use crate::service::DeskTapInput;

/// `POST /tap`
pub async fn record(
    State(pages): State<Pages>,
    page: PageContext,
    headers: HeaderMap,
    form: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    if !is_own_form(&headers) {
        return Err(Problem::new(problems::ACCESS_DENIED).cause("the form comes from another site"));
    }
    let malformed = || Problem::new(problems::REQUEST_MALFORMED);
    let Form(fields) = form.map_err(|_| malformed())?;
    let field = |name: &str| fields.get(name).ok_or_else(malformed);
    let id = CommandId::parse(field("id")?).ok_or_else(malformed)?;
    let medium = card_number(field("media")?).ok_or_else(|| Problem::new(problems::MEDIUM_UNKNOWN))?;
    let place = Code::parse(field("tempat")?).map_err(|_| Problem::new(problems::PLACE_UNKNOWN))?;
    let actor = page.actor();
    let holder = pages.service.holder_of(actor, medium).await?;
    let input = DeskTapInput { id, medium, place, passage: passage(&fields).unwrap_or_default() };
    let decision = pages.service.desk_tap(actor, pages.desk, input).await?;
    let language = page.language.tag();
    let address = format!("/holders/{holder}?posisi={}&bahasa={language}", decision.position);
    Ok(Redirect::to(&address).into_response())
}

/// Whether a browser sent the form from one of our own pages. Browsers say where a form comes from; who says nothing is
/// not believed.
fn is_own_form(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let host = text(ORIGIN.as_str()).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    host.is_some() && host == text(HOST.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let parse = |(name, value): &(&'static str, &'static str)| {
            (axum::http::HeaderName::from_static(name), axum::http::HeaderValue::from_static(value))
        };
        is_own_form(&headers.iter().map(parse).collect())
    }

    #[test]
    fn only_a_form_of_our_own_pages_is_believed() {
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        for foreign in ["cross-site", "same-site", "none"] {
            assert!(!own(&[("sec-fetch-site", foreign), ("origin", "http://a"), ("host", "a")]), "{foreign}");
        }
        assert!(!own(&[("origin", "http://evil.example"), ("host", "127.0.0.1:8080")]));
        assert!(!own(&[("origin", "null"), ("host", "127.0.0.1:8080")]));
        assert!(!own(&[("host", "127.0.0.1:8080")]));
    }
}
