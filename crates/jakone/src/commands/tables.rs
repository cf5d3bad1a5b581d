//! The tables of acceptance as `verify` sees them.

use acceptance::service::Comparison;
use anyhow::Context as _;
use engine::State;
use journal::Head;
use tokio::runtime::Runtime;

use super::verify::ProjectionCheck;
use crate::data_directory::DataDirectory;

/// One view of the tables and the threads its statements run on.
pub struct Tables {
    // Dropped first, and within the threads it needs to give its connection back.
    comparison: Option<Comparison>,
    tasks: Runtime,
}

impl Drop for Tables {
    fn drop(&mut self) {
        let _within = self.tasks.enter();
        self.comparison = None;
    }
}

impl Tables {
    /// The tables of a data directory, if there are any.
    ///
    /// # Errors
    /// When they are there and cannot be read.
    pub fn open(directory: &DataDirectory) -> anyhow::Result<Option<Self>> {
        let tasks = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let comparison =
            tasks.block_on(Comparison::open(directory.place())).context("the projection cannot be read")?;
        Ok(comparison.map(|comparison| Self { comparison: Some(comparison), tasks }))
    }
}

impl ProjectionCheck for Tables {
    fn name(&self) -> &'static str {
        "acceptance"
    }

    fn cursor(&mut self) -> anyhow::Result<Head> {
        let Some(comparison) = &self.comparison else { return Ok(Head::EMPTY) };
        Ok(self.tasks.block_on(comparison.cursor())?)
    }

    fn compare(&mut self, state: &State) -> anyhow::Result<Vec<String>> {
        let Some(comparison) = &self.comparison else { return Ok(Vec::new()) };
        Ok(self.tasks.block_on(comparison.compare(state))?)
    }
}
