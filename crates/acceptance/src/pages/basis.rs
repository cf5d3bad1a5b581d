//! What a rule rests on: the regulation in short, and how well it is known.

use engine::{Evidence, Source};
use programmes::service::content::LabelKind;

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
        Self { title: short(&title), evidence, is_assumed: source.evidence == Evidence::Assumed }
    }
}

/// A regulation is cited by kind, number and year; its subject follows after *tentang*, remarks after a bracket.
fn short(title: &str) -> String {
    let ends = [" tentang ", " ("].into_iter().filter_map(|word| title.find(word));
    title.get(..ends.min().unwrap_or(title.len())).unwrap_or(title).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regulation_is_cited_without_its_subject() {
        let title = "Peraturan Gubernur Nomor 33 Tahun 2025 tentang layanan angkutan umum massal gratis";
        assert_eq!(short(title), "Peraturan Gubernur Nomor 33 Tahun 2025");
        assert_eq!(short("Keputusan Gubernur tahun 2005 (belum dibaca)"), "Keputusan Gubernur tahun 2005");
        assert_eq!(short("Perjanjian"), "Perjanjian");
    }
}
