//! Insight: what the city learns from its own journal. How places are used, where people travel, what programmes give.
//!
//! Owns a second projection of the journal, which keeps counts and not people, the rule that hides small numbers, and the
//! pages places, mobility and programmes. Never shows a person and never decides anything.

pub mod pages;
pub mod service;
mod settings;
pub mod store;
