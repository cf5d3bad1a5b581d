//! Who may act: the people who sign in at work, residents who sign in with a code sent to their phone, and their sessions.
//!
//! Owns users, passwords, codes and sessions. What a role may do stands in `policies/`; what somebody did is for the
//! audit, whose digests alone reach the journal.

pub mod gateway;
pub mod one_time_code;
pub mod pages;
pub mod retention;
pub mod secrets;
pub mod service;
mod settings;
mod store;

pub use settings::Settings;
pub use store::migrations::Migrations;
