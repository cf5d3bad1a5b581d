//! Words around a figure: names of codes on a day, numbers, positions, media. Everything a page says goes through here,
//! so that one thing has one name.

use base::{CivilDate, Code, Rupiah, Timestamp};
use engine::{BenefitDefinition, Position};
use fluent_bundle::FluentValue;
use journal::Head;
use platform::i18n::Format;
use platform::problems::ProblemKind;
use platform::web::{Html, Outcome, PageContext};
use programmes::service::content::LabelKind;
use programmes::service::labels::Labels;
use programmes::service::plain::{Plain, plain};

use super::Pages;

/// A decision as pages link to it.
pub struct Decided {
    /// The position, as addresses write it.
    pub address: Position,
    /// The same as people read it.
    pub position: String,
}

/// The words of one page in its reader's language.
pub struct Words<'a> {
    /// The page.
    pub page: &'a PageContext,
    labels: &'a Labels,
    day: CivilDate,
}

impl Pages {
    /// Words for a page, with names as they are on a day.
    pub fn words<'a>(&'a self, page: &'a PageContext, day: CivilDate) -> Words<'a> {
        Words { page, labels: &self.labels, day }
    }
}

impl Words<'_> {
    /// The text of a key.
    pub fn t(&self, key: &str) -> String {
        self.page.t(key)
    }

    /// The text of a key with its variables.
    pub fn with(&self, key: &str, values: &[(&str, String)]) -> String {
        let values: Vec<(&str, FluentValue<'_>)> =
            values.iter().map(|(name, value)| (*name, FluentValue::from(value.as_str()))).collect();
        self.page.t_with(key, &values)
    }

    /// The text of a key that chooses a plural form by `count`.
    pub fn counted(&self, key: &str, count: usize) -> String {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.page.t_with(key, &[("count", FluentValue::from(count))])
    }

    /// Numbers and dates.
    pub const fn format(&self) -> Format {
        self.page.format()
    }

    /// Whole rupiah.
    pub fn money(&self, amount: i64) -> String {
        self.format().rupiah(Rupiah(amount))
    }

    /// The name of a code on the page's day.
    pub fn name(&self, kind: LabelKind, code: &str) -> String {
        match Code::parse(code) {
            Ok(code) => self.labels.name(kind, code, self.page.language, self.day),
            Err(_) => code.to_owned(),
        }
    }

    /// The name of a place.
    pub fn place(&self, code: &str) -> String {
        self.name(LabelKind::Place, code)
    }

    /// The name of a service.
    pub fn service(&self, code: &str) -> String {
        self.name(LabelKind::Service, code)
    }

    /// The name of a benefit.
    pub fn benefit(&self, code: &str) -> String {
        self.name(LabelKind::Benefit, code)
    }

    /// Codes of all rider categories, in order.
    pub fn rider_categories(&self) -> Vec<String> {
        let all = self.labels.all(LabelKind::RiderCategory, self.day);
        all.iter().map(|label| label.code.to_string()).collect()
    }

    /// The name of a merchant or another organisation.
    pub fn organisation(&self, code: &str) -> String {
        self.name(LabelKind::Organisation, code)
    }

    /// The name of a good.
    pub fn good(&self, code: &str) -> String {
        self.name(LabelKind::Good, code)
    }

    /// The name of a type of merchant.
    pub fn merchant_type(&self, code: &str) -> String {
        self.name(LabelKind::MerchantType, code)
    }

    /// What a kind of command is called.
    pub fn kind(&self, kind: &str) -> String {
        self.t(&format!("acceptance-word-{}", kind.replace('_', "-")))
    }

    /// A medium with its serial: `Kartu chip 000042`.
    pub fn medium(&self, kind: &str, serial: i64) -> String {
        format!("{} {}", self.name(LabelKind::MediumKind, kind), serial_text(serial))
    }

    /// An entry of the journal by its number.
    pub fn entry(&self, seq: u64) -> String {
        self.format().count(seq)
    }

    /// A place in the journal: the entry, and the record within it.
    pub fn position(&self, position: Position) -> String {
        format!("{}/{}", self.entry(position.seq), position.index)
    }

    /// A decision as a page links to it.
    pub fn decided(&self, address: Position) -> Decided {
        Decided { address, position: self.position(address) }
    }

    /// A moment in its usual form.
    pub fn moment(&self, at: Timestamp) -> String {
        self.format().moment(at)
    }

    /// A benefit in plain language.
    pub fn plain(&self, definition: &BenefitDefinition) -> Plain {
        plain(definition, self.labels, self.page.texts(), self.page.language, self.day)
    }

    /// A refusal in three parts: what, why, what next.
    pub fn refusal(&self, code: &str) -> Refused {
        let Some(kind) = ProblemKind::find(code) else {
            return Refused { title: code.to_owned(), why: String::new(), next: String::new() };
        };
        let [title, why, next] = kind.told(self.page.language);
        Refused { title, why, next }
    }

    /// The badge of an outcome.
    pub fn badge(&self, outcome: Outcome) -> Html {
        self.page.badge(outcome)
    }
}

/// A refusal in its three parts.
pub struct Refused {
    /// What happened.
    pub title: String,
    /// Why.
    pub why: String,
    /// What to do next.
    pub next: String,
}

/// The beginning of an entry's hash, in groups that can be read aloud.
pub fn fingerprint(head: &Head) -> String {
    let hash: String = head.hash.0.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let groups: Vec<&str> = [0..4, 4..8, 8..12].into_iter().filter_map(|part| hash.get(part)).collect();
    groups.join(" ")
}

/// A medium's serial as it is printed.
pub fn serial_text(serial: i64) -> String {
    format!("{serial:06}")
}

/// What came of a tap where something was priced, from the tables' words to the pages'.
pub const fn outcome(outcome: crate::store::rows::Outcome) -> Option<Outcome> {
    use crate::store::rows::Outcome as Row;
    match outcome {
        Row::Passed => None,
        Row::Free => Some(Outcome::Free),
        Row::Paid => Some(Outcome::Paid),
        Row::Refused => Some(Outcome::Refused),
        Row::Incident => Some(Outcome::Incident),
    }
}
