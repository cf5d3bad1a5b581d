//! How the journal on JetStream is set up, and why it may not be.
//!
//! Owns the defaults, the least server version and the words. Never shows a password.

use std::path::PathBuf;
use std::time::Duration;

use crate::log::ReadError;
use crate::server::Uncovered;

/// The oldest server whose acknowledgement is believed, as (major, minor, patch). The log between the nodes is flushed
/// as `sync_interval` says since 2.10.23, votes since 2.11; in 2.14 a change of leader can no longer make a node drop
/// its log because of a proposal that failed.
pub(crate) const VERSION_MIN: (u64, u64, u64) = (2, 14, 4);

/// On how many machines an entry is before it is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// Kept by three servers, acknowledged by two: they must stand on three machines.
    Three,
    /// Kept by one server: what that machine loses is lost.
    OneMachine,
}

impl Copies {
    pub(crate) const fn count(self) -> usize {
        match self {
            Self::Three => 3,
            Self::OneMachine => 1,
        }
    }
}

/// Who says that every server flushes before it acknowledges (`sync_interval: always`). A server's default is to flush
/// every two minutes, and no ordinary client can see which it is.
#[derive(Clone)]
pub enum SyncAlways {
    /// Each server is asked, with a user of the system account.
    Asked {
        /// The user's name.
        user: String,
        /// Its password.
        password: String,
    },
    /// The operator vouches for it.
    Vouched,
}

/// How the journal on JetStream is set up.
#[derive(Clone)]
pub struct JetstreamOptions {
    /// Addresses of the servers, `nats://host:4222` or `tls://host:4222`; any of them leads to the others.
    pub servers: Vec<String>,
    /// User and password of the account that holds the stream.
    pub user: Option<(String, String)>,
    /// Certificates to trust for TLS, beside the system's.
    pub tls_roots: Option<PathBuf>,
    /// Name of the stream; entries are published under `NAME.entry`.
    pub stream: String,
    /// On how many machines.
    pub copies: Copies,
    /// Who says that the servers flush.
    pub sync: SyncAlways,
    /// How long one append, or one page of a reader, may take before it counts as unknown.
    pub wait_max: Duration,
    /// How often the servers are asked for room.
    pub room_every: Duration,
}

impl JetstreamOptions {
    /// Three copies in the stream `JOURNAL`, with five seconds for an append.
    #[must_use]
    pub fn new(servers: Vec<String>, sync: SyncAlways) -> Self {
        Self {
            servers,
            user: None,
            tls_roots: None,
            stream: "JOURNAL".to_owned(),
            copies: Copies::Three,
            sync,
            wait_max: Duration::from_secs(5),
            room_every: Duration::from_secs(15),
        }
    }

    pub(crate) fn subject(&self) -> String {
        format!("{}.entry", self.stream)
    }
}

impl std::fmt::Debug for JetstreamOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("JetstreamOptions");
        shown.field("stream", &self.stream).field("copies", &self.copies).field("wait_max", &self.wait_max);
        shown.finish_non_exhaustive()
    }
}

/// Why the journal on JetStream cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JetstreamError {
    /// The address cannot be read.
    #[error(
        "the journal's address cannot be read: {why}; write \
             nats://USER:PASSWORD@HOST:4222,HOST:4222,HOST:4222?system=USER:PASSWORD"
    )]
    Address {
        /// What is wrong with it.
        why: &'static str,
    },
    /// No thread or socket could be had.
    #[error("the operating system refused what a connection needs: {0}")]
    System(#[from] std::io::Error),
    /// No server can be reached, or none leads at the moment.
    #[error(
        "cannot {action} at {servers}: {reason}; see that most of the servers are up and that address and \
             password are right"
    )]
    Reach {
        /// What was tried.
        action: &'static str,
        /// The addresses.
        servers: String,
        /// Why.
        reason: String,
    },
    /// A server is too old.
    #[error(
        "the NATS server {server} has version {found}; journals need {} or later, because earlier ones may lose \
             what they acknowledged. Install a newer one (Debian's is too old)",
        version_min()
    )]
    Version {
        /// Which server.
        server: String,
        /// Its version.
        found: String,
    },
    /// A server flushes later than it acknowledges.
    #[error(
        "the NATS server {server} acknowledges before it flushes; write `sync_interval: always` into its \
             `jetstream` block and restart it"
    )]
    SyncLater {
        /// Which server.
        server: String,
    },
    /// Too few servers said how they flush.
    #[error(
        "{answered} NATS servers with JetStream said how they flush, and an entry needs {needed}; start the \
             others, then try again"
    )]
    Silent {
        /// How many answered.
        answered: usize,
        /// How many acknowledge an entry.
        needed: usize,
    },
    /// A full entry does not fit into a message.
    #[error(
        "the NATS server takes messages of {found} bytes, an entry with its headers may have {needed}; set \
             `max_payload` to at least that"
    )]
    Payload {
        /// What it takes.
        found: usize,
        /// What an entry may have.
        needed: usize,
    },
    /// The stream is not a journal's.
    #[error(
        "the stream {stream} has {field} = {found}, a journal needs {wanted}; set it so with the nats tool, or \
             name another stream"
    )]
    Stream {
        /// The stream.
        stream: String,
        /// The field of its configuration or state, as the server names it.
        field: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        wanted: String,
    },
    /// A consumer has seen something else.
    #[error(transparent)]
    Uncovered(#[from] Uncovered),
    /// An entry cannot be read, or is damaged.
    #[error(transparent)]
    Read(#[from] ReadError),
}

fn version_min() -> String {
    let (major, minor, patch) = VERSION_MIN;
    format!("{major}.{minor}.{patch}")
}

/// Whether a version such as `2.15.1` or `2.16.0-RC.2` is late enough.
pub(crate) fn is_late_enough(version: &str) -> bool {
    let mut parts = version.split(['.', '-']).map(str::parse::<u64>);
    let mut next = || parts.next().and_then(Result::ok);
    let found = next().zip(next()).zip(next());
    found.is_some_and(|((major, minor), patch)| (major, minor, patch) >= VERSION_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        for late in ["2.14.4", "2.14.10", "2.15.0", "2.15.1-RC.1", "3.0.0"] {
            assert!(is_late_enough(late), "{late}");
        }
        for early in ["2.14.3", "2.9.10", "1.99.99", "2.14", "", "two", "2.x.9"] {
            assert!(!is_late_enough(early), "{early}");
        }
    }
}
