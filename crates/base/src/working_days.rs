//! Deadlines in working days. Owns counting; which days are off comes from a [`Calendar`], and whether joint
//! leave is worked from the rule that set the deadline.

use crate::{Calendar, CalendarError, CivilDate, DayType};

/// Whether joint leave (*cuti bersama*) counts as a working day for a deadline. Off is the usual rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JointLeaveRule {
    /// Offices are closed: the day does not count.
    #[default]
    Off,
    /// The service works through: the day counts.
    Worked,
}

/// A calendar read for one kind of deadline.
#[derive(Debug, Clone, Copy)]
pub struct WorkingCalendar<'a> {
    calendar: &'a Calendar,
    joint_leave: JointLeaveRule,
}

impl<'a> WorkingCalendar<'a> {
    /// A calendar with a rule for joint leave.
    #[must_use]
    pub const fn new(calendar: &'a Calendar, joint_leave: JointLeaveRule) -> Self {
        Self { calendar, joint_leave }
    }

    /// Whether a date is a working day.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn is_working_day(&self, date: CivilDate) -> Result<bool, CalendarError> {
        Ok(match self.calendar.day_type(date)? {
            DayType::Weekday => true,
            // A rule that works through leave still keeps its weekend.
            DayType::JointLeave => self.joint_leave == JointLeaveRule::Worked && date.weekday() <= 5,
            DayType::Weekend | DayType::NationalHoliday => false,
        })
    }

    /// The date so many working days after `start`; the day after `start` is the first that can count. Zero
    /// days give `start` itself, working or not.
    ///
    /// # Errors
    /// [`CalendarError::Outside`] when `start` or a day on the way is not covered.
    pub fn add_working_days(&self, start: CivilDate, days: u32) -> Result<CivilDate, CalendarError> {
        self.is_working_day(start)?;
        let (mut date, mut left) = (start, days);
        while left > 0 {
            date = date.plus_days(1);
            if self.is_working_day(date)? {
                left -= 1;
            }
        }
        Ok(date)
    }

    /// How many working days lie after `start` up to and including `end`; zero when `end` is not later. The
    /// inverse of [`WorkingCalendar::add_working_days`].
    ///
    /// # Errors
    /// [`CalendarError::Outside`] when a day on the way is not covered.
    pub fn working_days_between(&self, start: CivilDate, end: CivilDate) -> Result<u32, CalendarError> {
        let (mut date, mut days) = (start, 0);
        while date < end {
            date = date.plus_days(1);
            days += u32::from(self.is_working_day(date)?);
        }
        Ok(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        CivilDate::parse(text).unwrap()
    }

    fn calendar(rule: JointLeaveRule) -> WorkingCalendar<'static> {
        WorkingCalendar::new(Calendar::government(), rule)
    }

    /// Computed from the decrees' dates; `after` is the date the clock starts on.
    #[test]
    fn deadlines_match_the_computed_dates() {
        let table = [
            ("2026-03-17", 3, JointLeaveRule::Off, "2026-03-27"),
            ("2026-03-17", 3, JointLeaveRule::Worked, "2026-03-23"),
            ("2026-03-17", 5, JointLeaveRule::Off, "2026-03-31"),
            ("2026-12-22", 5, JointLeaveRule::Off, "2026-12-31"),
            ("2025-08-14", 5, JointLeaveRule::Off, "2025-08-22"),
            ("2026-12-21", 10, JointLeaveRule::Off, "2027-01-08"),
        ];
        for (after, days, rule, due) in table {
            let working = calendar(rule);
            assert_eq!(working.add_working_days(date(after), days).unwrap(), date(due), "{after} + {days}");
            assert_eq!(
                working.working_days_between(date(after), date(due)).unwrap(),
                days,
                "{after} + {days}"
            );
        }
    }

    #[test]
    fn no_days_are_no_wait() {
        let sunday = date("2026-11-22");
        assert_eq!(calendar(JointLeaveRule::Off).add_working_days(sunday, 0).unwrap(), sunday);
        let earlier = sunday.plus_days(-7);
        assert_eq!(calendar(JointLeaveRule::Off).working_days_between(sunday, earlier).unwrap(), 0);
    }

    #[test]
    fn a_deadline_past_the_calendar_is_an_error() {
        let working = calendar(JointLeaveRule::Off);
        assert!(working.add_working_days(date("2027-12-30"), 2).is_err());
        assert!(working.add_working_days(date("2027-12-30"), u32::MAX).is_err());
        assert!(working.add_working_days(date("2015-12-30"), 0).is_err());
    }
}
