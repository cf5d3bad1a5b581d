//! The world outside: a synthetic city whose people use their cards, and the gateway that brings messages to their phones.
//!
//! Owns invented residents, their days and the terminals they pass, all from one seed. Never reads a real person's
//! data, never looks into the engine: it keeps its own books, which are the check on ours.

pub mod city;
pub mod gateway;
pub mod live;
