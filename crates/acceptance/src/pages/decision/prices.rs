//! Every price that was looked at, and why one won.

use engine::{FareRule, Source, Verdict};

use super::reasons::verdict;
use crate::pages::basis::Basis;
use crate::pages::words::Words;
use crate::service::Preview;
use crate::store::rows::whole;

/// A price that was looked at.
pub struct PriceRow {
    /// The rule.
    pub name: String,
    /// What it rests on.
    pub basis: Option<Basis>,
    /// Its version.
    pub version: String,
    /// The price it makes.
    pub price: String,
    /// Whether it set the price.
    pub is_used: bool,
    /// Why, or why not.
    pub reason: String,
}

/// The prices, the one that was used first.
pub fn rows(words: &Words<'_>, preview: &Preview) -> Vec<PriceRow> {
    if let Some(row) = passing(words, preview) {
        return vec![row];
    }
    let mut rows: Vec<PriceRow> = held(words, preview).chain(tariff(words, preview)).collect();
    rows.sort_by_key(|row| !row.is_used);
    rows
}

/// Prices of rights that the holder does not have.
pub fn others(words: &Words<'_>, preview: &Preview) -> Vec<PriceRow> {
    let is_priced = passing(words, preview).is_none();
    not_held(words, preview).filter(|_| is_priced).collect()
}

/// The only row where a journey begins or a visit ends: nothing is priced now.
fn passing(words: &Words<'_>, preview: &Preview) -> Option<PriceRow> {
    let (tariff, priced) = (preview.tariff.as_ref()?, preview.priced.as_ref()?);
    let key = match priced.fare {
        FareRule::Begun => "acceptance-fare-begun",
        FareRule::Left => "acceptance-fare-left",
        _ => return None,
    };
    let name = words
        .with("acceptance-decision-price-tariff", &[("service", words.service(tariff.service.as_str()))]);
    let row = price_row(words, name, Some(tariff.source), tariff.version, None);
    Some(PriceRow { is_used: true, reason: words.t(key), ..row })
}

fn price_row(
    words: &Words<'_>,
    name: String,
    source: Option<Source>,
    version: u32,
    price: Option<i64>,
) -> PriceRow {
    PriceRow {
        name,
        basis: source.map(|source| Basis::of(words, source)),
        version: words.with("acceptance-decision-version", &[("version", version.to_string())]),
        price: price.map_or_else(|| "–".into(), |price| words.money(price)),
        is_used: false,
        reason: String::new(),
    }
}

fn held<'a>(words: &'a Words<'_>, preview: &'a Preview) -> impl Iterator<Item = PriceRow> + 'a {
    preview.candidates.iter().map(move |candidate| {
        let considered = candidate.considered;
        let price = considered.price.map(|price| whole(price.0));
        let name = words.benefit(candidate.benefit.as_str());
        PriceRow {
            is_used: considered.verdict == Verdict::Won,
            reason: verdict(words, preview, candidate),
            ..price_row(words, name, candidate.source, considered.version, price)
        }
    })
}

fn tariff(words: &Words<'_>, preview: &Preview) -> Option<PriceRow> {
    let (tariff, priced) = (preview.tariff.as_ref()?, preview.priced.as_ref()?);
    let is_used = priced.winner().is_none();
    let key = match (is_used, priced.full.is_zero()) {
        (true, true) => "free",
        (true, false) => "only",
        (false, _) => "higher",
    };
    let service = words.service(tariff.service.as_str());
    let name = words.with("acceptance-decision-price-tariff", &[("service", service)]);
    Some(PriceRow {
        is_used,
        reason: words.t(&format!("acceptance-decision-price-{key}")),
        ..price_row(words, name, Some(tariff.source), tariff.version, Some(whole(priced.full.0)))
    })
}

fn not_held<'a>(words: &'a Words<'_>, preview: &'a Preview) -> impl Iterator<Item = PriceRow> + 'a {
    preview.not_held.iter().map(move |other| PriceRow {
        reason: words.t("acceptance-decision-price-not-held"),
        ..price_row(
            words,
            words.benefit(other.benefit.as_str()),
            Some(other.source),
            other.version,
            Some(whole(other.price)),
        )
    })
}
