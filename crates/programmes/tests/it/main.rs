//! Content files from the outside: what is read, what is refused and how, what the engine makes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod city;
mod files;
mod mistakes;
mod names;
mod plain;
mod publishing;
mod stories;
