//! The synthetic city from the outside: who lives in it, what a day looks like, what the engine makes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod days;
mod engine_agrees;
mod live;
mod people;
