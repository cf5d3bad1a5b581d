//! Checks calendars: their days lie within the dates covered, in order, each once.

use std::collections::BTreeMap;

use base::{Calendar, CivilDate};
use engine::{CalendarDay, DayKind};

use super::super::NamedCalendar;
use super::super::error::Problem;
use super::super::rows::{CalendarRow, DaysRow, KnownHolidays};
use super::Checker;

/// Most dates one version covers: twenty years.
const DATES_MAX: i32 = 7_305;

impl Checker<'_> {
    pub(super) fn calendar(&mut self, row: &CalendarRow) {
        let basis = self.basis(&row.basis());
        let names = self.names(&row.name_id, &row.name_en);
        let (code, version) = (row.calendar.value, row.version.value);
        self.once("calendar", &row.version, "version", format!("{code} version {version}"));
        let since = self.content.calendars.iter().filter(|known| known.code == code);
        let since = since.map(|known| known.basis.valid_from).max();
        let newest = self.known.calendars.get(&code).copied().unwrap_or(0);
        if self.version(&row.version, code, newest, &row.valid_from, since) {
            self.known.calendars.insert(code, version);
        }
        let first = basis.valid_from;
        let Some(last) = basis.valid_to else {
            self.form(&row.valid_from, "valid_to", "a calendar says the last date it covers; add valid_to");
            return;
        };
        if last.0.saturating_sub(first.0) > DATES_MAX {
            self.form(&row.valid_from, "valid_to", "a calendar covers at most twenty years; end it earlier");
            return;
        }
        let days = self.days(row, first, last);
        self.content.calendars.push(NamedCalendar { code, version, names, last, days, basis });
    }

    fn days(&mut self, row: &CalendarRow, first: CivilDate, last: CivilDate) -> Vec<CalendarDay> {
        let mut days: BTreeMap<CivilDate, DayKind> = BTreeMap::new();
        if let Some(KnownHolidays::Government) = row.holidays {
            let calendar = Calendar::government();
            let (first_year, last_year) = calendar.years();
            if first.year() < first_year || last.year() > last_year {
                let said =
                    format!("the holidays known cover {first_year} to {last_year}; cover no other year");
                self.wrong(&row.valid_from, "holidays", Problem::Form { said });
            }
            for holiday in calendar.holidays().filter(|holiday| (first..=last).contains(&holiday.date)) {
                let kind = match holiday.kind {
                    base::HolidayKind::NationalHoliday => DayKind::NationalHoliday,
                    base::HolidayKind::JointLeave => DayKind::JointLeave,
                };
                days.insert(holiday.date, kind);
            }
        }
        let spans = row.days.iter().map(|row| self.dates_from(&row.from, row.to.as_ref(), "days")).collect();
        self.apart(spans, "days.from");
        for row in &row.days {
            self.days_of(row, (first, last), &mut days);
        }
        days.into_iter().map(|(date, kind)| CalendarDay { date, kind }).collect()
    }

    fn days_of(
        &mut self,
        row: &DaysRow,
        (first, last): (CivilDate, CivilDate),
        days: &mut BTreeMap<CivilDate, DayKind>,
    ) {
        if !matches!(row.kind.value, DayKind::NationalHoliday | DayKind::JointLeave | DayKind::SchoolBreak) {
            let said =
                "a calendar names national_holiday, joint_leave or school_break; other days say themselves";
            self.form(&row.kind, "days.kind", said);
        }
        let to = row.to.as_ref().map_or(row.from.value, |to| to.value);
        if row.from.value < first || last < to {
            let said = format!("the calendar covers {first} to {last}; write days within them");
            self.wrong(&row.from, "days.from", Problem::Form { said });
            return;
        }
        let mut date = row.from.value;
        while date <= to {
            days.insert(date, row.kind.value);
            date = date.plus_days(1);
        }
    }
}
