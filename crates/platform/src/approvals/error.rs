//! Why a request could not be made or decided.

use crate::access::Denied;
use crate::database::DatabaseError;
use crate::problems::{self, Problem, ProblemKind};

/// Why a request could not be made or decided.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    /// The policies say no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such request, or one of a kind that this release does not know.
    #[error("there is no such request")]
    Unknown,
    /// It was decided already.
    #[error("the request was decided already")]
    Closed,
    /// Whoever asks does not decide.
    #[error("whoever asks does not decide")]
    Own,
    /// Only whoever asked takes it back.
    #[error("only whoever asked takes it back")]
    NotMaker,
    /// Nobody decides two steps.
    #[error("nobody decides two steps of one request")]
    Repeated,
    /// What it belongs to was not approved yet.
    #[error("what it belongs to was not approved yet")]
    ParentOpen,
    /// A rejection needs a reason, and no reason is longer than a few lines.
    #[error("the reason is missing or too long")]
    Reason,
    /// A letter is incomplete, or names somebody who cannot stand in.
    #[error("a letter's {what} is missing or not one")]
    Letter {
        /// What.
        what: &'static str,
    },
    /// What was approved cannot be done any more.
    #[error("what was approved cannot be done: {}", .0.code)]
    Refused(ProblemKind),
    /// The operating system has no randomness to give.
    #[error("no randomness for an id")]
    Randomness(#[from] getrandom::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<sea_orm::DbErr> for ApprovalError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.into())
    }
}

impl From<ApprovalError> for Problem {
    fn from(error: ApprovalError) -> Self {
        match error {
            ApprovalError::Denied(denied) => denied.into(),
            ApprovalError::Unknown => Self::new(problems::NOT_FOUND),
            ApprovalError::Closed => Self::new(problems::REQUEST_CLOSED),
            ApprovalError::Own => Self::new(problems::APPROVAL_OWN),
            ApprovalError::NotMaker => Self::new(problems::ACCESS_DENIED),
            ApprovalError::Repeated => Self::new(problems::APPROVAL_REPEATED),
            ApprovalError::ParentOpen => Self::new(problems::APPROVAL_EARLY),
            ApprovalError::Reason => Self::new(problems::REASON_MISSING),
            ApprovalError::Letter { what } => Self::new(problems::LETTER_INVALID).cause(what),
            ApprovalError::Refused(kind) => Self::new(kind),
            error => Self::internal(&error),
        }
    }
}
