//! Tables built from the journal: balances, transfers, outcomes, holders and media as the engine knows them.
//!
//! Owns the projection and its queries. Everything here can be deleted and is built again from the journal; nothing
//! here is written by anything but the projection, and by forgetting, which only drops what the journal can no longer say.

pub(crate) mod changes;
pub mod entities;
pub mod forgetting;
pub(crate) mod goods;
pub mod ledger;
pub mod migrations;
pub mod projection;
pub mod queries;
pub(crate) mod rows;
mod sums;

pub use projection::Acceptance;
