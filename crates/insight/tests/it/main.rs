//! Insight from the outside: a town's records become tables and pages.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod pages;
mod rebuild;
mod town;
