//! A batch: the records of one entry to be, and the answers that wait for it.

use engine::Answer;
use journal::Draft;
use tokio::sync::oneshot;

use crate::Busy;

/// Lets an answer out.
pub type Release = Box<dyn FnOnce() + Send>;

/// What is released once the batch is durable.
pub enum Held {
    /// The answers of a job.
    Answers(oneshot::Sender<Result<Vec<Answer>, Busy>>, Vec<Answer>),
    /// Something read from the state.
    Read(Release),
}

impl Held {
    pub fn release(self) {
        match self {
            // A caller who has gone away misses the answer; the outcome is in the journal.
            Self::Answers(reply, answers) => drop(reply.send(Ok(answers))),
            Self::Read(release) => release(),
        }
    }
}

/// A batch on its way from the decider to the writer. Without records it only waits for the entries before it.
#[derive(Default)]
pub struct Batch {
    pub draft: Draft,
    pub held: Vec<Held>,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.draft.is_empty() && self.held.is_empty()
    }
}
