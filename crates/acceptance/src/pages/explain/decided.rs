//! One decision.

use askama::Template;
use base::{CivilDate, Code, HolderNumber, Timestamp};
use engine::{Body, Channel, Priced};
use platform::problems::Problem;
use platform::web::{Html, Icon, PageContext};

use crate::pages::Pages;
use crate::pages::decision::{self, PriceRow, Reason, Subject, TransferRow};
use crate::pages::gate::{self, Gate};
use crate::pages::holder::{Sequel, sequels};
use crate::pages::reason::{Told, is_history, tell};
use crate::pages::words::{Decided, Words};
use crate::service::{Explained, Preview, Published, Repriced, Uses};
use crate::store::entities::outcome;

/// A name with its value.
struct Fact {
    name: String,
    value: String,
    /// Where the value leads.
    href: Option<String>,
}

/// What decided at a gate.
struct AtGate {
    gate: Gate,
    heading: String,
    reasons: Vec<Reason>,
    prices: Vec<PriceRow>,
    basis: String,
    rule: String,
}

/// A tap that came to cost something else because of the decision.
struct RepricedRow {
    date: String,
    time: String,
    place: String,
    before: String,
    after: String,
    decided: Decided,
}

#[derive(Template)]
#[template(path = "explained.html")]
pub struct ExplainedPage {
    page: PageContext,
    position: String,
    heading: String,
    lead: String,
    badge: Option<Html>,
    /// The code for staff.
    code: Option<String>,
    facts: Vec<Fact>,
    seal: Vec<String>,
    check: Html,
    at_gate: Option<AtGate>,
    transfers: Vec<TransferRow>,
    purse_note: String,
    sequels: Vec<Sequel>,
    /// Other taps that came to cost something else.
    repriced: Vec<RepricedRow>,
    holder: Option<String>,
    /// Where the same can be tried at the tap desk.
    desk: Option<String>,
}

/// The decision at a position.
pub async fn show(
    pages: &Pages,
    page: PageContext,
    position: engine::Position,
) -> Result<ExplainedPage, Problem> {
    let explained = pages.service.explain(page.actor(), position).await?;
    let published = pages.service.published().await?;
    let subject = subject(pages, &page, &explained, published).await?;
    let row = &explained.line.row;
    let at = Timestamp(row.device_at.unwrap_or(row.at));
    let words = pages.words(&page, at.jakarta_date());
    let until = explained.preview.as_ref().and_then(right_until);
    let told = is_history(&row.kind).then(|| tell(&words, row, until));
    let preview = explained.preview.as_ref();
    let ground = preview.map(|preview| decision::ground(&words, preview));
    let at_gate = preview.zip(ground).map(|(preview, ground)| AtGate {
        gate: Gate::of(&words, preview),
        heading: decision::heading(&words, preview),
        reasons: decision::reasons(&words, &subject, preview, preview.input.at),
        prices: decision::prices(&words, preview),
        basis: ground.basis,
        rule: ground.rule,
    });
    Ok(ExplainedPage {
        position: words.position(position),
        heading: heading(&words, &explained, told.as_ref()),
        lead: lead(&words, &explained, told.as_ref()),
        badge: told.as_ref().and_then(|told| told.badge.clone()),
        code: row.code.clone(),
        facts: facts(&words, &explained, &subject, at),
        seal: seal(&words, &explained),
        check: Icon::Check.svg(),
        at_gate,
        transfers: decision::transfers(&words, &subject, &explained.transfers),
        purse_note: preview.map(|preview| purse(&words, &subject, preview)).unwrap_or_default(),
        sequels: sequels(&words, &explained.line),
        repriced: explained.repriced.iter().map(|one| repriced(&words, one)).collect(),
        holder: explained.holder.map(|holder| holder.to_string()),
        desk: preview.zip(explained.holder).map(|(preview, holder)| desk(preview, holder)),
        page: page.clone(),
    })
}

