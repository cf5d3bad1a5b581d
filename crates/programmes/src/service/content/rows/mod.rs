//! Rows as files write them. Owns the field names of the language and the line each value stands on; whether a row makes
//! sense is checked in [`super::check`].

use base::{CivilDate, Code, RegionCode};
use engine::{DayKind, Evidence, Role};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{Mode, TermKind, Weekday};

/// One file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    pub documents: Vec<DocumentRow>,
    pub organisations: Vec<OrganisationRow>,
    pub services: Vec<ServiceRow>,
    pub places: Vec<PlaceRow>,
    pub calendars: Vec<CalendarRow>,
    pub tariffs: Vec<TariffRow>,
    pub integrations: Vec<IntegrationRow>,
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

mod benefits;
mod fares;
mod read;
mod scalars;

pub use benefits::{
    BenefitRow, BundleRow, CompanionsRow, FundingRow, NamedCodeRow, PeriodRow, PriceRow, QuotaRow, SaleRow,
    WalletRow,
};
pub use fares::{IntegrationRow, LineRow, MatrixRow, TariffRow};
pub use read::read;
pub use scalars::{ClockTime, Kilometres};

founded!(OrganisationRow {
    code: Spanned<Code>,
    role: Role,
    #[serde(default)]
    merchant_type: Option<Spanned<Code>>,
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
    #[serde(default)]
    gates: Option<Spanned<u16>>,
    #[serde(default)]
    opens: Option<Spanned<ClockTime>>,
    #[serde(default)]
    closes: Option<Spanned<ClockTime>>,
    #[serde(default)]
    closed_on: Option<Spanned<Weekday>>,
    #[serde(default)]
    timetable: bool,
    #[serde(default)]
    within: Option<Spanned<Code>>,
    #[serde(default)]
    capacity: Option<CapacityRow>,
    #[serde(default)]
    party_max: Option<Spanned<u16>>,
});

/// `soft: 30000, hard: 40000`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityRow {
    pub soft: Spanned<u32>,
    pub hard: Spanned<u32>,
}

founded!(CalendarRow {
    calendar: Spanned<Code>,
    version: Spanned<u32>,
    name_id: Spanned<String>,
    name_en: Spanned<String>,
    #[serde(default)]
    holidays: Option<KnownHolidays>,
    #[serde(default)]
    days: Vec<DaysRow>,
});

/// A list of holidays that comes with the program.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownHolidays {
    Government,
}

/// `from: 2026-12-21, to: 2027-01-02, kind: school_break`; one day without `to`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysRow {
    pub from: Spanned<CivilDate>,
    #[serde(default)]
    pub to: Option<Spanned<CivilDate>>,
    pub kind: Spanned<DayKind>,
}

/// `from: 2025-08-31, to: 2025-09-07`, both included.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatesRow {
    pub from: Spanned<CivilDate>,
    pub to: Spanned<CivilDate>,
}

/// `from: "05:00", until: "07:00"`, the second not included.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursRow {
    pub from: Spanned<ClockTime>,
    pub until: Spanned<ClockTime>,
}
