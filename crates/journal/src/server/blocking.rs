//! A small runtime for an asynchronous client behind a blocking port.
//!
//! Owns the runtime of one journal or reader. Never shares the product's: a journal's append must not wait for
//! somebody's page. To be used from plain threads (or `spawn_blocking`), not from a task.

use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

/// A runtime that is driven by whoever waits.
#[derive(Debug)]
pub(crate) struct Blocking(Option<Runtime>);

/// No answer came in time.
#[derive(Debug)]
pub(crate) struct TimeOver;

impl Blocking {
    /// Everything runs on the caller's thread while it waits: nothing is handed over to another one.
    pub(crate) fn on_the_callers_thread() -> io::Result<Self> {
        Builder::new_current_thread().enable_all().build().map(|runtime| Self(Some(runtime)))
    }

    /// With a thread of its own, for a client that must answer its server also while nobody waits.
    pub(crate) fn with_a_thread(name: &str) -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(1).thread_name(name).enable_all().build().map(|runtime| Self(Some(runtime)))
    }

    /// Waits for the work, at most so long; then it is dropped where it stands.
    pub(crate) fn run<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Result<T, TimeOver> {
        let runtime = self.0.as_ref().ok_or(TimeOver)?;
        runtime.block_on(async { tokio::time::timeout(limit, work).await.map_err(|_| TimeOver) })
    }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        // Without waiting, so that a journal may be dropped anywhere.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
