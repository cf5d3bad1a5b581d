//! The words every other crate speaks: money, identity numbers, region codes, ids, time and calendars.
//!
//! Owns value types and the rules that make them valid. Never does I/O (except [`SystemClock`] and
//! [`CommandId::generate`], the two places where the outside world's time and randomness enter), never
//! names a programme, a place or an organisation.

mod clock;
mod code;
mod ids;
mod time;

pub use clock::{Clock, ManualClock, SystemClock};
pub use code::{Code, CodeError};
pub use ids::{
    CommandId, DeviceNumber, HolderNumber, HolderNumberError, MediumSerial, PrincipalId, MEDIUM_SERIAL_MAX,
};
pub use time::{CivilDate, CivilTime, Micros, Timestamp, WIB_OFFSET};
