//! Private servers for tests and measurements: a PostgreSQL from Debian's binaries, and NATS nodes alone or as a cluster.
//!
//! Owns their processes and directories. Never uses a server that is there already, and ends only what it started: a
//! server that was not stopped in time is stopped by its keeper when the process is gone, however that ended.

// A server that does not start must stop the test or the measurement that uses it, at once and with a sentence.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

mod keeper;
mod nats;
mod postgres;

pub use nats::{NatsCluster, NatsSettings};
pub use postgres::PostgresServer;

/// Asks again and again until something is true; stops with a sentence if it never is.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !holds() {
        assert!(start.elapsed() < std::time::Duration::from_secs(60), "waited a minute in vain until {what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
