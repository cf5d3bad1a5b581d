//! Every code a caller can meet, once: as HTTP problem, as refused outcome, as page, in both languages.
//!
//! Owns the registry, the answer of RFC 9457 and the pages that explain each code. Never decides when a code is
//! used: the engine, the edge and the slices do.

mod answer;
pub mod pages;

mod registry;

pub use answer::{PROBLEM_JSON, Problem};
pub use registry::*;

use crate::i18n::{Language, Texts};

/// A code with the HTTP status it carries where it never reached a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProblemKind {
    /// `noun_reason`, unique, never renamed: callers branch on it.
    pub code: &'static str,
    /// HTTP status of an answer that is this problem.
    pub status: u16,
}

impl ProblemKind {
    /// The kind with this code, if the registry has it.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        ALL.iter().find(|kind| kind.code == code).copied()
    }

    /// What happened, in a few words.
    #[must_use]
    pub fn title(self, texts: &Texts, language: Language) -> String {
        self.part(texts, language, "title")
    }

    /// Why, in a sentence.
    #[must_use]
    pub fn why(self, texts: &Texts, language: Language) -> String {
        self.part(texts, language, "why")
    }

    /// What to do next, in a sentence or two.
    #[must_use]
    pub fn next_step(self, texts: &Texts, language: Language) -> String {
        self.part(texts, language, "next")
    }

    /// What happened, why, and what to do next.
    #[must_use]
    pub fn told(self, language: Language) -> [String; 3] {
        ["title", "why", "next"].map(|part| self.part(Texts::platform(), language, part))
    }

    fn part(self, texts: &Texts, language: Language, part: &str) -> String {
        texts.get(language, &self.key(part))
    }

    fn key(self, part: &str) -> String {
        format!("platform-problem-{}-{part}", self.code)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::i18n::PLATFORM;

    #[test]
    fn every_code_has_three_parts_in_both_languages() {
        for kind in ALL {
            for language in Language::ALL {
                for part in ["title", "why", "next"] {
                    let key = kind.key(part);
                    assert!(Texts::platform().has(language, &key), "{key} is missing in {language}");
                }
            }
        }
    }

    #[test]
    fn no_text_explains_a_code_that_does_not_exist() {
        let keys = PLATFORM.id.lines().filter_map(|line| line.strip_prefix("platform-problem-"));
        let codes: BTreeSet<_> = keys.filter_map(|rest| rest.split_once('-').map(|(code, _)| code)).collect();
        for code in &codes {
            assert!(ProblemKind::find(code).is_some(), "{code} has texts but is not in the registry");
        }
        assert_eq!(codes.len(), ALL.len());
    }

    #[test]
    fn codes_are_unique_and_read_noun_reason() {
        let codes: BTreeSet<_> = ALL.iter().map(|kind| kind.code).collect();
        assert_eq!(codes.len(), ALL.len());
        for kind in ALL {
            assert!(kind.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", kind.code);
            assert!((400..600).contains(&kind.status), "{}", kind.code);
        }
    }
}
