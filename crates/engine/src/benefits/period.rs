//! For how long a quota lasts, and under which number its account is kept.

use base::CivilDate;

use crate::Period;

/// Pools of quotas at most: a quota account's part holds the pool in its upper bits.
pub const POOLS_MAX: u32 = 1 << 14;

/// Bits of a quota account's part below the pool: two for the kind of period, sixteen for its number.
const PERIOD_BITS: u32 = 18;

/// One period of a quota.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// Its number, below 2^18; periods of different kinds never share one.
    pub number: u32,
    /// Last date.
    pub last: CivilDate,
}

impl Span {
    /// The part of the key of an account of a pool for this period.
    #[must_use]
    pub const fn sub(self, pool: u32) -> u32 {
        pool << PERIOD_BITS | self.number
    }
}

/// The pool of a quota account's part.
#[must_use]
pub const fn pool_of(sub: u32) -> u32 {
    sub >> PERIOD_BITS
}

impl Period {
    /// The period a date lies in; none between the periods of a dated cycle and beyond the years that can be numbered.
    #[must_use]
    pub fn span(&self, date: CivilDate) -> Option<Span> {
        let (kind, number, last) = match self {
            Self::Day => (0, i64::from(date.0), date),
            Self::Month => {
                let day = date.to_jiff();
                let number = i64::from(day.year()) * 12 + i64::from(day.month()) - 1;
                (1, number, CivilDate::from_jiff(day.last_of_month()))
            }
            Self::Semester => {
                let year = date.year();
                let second = date >= CivilDate::new(year, 7, 1)?;
                let last = if second { CivilDate::new(year, 12, 31)? } else { CivilDate::new(year, 6, 30)? };
                (2, i64::from(year) * 2 + i64::from(second), last)
            }
            Self::Cycle(spans) => {
                let (first, last) = spans.iter().find(|(first, last)| (*first..=*last).contains(&date))?;
                (3, i64::from(first.0), *last)
            }
        };
        let number = u32::from(u16::try_from(number).ok()?);
        Some(Span { number: (kind << 16) | number, last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        CivilDate::parse(text).unwrap()
    }

    #[test]
    fn a_period_begins_where_the_one_before_ends() {
        let cycle = Period::Cycle(vec![
            (date("2026-01-05"), date("2026-01-18")),
            (date("2026-02-02"), date("2026-02-15")),
        ]);
        let table = [
            (Period::Day, "2026-11-30", "2026-11-30", "2026-12-01"),
            (Period::Month, "2026-11-30", "2026-11-30", "2026-12-01"),
            (Period::Month, "2028-02-01", "2028-02-29", "2028-03-01"),
            (Period::Semester, "2026-06-30", "2026-06-30", "2026-07-01"),
            (Period::Semester, "2026-07-01", "2026-12-31", "2027-01-01"),
            (cycle.clone(), "2026-01-18", "2026-01-18", "2026-02-02"),
        ];
        for (period, day, last, next) in table {
            let span = period.span(date(day)).unwrap();
            assert_eq!(span.last, date(last), "{period:?} {day}");
            assert_ne!(period.span(date(next)).unwrap().number, span.number, "{period:?} {next}");
            assert_eq!(pool_of(span.sub(77)), 77);
        }
        assert_eq!(cycle.span(date("2026-01-19")), None, "between two cycles there is none");
    }

    #[test]
    fn periods_of_different_kinds_never_share_a_number() {
        let day = date("2026-07-01");
        let cycle = Period::Cycle(vec![(day, day)]);
        let mut numbers: Vec<u32> = [Period::Day, Period::Month, Period::Semester, cycle]
            .iter()
            .filter_map(|period| period.span(day).map(|span| span.number))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 4);
    }
}
