//! Calendars in force: what kind of day a date is. Owns the published days; never guesses about a date that no calendar
//! covers.

use base::{CivilDate, Code};
use minicbor::{Decode, Encode};

use crate::snapshot::{Rows, Table};
use crate::{CalendarDefinition, DayKind};

/// One calendar as its newest version has it, one byte a day.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Calendar {
    /// Its code.
    #[n(0)]
    pub code: Code,
    /// Newest version.
    #[n(1)]
    pub version: u32,
    #[n(2)]
    first: CivilDate,
    #[n(3)]
    days: Vec<Option<DayKind>>,
    /// Whether it tells holidays; one that tells school breaks only does not.
    #[n(4)]
    holidays: bool,
    #[n(5)]
    breaks: bool,
}

impl Calendar {
    fn of(definition: &CalendarDefinition) -> Self {
        let length = definition.last.0.saturating_sub(definition.first.0).saturating_add(1);
        let mut days = vec![None; usize::try_from(length).unwrap_or_default()];
        for day in &definition.days {
            let slot = usize::try_from(day.date.0.saturating_sub(definition.first.0)).unwrap_or(usize::MAX);
            if let Some(kind) = days.get_mut(slot) {
                *kind = Some(day.kind);
            }
        }
        let tells = |wanted: fn(DayKind) -> bool| definition.days.iter().any(|day| wanted(day.kind));
        Self {
            code: definition.code,
            version: definition.version,
            first: definition.first,
            days,
            holidays: tells(|kind| matches!(kind, DayKind::NationalHoliday | DayKind::JointLeave)),
            breaks: tells(|kind| kind == DayKind::SchoolBreak),
        }
    }

    /// Whether a new version says the same of every date before another.
    #[must_use]
    pub fn agrees_before(&self, definition: &CalendarDefinition, date: CivilDate) -> bool {
        let next = Self::of(definition);
        let (one, other) = (self.first.min(next.first), date);
        (one.0..other.0).all(|day| self.day(CivilDate(day)) == next.day(CivilDate(day)))
    }

    /// What the calendar says of a date, if it covers it: nothing, or that it is not like the others.
    #[must_use]
    pub fn day(&self, date: CivilDate) -> Option<Option<DayKind>> {
        self.days.get(usize::try_from(date.0.checked_sub(self.first.0)?).ok()?).copied()
    }
}

/// All calendars.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    all: Vec<Calendar>,
}

impl Calendars {
    /// All calendars in order of first publication.
    #[must_use]
    pub fn all(&self) -> &[Calendar] {
        &self.all
    }

    /// The calendar of a code.
    #[must_use]
    pub fn find(&self, code: Code) -> Option<&Calendar> {
        self.all.iter().find(|known| known.code == code)
    }

    /// Holiday, joint leave or day of the week; none where no calendar with holidays covers the date.
    #[must_use]
    pub fn kind(&self, date: CivilDate) -> Option<DayKind> {
        let mut covered = false;
        for calendar in self.all.iter().filter(|calendar| calendar.holidays) {
            match calendar.day(date) {
                Some(Some(kind)) => return Some(kind),
                Some(None) => covered = true,
                None => {}
            }
        }
        covered.then(|| match date.weekday() {
            6 => DayKind::Saturday,
            7 => DayKind::Sunday,
            _ => DayKind::Weekday,
        })
    }

    /// Whether a date is of one of these kinds; none where the calendars cannot tell.
    #[must_use]
    pub fn is_any(&self, date: CivilDate, kinds: &[DayKind]) -> Option<bool> {
        let kind = self.kind(date);
        if kind.is_some_and(|kind| kinds.contains(&kind)) {
            return Some(true);
        }
        if kinds.contains(&DayKind::SchoolBreak) {
            let told =
                self.all.iter().filter(|calendar| calendar.breaks).find_map(|calendar| calendar.day(date));
            match told {
                Some(Some(_)) => return Some(true),
                Some(None) => {}
                None => return None,
            }
        }
        kind.map(|_| false)
    }

    /// Writes the table of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { all } = self;
        out.all(Table::Calendars, all)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, calendar: Calendar) {
        self.all.push(calendar);
    }

    pub(crate) fn publish(&mut self, definition: &CalendarDefinition) {
        let calendar = Calendar::of(definition);
        match self.all.iter_mut().find(|known| known.code == definition.code) {
            Some(known) => *known = calendar,
            None => self.all.push(calendar),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CalendarDay, Evidence, Source};

    fn date(text: &str) -> CivilDate {
        CivilDate::parse(text).unwrap()
    }

    fn calendar(name: &str, days: &[(&str, DayKind)]) -> CalendarDefinition {
        let code = Code::parse(name).unwrap();
        CalendarDefinition {
            code,
            version: 1,
            first: date("2026-01-01"),
            last: date("2026-12-31"),
            days: days.iter().map(|(day, kind)| CalendarDay { date: date(day), kind: *kind }).collect(),
            source: Source { legal_basis: code, evidence: Evidence::Assumed },
        }
    }

    #[test]
    fn a_holiday_goes_before_the_day_of_the_week_and_a_break_stands_beside_it() {
        let mut all = Calendars::default();
        assert_eq!(all.kind(date("2026-08-17")), None, "nothing is guessed");
        all.publish(&calendar("office", &[("2026-08-17", DayKind::NationalHoliday)]));
        let table = [
            ("2026-08-15", DayKind::Saturday),
            ("2026-08-16", DayKind::Sunday),
            ("2026-08-17", DayKind::NationalHoliday),
            ("2026-08-18", DayKind::Weekday),
        ];
        for (day, kind) in table {
            assert_eq!(all.kind(date(day)), Some(kind), "{day}");
        }
        assert_eq!(all.kind(date("2027-01-01")), None, "outside the dates covered");
        let off = [DayKind::Sunday, DayKind::SchoolBreak];
        assert_eq!(all.is_any(date("2026-08-16"), &off), Some(true));
        assert_eq!(all.is_any(date("2026-08-18"), &off), None, "no calendar tells of schools");
        all.publish(&calendar("school", &[("2026-08-18", DayKind::SchoolBreak)]));
        assert_eq!(all.is_any(date("2026-08-18"), &off), Some(true));
        assert_eq!(
            all.is_any(date("2026-08-18"), &[DayKind::Weekday]),
            Some(true),
            "a break is a weekday too"
        );
        assert_eq!(all.is_any(date("2026-08-19"), &off), Some(false));
    }
}
