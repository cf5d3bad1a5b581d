//! The engine's rules from the outside: tables that people can read, properties over random cities, golden bytes.
//!
//! Broken runs tell how to run them again: a table names its line, a random city its seed (`JAKONE_SEED`).
//! `JAKONE_BLESS=1` writes the generated files anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod blessed;
mod chart;
mod codes;
mod faults;
mod forgetting;
mod golden;
mod interleavings;
mod orders;
mod privacy;
mod properties;
mod snapshots;
mod tables;
mod windows;
