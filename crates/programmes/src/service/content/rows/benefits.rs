//! Rows of benefits.

use base::{CivilDate, Code};
use engine::{Amount, Cash, DayKind, Evidence, OnExhausted, Unit};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{BasisRow, DatesRow, HoursRow};
use crate::model::AidMonth;

founded!(BenefitRow {
    #[serde(default)]
    code: Option<Spanned<Code>>,
    #[serde(default)]
    name_id: Option<Spanned<String>>,
    #[serde(default)]
    name_en: Option<Spanned<String>>,
    #[serde(default)]
    codes: Vec<NamedCodeRow>,
    version: Spanned<u32>,
    #[serde(default)]
    aid_month: Option<AidMonth>,
    #[serde(default)]
    services: Vec<Spanned<Code>>,
    #[serde(default)]
    places: Vec<Spanned<Code>>,
    #[serde(default)]
    excluded_places: Vec<Spanned<Code>>,
    price: PriceRow,
    #[serde(default)]
    priority: i32,
    #[serde(default)]
    assurance_min: Option<Spanned<u8>>,
    #[serde(default)]
    age_min: Option<u8>,
    #[serde(default)]
    validity_months_max: Option<Spanned<u8>>,
    #[serde(default)]
    days: Vec<Spanned<DayKind>>,
    #[serde(default)]
    hours: Vec<HoursRow>,
    #[serde(default)]
    homes: Vec<Spanned<Code>>,
    #[serde(default)]
    categories: Vec<Spanned<Code>>,
    #[serde(default)]
    turns: Vec<TurnRow>,
    #[serde(default)]
    companions: Option<CompanionsRow>,
    #[serde(default)]
    quota: Option<QuotaRow>,
    #[serde(default)]
    funding: FundingRow,
    #[serde(default)]
    wallet: Option<WalletRow>,
    #[serde(default)]
    sale: Option<SaleRow>,
    #[serde(default)]
    exclusive: Option<Code>,
});

/// One of several benefits that differ in code and name only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedCodeRow {
    pub code: Spanned<Code>,
    pub name_id: Spanned<String>,
    pub name_en: Spanned<String>,
    #[serde(default)]
    pub aid_month: Option<AidMonth>,
}

/// `free`, `unchanged`, `fixed: 2000`, `percent: 50` or `less: 1000`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceRow {
    Free,
    Unchanged,
    Fixed(Amount),
    Percent(Spanned<u8>),
    Less(Amount),
}

/// `week: 2, homes: ["31.75"]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnRow {
    pub week: Spanned<u8>,
    pub homes: Vec<Spanned<Code>>,
}

/// `count_max: 1, with_any: [kjp_plus.sd]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanionsRow {
    pub count_max: Spanned<u16>,
    #[serde(default)]
    pub with_any: Vec<Spanned<Code>>,
}

/// `limit: 1, unit: package, period: month, pool: pangan`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaRow {
    pub limit: Spanned<Amount>,
    pub unit: Spanned<Unit>,
    pub period: PeriodRow,
    #[serde(default)]
    pub pool: Option<Code>,
}

/// `day`, `month`, `semester`, or `cycle:` with dated periods.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodRow {
    Day,
    Month,
    Semester,
    Cycle(Vec<DatesRow>),
}

/// `forgone`, or `budget: record_and_alert`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FundingRow {
    #[default]
    Forgone,
    Budget(OnExhausted),
}

/// What a wallet's money buys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletRow {
    #[serde(default)]
    pub merchant_types: Vec<Spanned<Code>>,
    #[serde(default)]
    pub goods: Vec<Spanned<Code>>,
    pub cash: Spanned<Cash>,
}

/// Goods at a price.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaleRow {
    pub merchants: Spanned<Vec<Spanned<Code>>>,
    pub goods: Vec<GoodRow>,
    #[serde(default)]
    pub bundles: Vec<BundleRow>,
}

/// `good: beras_5kg, price: 30000`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoodRow {
    pub good: Spanned<Code>,
    pub price: Amount,
}

/// `good: paket_pangan, items: [beras_5kg]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleRow {
    pub good: Spanned<Code>,
    pub items: Vec<Spanned<Code>>,
}
