//! What every slice stands on.
//!
//! Owns the two databases, migrations, the outbox, actors and authorization, the problem registry, both languages,
//! the page shell and the charts. Never owns a table, rule or word of one capability.

pub mod access;
pub mod agencies;
pub mod approvals;
pub mod audit;
pub mod chart;
pub mod cipher;
pub mod clients;
pub mod database;
pub mod devices;
pub mod i18n;
pub mod ids;
pub mod migrations;
pub mod outbox;
pub mod problems;
pub mod shutdown;
pub mod telemetry;
pub mod web;
