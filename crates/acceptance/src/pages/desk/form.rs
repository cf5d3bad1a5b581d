//! The desk's form: what was typed, what is filled in where nothing was, and what cannot be read. Its fields: `orang`
//! (holder number or number of a card), `media` (serial), `tempat` (code), `arah` (single, in or out), `jml_CATEGORY` (how
//! many of a rider category), `tgl` (date), `jam` (time of day).

use base::{CivilDate, Code, MediumSerial, Timestamp};
use engine::{Member, Part, PlaceDefinition};
use platform::access::Role;
use platform::i18n::{Language, Texts};
use platform::problems::{self, Problem};
use platform::web::Fields;

use super::super::Pages;
use super::super::decision::Subject;
use super::super::holders::{category as category_name, found, medium as card_number};
use super::super::words::{Words, serial_text};
use crate::service::{HolderCard, Passage, PreviewInput, Published, Uses, part_name};
use crate::store::entities::medium;

/// A field with what is in it and what is wrong with that.
pub struct Field {
    /// What stands in it.
    pub value: String,
    /// What to do about it.
    pub error: Option<String>,
}

/// A medium to choose.
pub struct Choice {
    /// Its serial, as the form sends it.
    pub serial: String,
    /// Kind and serial.
    pub name: String,
    /// State, and since when.
    pub note: String,
    /// Whether it is the one.
    pub is_chosen: bool,
}

/// The places of one service.
pub struct ServiceChoices {
    /// Name of the service.
    pub name: String,
    /// Its places, in order of publication.
    pub places: Vec<PlaceChoice>,
}

/// A place to choose.
pub struct PlaceChoice {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it is the one.
    pub is_chosen: bool,
}

/// An end of a journey to choose.
pub struct PartChoice {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: String,
    /// Whether it is the one.
    pub is_chosen: bool,
}

/// How many of a rider category come along.
pub struct PartyField {
    /// The category's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How many.
    pub count: Field,
}

/// A step of the desk.
pub struct Step {
    /// What it is about.
    pub name: String,
    /// Done already.
    pub is_done: bool,
    /// The one at hand.
    pub is_current: bool,
}

/// The filled form.
pub struct Desk {
    /// Whose medium.
    pub person: Field,
    /// Whose medium it is, and what is published.
    pub subject: Subject,
    /// The holder's media.
    pub media: Vec<Choice>,
    /// All places by service.
    pub services: Vec<ServiceChoices>,
    /// Which end of a journey or visit.
    pub parts: Vec<PartChoice>,
    /// Who comes along, where the place takes parties.
    pub party: Vec<PartyField>,
    /// Date.
    pub date: Field,
    /// Time of day.
    pub time: Field,
    /// How far the form is.
    pub steps: Vec<Step>,
    /// What can be asked, once everything is there.
    pub question: Option<PreviewInput>,
    /// What is missing where nothing can be asked, and what to do.
    pub missing: [String; 2],
}

impl Desk {
    /// The holder's other media, stopped ones first: their answers differ most.
    pub fn other_media(&self, chosen: MediumSerial) -> Vec<MediumSerial> {
        let serial = |row: &medium::Model| u32::try_from(row.serial).ok().map(MediumSerial);
        let others = |stopped: bool| {
            self.subject.media.iter().filter(move |row| (row.state != "active") == stopped).filter_map(serial)
        };
        others(true).chain(others(false)).filter(|serial| *serial != chosen).collect()
    }
}

