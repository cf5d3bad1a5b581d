//! The sentence that opens the live page, the seal beside it, and the alert when figures stand still.

use base::Timestamp;
use platform::web::{Html, Icon};

use super::Today;
use crate::pages::words::{Words, fingerprint};
use crate::service::{Books, Live};

/// From this delay on the figures are called old.
const BEHIND_MAX: base::Micros = 10 * Timestamp::SECOND;

/// From this share of opened gates on, in tenths of a per cent, things go smoothly.
const SMOOTH_PERMILLE: i64 = 970;

/// Until this hour a day's sum is the morning's.
const MORNING_ENDS: i64 = 11;

/// The top of the page.
pub struct Opening {
    /// The sentence.
    pub sentence: String,
    /// The verdict on the books.
    pub verdict: String,
    /// Its shape.
    pub icon: Html,
    /// `seal`, and how it is closed.
    pub seal: &'static str,
    /// What it rests on.
    pub grounds: Vec<String>,
    /// What stands still, and what to do.
    pub alert: Option<Alert>,
}

/// What happened and what to do.
pub struct Alert {
    /// `alert` or `alert refused`.
    pub class: &'static str,
    /// What happened.
    pub what: String,
    /// What to do.
    pub next: String,
}

impl Opening {
    /// For what the live picture shows.
    pub fn of(words: &Words<'_>, live: &Live, today: &Today) -> Self {
        let state = State::of(&live.books);
        let (verdict, icon, seal) = match state {
            State::Balanced => ("balanced", Icon::Check, "seal"),
            State::Unknown => ("unknown", Icon::Bar, "seal plain"),
            State::Apart => ("apart", Icon::Refused, "seal refused"),
        };
        Self {
            sentence: sentence(words, live, today),
            verdict: words.t(&format!("acceptance-live-seal-{verdict}")),
            icon: icon.svg(),
            seal,
            grounds: grounds(words, &live.books, state),
            alert: alert(words, live),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Balanced,
    Unknown,
    Apart,
}

impl State {
    fn of(books: &Books) -> Self {
        let apart = |book: &crate::service::Book| book.difference() != 0 || book.contradictory != 0;
        if books.units.iter().any(apart) {
            Self::Apart
        } else if books.is_balanced() {
            Self::Balanced
        } else {
            Self::Unknown
        }
    }
}

fn sentence(words: &Words<'_>, live: &Live, today: &Today) -> String {
    let (format, taps) = (words.format(), today.sum.taps());
    let position = words.entry(live.books.head.seq);
    if State::of(&live.books) == State::Apart {
        let difference = live.books.units.iter().map(crate::service::Book::difference).max().unwrap_or(0);
        let values = [("difference", format.number(difference)), ("position", position)];
        return words.with("acceptance-live-open-apart", &values);
    }
    if live.clock_stepped {
        return words.t("acceptance-live-open-clock");
    }
    if let Some(at) = stale_since(live) {
        let time = format.time_seconds(at.jakarta_time());
        return words.with("acceptance-live-open-stale", &[("time", time)]);
    }
    if taps == 0 {
        return words.t("acceptance-live-open-none");
    }
    let part = if live.at.jakarta_time().hour() < MORNING_ENDS { "morning" } else { "day" };
    let manner = match today.opened_permille() {
        1_000 => "all",
        SMOOTH_PERMILLE.. => "smooth",
        _ => "share",
    };
    let values = [("share", format.permille(today.opened_permille())), ("taps", format.number(taps))];
    words.with(&format!("acceptance-live-open-{part}-{manner}"), &values)
}

/// Since when the figures stand still, if they do.
fn stale_since(live: &Live) -> Option<Timestamp> {
    (!live.is_running || is_behind(live)).then_some(live.cursor.at)
}

/// Whether the tables are behind the journal. A city in which nobody taps is not.
fn is_behind(live: &Live) -> bool {
    live.durable.at.since(live.cursor.at) > BEHIND_MAX
}

fn alert(words: &Words<'_>, live: &Live) -> Option<Alert> {
    let format = words.format();
    let told = |class, key: &str, values: &[(&str, String)]| {
        Some(Alert {
            class,
            what: words.with(&format!("acceptance-live-alert-{key}"), values),
            next: words.t(&format!("acceptance-live-alert-{key}-next")),
        })
    };
    if State::of(&live.books) == State::Apart {
        return told("alert refused", "apart", &[("position", words.entry(live.books.head.seq))]);
    }
    if live.clock_stepped {
        return told("alert refused", "clock", &[]);
    }
    let time = format.time_seconds(live.cursor.at.jakarta_time());
    if !live.is_running {
        return told("alert refused", "silent", &[("time", time)]);
    }
    if is_behind(live) {
        let entries = format.count(live.durable.seq.saturating_sub(live.cursor.seq));
        return told("alert", "behind", &[("time", time), ("entries", entries)]);
    }
    None
}

fn grounds(words: &Words<'_>, books: &Books, state: State) -> Vec<String> {
    let position = words.entry(books.head.seq);
    let time = words.format().time_seconds(books.head.at.jakarta_time());
    let difference = books.units.iter().map(crate::service::Book::difference).max().unwrap_or(0);
    let first = match state {
        State::Unknown => words.with("acceptance-live-seal-position", &[("position", position)]),
        State::Balanced | State::Apart => words.with(
            "acceptance-live-seal-difference",
            &[("difference", words.money(difference)), ("position", position)],
        ),
    };
    let hash = [("hash", fingerprint(&books.head)), ("time", time)];
    let hash = words.with("acceptance-live-seal-hash", &hash);
    vec![first, hash]
}

/// The same day of the week before: `Selasa lalu`. On Sundays the Indonesian words would mean last week.
pub fn last_weekday(words: &Words<'_>, at: Timestamp) -> String {
    let day = at.jakarta_date().weekday();
    if day == 7 {
        return words.t("acceptance-live-last-sunday");
    }
    let weekday = words.t(&format!("platform-weekday-{day}"));
    words.with("acceptance-live-last-weekday", &[("weekday", weekday)])
}
