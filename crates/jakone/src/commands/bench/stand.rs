//! Where a bench runs: the runtime on one of the journals, with a private server where the journal needs one.
//!
//! Owns the settings of a server for a whole city. The servers are this bench's own and end with it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::{Code, CommandId, SystemClock};
use engine::{Genesis, Parameter};
use journal::{
    EmbeddedOptions, JetstreamOptions, Journal, KeyRing, Memory, PostgresOptions, SharedJournal as _,
    SyncAlways,
};
use runtime::{Leadership, Limits, Runtime};
use servers::{NatsCluster, NatsSettings, PostgresServer};

use super::city::code;
use super::plan::Plan;
use crate::addresses::Told;
use crate::cli::BenchBackend;
use crate::data_directory::{DataDirectory, Start, end_process, start_runtime};
use crate::problem::Problem;
use crate::product::Product;

/// Ids remembered: the engine's default, said here so that the report can name it.
pub const ID_WINDOW_COUNT: i64 = 4 << 20;
/// Size of the journal's segments and how many are kept ahead: as a server for a whole city would be set.
const SEGMENT_BYTES: u64 = 64 << 20;
const SEGMENTS_AHEAD: usize = 8;
/// A record with its overhead, more or less.
const RECORD_BYTES: u64 = 160;
const SEGMENTS_WAIT_MAX: Duration = Duration::from_secs(60);
/// PostgreSQL as it is set for a machine of this size. It flushes before it acknowledges, as by default.
const POSTGRES_SETTINGS: [&str; 4] =
    ["shared_buffers = 1GB", "max_wal_size = 8GB", "checkpoint_timeout = 30min", "wal_compression = off"];

/// A runtime with what it stands on; the server ends with it.
pub struct Stand {
    /// The runtime.
    pub runtime: Runtime,
    /// The server that keeps the journal, if one does.
    server: Server,
}

/// A server of the bench's own.
pub enum Server {
    /// None is needed.
    None,
    /// PostgreSQL.
    Postgres(PostgresServer),
    /// Three NATS nodes on this machine.
    Nats(NatsCluster),
}

impl Server {
    /// Starts what a backend needs.
    ///
    /// # Errors
    /// A [`Problem`] when this machine lacks the programs.
    pub fn start(backend: BenchBackend) -> Result<Self, Problem> {
        match backend {
            BenchBackend::Embedded | BenchBackend::Memory => Ok(Self::None),
            BenchBackend::Postgres if PostgresServer::is_installed() => {
                Ok(Self::Postgres(PostgresServer::start(&POSTGRES_SETTINGS)))
            }
            BenchBackend::Jetstream if NatsCluster::is_installed() => {
                Ok(Self::Nats(NatsCluster::start(NatsSettings::default())))
            }
            BenchBackend::Postgres => {
                let what = "Debian's package postgresql";
                Err(missing("PostgreSQL", what, "paket postgresql dari Debian"))
            }
            BenchBackend::Jetstream => {
                let what = "nats-server 2.14 or later, or name it in NATS_SERVER";
                Err(missing(
                    "NATS",
                    what,
                    "nats-server 2.14 atau yang lebih baru, atau sebutkan di NATS_SERVER",
                ))
            }
        }
    }

    /// A data directory in `scratch`, with journal and tables on this server if it is PostgreSQL.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn directory(&self, scratch: &Path) -> anyhow::Result<DataDirectory> {
        let database = self.database();
        let told = Told { database: database.as_deref(), journal: None };
        DataDirectory::open_or_create(&scratch.join("city"))?.on(told)
    }

    /// A new database, where the server is PostgreSQL.
    pub fn database(&self) -> Option<String> {
        match self {
            Self::Postgres(server) => Some(server.database()),
            Self::None | Self::Nats(_) => None,
        }
    }
}

fn missing(server: &str, what: &str, what_indonesian: &str) -> Problem {
    Problem::new(
        "bench_server_missing",
        format!("The bench starts a private {server} server, and this machine has none. Install {what}."),
        format!(
            "Uji kinerja memulai server {server} sendiri, dan mesin ini tidak memilikinya. Pasang {what_indonesian}."
        ),
    )
}

