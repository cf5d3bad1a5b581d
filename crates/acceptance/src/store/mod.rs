//! Tables built from the journal: balances, transfers, outcomes, holders and media as the engine knows them.
//!
//! Owns the projection and its queries. Everything here can be deleted and is built again from the journal; nothing
//! here is written by anything but the projection.

pub(crate) mod changes;
pub mod entities;
pub(crate) mod goods;
pub mod ledger;
pub mod migrations;
pub mod projection;
pub mod queries;
pub(crate) mod rows;
mod sums;

pub use projection::Acceptance;
