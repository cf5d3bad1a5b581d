//! The newest decisions.

use base::Timestamp;
use platform::web::Html;

use crate::pages::reason::tell;
use crate::pages::words::Words;
use crate::service::{Live, Published};

/// A decision in the list.
pub struct LatestRow {
    /// When the terminal saw the medium.
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
    pub position: String,
}

/// The decisions, newest first.
pub fn rows(words: &Words<'_>, live: &Live, published: &Published) -> Vec<LatestRow> {
    live.latest
        .iter()
        .map(|line| {
            let row = &line.row;
            let told = tell(words, row, None);
            let place = row.place.as_deref();
            let service = row.service.clone().or_else(|| {
                let place = place.and_then(|place| published.place(place));
                place.map(|place| place.service.to_string())
            });
            let at = Timestamp(row.device_at.unwrap_or(row.at));
            LatestRow {
                time: words.format().clock(at.jakarta_time()),
                place: place.map_or_else(|| words.t("acceptance-word-forgotten"), |place| words.place(place)),
                service: service.map(|service| words.service(&service)).unwrap_or_default(),
                holder: line.holder.map(|holder| holder.to_string()),
                badge: told.badge,
                word: told.word,
                charged: told.charged,
                reason: told.short,
                position: words.position(
                    u64::try_from(row.seq).unwrap_or_default(),
                    Some(u32::try_from(row.idx).unwrap_or_default()),
                ),
            }
        })
        .collect()
}
