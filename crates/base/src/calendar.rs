//! Named calendars: which days are holidays or joint leave. Owns reading a calendar and the type of a day; what
//! follows for a deadline is in [`crate::WorkingCalendar`]. Never guesses: a date outside the years a calendar
//! covers is an error.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::CivilDate;

const GOVERNMENT: &str = include_str!("../data/holidays.json");

/// Whose days a calendar tells. Each kind may disagree with the others about the same date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CalendarKind {
    /// Offices of the government (Perpres 21/2023).
    Government,
    /// Bank Indonesia's payment systems: when settlement runs.
    PaymentSystem,
    /// Schools: terms and breaks.
    School,
}

/// Why a day stands in a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    /// *Libur nasional*.
    NationalHoliday,
    /// *Cuti bersama*: leave taken together; not a holiday, and each deadline says whether it counts.
    JointLeave,
}

/// A day that is not like the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub date: CivilDate,
    /// Holiday or leave.
    pub kind: HolidayKind,
    /// Name in Indonesian.
    pub name_id: String,
    /// Name in English.
    pub name_en: String,
    /// Whether the date is a forecast (the moon decides): its name says `(perkiraan)` or `(estimated)`.
    pub estimated: bool,
}

/// What kind of day a date is. A national holiday on a Sunday is a national holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayType {
    /// Monday to Friday, neither holiday nor leave.
    Weekday,
    /// Saturday or Sunday.
    Weekend,
    /// *Libur nasional*, whatever the day of the week.
    NationalHoliday,
    /// *Cuti bersama*.
    JointLeave,
}

/// One calendar: its holidays within the years it covers.
#[derive(Debug, Clone)]
pub struct Calendar {
    kind: CalendarKind,
    source: String,
    legal_basis: String,
    first_year: i16,
    last_year: i16,
    holidays: BTreeMap<CivilDate, Holiday>,
}