/// Fills the form from what was sent, and where nothing was, with somebody, somewhere, now.
pub async fn fill(
    pages: &Pages,
    words: &Words<'_>,
    fields: &Fields,
    now: Timestamp,
) -> Result<Desk, Problem> {
    let published = pages.service.published().await?;
    let (person, card) = person(pages, words, fields, now).await?;
    let holder = card.as_ref().map(|card| card.balance.holder);
    let known = match holder {
        Some(holder) => pages.person(words.page.actor(), holder, now.jakarta_date()).await?,
        None => None,
    };
    let category = card.as_ref().map(|card| card.row.category.clone()).unwrap_or_default();
    let rows: Vec<medium::Model> =
        card.map(|card| card.media.into_iter().map(|line| line.row).collect()).unwrap_or_default();
    let chosen = chosen_medium(fields, &person.value, &rows);
    let place = chosen_place(fields, &published);
    let (date, time, at) = moment(words, fields, now);
    let definition = place.and_then(|place| published.place(place.as_str()));
    let made = definition.map_or_else(|| vec![Part::Single], |place| published.parts(place));
    let passage = passage_at(fields, definition, &made);
    let parts = parts(words, passage.as_ref(), fields, made);
    let party = definition.map(|place| party(words, place, &category, fields)).unwrap_or_default();
    let missing = match (holder, chosen, place, at) {
        (None, ..) => "person",
        (Some(_), None, ..) => "medium",
        (Some(_), Some(_), None, _) => "place",
        (Some(_), Some(_), Some(_), None) => "time",
        (Some(_), Some(_), Some(_), Some(_)) => "party",
    };
    let question = match (chosen, place, at, passage) {
        (Some(medium), Some(place), Some(at), Some(passage)) => {
            Some(PreviewInput { medium, place, at, passage })
        }
        _ => None,
    };
    let number = holder.map(|holder| holder.to_string()).unwrap_or_default();
    Ok(Desk {
        person,
        media: rows.iter().map(|row| choice(words, row, chosen)).collect(),
        services: services(words, &published, place),
        parts,
        party,
        date,
        time,
        steps: steps(words, [holder.is_some() && chosen.is_some(), place.is_some(), at.is_some()]),
        question,
        missing: ["", "-next"].map(|part| words.t(&format!("acceptance-desk-missing-{missing}{part}"))),
        subject: Subject {
            holder,
            holder_name: known.map_or(number, |person| person.name),
            media: rows,
            published,
        },
    })
}

async fn person(
    pages: &Pages,
    words: &Words<'_>,
    fields: &Fields,
    now: Timestamp,
) -> Result<(Field, Option<HolderCard>), Problem> {
    let (actor, today) = (words.page.actor(), now.jakarta_date());
    let typed = fields.get("orang").unwrap_or_default();
    // A demonstration begins with somebody; at work nobody is looked at before they are asked for.
    let sought = if typed.is_empty() && actor.role() != Role::Console {
        Ok(None)
    } else if typed.is_empty() {
        pages.service.somebody(actor, today).await
    } else {
        found(pages, actor, typed).await
    };
    let holder = match sought {
        Ok(holder) => holder,
        Err(problem) if matches!(problem.kind(), problems::HOLDER_UNKNOWN | problems::MEDIUM_UNKNOWN) => {
            let refused = words.refusal(problem.kind().code);
            let error = Some(format!("{}. {} {}", refused.title, refused.why, refused.next));
            return Ok((Field { value: typed.to_owned(), error }, None));
        }
        Err(problem) => return Err(problem),
    };
    let Some(holder) = holder else { return Ok((Field { value: String::new(), error: None }, None)) };
    let card = pages.service.holder_card(actor, holder, today, Uses::default()).await?;
    let value = if typed.is_empty() { holder.to_string() } else { typed.to_owned() };
    Ok((Field { value, error: None }, Some(card)))
}

/// The medium asked for, if it is the person's; else the one typed instead of a number; else the first that works.
fn chosen_medium(fields: &Fields, typed: &str, rows: &[medium::Model]) -> Option<MediumSerial> {
    let theirs = |serial: &MediumSerial| rows.iter().any(|row| row.serial == i64::from(serial.0));
    let asked = fields.get("media").and_then(card_number).filter(theirs);
    let first = || rows.iter().find(|row| row.state == "active").or(rows.first());
    let working = || first().and_then(|row| u32::try_from(row.serial).ok()).map(MediumSerial);
    asked.or_else(|| card_number(typed).filter(theirs)).or_else(working)
}

/// The place asked for, known or not: the engine refuses one that is not. Else the first.
fn chosen_place(fields: &Fields, published: &Published) -> Option<Code> {
    let asked = fields.get("tempat").and_then(|code| Code::parse(code).ok());
    asked.or_else(|| published.places.first().map(|place| place.code))
}

