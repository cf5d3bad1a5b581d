//! A holder's record: who, with which media, what is in the purse, what may be used today, and why each use came out as
//! it did. Fields: `posisi` (a tap just recorded, which the page must show), `diblokir` (a medium just stopped), `sebelum` (the history goes on before it).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::{CivilDate, RegionCode, Timestamp};
use engine::Position;
use platform::access::Action;
use platform::problems::Problem;
use platform::web::{Fields, Html, Icon, Outcome, PageContext, render};
use programmes::service::plain::Topic;

use super::Pages;
use super::basis::Basis;
use super::explain;
use super::goods::{self, Wallet};
use super::people::{Person, region};
use super::reason::{Told, tell};
use super::rights;
use super::words::{Decided, Words, serial_text};
use crate::service::{Corrected, HolderCard, MediumLine, Published, RightLine, Today, UseLine, Uses};
use crate::store::entities::outcome;

/// Uses on one page.
const USES: u64 = 20;

struct Medium {
    name: String,
    serial: String,
    badge: Option<Html>,
    state: String,
    since: String,
    since_time: String,
    reason: String,
    can_be_blocked: bool,
}

struct Right {
    name: String,
    badge: Option<Html>,
    state: String,
    /// What there is to know about today.
    today: String,
    conditions: String,
    period: String,
    basis: Option<Basis>,
}

struct Use {
    date: String,
    time: String,
    place: String,
    note: String,
    told: Told,
    /// What became of it since: goods and what came back, a new price.
    sequels: Vec<Sequel>,
    balance: String,
    decided: Decided,
}

struct Recorded {
    what: String,
    why: String,
}

#[derive(Template)]
#[template(path = "holder.html")]
struct HolderPage {
    page: PageContext,
    number: String,
    person: Option<Person>,
    /// Whether whoever looks may see who holders are, stop media and use the tap desk.
    sees: bool,
    stops: bool,
    tries: bool,
    heading: String,
    home: String,
    since: String,
    category: String,
    seal: String,
    seal_class: &'static str,
    grounds: Vec<String>,
    /// Shapes: of the seal, of what is told, of what is not yet or no longer.
    icon: Html,
    information: Html,
    bar: Html,
    recorded: Option<Recorded>,
    media: Vec<Medium>,
    purse: String,
    wallets: Vec<Wallet>,
    debt: String,
    debt_note: String,
    balance_note: String,
    today: String,
    rights: Vec<Right>,
    uses: Vec<Use>,
    is_newest: bool,
    older: Option<String>,
}

/// `/holders/{number}`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Path(number): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.at("/holders");
    let (before, recorded_at) =
        (explain::position(fields.get("sebelum"))?, explain::position(fields.get("posisi"))?);
    let uses = Uses { before, limit: USES, min_position: recorded_at };
    let (card, now) = pages.card(&page, &number, uses).await?;
    let (number, today) = (card.balance.holder, now.jakarta_date());
    if page.is_seen_by_resident() {
        // This page leads to others of those at work; the holder's own says the same without them.
        return Ok(Redirect::to(&page.home()).into_response());
    }
    let rights = pages.service.rights_today(page.actor(), &card).await?;
    let published = pages.service.published().await?;
    let person = pages.person(page.actor(), number, today).await?;
    let words = pages.words(&page, today);
    let home = person.as_ref().and_then(|person| person.home);
    let home = home.or_else(|| card.row.home.as_deref().and_then(|home| RegionCode::parse(home).ok()));
    let usable = rights.rights.iter().filter(|right| right.is_usable()).count();
    let date = |at: i64| words.format().date(Timestamp(at).jakarta_date());
    let template = HolderPage {
        sees: page.may(Action::ViewIndividual),
        stops: page.may(Action::ManageMedium),
        tries: page.may(Action::UseTapDesk),
        heading: person.as_ref().map_or_else(|| number.to_string(), |person| person.name.clone()),
        number: number.to_string(),
        home: home.map_or_else(|| words.t("acceptance-word-elsewhere"), |home| region(&words, home)),
        since: date(card.row.opened_at),
        category: super::holders::category(&words, &card.row.category),
        seal: words.counted("acceptance-holder-seal", usable),
        seal_class: if usable > 0 { "seal" } else { "seal plain" },
        grounds: grounds(&words, &card),
        icon: if usable > 0 { Icon::Check } else { Icon::Bar }.svg(),
        information: Icon::Information.svg(),
        bar: Icon::Bar.svg(),
        recorded: blocked(&words, &card, fields.get("diblokir"))
            .or_else(|| recorded(&words, &card, recorded_at)),
        media: card.media.iter().map(|medium| self::medium(&words, medium)).collect(),
        purse: words.money(card.balance.purse),
        wallets: card.wallets.iter().map(|wallet| goods::wallet(&words, wallet)).collect(),
        debt: words.money(card.balance.debt),
        debt_note: debt_note(&words, &card),
        balance_note: balance_note(&words, &card),
        today: words.format().long_date(today),
        rights: card
            .rights
            .iter()
            .map(|right| self::right(&words, right, &rights, (&published, today)))
            .collect(),
        is_newest: before.is_none(),
        older: older(&card),
        uses: card.history.iter().map(|line| self::one_use(&words, &card, &published, line)).collect(),
        person,
        page: page.clone(),
    };
    Ok(render(&template))
}

