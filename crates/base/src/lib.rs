//! The words every other crate speaks: money, identity numbers, region codes, ids, time and calendars.
//!
//! Owns value types and the rules that make them valid. Never does I/O (except [`SystemClock`] and
//! [`CommandId::generate`], the two places where the outside world's time and randomness enter, and [`give_way`]), never
//! names a programme, a place or an organisation.

mod calendar;
mod clock;
mod code;
mod ids;
mod money;
mod nik;
mod phone;
mod priority;
mod region;
mod region_table;
mod time;
mod working_days;

pub use calendar::{Calendar, CalendarError, CalendarKind, DayType, Holiday, HolidayKind};
pub use clock::{Clock, ManualClock, SystemClock};
pub use code::{Code, CodeError};
pub use ids::{
    CommandId, DeviceNumber, HolderNumber, HolderNumberError, MEDIUM_SERIAL_MAX, MediumSerial, PrincipalId,
};
pub use money::{Rupiah, RupiahError};
pub use nik::{Nik, NikError, NikWarning, Sex};
pub use phone::{PhoneNumber, PhoneNumberError};
pub use priority::give_way;
pub use region::{RegionCode, RegionCodeError, RegionLevel};
pub use region_table::{Region, RegionTable, RegionTableError};
pub use time::{CivilDate, CivilTime, Micros, Timestamp, WIB_OFFSET};
pub use working_days::{JointLeaveRule, WorkingCalendar};
