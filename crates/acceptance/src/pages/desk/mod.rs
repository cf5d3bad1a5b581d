//! The tap desk: a person, a place, a time; what the gate says, why, and what would be recorded. Asking changes nothing;
//! recording is a form of its own.

mod form;
mod recording;
mod variants;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use base::MediumSerial;
use platform::access::{Action, Resource};
use platform::problems::Problem;
use platform::web::{Fields, Html, Outcome, PageContext, render};

use super::Pages;
use super::decision::{self, PriceRow, Reason, Subject, TransferRow};
use super::gate::{self, Gate};
use super::words::Words;
use crate::service::{Preview, PreviewInput};
use form::Desk;
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
    /// Prices of rights that the holder does not have, and how many there are.
    other_prices: Vec<PriceRow>,
    other_prices_note: String,
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
    pages.service.authorize(page.actor(), Action::UseTapDesk, &Resource::City)?;
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
    let id = pages.fresh_id()?;
    let ground = decision::ground(words, preview);
    let other_prices = decision::other_prices(words, preview);
    let recorded =
        [("time", words.format().time(now.jakarta_time())), ("place", words.place(question.place.as_str()))];
    Ok(Decision {
        badge: outcome.badge_with(&words.t(&format!("acceptance-desk-badge-{}", gate::manner(preview)))),
        gate: Gate::of(words, preview),
        because: decision::heading(words, preview),
        reasons: decision::reasons(words, &desk.subject, preview, now),
        basis: ground.basis,
        rule: ground.rule,
        position: words.position(preview.position),
        prices: decision::prices(words, preview),
        other_prices_note: words.counted("acceptance-desk-prices-others", other_prices.len()),
        other_prices,
        transfers: decision::transfers(words, &desk.subject, &preview.transfers),
        transfer_note: transfer_note(words, preview),
        purse_note: purse_note(words, &desk.subject, preview),
        variants: variants::cards(words, &desk.subject, &trial),
        id: id.to_string(),
        medium: question.medium.0,
        place: question.place.to_string(),
        passage: form::hidden(&question.passage),
        record_note: words.with("acceptance-desk-record-note", &recorded),
    })
}

/// Why there are no transfers, or that they balance.
fn transfer_note(words: &Words<'_>, preview: &Preview) -> String {
    let key = match (gate::outcome(preview), preview.incident) {
        _ if !preview.transfers.is_empty() => "balanced",
        (Outcome::Refused, Some(_)) => "refused-incident",
        (Outcome::Refused, None) => "refused",
        _ if gate::manner(preview) == "begun" => "begun",
        _ if gate::manner(preview) == "left" => "left",
        _ => "nothing",
    };
    words.t(&format!("acceptance-desk-transfers-{key}"))
}

/// What would become of the purse.
fn purse_note(words: &Words<'_>, subject: &Subject, preview: &Preview) -> String {
    let Some(priced) = &preview.priced else { return String::new() };
    let charged = if preview.outcome.is_ok() { priced.charged_now() } else { 0 };
    let key = if charged == 0 { "same" } else { "changed" };
    let values = [
        ("name", subject.holder_name.clone()),
        ("before", words.money(priced.balance)),
        ("after", words.money(priced.balance - charged)),
    ];
    words.with(&format!("acceptance-desk-purse-{key}"), &values)
}
