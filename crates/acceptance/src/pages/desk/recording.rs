//! Recording what the desk tried as a tap, now. The form brings the command's id, so that sending it twice records once;
//! a form of another site is refused. Its fields: `id`, `media` (serial), `tempat` (code), `arah` and `jml_CATEGORY` as at the desk.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base::{Code, CommandId};
use platform::problems::{self, Problem};
use platform::web::{Fields, OwnForm, PageContext};

use super::super::Pages;
use super::super::holders::medium as card_number;
use super::form::passage;
use crate::service::DeskTapInput;

/// `POST /tap`
pub async fn record(
    State(pages): State<Pages>,
    page: PageContext,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    let malformed = || Problem::new(problems::REQUEST_MALFORMED);
    let field = |name: &str| fields.get(name).ok_or_else(malformed);
    let id = CommandId::parse(field("id")?).ok_or_else(malformed)?;
    let medium = card_number(field("media")?).ok_or_else(|| Problem::new(problems::MEDIUM_UNKNOWN))?;
    let place = Code::parse(field("tempat")?).map_err(|_| Problem::new(problems::PLACE_UNKNOWN))?;
    let actor = page.actor();
    let holder = pages.service.holder_of(actor, medium).await?;
    let passage =
        passage(&fields).ok_or_else(|| malformed().cause("a number of people is a whole number"))?;
    let input = DeskTapInput { id, medium, place, passage };
    let decision = pages.service.desk_tap(actor, pages.desk, input).await?;
    let language = page.language.tag();
    let address = format!("/holders/{holder}?posisi={}&bahasa={language}", decision.position);
    Ok(Redirect::to(&address).into_response())
}
