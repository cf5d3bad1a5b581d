//! The city's programmes as content: organisations, services, places, tariffs, benefits, each with its legal basis.
//!
//! Owns the language of the content files, what they become as commands of the engine, and the names of codes for
//! people. Never decides a price and never names a programme, place or organisation in code: those stand in
//! `content/*.yaml`.

mod model;
pub mod service;
mod store;

pub use store::Office;
