//! Acceptance from the outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod api;
mod batches;
mod books;
mod goods;
mod house;
mod open_api;
mod pages;
mod passages;
mod records;
mod site;