/// Whom it is about; nobody where only the office acted.
async fn subject(
    pages: &Pages,
    page: &PageContext,
    explained: &Explained,
    published: Published,
) -> Result<Subject, Problem> {
    let Some(holder) = explained.holder else {
        return Ok(Subject { holder: None, holder_name: String::new(), media: Vec::new(), published });
    };
    let today = pages.service.clock().now().jakarta_date();
    let card = pages.service.holder_card(page.actor(), holder, today, Uses::default()).await?;
    let person = pages.person(page.actor(), holder, today).await?;
    let holder_name = person.map_or_else(|| holder.to_string(), |person| person.name);
    let media = card.media.into_iter().map(|line| line.row).collect();
    Ok(Subject { holder: Some(holder), holder_name, media, published })
}

fn right_until(preview: &Preview) -> Option<CivilDate> {
    preview.won()?.entitlement.map(|held| held.to)
}

/// The sentence that answers.
fn heading(words: &Words<'_>, explained: &Explained, told: Option<&Told>) -> String {
    let row = &explained.line.row;
    let kind = words.kind(&row.kind);
    let Some(told) = told else {
        let key = if row.accepted { "done" } else { "not-done" };
        return words.with(&format!("acceptance-explain-open-{key}"), &[("kind", kind)]);
    };
    let Some(preview) = &explained.preview else {
        return words
            .with("acceptance-explain-open-other", &[("kind", kind), ("reason", told.short.clone())]);
    };
    let manner = gate::manner(preview);
    let held = row.held.is_some() || row.incident.is_some();
    let charged = preview.priced.as_ref().map_or(0, Priced::charged_now).abs();
    let values = [
        ("place", words.place(preview.input.place.as_str())),
        ("charged", words.money(charged)),
        ("reason", told.short.clone()),
    ];
    let key = if held && preview.outcome.is_ok() { "incident" } else { manner };
    words.with(&format!("acceptance-explain-open-{key}"), &values)
}

/// What there is to say beside the sentence that answers.
fn lead(words: &Words<'_>, explained: &Explained, told: Option<&Told>) -> String {
    match (told, &explained.line.row.code) {
        (None, _) => office(words, explained),
        (Some(told), None) => told.long.clone(),
        // The heading says what was refused already.
        (Some(_), Some(code)) => {
            let refused = words.refusal(code);
            let about = explained.line.row.about.as_deref();
            let about = about.map(|about| format!("{}. ", words.good(about))).unwrap_or_default();
            format!("{about}{} {}", refused.why, refused.next)
        }
    }
}

fn repriced(words: &Words<'_>, one: &Repriced) -> RepricedRow {
    let at = Timestamp(one.tap.device_at.unwrap_or(one.tap.at));
    let place = one.tap.place.as_deref().map(|place| words.place(place));
    RepricedRow {
        date: words.format().date(at.jakarta_date()),
        time: words.format().time(at.jakarta_time()),
        place: place.unwrap_or_else(|| words.t("acceptance-word-forgotten")),
        before: words.money(one.before),
        after: words.money(one.after),
        decided: words.decided(one.tap.position()),
    }
}

/// What the office did, as far as the command itself says it.
fn office(words: &Words<'_>, explained: &Explained) -> String {
    let row = &explained.line.row;
    if let Some(code) = &row.code {
        let refused = words.refusal(code);
        return format!("{}. {} {}", refused.title, refused.why, refused.next);
    }
    let date = |date: CivilDate| words.format().date(date);
    let code = |code: Code| [("code", code.to_string())];
    match &explained.envelope.body {
        Body::Grant(grant) => words.with(
            "acceptance-explain-grant",
            &[
                ("benefit", words.benefit(grant.benefit.as_str())),
                ("from", date(grant.from)),
                ("to", date(grant.to)),
            ],
        ),
        Body::Revoke(revoke) => {
            words.with("acceptance-explain-revoke", &[("benefit", words.benefit(revoke.benefit.as_str()))])
        }
        Body::BlockMedium(set) => {
            let reason = set.reason.map(|one| words.t(&format!("acceptance-medium-reason-{}", one.code())));
            words.with("acceptance-explain-block", &[("reason", reason.unwrap_or_default())])
        }
        Body::PublishPlace(place) => words.with("acceptance-explain-publish", &code(place.code)),
        Body::PublishTariff(tariff) => words.with("acceptance-explain-publish", &code(tariff.service)),
        Body::PublishBenefit(benefit) => words.with("acceptance-explain-publish", &code(benefit.code)),
        Body::PublishOrganisation(organisation) => {
            words.with("acceptance-explain-publish", &code(organisation.code))
        }
        Body::PublishCalendar(calendar) => words.with("acceptance-explain-publish", &code(calendar.code)),
        _ => words.t("acceptance-explain-office"),
    }
}

