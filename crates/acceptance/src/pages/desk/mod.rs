//! The tap desk: a person, a place, a time; what the gate says, why, and what would be recorded. Asking changes nothing;
//! recording is a form of its own.

mod form;
mod prices;
mod reasons;
mod recording;
mod transfers;
mod variants;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use base::{CommandId, MediumSerial};
use platform::problems::{self, Problem};
use platform::web::{Html, PageContext, render};

use super::Pages;
use super::fields::Fields;
use super::gate::{self, Gate};
use super::words::Words;
use crate::service::PreviewInput;
use form::Desk;
use prices::PriceRow;
use reasons::Reason;
use transfers::{TransferRow, Transfers};
use variants::VariantCard;

pub use recording::record;

/// What was decided, ready to be read.
struct Decision {
    badge: Html,
    gate: Gate,
    because: String,
    reasons: Vec<Reason>,
    basis: String,
    rule: String,
    position: String,
    prices: Vec<PriceRow>,
    transfers: Vec<TransferRow>,
    transfer_note: String,
    purse_note: String,
    variants: Vec<VariantCard>,
    /// Id of the tap that the form would record: made now, so that sending it twice records once.
    id: String,
    medium: u32,
    place: String,
    /// Which end of a journey and with whom, as the form sends it.
    passage: Vec<(String, String)>,
    record_note: String,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    page: PageContext,
    desk: Desk,
    decision: Option<Decision>,
}

/// `GET /tap`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/tap");
    let now = pages.service.clock().now();
    let words = pages.words(&page, now.jakarta_date());
    let desk = form::fill(&pages, &words, &fields, now).await?;
    let decision = match desk.question {
        Some(ref question) => Some(decide(&pages, &words, &desk, question.clone()).await?),
        None => None,
    };
    Ok(render(&DeskPage { page: page.clone(), desk, decision }))
}

async fn decide(
    pages: &Pages,
    words: &Words<'_>,
    desk: &Desk,
    question: PreviewInput,
) -> Result<Decision, Problem> {
    let others: Vec<MediumSerial> = desk.other_media(question.medium);
    let trial = pages.service.trial(words.page.actor(), question.clone(), others).await?;
    let preview = &trial.preview;
    let outcome = gate::outcome(preview);
    let now = pages.service.clock().now();
    let id = CommandId::generate(pages.service.clock().callers_now())
        .map_err(|_| Problem::new(problems::INTERNAL))?;
    let Transfers { rows, note, purse } = Transfers::of(words, desk, preview);
    let ground = reasons::ground(words, preview);
    let recorded =
        [("time", words.format().time(now.jakarta_time())), ("place", words.place(question.place.as_str()))];
    Ok(Decision {
        badge: outcome.badge_with(&words.t(&format!("acceptance-desk-badge-{}", gate::manner(preview)))),
        gate: Gate::of(words, preview),
        because: reasons::heading(words, preview),
        reasons: reasons::list(words, desk, preview, now),
        basis: ground.basis,
        rule: ground.rule,
        position: words.position(preview.position.seq, Some(preview.position.index)),
        prices: prices::rows(words, preview),
        transfers: rows,
        transfer_note: note,
        purse_note: purse,
        variants: variants::cards(words, desk, &trial.variants),
        id: id.to_string(),
        medium: question.medium.0,
        place: question.place.to_string(),
        passage: form::hidden(&question.passage),
        record_note: words.with("acceptance-desk-record-note", &recorded),
    })
}
