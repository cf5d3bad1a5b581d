//! How long movement must be kept before it may be forgotten: content, dated, read once. Decides nothing but dates; whoever
//! forgets asks.

use std::sync::OnceLock;

use base::CivilDate;
use serde::Deserialize;

const CONTENT: &str = include_str!("../../../content/retention.yaml");

#[derive(Deserialize)]
struct File {
    periods: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    code: Code,
    value: u16,
    valid_from: String,
    legal_basis: String,
}

/// Which period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Code {
    ClaimDays,
    AuditMonths,
}

/// A day from which on movement is kept, and the document that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The first day whose movement is kept.
    pub from: CivilDate,
    /// What it rests on, as it is cited.
    pub legal_basis: &'static str,
}

/// What must be kept on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Days that may still be claimed for or disputed.
    pub claim: Kept,
    /// The oldest fiscal year whose audit is not over.
    pub audit: Kept,
}

impl Retention {
    /// By the periods in force on a day; the first ones before that. None where the content cannot be read, which a test keeps
    /// from shipping.
    #[must_use]
    pub fn on(day: CivilDate) -> Option<Self> {
        let claim = find(Code::ClaimDays, day)?;
        let audit = find(Code::AuditMonths, day)?;
        Some(Self {
            claim: Kept { from: day.plus_days(-i32::from(claim.value)), legal_basis: &claim.legal_basis },
            audit: Kept { from: first_unaudited(day, audit.value)?, legal_basis: &audit.legal_basis },
        })
    }
}

/// The first day of the oldest fiscal year that is audited until so many months after its end.
fn first_unaudited(day: CivilDate, months: u16) -> Option<CivilDate> {
    let mut year = day.year();
    while day < audited(year - 1, months)? {
        year -= 1;
    }
    CivilDate::new(year, 1, 1)
}

/// The first day on which a fiscal year's audit is over.
fn audited(year: i16, months: u16) -> Option<CivilDate> {
    let (years, months) = (i16::try_from(months / 12).ok()?, i8::try_from(months % 12).ok()?);
    CivilDate::new(year + 1 + years, 1 + months, 1)
}

fn find(code: Code, day: CivilDate) -> Option<&'static Row> {
    let mut of_code = all().iter().filter(|(_, row)| row.code == code);
    let first = of_code.clone().next();
    of_code.rfind(|(from, _)| *from <= day).or(first).map(|(_, row)| row)
}

fn all() -> &'static [(CivilDate, Row)] {
    static ALL: OnceLock<Vec<(CivilDate, Row)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let rows = serde_saphyr::from_str::<File>(CONTENT).map(|file| file.periods).unwrap_or_default();
        rows.into_iter().filter_map(|row| Some((CivilDate::parse(&row.valid_from)?, row))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        CivilDate::parse(text).unwrap()
    }

    #[test]
    fn every_period_is_read_and_says_what_it_rests_on() {
        let rows = CONTENT.matches("- code:").count();
        assert_eq!(all().len(), rows);
        assert_eq!(CONTENT.matches("legal_basis:").count(), rows);
        assert_eq!(CONTENT.matches("evidence:").count(), rows);
        assert!(all().iter().all(|(_, row)| !row.legal_basis.is_empty() && row.value > 0));
    }

    #[test]
    fn a_fiscal_year_is_kept_until_its_audit_is_over() {
        for (day, from) in [
            ("2028-11-23", "2028-01-01"),
            ("2028-07-01", "2028-01-01"),
            ("2028-06-30", "2027-01-01"),
            ("2028-01-01", "2027-01-01"),
        ] {
            assert_eq!(first_unaudited(date(day), 6), Some(date(from)), "{day}");
        }
        assert_eq!(first_unaudited(date("2028-06-30"), 18), Some(date("2026-01-01")));
        assert_eq!(first_unaudited(date("2028-07-01"), 18), Some(date("2027-01-01")));
    }

    #[test]
    fn what_may_be_claimed_for_is_kept() {
        let kept = Retention::on(date("2028-11-23")).unwrap();
        assert_eq!(kept.claim.from, date("2028-11-23").plus_days(-180));
        assert_eq!(kept.audit.from, date("2028-01-01"));
    }
}
