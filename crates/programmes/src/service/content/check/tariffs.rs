//! Checks tariffs: bands and dates apart, the matrix whole and the same both ways, stops and categories known.

use std::collections::BTreeSet;

use base::CivilDate;
use engine::{
    Amount, ByDistance, CategoryPrice, Matrix, Overstay, PriceOverride, SameStop, TariffRules, TimeBand,
    TransferFrom,
};

use super::super::error::Problem;
use super::super::rows::{HoursRow, MatrixRow, TariffRow};
use super::super::{Tariff, TermKind};
use super::Checker;

impl Checker<'_> {
    pub(super) fn tariff(&mut self, row: &TariffRow) {
        let basis = self.basis(&row.basis());
        let service = self.service(&row.service, "service");
        let version = row.version.value;
        self.once("tariff", &row.version, "version", format!("{service} version {version}"));
        let since = self.content.tariffs.iter().filter(|known| known.service == service);
        let since = since.map(|known| known.basis.valid_from).max();
        let newest = self.known.tariffs.get(&service).copied().unwrap_or(0);
        if self.version(&row.version, service, newest, &row.valid_from, since) {
            self.known.tariffs.insert(service, version);
        }
        let rules = self.tariff_rules(row);
        self.content.tariffs.push(Tariff { service, version, price: row.price, rules, basis });
    }

    fn tariff_rules(&mut self, row: &TariffRow) -> TariffRules {
        let ways = !row.matrix.is_empty() || row.distance.is_some();
        if (ways || row.same_stop.is_some() || row.overstay.is_some()) && row.missing_exit.is_none() {
            let said = "a price by way or stay needs tap-in and tap-out; say what a missing one costs";
            self.form(&row.version, "missing_exit", said);
        }
        TariffRules {
            bands: self.bands(row),
            categories: self.categories(row),
            overrides: self.overrides(row),
            matrix: self.matrix(&row.matrix),
            distance: row.distance.as_ref().map(|distance| {
                let step = &distance.step_km;
                if step.value.0 == 0 {
                    self.form(step, "distance.step_km", "a step has a length; write kilometres above 0");
                }
                ByDistance {
                    base_metres: distance.base_km.0,
                    step_metres: step.value.0,
                    step_price: distance.step_price,
                }
            }),
            same_stop: row.same_stop.as_ref().map(|same| SameStop {
                price: same.price,
                stay_max: self.minutes(&same.minutes_max, "same_stop.minutes_max"),
                after: same.after,
            }),
            overstay: row.overstay.as_ref().map(|overstay| Overstay {
                stay_max: self.minutes(&overstay.minutes_max, "overstay.minutes_max"),
                price: overstay.price,
            }),
            missing_exit: row.missing_exit,
            transfers: self.transfers(row),
            cap_day: row.cap_day,
            per_entry: row.per_entry,
            effective_until: None,
        }
    }

    fn bands(&mut self, row: &TariffRow) -> Vec<TimeBand> {
        let mut spans = Vec::new();
        let mut bands = Vec::new();
        for band in &row.bands {
            let hours = HoursRow { from: band.from.clone(), until: band.until.clone() };
            spans.push(self.hours(&hours, "bands"));
            bands.push(TimeBand { from: band.from.value.0, until: band.until.value.0, price: band.price });
        }
        self.apart(spans, "bands.from");
        bands
    }

    fn categories(&mut self, row: &TariffRow) -> Vec<CategoryPrice> {
        let mut prices: Vec<CategoryPrice> = Vec::new();
        for one in &row.categories {
            let category = self.term(TermKind::RiderCategory, &one.category, "categories.category");
            if prices.iter().any(|known| known.category == category) {
                self.form(&one.category, "categories.category", "the category has a price already; keep one");
            }
            prices.push(CategoryPrice { category, price: one.price });
        }
        prices
    }

    fn overrides(&mut self, row: &TariffRow) -> Vec<PriceOverride> {
        let mut spans = Vec::new();
        let mut overrides = Vec::new();
        for one in &row.overrides {
            spans.push(self.dates_from(&one.from, one.to.as_ref(), "overrides"));
            let to: CivilDate = one.to.as_ref().map_or(one.from.value, |to| to.value);
            overrides.push(PriceOverride { from: one.from.value, to, price: one.price });
        }
        self.apart(spans, "overrides.from");
        overrides
    }

    fn transfers(&mut self, row: &TariffRow) -> Vec<TransferFrom> {
        let mut transfers = Vec::new();
        for one in &row.transfers {
            let service = self.service(&one.service, "transfers.service");
            if service == row.service.value {
                self.form(
                    &one.service,
                    "transfers.service",
                    "a transfer comes from another service; name that one",
                );
            }
            let within = self.minutes(&one.within_minutes, "transfers.within_minutes");
            transfers.push(TransferFrom { service, within });
        }
        transfers
    }

    fn matrix(&mut self, rows: &[MatrixRow]) -> Option<Matrix> {
        let first = rows.first()?;
        if rows.len() < 2 {
            self.form(&first.stop, "matrix.stop", "a matrix has two stops or more; add the others");
        }
        let mut seen = BTreeSet::new();
        let mut matrix = Matrix { stops: Vec::new(), fares: Vec::new() };
        for (index, row) in rows.iter().enumerate() {
            let stop = self.place_of(&row.stop, "matrix.stop");
            if !seen.insert(stop) {
                self.form(&row.stop, "matrix.stop", "the stop has a row already; keep one");
            }
            self.matrix_row(rows, index, row);
            matrix.stops.push(stop);
            matrix.fares.extend(row.fares.value.iter().take(index).copied());
        }
        Some(matrix)
    }

    /// One price per stop, 0 to the stop itself, and to each stop before it the price from there.
    fn matrix_row(&mut self, rows: &[MatrixRow], index: usize, row: &MatrixRow) {
        let fares = &row.fares.value;
        if fares.len() != rows.len() {
            let said =
                format!("the row has {} prices for {} stops; write one for each", fares.len(), rows.len());
            self.wrong(&row.fares, "matrix.fares", Problem::Form { said });
            return;
        }
        if fares.get(index) != Some(&Amount::ZERO) {
            self.form(
                &row.fares,
                "matrix.fares",
                "from a stop to itself stands 0; same_stop says that price",
            );
        }
        for (column, other) in rows.iter().enumerate().take(index) {
            let (there, back) = (fares.get(column), other.fares.value.get(index));
            if let (Some(there), Some(back)) = (there, back)
                && there != back
            {
                let (stop, from) = (row.stop.value, other.stop.value);
                let said = format!("{stop} to {from} costs {there} and back {back}; both ways cost the same");
                self.wrong(&row.fares, "matrix.fares", Problem::Form { said });
            }
        }
    }
}