fn choice(words: &Words<'_>, row: &medium::Model, chosen: Option<MediumSerial>) -> Choice {
    let since = words.moment(Timestamp(row.since));
    Choice {
        serial: serial_text(row.serial),
        name: words.medium(&row.kind, row.serial),
        note: words.with(&format!("acceptance-desk-medium-{}", row.state), &[("since", since)]),
        is_chosen: chosen.is_some_and(|chosen| i64::from(chosen.0) == row.serial),
    }
}

fn services(words: &Words<'_>, published: &Published, chosen: Option<Code>) -> Vec<ServiceChoices> {
    let mut codes: Vec<Code> = Vec::new();
    for place in &published.places {
        if !codes.contains(&place.service) {
            codes.push(place.service);
        }
    }
    let choice = |place: &engine::PlaceDefinition| PlaceChoice {
        code: place.code.to_string(),
        name: words.place(place.code.as_str()),
        is_chosen: chosen == Some(place.code),
    };
    let of_service = |service: Code| ServiceChoices {
        name: words.service(service.as_str()),
        places: published.places.iter().filter(|place| place.service == service).map(choice).collect(),
    };
    codes.into_iter().map(of_service).collect()
}

/// Prefix of the fields that say how many of a rider category come along.
const PARTY_FIELD: &str = "jml_";

/// Which end of a journey the form says.
fn part(fields: &Fields) -> Part {
    match fields.get("arah") {
        Some("in") => Part::In,
        Some("out") => Part::Out,
        _ => Part::Single,
    }
}

/// How many of a category come along; none where that is no number of people. Nothing typed is nobody.
fn count(typed: &str) -> Option<u16> {
    if typed.is_empty() { Some(0) } else { typed.parse().ok() }
}

/// What the form says about the passage; none where a number of people cannot be read.
pub fn passage(fields: &Fields) -> Option<Passage> {
    let member = |(category, typed): (&str, &str)| {
        Some(Member { category: Code::parse(category).ok()?, count: count(typed)? })
    };
    let party: Option<Vec<Member>> = fields.starting(PARTY_FIELD).map(member).collect();
    let party = party?.into_iter().filter(|member| member.count > 0).collect();
    Some(Passage { part: part(fields), metres: None, party })
}

/// The passage asked for, as far as the place makes such taps; else the first kind of tap it makes. A party counts only
/// where the place takes one.
fn passage_at(fields: &Fields, place: Option<&PlaceDefinition>, made: &[Part]) -> Option<Passage> {
    let takes_parties = place.is_some_and(takes_parties);
    let alone = || Passage { part: part(fields), metres: None, party: Vec::new() };
    let mut passage = if takes_parties { passage(fields)? } else { alone() };
    if !made.contains(&passage.part) {
        passage.part = made.first().copied().unwrap_or_default();
    }
    Some(passage)
}

const fn takes_parties(place: &PlaceDefinition) -> bool {
    place.rules.party_max > 1
}

/// The passage as the fields of another form.
pub fn hidden(passage: &Passage) -> Vec<(String, String)> {
    let part = ("arah".to_owned(), part_name(passage.part).to_owned());
    let member = |member: &Member| (format!("{PARTY_FIELD}{}", member.category), member.count.to_string());
    std::iter::once(part).chain(passage.party.iter().map(member)).collect()
}

fn parts(words: &Words<'_>, passage: Option<&Passage>, fields: &Fields, made: Vec<Part>) -> Vec<PartChoice> {
    let chosen = passage.map_or_else(|| part(fields), |passage| passage.part);
    let choice = |part: Part| PartChoice {
        code: part_name(part),
        name: words.t(&format!("acceptance-desk-part-{}", part_name(part))),
        is_chosen: chosen == part,
    };
    made.into_iter().map(choice).collect()
}

/// How many of each rider category, the holder's own first: one of those where nothing was typed.
fn party(words: &Words<'_>, place: &PlaceDefinition, own: &str, fields: &Fields) -> Vec<PartyField> {
    if !takes_parties(place) {
        return Vec::new();
    }
    let mut codes: Vec<String> = vec![own.to_owned()];
    codes.extend(words.rider_categories().into_iter().filter(|code| code != own));
    let is_blank = fields.starting(PARTY_FIELD).all(|(_, typed)| count(typed) == Some(0));
    let most = [("most", place.rules.party_max.to_string())];
    let field = |code: String| {
        let typed = fields.get(&format!("{PARTY_FIELD}{code}"));
        let begun = u16::from(is_blank && code == own).to_string();
        let error = typed
            .filter(|typed| count(typed).is_none())
            .map(|_| words.with("acceptance-desk-party-wrong", &most));
        let value = typed.filter(|_| !is_blank).map_or(begun, str::to_owned);
        PartyField { name: category_name(words, &code), count: Field { value, error }, code }
    };
    codes.into_iter().map(field).collect()
}

