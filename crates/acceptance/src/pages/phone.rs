//! What a resident sees on a phone: the balance, until when the rights are valid, what is free today, the last uses, and the
//! button that stops a lost card. Large type, one column, no words of the trade. Fields: `diblokir` (a medium just stopped),
//! `sebelum` (the list of uses goes on before it).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use base::{CivilDate, Timestamp};
use engine::PriceRule;
use platform::problems::Problem;
use platform::web::{Fields, Html, Icon, Outcome, PageContext, render};

use super::Pages;
use super::explain;
use super::reason::tell;
use super::rights;
use super::words::{Words, outcome};
use crate::service::{Published, RightToday, Today, UseLine, Uses};
use crate::store::rows::{Outcome as RowOutcome, outcome_of};

/// Uses on the first page.
const LAST: usize = 3;

/// Lines of the history that are read for them: a journey may have two.
const READ: u64 = 8;

/// Uses on a page of the list.
const LIST: u64 = 20;

/// Something that is free, or that is not for now.
struct Free {
    class: &'static str,
    icon: Html,
    name: String,
    note: String,
}

/// Money for some purpose.
struct Aid {
    name: String,
    balance: String,
    purpose: String,
}

/// A use as its holder remembers it.
struct Used {
    place: String,
    when: String,
    badge: Option<Html>,
    amount: String,
    why: String,
}

#[derive(Template)]
#[template(path = "phone.html")]
struct PhonePage {
    page: PageContext,
    number: String,
    hello: String,
    balance: String,
    at: String,
    debt: Option<String>,
    /// What is valid until when; what to do where nothing is.
    until: Option<[String; 2]>,
    /// Whether a medium works at all.
    is_blocked: bool,
    blocked: Option<String>,
    information: Html,
    free: Vec<Free>,
    has_rights: bool,
    cheaper: Vec<Free>,
    aids: Vec<Aid>,
    uses: Vec<Used>,
}

#[derive(Template)]
#[template(path = "phone_uses.html")]
struct UsesPage {
    page: PageContext,
    number: String,
    uses: Vec<Used>,
    is_newest: bool,
    older: Option<String>,
}

/// `/phone/{number}`
pub async fn page(
    State(pages): State<Pages>,
    page: PageContext,
    Path(number): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.for_residents();
    let at_least = explain::position(fields.get("posisi"))?;
    let uses = Uses { before: None, limit: READ, min_position: at_least };
    let (card, now) = pages.card(&page, &number, uses).await?;
    let today = now.jakarta_date();
    let holder = card.balance.holder;
    let person = pages.person(page.actor(), holder, today).await?;
    let rights = pages.service.rights_today(page.actor(), &card).await?;
    let published = pages.service.published().await?;
    let words = pages.words(&page, today);
    let is_blocked = card.media.iter().all(|line| line.row.state != "active");
    let blocked = fields.get("diblokir").and_then(|serial| serial.parse::<i64>().ok());
    let blocked = blocked.and_then(|serial| card.media.iter().find(|line| line.row.serial == serial));
    let name = person.map_or_else(String::new, |person| person.name);
    let debt = (card.balance.debt > 0).then(|| words.money(card.balance.debt));
    let template = PhonePage {
        number: holder.to_string(),
        hello: hello(&words, now, &name),
        balance: words.money(card.balance.purse),
        at: words.moment(card.head.at),
        debt: debt.map(|debt| words.with("acceptance-phone-debt", &[("debt", debt)])),
        until: until(&words, &rights),
        is_blocked,
        blocked: blocked.filter(|line| line.row.state == "blocked").map(|line| {
            let medium = words.medium(&line.row.kind, line.row.serial);
            words.with("acceptance-phone-blocked", &[("medium", medium)])
        }),
        information: Icon::Information.svg(),
        has_rights: !rights.rights.is_empty(),
        free: if is_blocked { Vec::new() } else { free(&words, &published, &rights) },
        cheaper: if is_blocked { Vec::new() } else { cheaper(&words, &rights) },
        aids: card
            .wallets
            .iter()
            .filter(|wallet| !wallet.figures.closed)
            .map(|wallet| aid(&words, wallet))
            .collect(),
        uses: used(&words, &published, &card.history, today).into_iter().take(LAST).collect(),
        page: page.clone(),
    };
    Ok(render(&template))
}

