//! The program as a person meets it: the built binary, its output and its exit codes; and processes that are killed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod backup;
mod bench;
mod city;
mod damage;
mod evidence;
mod kill;
mod machine_lost;
mod machines;
mod priority;
mod reading;
mod residents;
mod scenario;
mod seen;
mod servers;
mod simulate;
mod snapshots;
mod stream_altered;
mod stream_full;
mod stream_lost;
mod town;
mod who;
