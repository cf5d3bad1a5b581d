//! Where a city of these tests keeps its journal: segment files, PostgreSQL, or NATS with a database beside it. Owns the
//! addresses, and the engine that a test runs there itself.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use base::Clock;
use fixtures::servers::{NatsCluster, PostgresServer};
use journal::{JetstreamOptions, KeyRing, PostgresOptions, SharedJournal};
use runtime::{Leadership, Runtime, Snapshots, Standby, Terms};

use crate::town::options;

/// Terms of an engine that has nobody beside it: a takeover after half a second. The product's own are four.
const SHORT: Terms = Terms {
    tick: Duration::from_millis(100),
    lease: Duration::from_millis(250),
    silence: Duration::from_millis(500),
};

/// Addresses of a city's servers, as `serve` is told them.
#[derive(Debug, Clone, Default)]
pub struct Servers {
    pub database: Option<String>,
    pub journal: Option<String>,
}

impl Servers {
    /// A new database for all of it.
    pub fn postgres() -> Self {
        Self { database: Some(PostgresServer::shared().database()), journal: None }
    }

    /// A stream on three nodes for the journal, and a new database for the rest.
    pub fn nats(stream: &str) -> Self {
        Self::on(NatsCluster::shared(), stream)
    }

    /// A stream on nodes of a test's own, and a new database for the rest.
    pub fn on(nodes: &NatsCluster, stream: &str) -> Self {
        let hosts: Vec<String> =
            nodes.urls().iter().map(|url| url.trim_start_matches("nats://").to_owned()).collect();
        let [(user, password), (system, secret)] = [NatsCluster::USER, NatsCluster::SYSTEM];
        let hosts = hosts.join(",");
        let journal = format!("nats://{user}:{password}@{hosts}/{stream}?system={system}:{secret}");
        Self { journal: Some(journal), ..Self::postgres() }
    }

    /// What a data directory keeps.
    pub fn kept(data: &Path) -> Self {
        let [database, journal] =
            ["database", "journal.address"].map(|name| fs::read_to_string(data.join(name)).ok());
        Self { database, journal }
    }

    /// Keeps them in a data directory as `serve` does.
    pub fn keep(&self, data: &Path) {
        use std::os::unix::fs::PermissionsExt as _;
        for (name, address) in [("database", &self.database), ("journal.address", &self.journal)] {
            let Some(address) = address else { continue };
            fs::write(data.join(name), address).unwrap();
            fs::set_permissions(data.join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    /// The journal on them; none where it is files.
    pub fn shared(&self) -> Option<Arc<dyn SharedJournal>> {
        match (&self.journal, &self.database) {
            (Some(address), _) => Some(Arc::new(JetstreamOptions::parse(address).unwrap())),
            (None, Some(url)) => Some(Arc::new(PostgresOptions::new(url))),
            (None, None) => None,
        }
    }
}

/// Runs the engine on a shared journal that nobody else leads, with the keys of a directory.
pub fn lead(journal: &Arc<dyn SharedJournal>, data: &Path, clock: &Arc<dyn Clock>) -> Runtime {
    let keys = Arc::new(KeyRing::open(&data.join("keys")).unwrap());
    let options = runtime::Options { leadership: Leadership::Shared(SHORT), ..options() };
    let snapshots = Snapshots::at(&data.join("snapshots"));
    let start = || {
        let (journal, keys, clock) = (Arc::clone(journal), Arc::clone(&keys), Arc::clone(clock));
        Standby::start(journal, keys, clock, snapshots.clone(), options.clone())
    };
    // A cluster that was just started chooses its leader first.
    let standby = std::iter::repeat_with(start).take(100).find_map(Result::ok).unwrap();
    standby.lead(&AtomicBool::new(false)).unwrap().unwrap()
}
