//! Row ids made by the application, and numbers read back from wider columns.

use base::{CommandId, Timestamp};
use uuid::Uuid;

/// A fresh UUIDv7 of a moment: rows sort by when they were made.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn uuid_v7(at: Timestamp) -> Result<Uuid, getrandom::Error> {
    CommandId::generate(at).map(|id| Uuid::from_u128(id.as_u128()))
}

/// A number of 32 bits read from a column of 64.
pub(crate) fn narrow(value: i64, what: &str) -> Result<u32, String> {
    u32::try_from(value).map_err(|_| format!("{what} {value} is not a number of 32 bits"))
}
