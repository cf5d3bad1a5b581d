//! One file per table. Time is microseconds UTC, money whole rupiah.

pub mod account;
pub mod chain;
pub mod code;
pub mod cursor;
pub mod entitlement;
pub mod holder;
pub mod medium;
pub mod minute;
pub mod outcome;
pub mod transfer;
