//! The portal's pages of this slice: places, mobility, programmes.
//!
//! Owns their addresses, sentences and markup. Never shows a person, and shows no figure about areas that the service has
//! not let through.

mod benefit;
mod benefits;
mod charts;
mod fields;
mod mobility;
mod place;
mod places;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use base::CivilDate;
use platform::i18n::SliceTexts;
use platform::web::{Html, Icon, Portal};
use programmes::service::labels::Labels;

use crate::service::{Ground, Service};
use words::Words;

/// What the pages stand on.
#[derive(Clone)]
pub struct Pages {
    /// The use cases.
    pub service: Service,
    /// Navigation, texts, who looks.
    pub portal: Arc<Portal>,
    /// Names of places, services, benefits and documents.
    pub labels: Labels,
}

impl FromRef<Pages> for Arc<Portal> {
    fn from_ref(pages: &Pages) -> Self {
        Self::clone(&pages.portal)
    }
}

/// `/places`, `/places/{code}`, `/mobility`, `/programmes`, `/programmes/{code}`.
pub fn routes<S: Clone + Send + Sync + 'static>(pages: Pages) -> Router<S> {
    Router::new()
        .route("/places", get(places::page))
        .route("/places/{code}", get(place::page))
        .route("/mobility", get(mobility::page))
        .route("/programmes", get(benefits::page))
        .route("/programmes/{code}", get(benefit::page))
        .with_state(pages)
}

/// The texts of these pages.
#[must_use]
pub const fn texts() -> SliceTexts {
    SliceTexts {
        slice: "insight",
        id: include_str!("../../i18n/id.ftl"),
        en: include_str!("../../i18n/en.ftl"),
    }
}

/// A number with its name and comparison.
struct Figure {
    name: String,
    value: String,
    note: String,
}

/// The day a page shows, with its neighbours, as addresses carry them.
struct Days {
    date: String,
    before: String,
    after: Option<String>,
    latest: String,
}

impl Days {
    fn of(date: CivilDate, today: CivilDate) -> Self {
        Self {
            date: date.to_string(),
            before: date.plus_days(-1).to_string(),
            after: (date < today).then(|| date.plus_days(1).to_string()),
            latest: today.to_string(),
        }
    }
}

/// Says that the tables are behind, or still being built.
struct Behind {
    icon: Html,
    what: String,
    next: String,
}

impl Behind {
    fn of(words: &Words<'_>, ground: &Ground) -> Option<Self> {
        let entries = ground.behind()?;
        let values =
            [("entries", words.format().count(entries)), ("time", words.format().moment(ground.cursor.at))];
        let key = if ground.cursor.seq == 0 { "behind-begun" } else { "behind" };
        Some(Self {
            icon: Icon::Incident.svg(),
            what: words.with(key, &values),
            next: words.t("behind-next"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_are_complete_in_both_languages() {
        platform::i18n::check::assert_complete(&texts());
    }
}
