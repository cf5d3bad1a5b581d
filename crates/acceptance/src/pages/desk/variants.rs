//! What the gate would say if one thing were different.

use base::Code;
use engine::{FareRule, Verdict};

use super::super::decision::Subject;
use crate::pages::decision::lost_sentence;
use crate::pages::gate::Gate;
use crate::pages::words::Words;
use crate::service::{Change, Preview, Trial, Variant};

/// One neighbour.
pub struct VariantCard {
    /// What is different.
    pub title: String,
    /// What the gate shows.
    pub gate: Gate,
    /// Why.
    pub note: String,
    /// The code for staff, where it is refused.
    pub code: Option<&'static str>,
}

/// The neighbours in words.
pub fn cards(words: &Words<'_>, subject: &Subject, trial: &Trial) -> Vec<VariantCard> {
    let won = trial.preview.won().map(|won| won.benefit);
    let card = |variant: &Variant| VariantCard {
        title: title(words, subject, variant),
        gate: Gate::of(words, &variant.preview),
        note: note(words, &variant.preview, won),
        code: variant.preview.outcome.err().map(engine::Refusal::code),
    };
    trial.variants.iter().map(card).collect()
}

fn title(words: &Words<'_>, subject: &Subject, variant: &Variant) -> String {
    let medium = || [("medium", subject.medium(words, variant.preview.input.medium))];
    match variant.change {
        Change::Blocked => words.with("acceptance-desk-if-blocked", &medium()),
        Change::Active => words.with("acceptance-desk-if-active", &medium()),
        Change::WithoutRights => words.t("acceptance-desk-if-without"),
        Change::Medium(serial) => subject.medium(words, serial),
        Change::Place(code) => words.place(code.as_str()),
        Change::Ended(at) => {
            words.with("acceptance-desk-if-ended", &[("date", words.format().date(at.jakarta_date()))])
        }
    }
}

/// Why it would be so. Of the rights that do not help, the one that helps in the case at hand is what people ask about.
fn note(words: &Words<'_>, preview: &Preview, helps: Option<Code>) -> String {
    if let Err(refusal) = preview.outcome {
        let refused = words.refusal(refusal.code());
        return format!("{} {}", refused.why, refused.next);
    }
    let mut lost = preview.candidates.iter().filter(|one| one.considered.verdict != Verdict::Won);
    let lost = lost.clone().find(|one| Some(one.benefit) == helps).or_else(|| lost.next());
    let won = preview.won();
    match (
        won,
        lost,
        preview.priced.as_ref().is_some_and(|priced| priced.full.is_zero() && priced.fare == FareRule::Flat),
    ) {
        (Some(won), ..) => {
            let benefit = words.benefit(won.benefit.as_str());
            words.with("acceptance-desk-if-right", &[("benefit", benefit)])
        }
        (None, _, true) => words.t("acceptance-reason-free-all-short"),
        (None, Some(lost), false) => lost_sentence(words, preview, lost),
        (None, None, false) => words.t("acceptance-desk-if-own-purse"),
    }
}