fn steps(words: &Words<'_>, done: [bool; 3]) -> Vec<Step> {
    let mut current_found = false;
    let states = done.into_iter().chain([false]);
    ["person", "place", "time", "decision"]
        .into_iter()
        .zip(states)
        .map(|(key, is_done)| {
            let is_current = !is_done && !current_found;
            current_found |= is_current;
            Step { name: words.t(&format!("acceptance-desk-step-{key}")), is_done, is_current }
        })
        .collect()
}

/// The two fields and the moment they mean; the present minute means now.
fn moment(words: &Words<'_>, fields: &Fields, now: Timestamp) -> (Field, Field, Option<Timestamp>) {
    let format = words.format();
    let typed = |name: &str| fields.get(name).map(str::to_owned);
    let (date_text, time_text) = (typed("tgl"), typed("jam"));
    let date = date_text.as_deref().map_or(Some(now.jakarta_date()), parse_date);
    let minute = now.jakarta_time().0 / Timestamp::MINUTE;
    let time = time_text.as_deref().map_or(Some(minute), parse_minute);
    let field = |text: Option<String>, value: Option<String>, key: &str| Field {
        error: value.is_none().then(|| words.t(key)),
        value: value.or(text).unwrap_or_default(),
    };
    let shown = |minute: i64| format!("{:02}.{:02}", minute / 60, minute % 60);
    let at = date.zip(time).map(|(date, time)| {
        let at = date.midnight().plus(time * Timestamp::MINUTE);
        if date == now.jakarta_date() && time == minute { now } else { at }
    });
    (
        field(date_text, date.map(|date| format.date(date)), "acceptance-desk-date-wrong"),
        field(time_text, time.map(shown), "acceptance-desk-time-wrong"),
        at,
    )
}

/// A date as in print in either language, as numbers from the day on, or as ISO 8601.
fn parse_date(text: &str) -> Option<CivilDate> {
    let words: Vec<&str> = text.split([' ', '/', '-', '.']).filter(|word| !word.is_empty()).collect();
    let [first, second, third] = words.as_slice() else { return None };
    let month = month(second)?;
    let (year, day) = if first.len() == 4 { (first, third) } else { (third, first) };
    let date = CivilDate::new(year.parse().ok()?, month, day.parse().ok()?)?;
    (1_900..=2_200).contains(&date.year()).then_some(date)
}

fn month(word: &str) -> Option<i8> {
    if let Ok(number) = word.parse() {
        return Some(number);
    }
    let name =
        |language: Language, month: i8| Texts::platform().get(language, &format!("platform-month-{month}"));
    (1..=12).find(|month| {
        Language::ALL.into_iter().any(|language| name(language, *month).eq_ignore_ascii_case(word))
    })
}

/// Minutes since midnight of `07.30` or `07:30`.
fn parse_minute(text: &str) -> Option<i64> {
    let text = text.trim_end_matches("WIB").trim();
    let (hour, minute) = text.split_once(['.', ':'])?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_people_write_it() {
        let expected = CivilDate::parse("2026-08-02");
        for text in ["2 Agustus 2026", "2 August 2026", "02/08/2026", "2-8-2026", "2026-08-02", "2.8.2026"] {
            assert_eq!(parse_date(text), expected, "{text}");
        }
        for text in ["", "2026", "31 Februari 2026", "2 Agustus", "2 Augustus 2026", "1 1 1", "2026-13-01"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_read_with_point_or_colon() {
        assert_eq!(parse_minute("07.30"), Some(450));
        assert_eq!(parse_minute("7:30 WIB"), Some(450));
        assert_eq!(parse_minute("00.00"), Some(0));
        for text in ["", "7", "24.00", "07.60", "tujuh", "-1.30"] {
            assert_eq!(parse_minute(text), None, "{text}");
        }
    }
}
