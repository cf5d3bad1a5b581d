//! Tables of this slice in the office database.

pub mod code;
pub mod grant;
pub mod grant_change;
pub mod migrations;
pub mod recovery;
pub mod session;
pub mod user;
