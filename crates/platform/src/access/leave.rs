//! Leave to see persons, as Diskominfotik gives it (Governor's Regulation 145/2017, clause 7).

use std::pin::Pin;
use std::sync::Arc;

use base::Code;

use super::{Action, Role};
use crate::database::DatabaseError;

/// One thing that somebody has leave to do, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Leave {
    /// What.
    pub action: Action,
    /// Document and purpose, as the audit keeps them.
    pub basis: Arc<str>,
}

/// What is in force for a role and agency at this moment.
pub type InForce<'a> = Pin<Box<dyn Future<Output = Result<Vec<Leave>, DatabaseError>> + Send + 'a>>;

/// Where leave is kept. Asked at each request, so that leave which ends at midnight ends then everywhere.
pub trait Grants: Send + Sync {
    /// What is in force now for whoever acts in `role` for `agency`.
    fn in_force(&self, role: Role, agency: Option<Code>) -> InForce<'_>;
}
