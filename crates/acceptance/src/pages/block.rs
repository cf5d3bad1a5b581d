//! Stopping a medium: asked once more on a page of its own, by staff at a holder's record and by the holder on the phone.
//! Fields of the form: `id` (of the command, so that sending it twice blocks once), `media` (serial), `sebab` (`lost`,
//! `stolen`, `damaged`).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::{CommandId, MediumSerial};
use engine::{BlockReason, Channel};
use platform::access::{Action, Resource};
use platform::problems::{self, Problem};
use platform::web::{Fields, OwnForm, PageContext, render};

use super::Pages;
use super::holders::medium as card_number;
use super::words::serial_text;
use crate::service::{BlockInput, HolderCard, OutcomeWord, Uses};

/// Reasons a form may give.
const REASONS: [BlockReason; 3] = [BlockReason::Lost, BlockReason::Stolen, BlockReason::Damaged];

/// Something to choose.
struct Choice {
    code: String,
    name: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "block.html")]
struct BlockPage {
    page: PageContext,
    name: String,
    /// Where the form goes, and where one goes back to.
    action: String,
    back: String,
    id: String,
    media: Vec<Choice>,
    reasons: Vec<Choice>,
}

/// `GET /holders/{number}/block`
pub async fn ask(
    State(pages): State<Pages>,
    page: PageContext,
    Path(number): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    show(&pages, page.at("/holders"), &number, &fields, "/holders").await
}

/// `GET /phone/{number}/block`
pub async fn ask_on_phone(
    State(pages): State<Pages>,
    page: PageContext,
    Path(number): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    show(&pages, page.for_residents(), &number, &fields, "/phone").await
}

/// `POST /holders/{number}/block`
pub async fn block(
    State(pages): State<Pages>,
    page: PageContext,
    Path(number): Path<String>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    carry_out(&pages, &page, &number, &fields, "/holders").await
}

/// `POST /phone/{number}/block`
pub async fn block_on_phone(
    State(pages): State<Pages>,
    page: PageContext,
    Path(number): Path<String>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Problem> {
    carry_out(&pages, &page, &number, &fields, "/phone").await
}

async fn show(
    pages: &Pages,
    page: PageContext,
    number: &str,
    fields: &Fields,
    root: &str,
) -> Result<Response, Problem> {
    let (card, now) = pages.card(&page, number, Uses::default()).await?;
    may_block(pages, &page, &card)?;
    let today = now.jakarta_date();
    let holder = card.balance.holder;
    let person = pages.person(page.actor(), holder, today).await?;
    let words = pages.words(&page, today);
    let asked = fields.get("media").and_then(card_number).map(|serial| i64::from(serial.0));
    let active: Vec<_> =
        card.media.iter().map(|line| &line.row).filter(|row| row.state == "active").collect();
    // Where there are several, somebody has to say which.
    let only = active.first().filter(|_| active.len() == 1).map(|row| row.serial);
    let chosen = asked.or(only);
    let medium = |row: &&crate::store::entities::medium::Model| Choice {
        code: serial_text(row.serial),
        name: words.medium(&row.kind, row.serial),
        is_chosen: chosen == Some(row.serial),
    };
    let reason = |reason: BlockReason| Choice {
        code: reason.code().into(),
        name: words.t(&format!("acceptance-block-reason-{}", reason.code())),
        is_chosen: false,
    };
    let id = pages.fresh_id()?;
    let template = BlockPage {
        name: person.map_or_else(|| holder.to_string(), |person| person.name),
        action: format!("{root}/{holder}/block?bahasa={}", page.language.tag()),
        back: format!("{root}/{holder}?bahasa={}", page.language.tag()),
        id: id.to_string(),
        media: active.iter().map(medium).collect(),
        reasons: REASONS.map(reason).into(),
        page: page.clone(),
    };
    Ok(render(&template))
}

/// Leave to stop media of this holder, before anything is said about them.
fn may_block(pages: &Pages, page: &PageContext, card: &HolderCard) -> Result<(), Problem> {
    let holder = Resource::Holder(card.balance.holder);
    pages.service.authorize(page.actor(), Action::ManageMedium, &holder).map(drop)
}

async fn carry_out(
    pages: &Pages,
    page: &PageContext,
    number: &str,
    fields: &Fields,
    root: &str,
) -> Result<Response, Problem> {
    let malformed = || Problem::new(problems::REQUEST_MALFORMED);
    let field = |name: &str| fields.get(name).ok_or_else(malformed);
    let id = CommandId::parse(field("id")?).ok_or_else(malformed)?;
    let medium = card_number(field("media")?).ok_or_else(|| Problem::new(problems::MEDIUM_UNKNOWN))?;
    let reason = field("sebab")?.to_owned();
    let reason = REASONS.into_iter().find(|one| one.code() == reason).ok_or_else(malformed)?;
    let (card, _) = pages.card(page, number, Uses::default()).await?;
    may_block(pages, page, &card)?;
    if !owns(&card, medium) {
        return Err(Problem::new(problems::MEDIUM_UNKNOWN));
    }
    let input = BlockInput { id, medium, reason };
    let decision = pages.service.block(page.actor(), Channel::Portal, input).await?;
    if decision.outcome != OutcomeWord::Accepted {
        let code = decision.code.as_deref().and_then(platform::problems::ProblemKind::find);
        return Err(Problem::new(code.unwrap_or(problems::INTERNAL)));
    }
    let (holder, language) = (card.balance.holder, page.language.tag());
    let address =
        format!("{root}/{holder}?posisi={}&diblokir={}&bahasa={language}", decision.position, medium.0);
    Ok(Redirect::to(&address).into_response())
}

fn owns(card: &HolderCard, medium: MediumSerial) -> bool {
    card.media.iter().any(|line| line.row.serial == i64::from(medium.0))
}