fn grounds(words: &Words<'_>, card: &HolderCard) -> Vec<String> {
    let active = card.media.iter().filter(|medium| medium.row.state == "active").count();
    let media = words.counted("acceptance-holder-seal-media", active);
    let debt = if card.balance.debt == 0 { "none" } else { "some" };
    let debt = words
        .with(&format!("acceptance-holder-seal-debt-{debt}"), &[("debt", words.money(card.balance.debt))]);
    vec![format!("{media}, {debt}"), rests_on(words, card)]
}

fn rests_on(words: &Words<'_>, card: &HolderCard) -> String {
    let time = words.format().time_seconds(card.head.at.jakarta_time());
    let position = words.entry(card.head.seq);
    words.with("acceptance-word-rests-on", &[("position", position), ("time", time)])
}

fn recorded(words: &Words<'_>, card: &HolderCard, position: Option<Position>) -> Option<Recorded> {
    let position = position?;
    let index = i32::try_from(position.index).ok()?;
    let rows = card.history.iter().map(|line| &line.row);
    let row = rows.into_iter().find(|row| row.seq.unsigned_abs() == position.seq && row.idx == index)?;
    let told = tell(words, row, None);
    let position = words.position(position);
    Some(Recorded {
        what: words.with("acceptance-holder-recorded", &[("position", position)]),
        why: told.long,
    })
}

/// A medium that was just stopped.
fn blocked(words: &Words<'_>, card: &HolderCard, serial: Option<&str>) -> Option<Recorded> {
    let serial: i64 = serial?.parse().ok()?;
    let media = card.media.iter().map(|line| &line.row);
    let row = media.into_iter().find(|row| row.serial == serial && row.state == "blocked")?;
    let medium = words.medium(&row.kind, row.serial);
    Some(Recorded {
        what: words.with("acceptance-holder-blocked", &[("medium", medium)]),
        why: words.t("acceptance-holder-blocked-next"),
    })
}

fn debt_note(words: &Words<'_>, card: &HolderCard) -> String {
    words.t(if card.balance.debt == 0 {
        "acceptance-holder-debt-none"
    } else {
        "acceptance-holder-debt-some"
    })
}

fn balance_note(words: &Words<'_>, card: &HolderCard) -> String {
    let time = words.format().time(card.head.at.jakarta_time());
    words.with("acceptance-holder-balance-note", &[("time", time)])
}

fn medium(words: &Words<'_>, line: &MediumLine) -> Medium {
    let row = &line.row;
    let state = words.t(&format!("acceptance-medium-{}", row.state));
    let reason = row.reason.as_ref().filter(|_| row.state == "blocked");
    Medium {
        name: words.medium(&row.kind, row.serial),
        serial: serial_text(row.serial),
        badge: (row.state == "blocked").then(|| Outcome::Refused.badge_with(&state)),
        state,
        since: words.format().date(Timestamp(row.since).jakarta_date()),
        can_be_blocked: row.state == "active",
        since_time: words.format().time(Timestamp(row.since).jakarta_time()),
        reason: reason.map(|code| words.t(&format!("acceptance-medium-reason-{code}"))).unwrap_or_default(),
    }
}

fn right(
    words: &Words<'_>,
    line: &RightLine,
    today: &Today,
    (published, date): (&Published, CivilDate),
) -> Right {
    let row = &line.row;
    let (from, to) = (CivilDate(row.from_day), CivilDate(row.to_day));
    let in_force = today.rights.iter().find(|right| right.definition.code.as_str() == row.benefit);
    let told = in_force.filter(|_| line.usable).map(|right| rights::tell(words, right));
    let state = match (row.revoked_at, &told) {
        (_, Some(told)) => told.state.clone(),
        (Some(_), None) => words.t("acceptance-right-revoked"),
        (None, None) if date < from => words.t("acceptance-right-not-yet"),
        (None, None) => words.t("acceptance-right-ended"),
    };
    let definition = published.benefit(&row.benefit);
    let dates = [("from", words.format().date(from)), ("to", words.format().date(to))];
    let is_usable = told.as_ref().is_some_and(|told| told.is_usable);
    Right {
        name: words.benefit(&row.benefit),
        badge: is_usable.then(|| Outcome::Free.badge_with(&state)),
        state,
        today: told.map(|told| told.today).unwrap_or_default(),
        conditions: definition.map(|definition| conditions(words, definition)).unwrap_or_default(),
        period: words.with("acceptance-word-period", &dates),
        basis: definition.map(|definition| Basis::of(words, definition.source)),
    }
}

