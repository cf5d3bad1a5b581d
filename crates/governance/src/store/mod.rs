//! Tables of this slice in the office database.

pub mod migrations;
pub mod session;
pub mod user;
