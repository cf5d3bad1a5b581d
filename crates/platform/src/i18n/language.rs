//! Which of the two languages a person reads.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use unic_langid::LanguageIdentifier;

/// Query parameter that chooses the language of a page: `?bahasa=en`.
pub const LANGUAGE_PARAMETER: &str = "bahasa";

/// Cookie that keeps the choice.
pub const LANGUAGE_COOKIE: &str = "bahasa";

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Bahasa Indonesia: the default (UU 24/2009).
    #[default]
    Indonesian,
    /// English.
    English,
}

impl Language {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Indonesian, Self::English];

    /// The tag of BCP 47: `id` or `en`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    /// The other language.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Indonesian => Self::English,
            Self::English => Self::Indonesian,
        }
    }

    /// The language of a tag such as `en-GB`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The language a request asks for: parameter, then cookie, then what the browser prefers, else Indonesian.
    #[must_use]
    pub fn of_request(parts: &Parts) -> Self {
        Self::of_query(parts.uri.query().unwrap_or_default())
            .or_else(|| Self::of_cookie(&parts.headers))
            .or_else(|| Self::of_preference(&parts.headers))
            .unwrap_or_default()
    }

    /// The language chosen by the query, if it names one.
    #[must_use]
    pub fn of_query(query: &str) -> Option<Self> {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == LANGUAGE_PARAMETER).and_then(|(_, tag)| Self::from_tag(tag))
    }

    fn of_cookie(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| name.trim() == LANGUAGE_COOKIE).and_then(|(_, tag)| Self::from_tag(tag))
    }

    /// The first known language of `Accept-Language` by weight; equal weights keep their order.
    fn of_preference(headers: &HeaderMap) -> Option<Self> {
        let line = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
        let mut best: Option<(u32, Self)> = None;
        for part in line.split(',').take(16) {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let (weight, language) = (weight(rest), Self::from_tag(tag));
            if let Some(language) = language
                && weight > best.map_or(0, |(weight, _)| weight)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    pub(super) fn identifier(self) -> LanguageIdentifier {
        // Both tags are well formed; an unknown language would only lose plural forms.
        self.tag().parse().unwrap_or_default()
    }
}

/// Thousandths of `q=0.8` (RFC 9110 §12.4.2); 1000 where it is not given, 0 where it cannot be read.
fn weight(parameter: &str) -> u32 {
    let Some(text) = parameter.trim().strip_prefix("q=") else { return 1_000 };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let parse = |digits: &str| digits.parse::<u32>().unwrap_or(0);
    (parse(whole).min(1) * 1_000 + parse(&fraction)).min(1_000)
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn chosen(uri: &str, cookie: &str, accept: &str) -> Language {
        let request =
            Request::get(uri).header(COOKIE, cookie).header(ACCEPT_LANGUAGE, accept).body(()).unwrap();
        Language::of_request(&request.into_parts().0)
    }

    #[test]
    fn parameter_wins_over_cookie_over_browser_over_indonesian() {
        assert_eq!(chosen("/?a=1&bahasa=en", "bahasa=id", "id"), Language::English);
        assert_eq!(chosen("/", "x=1; bahasa=en", "id"), Language::English);
        assert_eq!(chosen("/", "", "fr, en-GB;q=0.8, id;q=0.5"), Language::English);
        assert_eq!(chosen("/", "", "en;q=0.4, id-ID"), Language::Indonesian);
        assert_eq!(chosen("/?bahasa=fr", "bahasa=", "fr"), Language::Indonesian);
        assert_eq!(chosen("/", "", "en;q=0"), Language::Indonesian);
    }
}
