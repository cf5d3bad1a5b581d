//! People of a demonstration whom anybody may sign in as: who of them may do something at this moment. Elsewhere there are none.

use std::fmt;
use std::sync::Arc;

use base::Code;

use crate::access::{Action, Actor, Grants, Policies, Resource, Role};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePerson {
    /// Sign-in name.
    pub login: String,
    /// In what capacity.
    pub role: Role,
    /// For which office.
    pub agency: Option<Code>,
}

/// All of them, and what tells what was granted to them.
pub struct Samples {
    people: Vec<SamplePerson>,
    grants: Arc<dyn Grants>,
}

impl fmt::Debug for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Samples").field("people", &self.people).finish_non_exhaustive()
    }
}

impl Samples {
    /// These people, with what is granted to their roles and offices.
    #[must_use]
    pub fn new(people: Vec<SamplePerson>, grants: Arc<dyn Grants>) -> Self {
        Self { people, grants }
    }

    /// Sign-in names of those who may do something to the city now.
    pub(super) async fn who_may(&self, policies: &Policies, action: Action) -> Vec<&str> {
        let mut names = Vec::new();
        for person in &self.people {
            // Where grants cannot be read, nobody is said to have one.
            let leave = self.grants.in_force(person.role, person.agency).await.unwrap_or_default();
            let actor = Actor::staff(person.login.as_str(), person.role).with_grants(leave);
            let actor = match person.agency {
                Some(agency) => actor.of_agency(agency),
                None => actor,
            };
            if policies.permits(&actor, action, &Resource::City) {
                names.push(person.login.as_str());
            }
        }
        names
    }
}
