//! The counts of insight as `verify` sees them: taps are counted again from the records.

use anyhow::Context as _;
use engine::{Record, State};
use insight::service::{Comparison, Recount};
use journal::Head;
use tokio::runtime::Runtime;

use super::verify::ProjectionCheck;
use crate::data_directory::DataDirectory;

/// One view of the counts and the threads its statements run on.
pub struct Counts {
    // Dropped first, and within the threads it needs to give its connection back.
    comparison: Option<Comparison>,
    recount: Recount,
    tasks: Runtime,
}

impl Drop for Counts {
    fn drop(&mut self) {
        let _within = self.tasks.enter();
        self.comparison = None;
    }
}

impl Counts {
    /// The counts of a data directory, if there are any.
    ///
    /// # Errors
    /// When they are there and cannot be read.
    pub fn open(directory: &DataDirectory) -> anyhow::Result<Option<Self>> {
        let tasks = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let comparison =
            tasks.block_on(Comparison::open(directory.place())).context("the counts cannot be read")?;
        let recount = Recount::default();
        Ok(comparison.map(|comparison| Self { comparison: Some(comparison), recount, tasks }))
    }
}

impl ProjectionCheck for Counts {
    fn name(&self) -> &'static str {
        "insight"
    }

    fn cursor(&mut self) -> anyhow::Result<Head> {
        let Some(comparison) = &self.comparison else { return Ok(Head::EMPTY) };
        Ok(self.tasks.block_on(comparison.cursor())?)
    }

    fn see(&mut self, record: &Record) {
        self.recount.add(record);
    }

    fn compare(&mut self, state: &State) -> anyhow::Result<Vec<String>> {
        let Some(comparison) = &self.comparison else { return Ok(Vec::new()) };
        Ok(self.tasks.block_on(comparison.compare(&self.recount, state))?)
    }
}
