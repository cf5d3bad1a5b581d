//! Calendars: what kind of day a date is, published so that a decree in the middle of a year is a new version.

use base::{CivilDate, Code};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::Source;

/// What kind of day a date is. Holiday and joint leave go before the day of the week: a national holiday is not a
/// weekday. A school break is said beside it.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Monday to Friday, neither holiday nor joint leave.
    #[n(0)]
    Weekday,
    /// Saturday, neither holiday nor joint leave.
    #[n(1)]
    Saturday,
    /// Sunday, neither holiday nor joint leave.
    #[n(2)]
    Sunday,
    /// A national holiday.
    #[n(3)]
    NationalHoliday,
    /// Joint leave.
    #[n(4)]
    JointLeave,
    /// A day without school between terms, whatever else it is.
    #[n(5)]
    SchoolBreak,
}

/// A day that is not like the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CalendarDay {
    /// The day.
    #[n(0)]
    pub date: CivilDate,
    /// Holiday, joint leave or school break.
    #[n(1)]
    pub kind: DayKind,
}

/// One version of a named calendar: all its days within the dates it covers.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CalendarDefinition {
    /// Whose days: `government`, `school`.
    #[n(0)]
    pub code: Code,
    /// 1, 2, 3 … per calendar.
    #[n(1)]
    pub version: u32,
    /// First date it covers.
    #[n(2)]
    pub first: CivilDate,
    /// Last date it covers.
    #[n(3)]
    pub last: CivilDate,
    /// Days that are not like the others, in order of date.
    #[n(4)]
    pub days: Vec<CalendarDay>,
    /// What it rests on.
    #[n(5)]
    pub source: Source,
}
