//! Names, numbers and lists in the reader's language.

use base::{CivilDate, CivilTime, Code, RegionTable, Rupiah};
use engine::{Amount, Evidence};
use fluent_bundle::FluentValue;
use platform::i18n::{Format, Language, Texts};

use crate::service::content::LabelKind;
use crate::service::labels::Labels;

/// Who tells: the words, and the day whose names count.
pub struct Teller<'a> {
    pub labels: &'a Labels,
    pub texts: &'a Texts,
    pub language: Language,
    pub day: CivilDate,
}

impl Teller<'_> {
    /// The sentence of a key, all of whose variables are text.
    pub fn with(&self, key: &str, values: &[(&str, String)]) -> String {
        let values: Vec<(&str, FluentValue<'_>)> =
            values.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        self.texts.with(self.language, &format!("programmes-{key}"), &values)
    }

    /// The sentence of a key that chooses a plural form by `count`.
    pub fn counted(&self, key: &str, count: u64) -> String {
        let values = [("count", FluentValue::from(count)), ("number", self.format().count(count).into())];
        self.texts.with(self.language, &format!("programmes-{key}"), &values)
    }

    pub const fn format(&self) -> Format {
        Format(self.language)
    }

    pub fn money(&self, amount: Amount) -> String {
        self.format().rupiah(Rupiah(engine::signed(amount)))
    }

    pub fn name(&self, kind: LabelKind, code: Code) -> String {
        self.labels.name(kind, code, self.language, self.day)
    }

    /// A name within a sentence: a common noun begins small, a proper name or an abbreviation as it is written.
    pub fn word(&self, kind: LabelKind, code: Code) -> String {
        let name = self.name(kind, code);
        let mut letters = name.chars();
        let (first, second) = (letters.next(), letters.next());
        let common = matches!(kind, LabelKind::Good | LabelKind::MerchantType | LabelKind::RiderCategory);
        match first {
            Some(first) if common && second.is_some_and(char::is_lowercase) => {
                first.to_lowercase().chain(name.chars().skip(1)).collect()
            }
            _ => name,
        }
    }

    /// The names of codes as a list in words; codes of one name are told once.
    pub fn names(&self, kind: LabelKind, codes: &[Code]) -> String {
        let mut names: Vec<String> = Vec::with_capacity(codes.len());
        for code in codes {
            let name = self.word(kind, *code);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        self.list(&names)
    }

    /// `A`, `A dan B`, `A, B dan C`.
    pub fn list(&self, words: &[String]) -> String {
        self.joined("list", words)
    }

    /// `A`, `A atau B`, `A, B atau C`.
    pub fn choice(&self, words: &[String]) -> String {
        self.joined("choice", words)
    }

    fn joined(&self, key: &str, words: &[String]) -> String {
        match words {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => self.with(key, &[("first", first.join(", ")), ("last", last.clone())]),
        }
    }

    /// Regions by their dotted codes, as people call them.
    pub fn regions(&self, codes: &[Code]) -> String {
        let table = RegionTable::jakarta();
        let name = |code: &Code| {
            let region = base::RegionCode::parse(code.as_str()).ok().and_then(|code| table.get(code));
            region.map_or_else(|| code.to_string(), |region| region.spoken_name().to_owned())
        };
        self.list(&codes.iter().map(name).collect::<Vec<_>>())
    }

    /// The last moment before `until`, as hours are read: `06.59.59 WIB`.
    pub fn hours(&self, from: CivilTime, until: CivilTime) -> String {
        let from = format!("{:02}.{:02}", from.hour(), from.minute());
        let last = self.format().time_seconds(CivilTime(until.0 - base::Timestamp::SECOND));
        self.with("hours", &[("from", from), ("to", last)])
    }

    /// The badge of what is not read in the regulation itself.
    pub fn evidence(&self, evidence: Evidence) -> Option<String> {
        match evidence {
            Evidence::Primary => None,
            Evidence::Press => Some(self.with("evidence-press", &[])),
            Evidence::Assumed => Some(self.texts.get(self.language, "platform-assumed")),
        }
    }
}
