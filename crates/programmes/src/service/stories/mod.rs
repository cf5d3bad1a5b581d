//! Stories: given / when / then files that policy people write, run against the published content.
//!
//! Owns the language of stories, what a story does to an engine of its own, and the comparison with what is expected. Each
//! story has its own clock and its own city; it never touches the disk, a database or the city that is running.

mod act;
mod answer;
mod error;
mod expect;
mod holdings;
mod names;
mod plan;
mod published;
mod result;
mod rows;
mod words;
mod world;

pub use error::{StoryError, StoryErrors, StoryProblem};
pub use plan::Story;
pub use published::Published;
pub use result::{EndReport, Expectation, Mismatch, Report, StepReport, Value, Values};

/// Longest story in bytes.
pub const STORY_BYTES_MAX: usize = 1024 * 1024;

impl Story {
    /// Reads a story; `file` is its name for messages.
    ///
    /// # Errors
    /// [`StoryErrors`] with everything that is wrong, in order of line.
    pub fn parse(file: &str, text: &str, published: &Published) -> Result<Self, StoryErrors> {
        let rows = rows::read(file, text).map_err(|error| StoryErrors(vec![error]))?;
        plan::plan(file, rows, published)
    }

    /// Runs the story in a city of its own and compares.
    ///
    /// # Errors
    /// What is given and the engine does not take.
    pub fn run(&self, published: &Published) -> Result<Report, StoryError> {
        act::run(self, published)
    }
}
