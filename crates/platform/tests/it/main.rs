//! The platform from outside: the edge around routes, clients, devices, outbox.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod approvals;
mod audit;
mod clients;
mod edge;
mod outbox;
