//! The whole product in one process: databases, engine, projections, outbox, pages, API.
//!
//! Owns the wiring and the order of starting and stopping. Decides nothing.

mod contacts;
mod decided;
mod delivery;
mod figures;
#[cfg(test)]
mod full_disk;
mod pace;
mod routes;

use std::sync::Arc;
use std::time::Duration;

use acceptance::service::Service;
use acceptance::store::Acceptance;
use acceptance::store::migrations::{Office as AcceptanceOffice, Projections};
use anyhow::Context as _;
use axum::Router;
use base::Clock;
use governance::Settings;
use governance::gateway::Gateway;
use governance::pages::{Sample, Trial};
use governance::service::Governance;
use insight::store::Insight;
use journal::Head;
use platform::access::{Actor, Policies};
use platform::audit::{self, Audit};
use platform::cipher::Cipher;
use platform::clients::Clients;
use platform::database::{Database, Databases, Place};
use platform::devices::Devices;
use platform::outbox::{Dispatcher, Outbox};
use platform::shutdown::{Shutdown, Trigger};
use platform::telemetry;
use programmes::service::labels::Labels;
use residents::service::Residents;
use runtime::{Follower, Handle, Projection, Runtime};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::data_directory::{DataDirectory, Start, start_runtime};
use crate::journal_copy::JournalCopy;
use crate::office_key;
use crate::seen::Seen;

pub use delivery::EngineSink;

use contacts::RegistryContacts;
use decided::{Decided, settle_restored};
use figures::Figures;

/// How long open requests may take to end after a stop was asked for.
const DRAIN_WAIT_MAX: Duration = Duration::from_secs(5);

/// A running product.
pub struct Product {
    runtime: Runtime,
    followers: Followers,
    journal_copy: Option<JournalCopy>,
    databases: Databases,
    service: Service,
    insight: insight::service::Service,
    governance: Governance,
    /// Users of a demonstration, whose secrets are shown.
    samples: Arc<[Sample]>,
    /// How a demonstration is tried as a resident.
    trial: Option<Trial>,
    policies: Arc<Policies>,
    clients: Clients,
    devices: Devices,
    outbox: Outbox,
    residents: Residents,
    labels: Labels,
    dispatcher: JoinHandle<()>,
    attesting: JoinHandle<()>,
    pace: JoinHandle<()>,
    figures: Figures,
    /// Whether whoever has not signed in may use the portal as the console: in a demonstration only.
    is_open: bool,
    stop: Trigger,
    shutdown: Shutdown,
    clock: Arc<dyn Clock>,
}

impl Product {
    /// Opens a data directory and starts everything in it but the listener.
    ///
    /// # Errors
    /// What stands in the way: a journal in use or damaged, a database that does not open, a clock that is behind.
    pub async fn open(directory: &DataDirectory, start: Start) -> anyhow::Result<Self> {
        // First, so that figures tell of everything.
        telemetry::install()?;
        let clock = Arc::clone(&start.clock);
        let lag_max = start.lag_max;
        let (runtime, databases) = Box::pin(begin(directory, start)).await?;
        let labels = Labels::open(databases.office.clone()).await?;
        let followers = Followers::start(&runtime.handle(), &databases, &labels).await?;
        let (stop, shutdown) = platform::shutdown::channel();
        let (pace, lags) = pace::keep(runtime.handle(), followers.cursors(), lag_max, shutdown.clone());
        let outbox = Outbox::new(databases.office.clone());
        let decided = Decided::new(databases.projections.clone(), followers.acceptance.cursor());
        let durable = runtime.handle().durable().seq;
        Box::pin(settle_restored(directory, &outbox, &decided, durable, &*clock)).await?;
        let sink = EngineSink::new(runtime.handle(), decided, Arc::clone(&clock));
        let dispatcher = Dispatcher::new(outbox.clone(), Arc::new(sink), Arc::clone(&clock));
        let dispatcher = tokio::spawn(dispatcher.run(shutdown.clone()));
        let devices = Devices::new(databases.office.clone(), Arc::clone(&clock));
        let audit = Audit::new(databases.office.clone(), Arc::clone(&clock));
        let attesting = audit::run(audit.clone(), outbox.clone(), delivery::attest, shutdown.clone());
        let attesting = tokio::spawn(attesting);
        let figures = Figures {
            engine: runtime.handle(),
            cursors: followers.named_cursors(),
            lags,
            snapshots: directory.snapshots(),
            outbox: outbox.clone(),
            audit: audit.clone(),
        };
        let policies = Arc::new(Policies::embedded()?);
        let known = (devices.clone(), audit.clone());
        let (service, insight) =
            services(runtime.handle(), &databases, &followers, known, (&policies, &clock));
        let clients = Clients::new(databases.office.clone(), Arc::clone(&clock));
        let callers = (clients.clone(), devices.clone());
        let cipher = Cipher::open(directory.root(), &databases.office, clock.as_ref()).await?;
        let governance = governance((&databases, &cipher), &clock, &policies, audit, callers)?;
        governance.seal_secrets().await?;
        let clients = clients.granted_by(Arc::new(governance.clone()));
        let office = databases.office.clone();
        let residents = Residents::open(cipher, outbox.clone(), office, Arc::clone(&clock)).await?;
        let journal_copy = JournalCopy::keep(directory, &runtime.handle())?;
        Ok(Self {
            runtime,
            followers,
            journal_copy,
            databases,
            service,
            insight,
            governance,
            samples: Arc::new([]),
            trial: None,
            policies,
            clients,
            devices,
            outbox,
            residents,
            labels,
            dispatcher,
            attesting,
            pace,
            figures,
            is_open: false,
            stop,
            shutdown,
            clock,
        })
    }

