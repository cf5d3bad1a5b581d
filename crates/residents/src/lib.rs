//! The registry of people: who a holder is.
//!
//! Owns individuals, households, holder numbers, and which fields name a person and are sealed. The engine and the journal
//! know holder numbers only; this slice tells the engine that a number exists and nothing else. Never decides a right.

mod error;
mod fields;
mod model;
mod rules;
pub mod service;
mod store;

pub use error::ResidentsError;
pub use model::{Household, Individual, NewHousehold, NewIndividual, Registered};
pub use service::Residents;
pub use store::Migrations;
