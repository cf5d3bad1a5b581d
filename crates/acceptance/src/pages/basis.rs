//! What a rule rests on: the regulation in short, and how well it is known.

use engine::{Evidence, Source};
use programmes::service::content::LabelKind;
use programmes::service::plain::cited;

use super::words::Words;

/// A legal basis on a page.
pub struct Basis {
    /// The regulation, without its subject.
    pub title: String,
    /// How well it is known, where it was not read in the regulation itself.
    pub evidence: Option<String>,
    /// Whether the figure is only an example.
    pub is_assumed: bool,
}

impl Basis {
    /// Of a published definition.
    pub fn of(words: &Words<'_>, source: Source) -> Self {
        let title = words.name(LabelKind::Document, source.legal_basis.as_str());
        let evidence = match source.evidence {
            Evidence::Primary => None,
            Evidence::Press => Some(words.t("acceptance-word-press")),
            Evidence::Assumed => Some(words.t("platform-assumed")),
        };
        Self { title: cited(&title).to_owned(), evidence, is_assumed: source.evidence == Evidence::Assumed }
    }
}