    /// A way to the engine.
    pub fn engine(&self) -> Handle {
        self.runtime.handle()
    }

    /// API clients.
    pub const fn clients(&self) -> &Clients {
        &self.clients
    }

    /// Users and sessions.
    pub const fn governance(&self) -> &Governance {
        &self.governance
    }

    /// Makes it a demonstration: whoever has not signed in looks around as the console, and users are shown with what they
    /// sign in with.
    pub fn demonstrate(&mut self, samples: Vec<Sample>) {
        self.samples = samples.into();
        self.is_open = true;
    }

    /// Sends codes to residents' phones through a gateway.
    pub fn send_messages(&mut self, gateway: Gateway) {
        let residents = self.residents.clone();
        let contacts = RegistryContacts { residents, policies: Arc::clone(&self.policies) };
        self.governance = self.governance.clone().with_messages(Arc::new(contacts), gateway);
    }

    /// Shows how a demonstration is tried, where residents sign in.
    pub fn show_trial(&mut self, trial: Trial) {
        self.trial = Some(trial);
    }

    /// Terminals.
    pub const fn devices(&self) -> &Devices {
        &self.devices
    }

    /// The registry of people.
    pub const fn residents(&self) -> &Residents {
        &self.residents
    }

    /// The tables built from the journal.
    pub const fn projections(&self) -> &Database {
        &self.databases.projections
    }

    /// How far each projection is.
    pub fn cursors(&self) -> [watch::Receiver<Head>; 2] {
        self.followers.cursors()
    }

    /// Names of published things.
    pub const fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The city's clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// Waits until everything the office wrote is delivered and the tables hold the last durable entry.
    ///
    /// # Errors
    /// When the outbox cannot be read or a projection stopped.
    pub async fn caught_up(&self) -> anyhow::Result<()> {
        while self.outbox.waiting().await? > 0 {
            self.outbox.wake();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let last = self.runtime.handle().durable().seq;
        for mut cursor in self.followers.cursors() {
            cursor
                .wait_for(|head| head.seq >= last)
                .await
                .context("a projection stopped; see the messages above")?;
        }
        Ok(())
    }

    /// Everything that answers: pages, API, documents, figures.
    ///
    /// # Errors
    /// When the texts cannot be read.
    pub fn router(&self) -> anyhow::Result<Router> {
        routes::router(self)
    }

    /// Serves on a listener until a stop is asked for, then ends open requests.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(&self, router: Router, listener: TcpListener) -> anyhow::Result<()> {
        let mut shutdown = self.shutdown.clone();
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            shutdown.requested().await;
        });
        let mut stopping = self.shutdown.clone();
        let limit = async {
            stopping.requested().await;
            tokio::time::sleep(DRAIN_WAIT_MAX).await;
        };
        tokio::select! {
            served = serving.into_future() => served.context("the listener failed"),
            () = limit => Ok(()),
        }
    }

    /// What hears of a stop.
    pub fn shutdown(&self) -> Shutdown {
        self.shutdown.clone()
    }

    /// Asks everything to stop and lets open requests end.
    ///
    /// # Errors
    /// As [`Product::serve`].
    pub async fn stopped(&self, serving: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        self.stop.stop();
        serving.await
    }

    /// Stops in order: outbox, engine, projections, databases. What was answered is durable.
    ///
    /// # Errors
    /// When a projection had stopped by itself or a database does not close.
    pub async fn close(self) -> anyhow::Result<()> {
        self.stop.stop();
        self.attesting.await.context("the audit's task panicked")?;
        self.dispatcher.await.context("the outbox's task panicked")?;
        self.pace.await.context("the task that holds bulk back panicked")?;
        let Self { runtime, followers, journal_copy, databases, .. } = self;
        tokio::task::spawn_blocking(move || runtime.shutdown())
            .await
            .context("the engine's thread panicked")?;
        tokio::task::spawn_blocking(move || followers.stop())
            .await
            .context("a projection's thread panicked")??;
        tokio::task::spawn_blocking(move || journal_copy.map(JournalCopy::stop))
            .await
            .context("the stop of the journal's copy panicked")?;
        databases.close().await?;
        Ok(())
    }
}

