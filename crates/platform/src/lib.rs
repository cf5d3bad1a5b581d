//! What every slice stands on.
//!
//! Owns the two databases, migrations, the outbox, actors and authorization, the problem registry, both languages,
//! the page shell and the charts. Never owns a table, rule or word of one capability.

pub mod access;
pub mod database;
pub mod i18n;
pub mod migrations;
pub mod problems;
