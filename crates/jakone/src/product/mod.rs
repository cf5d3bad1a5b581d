//! The whole product in one process: databases, engine, projection, outbox, pages, API.
//!
//! Owns the wiring and the order of starting and stopping. Decides nothing.

mod delivery;
mod routes;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acceptance::service::Service;
use acceptance::store::migrations::{Office as AcceptanceOffice, Projections};
use acceptance::store::{Acceptance, projection};
use anyhow::Context as _;
use axum::Router;
use base::Clock;
use journal::Cover;
use platform::access::{Actor, Policies};
use platform::clients::Clients;
use platform::database::Databases;
use platform::devices::Devices;
use platform::outbox::{Dispatcher, Outbox};
use platform::shutdown::{Shutdown, Trigger};
use programmes::service::labels::Labels;
use residents::service::Residents;
use runtime::{Follower, Handle, Runtime};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::data_directory::{DataDirectory, Start, start_runtime};

pub use delivery::EngineSink;

/// How long open requests may take to end after a stop was asked for.
const DRAIN_WAIT_MAX: Duration = Duration::from_secs(5);

/// A running product.
pub struct Product {
    runtime: Runtime,
    follower: Follower,
    databases: Databases,
    service: Service,
    clients: Clients,
    devices: Devices,
    outbox: Outbox,
    residents: Residents,
    labels: Labels,
    dispatcher: JoinHandle<()>,
    stop: Trigger,
    shutdown: Shutdown,
    clock: Arc<dyn Clock>,
}

impl Product {
    /// Opens a data directory and starts everything in it but the listener.
    ///
    /// # Errors
    /// What stands in the way: a journal in use or damaged, a database that does not open, a clock that is behind.
    pub async fn open(directory: &DataDirectory, mut start: Start) -> anyhow::Result<Self> {
        let databases = open_databases(directory.root()).await?;
        let clock = Arc::clone(&start.clock);
        let seen = projection::read_cursor(&databases.projections).await?;
        start.cover = (seen.seq > 0).then_some(Cover { seq: seen.seq, hash: seen.hash });
        let (runtime, recovery) = start_runtime(directory, start)?;
        if let Some(torn) = &recovery.torn {
            tracing::warn!(?torn, "the last entry was torn; it was set aside");
        }
        let tasks = tokio::runtime::Handle::current();
        let tables = Acceptance::open(databases.projections.clone(), tasks).await?;
        let handle = runtime.handle();
        let follower = tokio::task::spawn_blocking(move || handle.follow(Box::new(tables))).await??;
        let (stop, shutdown) = platform::shutdown::channel();
        let outbox = Outbox::new(databases.office.clone());
        let sink = Arc::new(EngineSink::new(runtime.handle(), Arc::clone(&clock)));
        let dispatcher = Dispatcher::new(outbox.clone(), sink, Arc::clone(&clock));
        let dispatcher = tokio::spawn(dispatcher.run(shutdown.clone()));
        let devices = Devices::new(databases.office.clone(), Arc::clone(&clock));
        let policies = Arc::new(Policies::embedded()?);
        let service = Service::new(
            runtime.handle(),
            &databases,
            follower.cursor(),
            policies,
            devices.clone(),
            Arc::clone(&clock),
        );
        let clients = Clients::new(databases.office.clone(), Arc::clone(&clock));
        let office = databases.office.clone();
        let residents =
            Residents::open(directory.root(), outbox.clone(), office.clone(), Arc::clone(&clock)).await?;
        let labels = Labels::open(office).await?;
        Ok(Self {
            runtime,
            follower,
            databases,
            service,
            clients,
            devices,
            outbox,
            residents,
            labels,
            dispatcher,
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

    /// Terminals.
    pub const fn devices(&self) -> &Devices {
        &self.devices
    }

    /// The registry of people.
    pub const fn residents(&self) -> &Residents {
        &self.residents
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
    /// When the outbox cannot be read or the projection stopped.
    pub async fn caught_up(&self) -> anyhow::Result<()> {
        while self.outbox.waiting().await? > 0 {
            self.outbox.wake();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let last = self.runtime.handle().durable().seq;
        let mut cursor = self.follower.cursor();
        cursor
            .wait_for(|head| head.seq >= last)
            .await
            .context("the projection stopped; see the messages above")?;
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

    /// Stops in order: outbox, engine, projection, databases. What was answered is durable.
    ///
    /// # Errors
    /// When the projection had stopped by itself or a database does not close.
    pub async fn close(self) -> anyhow::Result<()> {
        self.stop.stop();
        self.dispatcher.await.context("the outbox's task panicked")?;
        let Self { runtime, follower, databases, .. } = self;
        tokio::task::spawn_blocking(move || runtime.shutdown())
            .await
            .context("the engine's thread panicked")?;
        tokio::task::spawn_blocking(move || follower.stop())
            .await
            .context("the projection's thread panicked")??;
        databases.close().await?;
        Ok(())
    }
}

/// Opens both databases and brings every slice's tables to the present schema.
///
/// # Errors
/// When a file cannot be opened or was written by a later release.
pub async fn open_databases(root: &Path) -> anyhow::Result<Databases> {
    let databases = Databases::open(root).await?;
    platform::migrations::run::<platform::migrations::Office>(&databases.office).await?;
    platform::migrations::run::<programmes::Office>(&databases.office).await?;
    platform::migrations::run::<AcceptanceOffice>(&databases.office).await?;
    platform::migrations::run::<Projections>(&databases.projections).await?;
    Ok(databases)
}

/// The permit under which the process itself prepares the city.
pub fn system_permit(action: platform::access::Action) -> anyhow::Result<platform::access::Permit> {
    let policies = Policies::embedded()?;
    let city = platform::access::Resource::City;
    Ok(platform::access::authorize(&policies, &Actor::system(), action, &city)?)
}