/// The engine on the journal, and the databases.
async fn begin(directory: &DataDirectory, mut start: Start) -> anyhow::Result<(Runtime, Databases)> {
    if directory.is_shared() {
        // Until this machine leads, the tables are another's and move: they are asked when it is about to.
        let (owned, asked, tasks) = (directory.clone(), directory.clone(), tokio::runtime::Handle::current());
        start.seen = Box::new(move || {
            tasks.block_on(async {
                office_key::require(&asked).await?;
                Seen::by_tables(asked.place()).await
            })
        });
        let led = tokio::task::spawn_blocking(move || start_runtime(&owned, start));
        let (runtime, _) = led.await.context("the engine's thread panicked")??;
        return Ok((runtime, open_databases(directory.place()).await?));
    }
    office_key::require(directory).await?;
    let databases = open_databases(directory.place()).await?;
    let seen = Seen::by_tables(directory.place()).await?;
    start.seen = Box::new(move || Ok(seen.clone()));
    let (runtime, recovery) = start_runtime(directory, start)?;
    if let Some(torn) = recovery.and_then(|recovery| recovery.torn) {
        tracing::warn!(?torn, "the last entry was torn; it was set aside");
    }
    Ok((runtime, databases))
}

/// What answers about decisions and about counts.
fn services(
    engine: Handle,
    databases: &Databases,
    followers: &Followers,
    (devices, audit): (Devices, Audit),
    (policies, clock): (&Arc<Policies>, &Arc<dyn Clock>),
) -> (Service, insight::service::Service) {
    let (policies, clock) = (Arc::clone(policies), Arc::clone(clock));
    let insight = insight::service::Service::new(
        engine.watch_durable(),
        databases.projections.clone(),
        followers.insight.cursor(),
        Arc::clone(&policies),
        Arc::clone(&clock),
    );
    let cursor = followers.acceptance.cursor();
    (Service::new(engine, databases, cursor, policies, devices, audit, clock), insight)
}

/// Who may act.
fn governance(
    (databases, cipher): (&Databases, &Cipher),
    clock: &Arc<dyn Clock>,
    policies: &Arc<Policies>,
    audit: Audit,
    callers: (Clients, Devices),
) -> anyhow::Result<Governance> {
    let office = (databases.office.clone(), cipher.clone());
    let settings = Settings::on(clock.now().jakarta_date()).context("no limits of signing in")?;
    let policies = Arc::clone(policies);
    Ok(Governance::new(office, Arc::clone(clock), settings, policies, audit, callers)?)
}

/// What keeps tables up with the journal, each behind its own cursor.
pub struct Followers {
    acceptance: Follower,
    insight: Follower,
}

impl Followers {
    /// Starts all of them.
    ///
    /// # Errors
    /// When a table cannot be read, or its cursor is not on this journal.
    pub async fn start(handle: &Handle, databases: &Databases, labels: &Labels) -> anyhow::Result<Self> {
        let tasks = tokio::runtime::Handle::current();
        let tables = databases.projections.clone();
        let acceptance = Acceptance::open(tables.clone(), tasks.clone()).await?;
        let insight = Insight::new(tables, labels.clone(), tasks);
        let follow = async |projection: Box<dyn Projection>| -> anyhow::Result<Follower> {
            let handle = handle.clone();
            Ok(tokio::task::spawn_blocking(move || handle.follow(projection)).await??)
        };
        Ok(Self {
            acceptance: follow(Box::new(acceptance)).await?,
            insight: follow(Box::new(insight)).await?,
        })
    }

    /// How far each is.
    pub fn cursors(&self) -> [watch::Receiver<Head>; 2] {
        [self.acceptance.cursor(), self.insight.cursor()]
    }

    fn named_cursors(&self) -> Vec<(&'static str, watch::Receiver<Head>)> {
        ["acceptance", "insight"].into_iter().zip(self.cursors()).collect()
    }

    /// Stops all of them, whichever had stopped by itself.
    ///
    /// # Errors
    /// Why one had stopped by itself.
    pub fn stop(self) -> Result<(), runtime::ProjectionError> {
        let stopped = [self.acceptance.stop(), self.insight.stop()];
        stopped.into_iter().collect()
    }
}

/// Opens both databases and brings every slice's tables to the present schema.
///
/// # Errors
/// When a file cannot be opened or was written by a later release.
pub async fn open_databases(place: Place<'_>) -> anyhow::Result<Databases> {
    let databases = Databases::open(place).await?;
    platform::migrations::run::<platform::migrations::Office>(&databases.office).await?;
    platform::migrations::run::<programmes::Office>(&databases.office).await?;
    platform::migrations::run::<governance::Migrations>(&databases.office).await?;
    platform::migrations::run::<AcceptanceOffice>(&databases.office).await?;
    platform::migrations::run::<Projections>(&databases.projections).await?;
    platform::migrations::run::<insight::store::migrations::Projections>(&databases.projections).await?;
    Ok(databases)
}

/// The permit under which the process itself prepares the city.
pub fn system_permit(action: platform::access::Action) -> anyhow::Result<platform::access::Permit> {
    let policies = Policies::embedded()?;
    let city = platform::access::Resource::City;
    Ok(platform::access::authorize(&policies, &Actor::system(), action, &city)?)
}
