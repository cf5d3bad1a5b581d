//! Rows of tariffs and of the fare for several modes together.

use base::{CivilDate, Code};
use engine::{Amount, Apportionment, Evidence};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{BasisRow, ClockTime, Kilometres};

founded!(TariffRow {
    service: Spanned<Code>,
    version: Spanned<u32>,
    price: Amount,
    #[serde(default)]
    bands: Vec<BandRow>,
    #[serde(default)]
    categories: Vec<CategoryRow>,
    #[serde(default)]
    overrides: Vec<OverrideRow>,
    #[serde(default)]
    matrix: Vec<MatrixRow>,
    #[serde(default)]
    distance: Option<DistanceRow>,
    #[serde(default)]
    same_stop: Option<SameStopRow>,
    #[serde(default)]
    overstay: Option<OverstayRow>,
    #[serde(default)]
    missing_exit: Option<Amount>,
    #[serde(default)]
    transfers: Vec<TransferRow>,
    #[serde(default)]
    cap_day: Option<Amount>,
    #[serde(default)]
    per_entry: bool,
});

/// `from: "05:00", until: "07:00", price: 2000`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandRow {
    pub from: Spanned<ClockTime>,
    pub until: Spanned<ClockTime>,
    pub price: Amount,
}

/// `category: child, price: 3000`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRow {
    pub category: Spanned<Code>,
    pub price: Amount,
}

/// `from: 2025-09-17, price: 1`; several days with `to`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideRow {
    pub from: Spanned<CivilDate>,
    #[serde(default)]
    pub to: Option<Spanned<CivilDate>>,
    pub price: Amount,
}

/// `stop: mrt.blok_a, fares: [7000, 0]`: one row per stop, one price per stop in the order of the rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixRow {
    pub stop: Spanned<Code>,
    pub fares: Spanned<Vec<Amount>>,
}

/// `base_km: 25, step_km: 10, step_price: 1000`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistanceRow {
    pub base_km: Kilometres,
    pub step_km: Spanned<Kilometres>,
    pub step_price: Amount,
}

/// `price: 3000, minutes_max: 60, after: 6000`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameStopRow {
    pub price: Amount,
    pub minutes_max: Spanned<u32>,
    pub after: Amount,
}

/// `minutes_max: 180, price: 14000`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverstayRow {
    pub minutes_max: Spanned<u32>,
    pub price: Amount,
}

/// `service: tj.nonbrt, within_minutes: 180`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferRow {
    pub service: Spanned<Code>,
    pub within_minutes: Spanned<u32>,
}

founded!(IntegrationRow {
    code: Spanned<Code>,
    version: Spanned<u32>,
    name_id: Spanned<String>,
    name_en: Spanned<String>,
    modes: Vec<ModeRow>,
    modes_min: Spanned<u8>,
    boarding: Amount,
    per_km: Amount,
    cap: Amount,
    window_minutes: Spanned<u32>,
    apportionment: Apportionment,
    #[serde(default)]
    lines: Vec<LineRow>,
    #[serde(default)]
    distances: Vec<PairRow>,
});

/// `mode: tj, services: [tj.brt, tj.nonbrt]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModeRow {
    pub mode: Spanned<Code>,
    pub services: Vec<Spanned<Code>>,
}

/// Stops of a line, each with its kilometre: every pair of them is as far apart as their kilometres.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRow {
    pub stops: Vec<LineStopRow>,
}

/// `stop: mrt.fatmawati, km: 1.9`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineStopRow {
    pub stop: Spanned<Code>,
    pub km: Spanned<Kilometres>,
}

/// `from: lrt.velodrome, to: lrt.pegangsaan_dua, km: 6`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairRow {
    pub from: Spanned<Code>,
    pub to: Spanned<Code>,
    pub km: Kilometres,
}