/// Why a calendar cannot be read or cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// The text is not a calendar.
    #[error("the calendar cannot be read: {0}")]
    Form(#[from] serde_json::Error),
    /// The years run backwards.
    #[error("the calendar ends in {last_year}, before it begins in {first_year}")]
    Years {
        /// First year named.
        first_year: i16,
        /// Last year named.
        last_year: i16,
    },
    /// A day stands twice.
    #[error("{date} stands twice in the calendar")]
    Twice {
        /// The day.
        date: CivilDate,
    },
    /// A date lies outside the years covered.
    #[error("{date} lies outside the calendar, which covers {first_year} to {last_year}")]
    Outside {
        /// The date asked about.
        date: CivilDate,
        /// First year covered.
        first_year: i16,
        /// Last year covered.
        last_year: i16,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    calendar: CalendarKind,
    source: String,
    legal_basis: String,
    first_year: i16,
    last_year: i16,
    holidays: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    date: CivilDate,
    kind: HolidayKind,
    name_id: String,
    name_en: String,
}

impl From<Row> for Holiday {
    fn from(row: Row) -> Self {
        let estimated = row.name_id.contains("perkiraan") || row.name_en.contains("estimated");
        Self { date: row.date, kind: row.kind, name_id: row.name_id, name_en: row.name_en, estimated }
    }
}

impl Calendar {
    /// The government's calendar as compiled in (`data/holidays.json`).
    #[must_use]
    pub fn government() -> &'static Self {
        static CALENDAR: OnceLock<Calendar> = OnceLock::new();
        CALENDAR.get_or_init(|| {
            Self::parse(GOVERNMENT)
                .unwrap_or_else(|error| unreachable!("holidays.json is read by a test: {error}"))
        })
    }

    /// Reads a calendar, so that a later decree can replace the one compiled in. The form is that of
    /// `data/holidays.json`.
    ///
    /// # Errors
    /// [`CalendarError`] when the form is another, a day stands twice or outside the years named.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let document: Document = serde_json::from_str(text)?;
        let (first_year, last_year) = (document.first_year, document.last_year);
        if last_year < first_year {
            return Err(CalendarError::Years { first_year, last_year });
        }
        let mut calendar = Self {
            kind: document.calendar,
            source: document.source,
            legal_basis: document.legal_basis,
            first_year,
            last_year,
            holidays: BTreeMap::new(),
        };
        for row in document.holidays {
            let date = row.date;
            calendar.covered(date)?;
            if calendar.holidays.insert(date, row.into()).is_some() {
                return Err(CalendarError::Twice { date });
            }
        }
        Ok(calendar)
    }

    /// Whose days these are.
    #[must_use]
    pub const fn kind(&self) -> CalendarKind {
        self.kind
    }

    /// Where the days were taken from, with licence.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The decrees behind the days.
    #[must_use]
    pub fn legal_basis(&self) -> &str {
        &self.legal_basis
    }

    /// First and last year covered.
    #[must_use]
    pub const fn years(&self) -> (i16, i16) {
        (self.first_year, self.last_year)
    }

    /// The holiday or joint leave on a date, if any.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn holiday(&self, date: CivilDate) -> Result<Option<&Holiday>, CalendarError> {
        self.covered(date)?;
        Ok(self.holidays.get(&date))
    }

    /// What kind of day a date is.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn day_type(&self, date: CivilDate) -> Result<DayType, CalendarError> {
        let weekend = date.weekday() > 5;
        Ok(match self.holiday(date)?.map(|holiday| holiday.kind) {
            Some(HolidayKind::NationalHoliday) => DayType::NationalHoliday,
            Some(HolidayKind::JointLeave) => DayType::JointLeave,
            None if weekend => DayType::Weekend,
            None => DayType::Weekday,
        })
    }

    /// All holidays and joint leave in order of date.
    pub fn holidays(&self) -> impl Iterator<Item = &Holiday> {
        self.holidays.values()
    }

    fn covered(&self, date: CivilDate) -> Result<(), CalendarError> {
        let (first_year, last_year) = self.years();
        if (first_year..=last_year).contains(&date.to_jiff().year()) {
            Ok(())
        } else {
            Err(CalendarError::Outside { date, first_year, last_year })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        CivilDate::parse(text).unwrap()
    }

    fn count(year: i16, kind: HolidayKind) -> usize {
        let same = |h: &&Holiday| h.date.to_jiff().year() == year && h.kind == kind;
        Calendar::government().holidays().filter(same).count()
    }

    #[test]
    fn the_government_calendar_has_every_day_of_its_source() {
        let calendar = Calendar::government();
        assert_eq!((calendar.kind(), calendar.years()), (CalendarKind::Government, (2016, 2027)));
        assert_eq!(calendar.holidays().count(), 283);
        assert!(calendar.source().contains("vacanza/holidays") && !calendar.legal_basis().is_empty());
        assert_eq!(count(2026, HolidayKind::NationalHoliday), 17);
        assert_eq!(count(2026, HolidayKind::JointLeave), 8);
        assert_eq!(count(2027, HolidayKind::NationalHoliday), 18);
        assert_eq!(count(2027, HolidayKind::JointLeave), 8);
    }

    #[test]
    fn forecast_dates_are_marked_by_their_name() {
        let estimated = Calendar::government().holidays().filter(|h| h.estimated);
        let dates: Vec<_> = estimated.map(|h| h.date.to_string()).collect();
        assert_eq!(dates, ["2027-03-10", "2027-03-11", "2027-05-17"]);
    }

    #[test]
    fn a_day_has_one_type() {
        let day_type = |text| Calendar::government().day_type(date(text)).unwrap();
        assert_eq!(day_type("2026-11-23"), DayType::Weekday);
        assert_eq!(day_type("2026-11-22"), DayType::Weekend);
        assert_eq!(day_type("2026-08-17"), DayType::NationalHoliday);
        assert_eq!(day_type("2025-08-17"), DayType::NationalHoliday, "a holiday on a Sunday stays a holiday");
        assert_eq!(day_type("2026-12-24"), DayType::JointLeave);
    }

    #[test]
    fn a_date_outside_the_years_covered_is_an_error() {
        let error = Calendar::government().day_type(date("2028-01-01")).unwrap_err();
        assert_eq!(error.to_string(), "2028-01-01 lies outside the calendar, which covers 2016 to 2027");
        assert!(Calendar::government().holiday(date("2015-12-31")).is_err());
    }

    #[test]
    fn another_calendar_can_be_read_and_a_broken_one_is_refused() {
        let text = |days: &str, last: i16| {
            format!(
                r#"{{"calendar":"school","source":"test","legal_basis":"test","first_year":2026,
                "last_year":{last},"holidays":[{days}]}}"#
            )
        };
        let day = r#"{"date":"2026-12-21","kind":"joint_leave","name_id":"Libur","name_en":"Break"}"#;
        let school = Calendar::parse(&text(day, 2026)).unwrap();
        assert_eq!(school.kind(), CalendarKind::School);
        assert_eq!(school.day_type(date("2026-12-21")).unwrap(), DayType::JointLeave);
        let refused = |days: &str, last| Calendar::parse(&text(days, last)).unwrap_err();
        assert!(matches!(refused(&format!("{day},{day}"), 2026), CalendarError::Twice { .. }));
        assert!(matches!(refused(day, 2025), CalendarError::Years { .. }));
        assert!(matches!(refused(&day.replace("2026", "2027"), 2026), CalendarError::Outside { .. }));
        assert!(matches!(refused(&day.replace("joint", "disjoint"), 2026), CalendarError::Form(_)));
    }
}
