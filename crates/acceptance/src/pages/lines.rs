//! Decisions as lines of a list: when, where, whose, what came of it, why in a few words, and where it stands.

use base::{HolderNumber, Timestamp};
use platform::web::Html;

use super::reason::tell;
use super::words::{Decided, Words};
use crate::service::{LatestLine, Published};
use crate::store::entities::outcome::Model;

/// A decision in the list.
pub struct DecisionLine {
    /// The day on which the terminal saw the medium.
    pub date: String,
    /// The time of it.
    pub time: String,
    /// Where.
    pub place: String,
    /// What is sold there.
    pub service: String,
    /// Whose medium.
    pub holder: Option<String>,
    /// What came of it.
    pub badge: Option<Html>,
    /// The word where there is no shape.
    pub word: String,
    /// What was charged.
    pub charged: String,
    /// Why, in a few words.
    pub reason: String,
    /// Where it stands in the journal.
    pub decided: Decided,
}

/// The decisions, newest first.
pub fn of(words: &Words<'_>, lines: &[LatestLine], published: &Published) -> Vec<DecisionLine> {
    let line = |line: &LatestLine| one(words, &line.row, line.holder, published);
    lines.iter().map(line).collect()
}

/// The same, without whose they are.
pub fn nobodys(words: &Words<'_>, rows: &[Model], published: &Published) -> Vec<DecisionLine> {
    rows.iter().map(|row| one(words, row, None, published)).collect()
}

fn one(words: &Words<'_>, row: &Model, holder: Option<HolderNumber>, published: &Published) -> DecisionLine {
    let told = tell(words, row, None);
    let place = row.place.as_deref();
    let service = row.service.clone().or_else(|| {
        let place = place.and_then(|place| published.place(place));
        place.map(|place| place.service.to_string())
    });
    let at = Timestamp(row.device_at.unwrap_or(row.at));
    DecisionLine {
        date: words.format().date(at.jakarta_date()),
        time: words.format().clock(at.jakarta_time()),
        place: place_name(words, row, place),
        service: service.map(|service| words.service(&service)).unwrap_or_default(),
        holder: holder.map(|holder| holder.to_string()),
        badge: told.badge,
        word: told.word,
        charged: told.charged,
        reason: told.short,
        decided: words.decided(row.position()),
    }
}

/// Where it was; for money that came in or went out, what it was.
fn place_name(words: &Words<'_>, row: &Model, place: Option<&str>) -> String {
    match place {
        Some(place) => words.place(place),
        None if row.kind == "tap" || row.kind == "ask" => words.t("acceptance-word-forgotten"),
        None => words.kind(&row.kind),
    }
}
