//! Tables built from the journal: counts by place, area and benefit. Everything here can be deleted and is built again.
//!
//! Owns the projection and its queries. Rows that belong to one person exist for a service day (the packed sights of
//! `insight_open`), for the length of a grant (`insight_grant`), and for the district of a home (`insight_home`); every
//! other row is a count.

pub(crate) mod batch;
pub mod entities;
pub(crate) mod journeys;
mod known;
pub mod migrations;
mod money;
pub mod projection;
pub mod queries;
mod sights;
mod stays;

pub use projection::Insight;
