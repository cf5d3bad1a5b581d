//! The registry of people: who a holder is.
//!
//! Owns individuals, households, holder numbers, and the encryption of what names a person. The engine and the journal
//! know holder numbers only; this slice tells the engine that a number exists and nothing else. Never decides a right.

mod cipher;
mod error;
mod keys;
mod model;
mod rules;
pub mod service;
mod store;

pub use error::ResidentsError;
pub use keys::KeyError;
pub use model::{Household, Individual, NewHousehold, NewIndividual, Registered};
pub use service::Residents;
pub use store::Migrations;
