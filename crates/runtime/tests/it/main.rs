//! Tests of the runtime from outside: what may be heard and when, what is written, and what happens when something
//! fails. No test waits for time to pass; gates hold the journal, the engine or the clock where a test wants them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod city;
mod clocks;
mod faulty;

mod admission;
mod answers;
mod clock;
mod embedded;
mod followers;
mod interleavings;
mod leadership;
mod nodes;
mod replays;
mod restart;
mod snapshots;
mod starts;
mod stepped;
mod stops;
