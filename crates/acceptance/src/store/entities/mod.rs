//! One file per table. Time is microseconds UTC, money whole rupiah.

pub mod account;
pub mod cash_out;
pub mod chain;
pub mod code;
pub mod cursor;
pub mod disbursement;
pub mod entitlement;
pub mod holder;
pub mod medium;
pub mod minute;
pub mod outcome;
pub mod purchase;
pub mod purchase_line;
pub mod refund;
pub mod rerating;
pub mod sum;
pub mod transfer;
