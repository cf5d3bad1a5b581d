//! The few shapes of the look: outcome marks, badges, small icons. Never colour alone: shape and word come along.

use std::fmt;

use crate::i18n::{Language, Texts};

/// Markup that is already safe: made by the platform with every text escaped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Html(String);

impl Html {
    /// Marks a rendered template or fixed markup as safe. Only for text whose every variable part is escaped.
    pub(crate) fn of_escaped(markup: impl Into<String>) -> Self {
        Self(markup.into())
    }

    /// The markup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::FastWritable for Html {
    fn write_into(&self, target: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        target.write_str(&self.0)?;
        Ok(())
    }
}

impl askama::filters::HtmlSafe for Html {}

/// A shape of ten by ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// ● free.
    Free,
    /// ■ paid.
    Paid,
    /// ✕ refused.
    Refused,
    /// ▲ incident, and the alert.
    Incident,
    /// A tick: in balance, a reason that holds.
    Check,
    /// The letter i.
    Information,
    /// A bar: not yet, does not apply.
    Bar,
}

impl Icon {
    const fn shape(self) -> &'static str {
        match self {
            Self::Free => r#"<circle cx="5" cy="5" r="4.7"/>"#,
            Self::Paid => r#"<path d="M.5.5h9v9h-9z"/>"#,
            Self::Refused => {
                r#"<path d="M1.4 0 5 3.6 8.6 0 10 1.4 6.4 5 10 8.6 8.6 10 5 6.4 1.4 10 0 8.6 3.6 5 0 1.4z"/>"#
            }
            Self::Incident => r#"<path d="M5 0l5 9.6H0z"/>"#,
            Self::Check => r#"<path d="M3.7 9.2 0 5.5l1.5-1.5 2.2 2.2L8.500 1.400 10 2.900z"/>"#,
            Self::Information => r#"<path d="M3.8 4h2.400v6H3.800zM3.800 0h2.400v2.500H3.800z"/>"#,
            Self::Bar => r#"<path d="M0 4h10v2H0z"/>"#,
        }
    }

    /// The shape as an image that readers skip, because the word beside it says the same.
    #[must_use]
    pub fn svg(self) -> Html {
        Html::of_escaped(format!(r#"<svg viewBox="0 0 10 10" aria-hidden="true">{}</svg>"#, self.shape()))
    }

    /// The shape in the fill of its outcome, for the key of a bar.
    #[must_use]
    pub fn key_svg(self, outcome: Outcome) -> Html {
        let (fill, shape) = (outcome.fill_class(), self.shape());
        Html::of_escaped(format!(
            r#"<svg class="{fill}" viewBox="0 0 10 10" aria-hidden="true">{shape}</svg>"#
        ))
    }
}

/// What came of a tap, as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// *Gratis*.
    Free,
    /// *Membayar*.
    Paid,
    /// *Ditolak*.
    Refused,
    /// *Insiden*.
    Incident,
}

impl Outcome {
    /// In the order of keys and bars.
    pub const ALL: [Self; 4] = [Self::Free, Self::Paid, Self::Refused, Self::Incident];

    /// The class of badge and gate display.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Paid => "paid",
            Self::Refused => "refused",
            Self::Incident => "incident",
        }
    }

    /// The class of a bar's part.
    #[must_use]
    pub const fn fill_class(self) -> &'static str {
        match self {
            Self::Free => "f-free",
            Self::Paid => "f-paid",
            Self::Refused => "f-refused",
            Self::Incident => "f-incident",
        }
    }

    /// The shape.
    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Free => Icon::Free,
            Self::Paid => Icon::Paid,
            Self::Refused => Icon::Refused,
            Self::Incident => Icon::Incident,
        }
    }

    /// The word.
    #[must_use]
    pub fn word(self, language: Language) -> String {
        Texts::platform().get(language, &format!("platform-outcome-{}", self.class()))
    }

    /// The badge with the outcome's own word.
    #[must_use]
    pub fn badge(self, language: Language) -> Html {
        self.badge_with(&self.word(language))
    }

    /// The badge with another word (*Diterima, gratis*; *Diblokir*).
    #[must_use]
    pub fn badge_with(self, word: &str) -> Html {
        let (class, icon) = (self.class(), self.icon().svg());
        Html::of_escaped(format!(r#"<span class="badge {class}">{icon}{}</span>"#, escape(word)))
    }
}

/// The text with the five characters of HTML written as references, fit for content and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_has_shape_and_word_and_escapes_the_word() {
        assert_eq!(
            Outcome::Free.badge(Language::Indonesian).as_str(),
            r#"<span class="badge free"><svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="4.7"/></svg>Gratis</span>"#
        );
        assert!(Outcome::Refused.badge_with("<b>").as_str().ends_with("</svg>&lt;b&gt;</span>"));
    }
}
