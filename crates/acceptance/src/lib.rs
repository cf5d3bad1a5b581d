//! Acceptance: where media are used. Asks, taps and top-ups come in here; balances, history and the live picture go
//! out.
//!
//! Owns the API of terminals and banks, the tables built from the journal, and the pages live, tap desk and holder.
//! Never decides: the engine does, and every figure here names the position it rests on.

pub mod api;
pub mod pages;
pub mod service;
pub mod store;