fn facts(words: &Words<'_>, explained: &Explained, subject: &Subject, at: Timestamp) -> Vec<Fact> {
    let (row, format) = (&explained.line.row, words.format());
    let second = |at: Timestamp| {
        format!("{}, {}", format.long_date(at.jakarta_date()), format.time_seconds(at.jakarta_time()))
    };
    let fact = |key: &str, value: String| Fact {
        name: words.t(&format!("acceptance-explain-{key}")),
        value,
        href: None,
    };
    let mut facts = vec![fact("when", second(at))];
    if row.at - at.0 >= Timestamp::MINUTE {
        facts.push(fact("arrived", second(Timestamp(row.at))));
    }
    if let Some(holder) = explained.holder {
        let value =
            if subject.holder_name.is_empty() { holder.to_string() } else { subject.holder_name.clone() };
        let href = Some(format!("/holders/{holder}?bahasa={}", words.page.language.tag()));
        facts.push(Fact { href, ..fact("who", value) });
    }
    if let Some(serial) = row.medium.and_then(|serial| u32::try_from(serial).ok()) {
        facts.push(fact("medium", subject.medium(words, base::MediumSerial(serial))));
    }
    if let Some(place) = &row.place {
        let service = row.service.as_deref().map(|service| format!(", {}", words.service(service)));
        facts.push(fact("where", format!("{}{}", words.place(place), service.unwrap_or_default())));
    } else if row.kind == "tap" {
        facts.push(fact("where", words.t("acceptance-word-forgotten")));
    }
    if let Some(people) = row.people {
        facts.push(fact("people", format.number(i64::from(people))));
    }
    facts.push(fact("sender", sender(words, explained, row)));
    facts.push(fact("id", explained.envelope.id.to_string()));
    facts
}

fn sender(words: &Words<'_>, explained: &Explained, row: &outcome::Model) -> String {
    let channel = match explained.envelope.channel {
        Channel::Device => "device",
        Channel::Api => "api",
        Channel::Office => "office",
        Channel::Portal => "portal",
        Channel::System => "system",
    };
    let channel = words.t(&format!("acceptance-explain-channel-{channel}"));
    match (row.device, row.device_seq) {
        (Some(device), Some(seq)) => words.with(
            "acceptance-explain-terminal",
            &[("device", device.to_string()), ("seq", words.format().number(seq))],
        ),
        _ => channel,
    }
}

/// Where it stands, and the entry's fingerprint.
fn seal(words: &Words<'_>, explained: &Explained) -> Vec<String> {
    let head = &explained.head;
    let time = words.format().time_seconds(head.at.jakarta_time());
    let count = explained.records.to_string();
    let entry = [("entry", words.format().count(head.seq)), ("count", count)];
    vec![
        words.with("acceptance-explain-entry", &entry),
        words.with(
            "acceptance-live-seal-hash",
            &[("hash", super::super::words::fingerprint(head)), ("time", time)],
        ),
    ]
}

fn purse(words: &Words<'_>, subject: &Subject, preview: &Preview) -> String {
    let Some(priced) = &preview.priced else { return String::new() };
    let taken = if preview.outcome.is_ok() { priced.charged_now() - engine::signed(priced.debt) } else { 0 };
    let key = if taken == 0 { "same" } else { "changed" };
    let values = [
        ("name", subject.holder_name.clone()),
        ("before", words.money(priced.balance)),
        ("after", words.money(priced.balance - taken)),
    ];
    words.with(&format!("acceptance-explain-purse-{key}"), &values)
}

/// The same question at the tap desk.
fn desk(preview: &Preview, holder: HolderNumber) -> String {
    let input = &preview.input;
    let (date, time) = (input.at.jakarta_date(), input.at.jakarta_time());
    let minute = time.0 / Timestamp::MINUTE;
    let part = crate::service::part_name(input.passage.part);
    format!(
        "/tap?orang={holder}&media={}&tempat={}&arah={part}&tgl={date}&jam={:02}.{:02}",
        input.medium.0,
        input.place,
        minute / 60,
        minute % 60
    )
}