/// What a right gives, when, and how much of it there is.
fn conditions(words: &Words<'_>, definition: &engine::BenefitDefinition) -> String {
    let plain = words.plain(definition);
    let when = plain.conditions.into_iter().filter(|condition| condition.topic == Topic::When);
    let sentences = std::iter::once(plain.gives).chain(when.map(|condition| condition.text));
    sentences.chain(plain.period).collect::<Vec<String>>().join(" ")
}

fn one_use(words: &Words<'_>, card: &HolderCard, published: &Published, line: &UseLine) -> Use {
    let row = &line.row;
    let at = Timestamp(row.device_at.unwrap_or(row.at));
    let day = at.jakarta_date();
    let benefit = row.benefit.as_deref();
    let right = card.rights.iter().map(|right| &right.row).find(|right| {
        Some(right.benefit.as_str()) == benefit && right.from_day <= day.0 && day.0 <= right.to_day
    });
    let told = tell(words, row, right.map(|right| CivilDate(right.to_day)));
    let medium = card.media.iter().find(|medium| Some(medium.row.serial) == row.medium);
    let medium = medium.map(|medium| words.medium(&medium.row.kind, medium.row.serial));
    let place = row.place.as_deref().and_then(|place| published.place(place));
    let service = row.service.as_deref().or(place.map(|place| place.service.as_str()));
    let service = service.map(|service| words.service(service));
    let merchant = line.purchase.as_ref().map(|purchase| words.organisation(&purchase.row.merchant));
    let place = match (&row.place, &merchant) {
        (Some(place), _) => words.place(place),
        (None, Some(merchant)) => merchant.clone(),
        (None, None) if row.kind == "tap" => words.t("acceptance-word-forgotten"),
        (None, None) => told.word.clone(),
    };
    let wallet = row.wallet.as_deref().map(|wallet| words.benefit(wallet));
    Use {
        date: words.format().date(day),
        time: words.format().time(at.jakarta_time()),
        place,
        note: service.into_iter().chain(medium).chain(wallet).collect::<Vec<_>>().join(", "),
        told,
        sequels: sequels(words, line),
        balance: row.balance.map(|balance| words.money(balance)).unwrap_or_default(),
        decided: words.decided(row.position()),
    }
}

/// What became of a use since.
pub struct Sequel {
    /// The sentence.
    pub text: String,
    /// The decision that made it so.
    pub decided: Option<Decided>,
}

/// What became of a use since: goods and what came back of them, a new price.
pub fn sequels(words: &Words<'_>, line: &UseLine) -> Vec<Sequel> {
    let goods = line.purchase.as_ref().filter(|_| is_sale(&line.row));
    let goods =
        goods.map(|bought| format!("{} {}", goods::basket(words, bought), goods::state(words, bought)));
    goods
        .map(|text| Sequel { text, decided: None })
        .into_iter()
        .chain(line.corrected.as_ref().map(|corrected| self::corrected(words, corrected)))
        .collect()
}

fn is_sale(row: &outcome::Model) -> bool {
    matches!(row.kind.as_str(), "purchase" | "capture_purchase")
}

fn corrected(words: &Words<'_>, corrected: &Corrected) -> Sequel {
    let fare = words.t(&format!("acceptance-fare-{}", corrected.fare.replace('_', "-")));
    let benefit = corrected.benefit.as_deref().map(|code| words.benefit(code));
    let values = [
        ("charged", words.money(corrected.charged)),
        ("full", words.money(corrected.full)),
        ("fare", fare),
        ("benefit", benefit.clone().unwrap_or_default()),
    ];
    let key =
        if benefit.is_some() { "acceptance-holder-corrected-right" } else { "acceptance-holder-corrected" };
    let decided = corrected.position.parse().ok().map(|position| words.decided(position));
    Sequel { text: words.with(key, &values), decided }
}

/// Where older uses begin, if there may be any.
fn older(card: &HolderCard) -> Option<String> {
    let full = card.history.len() >= usize::try_from(USES).unwrap_or(usize::MAX);
    card.history.last().filter(|_| full).map(|line| line.row.position().to_string())
}
