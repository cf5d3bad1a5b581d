//! The synthetic city from the outside: who lives in it, what a day looks like, what the engine makes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod codes;
mod days;
mod live;
mod people;
mod world;
