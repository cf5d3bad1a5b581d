//! Tests of the journal from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::cast_possible_truncation)]

mod backends;
mod copies;
mod cover;
mod damage;
mod desk;
mod evidence;
mod flushes;
mod jetstream;
mod jetstream_full;
mod keys;
mod postgres;
mod random;
mod sealing;
mod space;
mod speed;
mod tears;