impl Stand {
    /// Starts the runtime on the plan's backend, its files in `scratch`.
    ///
    /// # Errors
    /// When the directory or the server cannot be used.
    pub fn start(plan: &Plan, scratch: &Path) -> anyhow::Result<Self> {
        let server = Server::start(plan.backend)?;
        let runtime = match &server {
            Server::None if plan.backend == BenchBackend::Embedded => {
                let directory = DataDirectory::open_or_create(&scratch.join("city"))?;
                let runtime = start_runtime(&directory, settings(plan))?.0;
                wait_for_segments(plan, &directory);
                runtime
            }
            Server::None => alone(plan, Box::new(Memory::new()))?,
            Server::Postgres(server) => alone(plan, PostgresOptions::new(server.database()).open(None)?)?,
            Server::Nats(cluster) => alone(plan, jetstream(cluster).open(None)?)?,
        };
        Ok(Self { runtime, server })
    }

    /// Stops the runtime, then the server.
    pub fn end(self) {
        drop(self.runtime.shutdown());
        drop(self.server);
    }
}

/// Runs something on the whole product, which is closed whatever comes of it.
///
/// # Errors
/// What stands in the way of starting or closing, or what `work` answers.
pub async fn on_product<T>(
    directory: &DataDirectory,
    plan: &Plan,
    work: impl AsyncFnOnce(&Product) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let product = Product::open(directory, settings(plan)).await?;
    wait_for_segments(plan, directory);
    let done = work(&product).await;
    product.close().await?;
    done
}

/// Lets the journal write its segments ahead, as far as the plan will fill them: a city does not go from nothing to full load, and
/// a disk that is slower than that would be answered `journal_full`.
fn wait_for_segments(plan: &Plan, directory: &DataDirectory) {
    if directory.is_shared() {
        return;
    }
    let records = u64::from(plan.count) + 2 * u64::from(plan.accounts);
    let filled = usize::try_from(records * RECORD_BYTES / SEGMENT_BYTES).unwrap_or(usize::MAX);
    let wanted = filled.min(SEGMENTS_AHEAD);
    let there = || std::fs::read_dir(directory.journal()).map_or(usize::MAX, Iterator::count);
    let start = Instant::now();
    while there() < wanted && start.elapsed() < SEGMENTS_WAIT_MAX {
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn jetstream(cluster: &NatsCluster) -> JetstreamOptions {
    let owned = |(user, password): (&str, &str)| (user.to_owned(), password.to_owned());
    let (user, password) = owned(NatsCluster::SYSTEM);
    let mut options = JetstreamOptions::new(cluster.urls(), SyncAlways::Asked { user, password });
    options.user = Some(owned(NatsCluster::USER));
    options
}

/// How a bench starts the engine on a data directory.
pub fn settings(plan: &Plan) -> Start {
    Start {
        parameters: vec![(Parameter::IdWindowCount, ID_WINDOW_COUNT)],
        reserve: reserve(plan),
        journal: EmbeddedOptions {
            segment_bytes: SEGMENT_BYTES,
            reserve_ahead: SEGMENTS_AHEAD,
            ..EmbeddedOptions::default()
        },
        ..Start::with_clock(Arc::new(SystemClock::new(0)))
    }
}

fn reserve(plan: &Plan) -> usize {
    usize::try_from(plan.accounts).unwrap_or(usize::MAX)
}

/// A runtime that is alone on its journal: what a standby costs is not measured here.
fn alone(plan: &Plan, journal: Box<dyn Journal>) -> anyhow::Result<Runtime> {
    let named = |text: &str| -> Code { code(text) };
    let options = runtime::Options {
        genesis: Genesis {
            city: named("bench"),
            format: 1,
            hash_key: plan.seed,
            keys: Vec::new(),
            parameters: vec![(Parameter::IdWindowCount, ID_WINDOW_COUNT)],
        },
        node: named("bench"),
        epoch_id: CommandId::from_u128(1),
        build: named("bench"),
        config: 0,
        limits: Limits::default(),
        leadership: Leadership::Alone,
        reserve: reserve(plan),
        on_fault: end_process,
    };
    let keys = Arc::new(KeyRing::in_memory([1; 32]));
    Ok(Runtime::start(journal, keys, Arc::new(SystemClock::new(0)), options)?)
}
