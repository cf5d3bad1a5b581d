//! Two languages: the texts of every slice in one pair of bundles, and how numbers and dates are written.
//!
//! Owns loading, lookup, the choice of language and formatting. Never owns a slice's sentences: they come with the
//! slice as [`SliceTexts`].

pub mod check;
mod format;
mod language;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};

pub use format::Format;
pub use language::{LANGUAGE_COOKIE, LANGUAGE_PARAMETER, Language};

/// The texts of one slice, as the Fluent files it embeds.
#[derive(Debug, Clone, Copy)]
pub struct SliceTexts {
    /// The slice's name; its keys start with it and a hyphen.
    pub slice: &'static str,
    /// Indonesian.
    pub id: &'static str,
    /// English.
    pub en: &'static str,
}

/// The platform's own texts: shell, problems, charts, dates.
pub const PLATFORM: SliceTexts = SliceTexts {
    slice: "platform",
    id: concat!(include_str!("../../i18n/id.ftl"), include_str!("../../i18n/problems.id.ftl")),
    en: concat!(include_str!("../../i18n/en.ftl"), include_str!("../../i18n/problems.en.ftl")),
};

/// Why texts could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// The file is not Fluent.
    #[error("the {language} texts of {slice} cannot be read: {reasons}")]
    Syntax {
        /// Whose file.
        slice: &'static str,
        /// Which language.
        language: Language,
        /// What the parser says, all of it.
        reasons: String,
    },
    /// Two slices use the same key.
    #[error("the {language} texts of {slice} repeat keys: {reasons}")]
    Repeated {
        /// Whose file came second.
        slice: &'static str,
        /// Which language.
        language: Language,
        /// The keys.
        reasons: String,
    },
}

/// Every text of the product in both languages. Shared by reference; never changes after the start.
pub struct Texts {
    id: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

impl Texts {
    /// Loads the platform's texts and those of the given slices.
    ///
    /// # Errors
    /// [`TextsError`] when a file cannot be parsed or repeats a key.
    pub fn load(slices: &[SliceTexts]) -> Result<Self, TextsError> {
        let mut texts = Self { id: bundle(Language::Indonesian), en: bundle(Language::English) };
        for slice in std::iter::once(&PLATFORM).chain(slices) {
            add(&mut texts.id, slice.slice, Language::Indonesian, slice.id)?;
            add(&mut texts.en, slice.slice, Language::English, slice.en)?;
        }
        Ok(texts)
    }

    /// The platform's own texts, for answers made where no others are at hand.
    #[must_use]
    pub fn platform() -> &'static Self {
        static PLATFORM_TEXTS: LazyLock<Texts> = LazyLock::new(|| {
            // The files are embedded and read by a test; without texts a key still names its sentence.
            Texts::load(&[]).unwrap_or_else(|error| {
                tracing::error!(%error, "platform texts cannot be read");
                Texts { id: bundle(Language::Indonesian), en: bundle(Language::English) }
            })
        });
        &PLATFORM_TEXTS
    }

    /// The text of `key`; the key itself when there is none, which the tests of each slice rule out.
    #[must_use]
    pub fn get(&self, language: Language, key: &str) -> String {
        self.with(language, key, &[])
    }

    /// Whether `key` exists in `language`.
    #[must_use]
    pub fn has(&self, language: Language, key: &str) -> bool {
        self.bundle(language).has_message(key)
    }

    /// The text of `key` with its variables filled. Numbers are passed as formatted text, except where the text
    /// chooses a plural form.
    #[must_use]
    pub fn with(&self, language: Language, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let bundle = self.bundle(language);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(i18n.key = key, i18n.language = %language, "a text is missing");
            return key.to_owned();
        };
        let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors: Vec<FluentError> = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(i18n.key = key, i18n.language = %language, ?errors, "a text cannot be filled");
        }
        text
    }

    const fn bundle(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::Indonesian => &self.id,
            Language::English => &self.en,
        }
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
    // Both languages run left to right; isolation marks would only end up in copied text.
    bundle.set_use_isolating(false);
    bundle
}

fn add(
    bundle: &mut FluentBundle<FluentResource>,
    slice: &'static str,
    language: Language,
    source: &'static str,
) -> Result<(), TextsError> {
    let join = |errors: Vec<String>| errors.join("; ");
    let resource = FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| TextsError::Syntax {
        slice,
        language,
        reasons: join(errors.iter().map(ToString::to_string).collect()),
    })?;
    bundle.add_resource(resource).map_err(|errors| TextsError::Repeated {
        slice,
        language,
        reasons: join(errors.iter().map(ToString::to_string).collect()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_texts_are_complete_in_both_languages() {
        check::assert_complete(&PLATFORM);
    }

    #[test]
    fn a_slice_cannot_take_anothers_key() {
        let other = SliceTexts { slice: "other", id: "platform-skip = x\n", en: "other-x = x\n" };
        assert!(matches!(Texts::load(&[other]), Err(TextsError::Repeated { slice: "other", .. })));
    }

    #[test]
    fn texts_are_filled_and_a_missing_one_shows_its_key() {
        let slice = SliceTexts { slice: "x", id: "x-a = Halo { $name }\n", en: "x-a = Hello { $name }\n" };
        let texts = Texts::load(&[slice]).unwrap();
        assert_eq!(texts.with(Language::English, "x-a", &[("name", "Siti".into())]), "Hello Siti");
        assert_eq!(texts.get(Language::Indonesian, "x-b"), "x-b");
    }
}
