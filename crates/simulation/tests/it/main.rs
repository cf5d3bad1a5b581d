//! Simulated cities: many sound ones, and ones with a planted fault, each of which must be found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod lies;
mod planted;
mod seeds;
