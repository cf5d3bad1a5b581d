//! Rows as files write them. Owns the field names of the language and the line each value stands on; whether a row makes
//! sense is checked in [`super::check`].

use base::{CivilDate, CivilTime, Code, RegionCode, Timestamp};
use engine::{Amount, Evidence, PriceRule, Role};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use super::error::{ContentError, Problem};
use super::{FILE_BYTES_MAX, Mode, TermKind, Weekday};

/// One file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    pub documents: Vec<DocumentRow>,
    pub organisations: Vec<OrganisationRow>,
    pub services: Vec<ServiceRow>,
    pub places: Vec<PlaceRow>,
    pub tariffs: Vec<TariffRow>,
    pub benefits: Vec<BenefitRow>,
    pub terms: Vec<TermRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRow {
    pub document: Spanned<Code>,
    pub title: Spanned<String>,
    #[serde(default)]
    pub date: Option<CivilDate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerNameRow {
    pub until: Spanned<CivilDate>,
    pub name_id: Spanned<String>,
    pub name_en: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermRow {
    pub kind: TermKind,
    pub term: Spanned<Code>,
    pub id: Spanned<String>,
    pub en: Spanned<String>,
}

/// What every row with a legal basis says besides its own fields.
pub struct BasisRow<'r> {
    pub legal_basis: &'r Spanned<Code>,
    pub valid_from: &'r Spanned<CivilDate>,
    pub valid_to: Option<&'r Spanned<CivilDate>>,
    pub evidence: &'r Spanned<Evidence>,
    pub reason: Option<&'r String>,
}

/// A row that rests on a document. A flattened struct would lose the lines, so the fields are written out.
macro_rules! founded {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$attribute])* pub $field: $type,)*
            pub legal_basis: Spanned<Code>,
            pub valid_from: Spanned<CivilDate>,
            #[serde(default)]
            pub valid_to: Option<Spanned<CivilDate>>,
            pub evidence: Spanned<Evidence>,
            #[serde(default)]
            pub reason: Option<String>,
        }

        impl $name {
            pub fn basis(&self) -> BasisRow<'_> {
                BasisRow {
                    legal_basis: &self.legal_basis,
                    valid_from: &self.valid_from,
                    valid_to: self.valid_to.as_ref(),
                    evidence: &self.evidence,
                    reason: self.reason.as_ref(),
                }
            }
        }
    };
}

founded!(OrganisationRow {
    code: Spanned<Code>,
    role: Role,
    name_id: Spanned<String>,
    name_en: Spanned<String>,
    #[serde(default)]
    former_names: Vec<FormerNameRow>,
});

founded!(ServiceRow {
    code: Spanned<Code>,
    name_id: Spanned<String>,
    name_en: Spanned<String>,
    #[serde(default)]
    former_names: Vec<FormerNameRow>,
    operator: Spanned<Code>,
    mode: Mode,
});

founded!(PlaceRow {
    code: Spanned<Code>,
    name_id: Spanned<String>,
    name_en: Spanned<String>,
    #[serde(default)]
    former_names: Vec<FormerNameRow>,
    operator: Spanned<Code>,
    service: Spanned<Code>,
    region: Spanned<RegionCode>,
    gates: Spanned<u16>,
    opens: Spanned<ClockTime>,
    closes: Spanned<ClockTime>,
    #[serde(default)]
    closed_on: Option<Weekday>,
});

founded!(TariffRow {
    service: Spanned<Code>,
    version: Spanned<u32>,
    price: Amount,
});

founded!(BenefitRow {
    code: Spanned<Code>,
    version: Spanned<u32>,
    name_id: Spanned<String>,
    name_en: Spanned<String>,
    #[serde(default)]
    services: Vec<Spanned<Code>>,
    #[serde(default)]
    places: Vec<Spanned<Code>>,
    price: PriceRow,
    #[serde(default)]
    priority: i32,
    #[serde(default)]
    assurance_min: Option<Spanned<u8>>,
    #[serde(default)]
    age_min: Option<u8>,
    #[serde(default)]
    validity_months_max: Option<u8>,
});

/// `free`, or `fixed: 2000`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceRow {
    Free,
    Fixed(Amount),
}

impl From<PriceRow> for PriceRule {
    fn from(row: PriceRow) -> Self {
        match row {
            PriceRow::Free => Self::Free,
            PriceRow::Fixed(amount) => Self::Fixed(amount),
        }
    }
}

/// A time of day written `05:30`.
#[derive(Debug, Clone, Copy)]
pub struct ClockTime(pub CivilTime);

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = clock_time(&text);
        time.map(Self).ok_or_else(|| serde::de::Error::custom("a time of day looks like \"05:30\""))
    }
}

fn clock_time(text: &str) -> Option<CivilTime> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let known = (0..24).contains(&hours) && (0..60).contains(&minutes);
    known.then_some(CivilTime(hours * Timestamp::HOUR + minutes * Timestamp::MINUTE))
}

/// Reads one file into rows.
pub fn read(file: &str, text: &str) -> Result<File, ContentError> {
    if text.len() > FILE_BYTES_MAX {
        let problem = Problem::TooLong { bytes: text.len(), max: FILE_BYTES_MAX };
        return Err(ContentError { file: file.to_owned(), line: 1, field: "file".to_owned(), problem });
    }
    serde_saphyr::from_str(text).map_err(|error| form_error(file, text, &error))
}

fn form_error(file: &str, text: &str, error: &serde_saphyr::Error) -> ContentError {
    use serde_saphyr::MessageFormatter;
    let error = error.without_snippet();
    let line = error.location().map_or(1, |location| location.line().max(1));
    let mut said = serde_saphyr::DefaultMessageFormatter.format_message(error).into_owned();
    if said.starts_with("missing field `") {
        said.push_str(" in the row that ends here; add it");
    }
    let field =
        quoted_field(&said).or_else(|| field_of_line(text, line)).unwrap_or_else(|| "file".to_owned());
    ContentError { file: file.to_owned(), line, field, problem: Problem::Form { said } }
}

/// The field a message about a missing or unknown field quotes.
fn quoted_field(said: &str) -> Option<String> {
    let rest = said.strip_prefix("missing field `").or_else(|| said.strip_prefix("unknown field `"))?;
    rest.split('`').next().map(str::to_owned)
}

/// The key that opens a line of block style.
fn field_of_line(text: &str, line: u64) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let (key, _) = text.lines().nth(index)?.split_once(':')?;
    let key = key.trim_start_matches([' ', '-', '{']).trim();
    (!key.is_empty() && !key.starts_with('#')).then(|| key.to_owned())
}
