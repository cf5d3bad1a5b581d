//! A benefit in plain language: what it gives, to whom, where, when, how much, and whose money it is. Built from the
//! definition alone, so that every page says the same of the same benefit.
//!
//! Owns the sentences. Never decides whether a benefit applies: the engine does.

mod conditions;
mod gives;
mod money;
mod period;
mod teller;

use base::CivilDate;
use engine::{BenefitDefinition, Evidence};
use platform::i18n::{Language, SliceTexts, Texts};

use crate::service::content::LabelKind;
use crate::service::labels::Labels;
use teller::Teller;

/// The sentences in both languages.
#[must_use]
pub const fn texts() -> SliceTexts {
    SliceTexts {
        slice: "programmes",
        id: include_str!("../../../i18n/id.ftl"),
        en: include_str!("../../../i18n/en.ftl"),
    }
}

/// A benefit in plain language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// Its name.
    pub title: String,
    /// One sentence: what it gives.
    pub gives: String,
    /// What must hold, each a sentence, in the order of [`Topic`].
    pub conditions: Vec<Condition>,
    /// For how long and how much, each a sentence.
    pub period: Vec<String>,
    /// From which money, each a sentence.
    pub money: Vec<String>,
    /// What it rests on.
    pub basis: PlainBasis,
}

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Whose benefit it is.
    Who,
    /// Services, places, merchants.
    Where,
    /// Days, hours, turns.
    When,
    /// Goods and their prices.
    Goods,
    /// What the medium must be.
    Medium,
}

impl Topic {
    /// Every topic, in order.
    pub const ALL: [Self; 5] = [Self::Who, Self::Where, Self::When, Self::Goods, Self::Medium];

    /// Key of its heading.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Who => "programmes-topic-who",
            Self::Where => "programmes-topic-where",
            Self::When => "programmes-topic-when",
            Self::Goods => "programmes-topic-goods",
            Self::Medium => "programmes-topic-medium",
        }
    }
}

/// A sentence about one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What it is about.
    pub topic: Topic,
    /// The sentence.
    pub text: String,
}

/// What a benefit rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainBasis {
    /// The regulation by kind, number and year, as it is cited.
    pub document: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// The badge that says so; none where the regulation itself was read.
    pub badge: Option<String>,
}

/// A benefit in a reader's language, with names as they are on a day.
#[must_use]
pub fn plain(
    definition: &BenefitDefinition,
    labels: &Labels,
    texts: &Texts,
    language: Language,
    day: CivilDate,
) -> Plain {
    let teller = Teller { labels, texts, language, day };
    let label = labels.lookup(LabelKind::Benefit, definition.code, day);
    let terms = label.map(|label| label.terms).unwrap_or_default();
    Plain {
        title: teller.name(LabelKind::Benefit, definition.code),
        gives: gives::sentence(&teller, definition, terms.aid_month),
        conditions: conditions::list(&teller, definition, terms.age_min),
        period: period::list(&teller, definition),
        money: money::list(&teller, definition),
        basis: PlainBasis {
            document: cited(&teller.name(LabelKind::Document, definition.source.legal_basis)).to_owned(),
            evidence: definition.source.evidence,
            badge: teller.evidence(definition.source.evidence),
        },
    }
}

/// A regulation is cited by kind, number and year; its subject follows after *tentang*, remarks after a bracket.
#[must_use]
pub fn cited(title: &str) -> &str {
    let ends = [" tentang ", " ("].into_iter().filter_map(|word| title.find(word));
    title.get(..ends.min().unwrap_or(title.len())).unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_are_complete_in_both_languages() {
        platform::i18n::check::assert_complete(&texts());
    }

    #[test]
    fn every_topic_has_a_heading() {
        let texts = Texts::load(&[texts()]).unwrap();
        for topic in Topic::ALL {
            assert!(Language::ALL.into_iter().all(|language| texts.has(language, topic.key())));
        }
    }

    #[test]
    fn a_regulation_is_cited_without_its_subject() {
        assert_eq!(
            cited("Peraturan Gubernur Nomor 33 Tahun 2025 tentang layanan"),
            "Peraturan Gubernur Nomor 33 Tahun 2025"
        );
        assert_eq!(cited("Ketentuan KJMU (laporan pers)"), "Ketentuan KJMU");
        let title = "Peraturan Gubernur Nomor 33 Tahun 2025 tentang layanan angkutan umum massal gratis";
        assert_eq!(cited(title), "Peraturan Gubernur Nomor 33 Tahun 2025");
        assert_eq!(cited("Keputusan Gubernur tahun 2005 (belum dibaca)"), "Keputusan Gubernur tahun 2005");
        assert_eq!(cited("Perjanjian"), "Perjanjian");
    }
}