/// `/phone/{number}/uses`
pub async fn uses(
    State(pages): State<Pages>,
    page: PageContext,
    Path(number): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Problem> {
    let page = page.for_residents();
    let before = explain::position(fields.get("sebelum"))?;
    let wanted = Uses { before, limit: LIST + 1, min_position: None };
    let (mut card, now) = pages.card(&page, &number, wanted).await?;
    let limit = usize::try_from(LIST).unwrap_or(usize::MAX);
    let more = card.history.len() > limit;
    card.history.truncate(limit);
    let published = pages.service.published().await?;
    let today = now.jakarta_date();
    let words = pages.words(&page, today);
    let last = card.history.last().filter(|_| more).map(|line| &line.row);
    let template = UsesPage {
        number: card.balance.holder.to_string(),
        older: last.map(|row| row.position().to_string()),
        uses: used(&words, &published, &card.history, today),
        is_newest: before.is_none(),
        page: page.clone(),
    };
    Ok(render(&template))
}

fn hello(words: &Words<'_>, now: Timestamp, name: &str) -> String {
    let part = match now.jakarta_time().hour() {
        4..11 => "morning",
        11..15 => "noon",
        15..18 => "afternoon",
        _ => "evening",
    };
    let first = name.split(' ').next().unwrap_or_default();
    if first.is_empty() {
        return words.t(&format!("acceptance-phone-hello-{part}-nameless"));
    }
    words.with(&format!("acceptance-phone-hello-{part}"), &[("name", first.to_owned())])
}

/// Until when the right that ends first is valid: that is the day by which something has to be done.
fn until(words: &Words<'_>, today: &Today) -> Option<[String; 2]> {
    let first = today.rights.iter().min_by_key(|right| right.until)?;
    let is_for_all = today.rights.iter().all(|right| right.until == first.until);
    let name = if is_for_all {
        words.t("acceptance-phone-until")
    } else {
        let benefit = words.benefit(first.definition.code.as_str());
        words.with("acceptance-phone-until-first", &[("benefit", benefit)])
    };
    Some([name, words.format().date(first.until)])
}

/// What costs less than it would, or is sold to those entitled only.
fn cheaper(words: &Words<'_>, today: &Today) -> Vec<Free> {
    let is_free = |right: &&RightToday| right.definition.price == PriceRule::Free;
    let rights = today.rights.iter().filter(|right| gives_something(right) && !is_free(right));
    rights.map(|right| one_right(words, right)).collect()
}

/// What is free, then what is free for everybody, then what is not for now.
fn free(words: &Words<'_>, published: &Published, today: &Today) -> Vec<Free> {
    let is_free = |right: &&RightToday| right.definition.price == PriceRule::Free;
    let mut rights: Vec<&RightToday> = today.rights.iter().filter(is_free).collect();
    rights.sort_by_key(|right| !right.is_usable());
    let covered = |service: &base::Code| {
        let of_place = |place: &base::Code| published.place(place.as_str()).map(|place| place.service);
        rights.iter().filter(|right| right.is_usable()).any(|right| {
            let mut of_places = right.definition.places.iter().filter_map(of_place);
            right.definition.services.contains(service) || of_places.any(|one| one == *service)
        })
    };
    let everybody: Vec<String> = today
        .free_for_all
        .iter()
        .filter(|service| !covered(service))
        .map(|one| words.service(one.as_str()))
        .collect();
    let everybody = (!everybody.is_empty()).then(|| Free {
        class: "",
        icon: Outcome::Free.icon().svg(),
        name: everybody.join(", "),
        note: words.t("acceptance-phone-free-all"),
    });
    let mut list: Vec<Free> = rights.into_iter().map(|right| one_right(words, right)).collect();
    let not_now = list.iter().position(|free| !free.class.is_empty()).unwrap_or(list.len());
    if let Some(everybody) = everybody {
        list.insert(not_now, everybody);
    }
    list
}

/// Aid in a wallet is shown with its balance, not here.
fn gives_something(right: &RightToday) -> bool {
    right.definition.price != PriceRule::Unchanged || right.definition.rules.sale.is_some()
}

fn one_right(words: &Words<'_>, right: &RightToday) -> Free {
    let told = rights::tell(words, right);
    let definition = &right.definition;
    let services: Vec<String> = definition.services.iter().map(|one| words.service(one.as_str())).collect();
    let places: Vec<String> = definition.places.iter().map(|one| words.place(one.as_str())).collect();
    let where_to = if places.is_empty() { services } else { places };
    let name =
        if where_to.is_empty() { words.benefit(definition.code.as_str()) } else { where_to.join(", ") };
    let price = match definition.price {
        PriceRule::Free => String::new(),
        PriceRule::Unchanged => format!("{} ", words.plain(definition).gives),
        PriceRule::Fixed(price) => {
            let price = words.money(engine::signed(price));
            format!("{} ", words.with("acceptance-phone-price", &[("price", price)]))
        }
        PriceRule::Percent(part) => {
            format!("{} ", words.with("acceptance-phone-percent", &[("part", part.to_string())]))
        }
        PriceRule::Less(amount) => {
            let amount = words.money(engine::signed(amount));
            format!("{} ", words.with("acceptance-phone-less", &[("amount", amount)]))
        }
    };
    if told.is_usable {
        let until = words.with("acceptance-phone-right-until", &[("date", words.format().date(right.until))]);
        let note = format!("{price}{} {until}", told.today);
        let icon =
            if definition.price == PriceRule::Free { Outcome::Free } else { Outcome::Paid }.icon().svg();
        Free { class: "", icon, name, note }
    } else {
        let name = words.with("acceptance-phone-not-now", &[("name", name)]);
        Free { class: "no", icon: Icon::Bar.svg(), name, note: told.today }
    }
}

fn aid(words: &Words<'_>, wallet: &crate::service::WalletLine) -> Aid {
    let told = super::goods::wallet(words, wallet);
    Aid { name: told.name, balance: told.balance, purpose: told.purpose }
}

/// Uses as their holder remembers them: a journey or visit is one, from where it began to where it ended.
fn used(words: &Words<'_>, published: &Published, lines: &[UseLine], today: CivilDate) -> Vec<Used> {
    let mut uses: Vec<Used> = Vec::with_capacity(lines.len());
    // Newest first: the end of a journey comes before its beginning.
    let mut ended = false;
    for line in lines {
        let is_end = line.row.part.as_deref() == Some("out");
        let begins = line.row.part.as_deref() == Some("in");
        match uses.last_mut().filter(|_| ended && begins) {
            Some(last) if line.row.fare.as_deref() == Some("begun") => {
                let from = line.row.place.as_deref().map(|place| words.place(place));
                if let Some(from) = from.filter(|from| *from != last.place) {
                    let values = [("from", from), ("to", last.place.clone())];
                    last.place = words.with("acceptance-phone-journey", &values);
                }
            }
            // A visit was paid for at its beginning; its end says nothing more.
            Some(last) => *last = one_use(words, published, line, today),
            None => uses.push(one_use(words, published, line, today)),
        }
        ended = is_end;
    }
    uses
}

/// A use in the words of whoever made it.
fn one_use(words: &Words<'_>, published: &Published, line: &UseLine, today: CivilDate) -> Used {
    let row = &line.row;
    let at = Timestamp(row.device_at.unwrap_or(row.at));
    let told = tell(words, row, None);
    let place = match (&row.place, &line.purchase) {
        (Some(place), _) => words.place(place),
        (None, Some(purchase)) => words.organisation(&purchase.row.merchant),
        (None, None) if row.kind == "tap" => words.t("acceptance-word-forgotten"),
        (None, None) => words.kind(&row.kind),
    };
    let charged = line.corrected.as_ref().map_or(row.charged_now(), |corrected| corrected.charged);
    let what = outcome_of(row);
    let is_free = row.kind == "tap" && what == RowOutcome::Free && charged == 0;
    let shown = is_free || what == RowOutcome::Refused;
    let badge = outcome(what).filter(|_| shown).map(|outcome| words.badge(outcome));
    let amount = match () {
        () if shown || row.only_passed() && charged == 0 => String::new(),
        () if row.is_income() => words.money(row.full),
        () => words.money(charged),
    };
    let service = row.place.as_deref().and_then(|place| published.place(place));
    let service = service.map(|place| format!("{}. ", words.service(place.service.as_str())));
    let why = if what == RowOutcome::Refused { told.long } else { told.short };
    Used {
        place,
        when: when(words, at, today),
        badge,
        amount,
        why: format!("{}{why}", service.unwrap_or_default()),
    }
}

/// `Hari ini, 07.30 WIB`; the day of the week within the last week, else the date.
fn when(words: &Words<'_>, at: Timestamp, today: CivilDate) -> String {
    let date = at.jakarta_date();
    let time = words.format().time(at.jakarta_time());
    let day = match today.0 - date.0 {
        0 => words.t("acceptance-phone-today"),
        1 => words.t("acceptance-phone-yesterday"),
        2..7 => words.t(&format!("platform-weekday-{}", date.weekday())),
        _ => words.format().date(date),
    };
    format!("{day}, {time}")
}
