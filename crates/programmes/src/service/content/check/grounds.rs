//! What every row says: its basis, its names, its version, numbers within bounds and spans that do not overlap.

use base::{CivilDate, Code, Micros, Timestamp};
use engine::Evidence;
use serde_saphyr::Spanned;

use super::super::error::Problem;
use super::super::rows::{BasisRow, DatesRow, FormerNameRow, HoursRow};
use super::super::{Basis, FormerName, Names};
use super::Checker;

/// Longest wait or stay in minutes: a day.
const MINUTES_MAX: u64 = 24 * 60;

impl Checker<'_> {
    pub(super) fn basis(&mut self, row: &BasisRow<'_>) -> Basis {
        let (legal_basis, from) = (row.legal_basis.value, row.valid_from.value);
        if !self.known.documents.contains(&legal_basis) {
            let problem = Problem::Unknown { what: "document", code: legal_basis.to_string() };
            self.wrong(row.legal_basis, "legal_basis", problem);
        }
        if let Some(to) = row.valid_to.filter(|to| to.value < from) {
            self.wrong(to, "valid_to", Problem::Backwards { from, to: to.value });
        }
        let reason = row.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if row.evidence.value == Evidence::Assumed && reason.is_none() {
            self.wrong(row.evidence, "reason", Problem::ReasonMissing);
        }
        Basis {
            legal_basis,
            valid_from: from,
            valid_to: row.valid_to.map(|to| to.value),
            evidence: row.evidence.value,
            reason,
        }
    }

    pub(super) fn text(&mut self, row: &Spanned<String>, field: &str) -> String {
        let text = row.value.trim().to_owned();
        if text.is_empty() {
            self.wrong(row, field, Problem::Empty);
        }
        text
    }

    pub(super) fn names(&mut self, id: &Spanned<String>, en: &Spanned<String>) -> Names {
        Names { id: self.text(id, "name_id"), en: self.text(en, "name_en") }
    }

    pub(super) fn former_names(&mut self, rows: &[FormerNameRow], from: CivilDate) -> Vec<FormerName> {
        let mut earliest = from;
        let mut names = Vec::with_capacity(rows.len());
        for row in rows {
            let until = row.until.value;
            if until < earliest {
                self.wrong(&row.until, "until", Problem::Backwards { from: earliest, to: until });
            }
            earliest = until.plus_days(1);
            names.push(FormerName { until, names: self.names(&row.name_id, &row.name_en) });
        }
        names
    }

    pub(super) fn range<T>(
        &mut self,
        at: &Spanned<T>,
        field: &str,
        value: u64,
        (least, greatest): (u64, u64),
    ) {
        if !(least..=greatest).contains(&value) {
            self.wrong(at, field, Problem::Range { value, least, greatest });
        }
    }

    /// Whether the version follows the newest one and begins no earlier.
    pub(super) fn version(
        &mut self,
        at: &Spanned<u32>,
        code: Code,
        newest: u32,
        from: &Spanned<CivilDate>,
        since: Option<CivilDate>,
    ) -> bool {
        // A version published before may stand here again: the engine knows whether it says the same.
        let expected = newest.saturating_add(1);
        if (1..=newest).contains(&at.value) {
            return false;
        }
        if at.value != expected {
            self.wrong(at, "version", Problem::Version { code: code.to_string(), expected });
            return false;
        }
        if let Some(since) = since.filter(|since| from.value < *since) {
            self.wrong(from, "valid_from", Problem::Backwards { from: since, to: from.value });
        }
        true
    }

    /// Minutes, at least one and at most a day.
    pub(super) fn minutes(&mut self, at: &Spanned<u32>, field: &str) -> Micros {
        self.range(at, field, at.value.into(), (1, MINUTES_MAX));
        Micros::from(at.value) * Timestamp::MINUTE
    }

    /// Two times of a day, the first before the second.
    pub(super) fn hours(&mut self, row: &HoursRow, field: &str) -> Span {
        let (from, until) = (row.from.value.0, row.until.value.0);
        if until <= from {
            self.form(&row.until, &format!("{field}.until"), "it ends before it begins; write a later time");
        }
        Span { from: from.0, until: until.0, line: row.from.referenced.line() }
    }

    /// Two dates, the first not after the second.
    pub(super) fn dates(&mut self, row: &DatesRow, field: &str) -> Span {
        self.dates_from(&row.from, Some(&row.to), field)
    }

    /// One date, or two, the first not after the second.
    pub(super) fn dates_from(
        &mut self,
        from: &Spanned<CivilDate>,
        to: Option<&Spanned<CivilDate>>,
        field: &str,
    ) -> Span {
        let last = to.map_or(from.value, |to| to.value);
        if let Some(to) = to.filter(|to| to.value < from.value) {
            let problem = Problem::Backwards { from: from.value, to: to.value };
            self.wrong(to, &format!("{field}.to"), problem);
        }
        Span { from: from.value.0.into(), until: i64::from(last.0) + 1, line: from.referenced.line() }
    }

    /// Whether no two spans share a moment; the later one of each pair that does is named.
    pub(super) fn apart(&mut self, mut spans: Vec<Span>, field: &str) {
        spans.sort_by_key(|span| span.from);
        let mut end = i64::MIN;
        for span in spans {
            if span.from < end {
                let said = "it overlaps another one; let each begin where the one before ends";
                self.wrong_at(span.line, field, Problem::Form { said: said.to_owned() });
            }
            end = end.max(span.until);
        }
    }
}

/// From a moment until another, not included, and the line it stands on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) line: u64,
}
