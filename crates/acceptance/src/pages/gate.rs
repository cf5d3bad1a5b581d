//! The gate's display: exactly what the device shows, and never the holder's group, because bystanders read it.

use engine::{FareRule, Priced, Refusal};
use platform::web::{Html, Outcome};

use super::words::Words;
use crate::service::Preview;
use crate::store::rows::whole;

/// Widest word that the display shows at full size, by the measure of [`width`].
const WORD_WIDTH_MAX: usize = 47;

/// What a gate shows.
pub struct Gate {
    /// `free`, `paid` or `refused`.
    pub class: &'static str,
    /// The shape before the word.
    pub icon: Html,
    /// `word`, or `word long` for amounts that would not fit.
    pub word_class: &'static str,
    /// *GRATIS*, an amount, *DITOLAK*.
    pub word: String,
    /// The lines below it.
    pub lines: Vec<String>,
}

impl Gate {
    /// What a gate would show.
    pub fn of(words: &Words<'_>, preview: &Preview) -> Self {
        let outcome = outcome(preview);
        let (word, lines) = match (preview.outcome, &preview.priced) {
            (Ok(()), Some(priced)) => {
                let charged = priced.charged_now();
                let word = match (priced.fare, charged) {
                    (FareRule::Begun, _) => words.t("acceptance-gate-in"),
                    (FareRule::Left, _) => words.t("acceptance-gate-out"),
                    (_, 0) => words.t("acceptance-gate-free"),
                    (_, i64::MIN..0) => words.t("acceptance-gate-back"),
                    (_, charged) => words.money(charged),
                };
                (word, accepted(words, preview, priced, priced.balance - charged))
            }
            (Ok(()), None) => (words.t("acceptance-gate-open"), Vec::new()),
            (Err(refusal), _) => (words.t("acceptance-gate-refused"), refused(words, preview, refusal)),
        };
        let word_class = if width(&word) > WORD_WIDTH_MAX { "word long" } else { "word" };
        Self { class: outcome.class(), icon: outcome.icon().svg(), word_class, word, lines }
    }
}

/// How wide a word is, about: 7 for a letter or digit, 3 for what is narrow.
fn width(word: &str) -> usize {
    word.chars().map(|c| if matches!(c, 'I' | '.' | ',') { 3 } else { 7 }).sum()
}

/// What came of a trial.
pub fn outcome(preview: &Preview) -> Outcome {
    match (preview.outcome, &preview.priced) {
        (Err(_), _) => Outcome::Refused,
        (Ok(()), Some(priced)) if priced.charged_now() != 0 => Outcome::Paid,
        (Ok(()), _) => Outcome::Free,
    }
}

/// How the gate opens, in the words of keys: `begun`, `left`, `back`, or the class of the outcome.
pub fn manner(preview: &Preview) -> &'static str {
    match (preview.outcome, &preview.priced) {
        (Ok(()), Some(priced)) if priced.fare == FareRule::Begun => "begun",
        (Ok(()), Some(priced)) if priced.fare == FareRule::Left => "left",
        (Ok(()), Some(priced)) if priced.charged_now() < 0 => "back",
        _ => outcome(preview).class(),
    }
}

/// What the day's other taps change, where the word does not say it.
fn change(words: &Words<'_>, priced: &Priced) -> Option<String> {
    let charged = priced.charged_now();
    let key = match (priced.fare, charged) {
        (_, i64::MIN..0) => "acceptance-gate-comes-back",
        (_, 0) => return None,
        (FareRule::Begun | FareRule::Left, _) => "acceptance-gate-earlier",
        _ => return None,
    };
    Some(words.with(key, &[("amount", words.money(charged.abs()))]))
}

fn accepted(words: &Words<'_>, preview: &Preview, priced: &Priced, balance: i64) -> Vec<String> {
    let service = preview.service.map(|service| words.service(service.as_str()));
    let time = words.format().time(preview.input.at.jakarta_time());
    let balance = words.with("acceptance-gate-balance", &[("balance", words.money(balance)), ("time", time)]);
    service.into_iter().chain(change(words, priced)).chain([balance]).collect()
}

fn refused(words: &Words<'_>, preview: &Preview, refusal: Refusal) -> Vec<String> {
    let known = matches!(
        refusal,
        Refusal::MediumUnknown
            | Refusal::MediumBlocked
            | Refusal::MediumInactive
            | Refusal::PlaceUnknown
            | Refusal::TariffMissing
            | Refusal::PurseInsufficient
            | Refusal::PlaceClosed
            | Refusal::PlaceFull
            | Refusal::PartyInvalid
            | Refusal::PartyTooLarge
            | Refusal::CalendarMissing
            | Refusal::MediumReplaced
    );
    if !known {
        let refused = words.refusal(refusal.code());
        let about =
            preview.about.map(|about| format!(": {}", words.good(about.as_str()))).unwrap_or_default();
        return vec![format!("{}{about}", refused.title), refused.next];
    }
    if refusal == Refusal::PurseInsufficient && preview.missing == 0 {
        // A gate that stayed shut says why, not by how much.
        let lines = ["acceptance-till-why-purse_insufficient", "acceptance-gate-next-purse_insufficient"];
        return lines.map(|key| words.t(key)).to_vec();
    }
    let missing = words.money(whole(preview.missing));
    ["why", "next"]
        .map(|part| {
            words.with(&format!("acceptance-gate-{part}-{}", refusal.code()), &[("missing", missing.clone())])
        })
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_would_not_fit_are_set_smaller() {
        for fits in ["GRATIS", "FREE", "DITOLAK", "Rp3.500"] {
            assert!(width(fits) <= WORD_WIDTH_MAX, "{fits}");
        }
        for long in ["REFUSED", "Rp14.000", "Rp120.000"] {
            assert!(width(long) > WORD_WIDTH_MAX, "{long}");
        }
    }
}
