//! Outcomes by place, and what benefits gave up by service.

use std::collections::BTreeMap;

use platform::chart::OutcomeBar;
use platform::web::Html;

use crate::pages::words::Words;
use crate::service::Published;
use crate::store::queries::Counts;

/// Places shown; the rest is in the total.
const PLACES_MAX: usize = 12;

/// A row of the tables of modes and places.
pub struct PlaceRow {
    /// Code of the service or place; empty for a sum.
    pub code: String,
    /// Name of the place.
    pub name: String,
    /// What is sold there.
    pub note: String,
    /// The stacked bar.
    pub bar: Html,
    /// Taps, then those without a price of their own, free, paid, refused, incident.
    pub cells: [String; 6],
}

/// The tables of modes and places.
pub struct Places {
    /// Modes, busiest first.
    pub modes: Vec<PlaceRow>,
    /// Places, busiest first.
    pub rows: Vec<PlaceRow>,
    /// All places, shown or not.
    pub total: Option<PlaceRow>,
    /// How many are shown, where not all are.
    pub note: String,
}

impl Places {
    /// From the day's counts.
    pub fn of(words: &Words<'_>, counts: &[Counts], published: &Published) -> Self {
        let scale = counts.iter().map(Counts::taps).max().unwrap_or(0);
        let row = |counts: &Counts| {
            let service = published.place(&counts.place).map(|place| words.service(place.service.as_str()));
            let name = if counts.place.is_empty() {
                words.t("acceptance-live-place-unknown")
            } else {
                words.place(&counts.place)
            };
            let row = row(words, name, service.unwrap_or_default(), counts, scale);
            PlaceRow { code: counts.place.clone(), ..row }
        };
        let modes = modes(words, counts, published);
        let tapped = || counts.iter().filter(|one| one.taps() > 0);
        let rows: Vec<PlaceRow> = tapped().take(PLACES_MAX).map(row).collect();
        let sum = Counts::sum(counts.iter());
        let all = words.t("acceptance-live-place-all");
        let total = (!rows.is_empty()).then(|| self::row(words, all, String::new(), &sum, 0));
        let note = if tapped().count() > PLACES_MAX {
            words.with("acceptance-live-place-note", &[("shown", PLACES_MAX.to_string())])
        } else {
            String::new()
        };
        Self { modes, rows, total, note }
    }
}

/// The counts of each service: how people travel and where they go.
fn modes(words: &Words<'_>, counts: &[Counts], published: &Published) -> Vec<PlaceRow> {
    let mut services: BTreeMap<&str, (Counts, usize)> = BTreeMap::new();
    for one in counts.iter().filter(|one| one.taps() > 0) {
        let service = published.place(&one.place).map_or("", |place| place.service.as_str());
        let (sum, places) = services.entry(service).or_default();
        sum.add(one);
        *places += 1;
    }
    let mut services: Vec<(&str, (Counts, usize))> = services.into_iter().collect();
    services.sort_by_key(|(_, (sum, _))| std::cmp::Reverse(sum.taps()));
    let scale = services.first().map_or(0, |(_, (sum, _))| sum.taps());
    let one = |(service, (sum, places)): (&str, (Counts, usize))| {
        let note = words.counted("acceptance-live-mode-places", places);
        PlaceRow { code: service.to_owned(), ..row(words, service_name(words, service), note, &sum, scale) }
    };
    services.into_iter().map(one).collect()
}

/// The name of a service; of none where the place is not known.
fn service_name(words: &Words<'_>, service: &str) -> String {
    if service.is_empty() { words.t("acceptance-live-place-unknown") } else { words.service(service) }
}

fn row(words: &Words<'_>, name: String, note: String, counts: &Counts, scale: i64) -> PlaceRow {
    let whole = |count: i64| u64::try_from(count).unwrap_or(0);
    let parts = [counts.free, counts.paid, counts.refused, counts.incident];
    let bar = OutcomeBar { counts: parts.map(whole), scale: whole(scale) };
    let format = words.format();
    let [free, paid, refused, incident] = parts.map(|count| format.number(count));
    let cells = [format.number(counts.taps()), format.number(counts.passed), free, paid, refused, incident];
    PlaceRow { code: String::new(), name, note, bar: bar.render(), cells }
}

/// What benefits gave up on one service.
pub struct SubsidyRow {
    /// Name of the service.
    pub name: String,
    /// Journeys at the price of a right.
    pub journeys: String,
    /// Fares not charged.
    pub value: String,
}

/// What benefits gave up, the most first, with the sum.
pub fn subsidies(
    words: &Words<'_>,
    counts: &[Counts],
    published: &Published,
) -> (Vec<SubsidyRow>, SubsidyRow) {
    let mut services: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for one in counts.iter().filter(|one| one.forgone != 0) {
        let service = published.place(&one.place).map_or("", |place| place.service.as_str());
        let sums = services.entry(service).or_default();
        sums.0 += one.entitled;
        sums.1 += one.forgone;
    }
    let mut services: Vec<(&str, (i64, i64))> = services.into_iter().collect();
    services.sort_by_key(|(_, (_, forgone))| std::cmp::Reverse(*forgone));
    let row = |name: String, (journeys, forgone): (i64, i64)| SubsidyRow {
        name,
        journeys: words.format().number(journeys),
        value: words.money(forgone),
    };
    let sum = services.iter().fold((0, 0), |sum, (_, one)| (sum.0 + one.0, sum.1 + one.1));
    let total = row(words.t("acceptance-live-subsidy-total"), sum);
    // What is nowhere was decided by the office: other days, priced anew.
    let name = |service: &str| match service {
        "" => words.t("acceptance-live-subsidy-repriced"),
        service => words.service(service),
    };
    (services.into_iter().map(|(service, sums)| row(name(service), sums)).collect(), total)
}
