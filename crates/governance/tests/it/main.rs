//! Signing in, as pages and use cases, over a real database.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attacks;
mod desk;
mod grants;
mod guesses;
mod office;
mod phones;
mod residents;
mod sessions;
mod silence;
mod stopping;
mod waiting;
