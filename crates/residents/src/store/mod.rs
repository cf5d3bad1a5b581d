//! The slice's tables in the office database. Nobody outside the slice reads them.

pub(crate) mod household;
pub(crate) mod individual;
pub(crate) mod member;
mod migrations;

pub use migrations::Migrations;
