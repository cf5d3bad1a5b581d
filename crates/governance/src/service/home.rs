//! What waits for somebody, the oldest first: requests to decide, grants that end, users who are paused.

use base::Timestamp;
use platform::access::{Action, Actor, Permit};
use platform::approvals::Request;

use super::{Governance, GovernanceError, Grant, GrantState, User};

/// Something that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Since when.
    pub since: Timestamp,
    /// For what.
    pub what: WaitingFor,
}

/// What something waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum WaitingFor {
    /// A decision.
    Decision(Box<Request>),
    /// A successor, or nothing: the grant ends soon.
    GrantEnds(Box<Grant>),
    /// Somebody to ask: the user failed to sign in several times.
    UserPaused(Box<User>),
}

impl Governance {
    /// What waits for somebody. `manages` is their permit to manage access, if they have it.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn waiting_for(
        &self,
        actor: &Actor,
        manages: Option<&Permit>,
    ) -> Result<Vec<Waiting>, GovernanceError> {
        let requests = self.approvals.waiting_for(actor).await?.into_iter();
        let mut waiting: Vec<Waiting> = requests
            .map(|request| Waiting { since: request.since(), what: WaitingFor::Decision(Box::new(request)) })
            .collect();
        if let Some(permit) = manages {
            permit.require(Action::ManageAccess)?;
            waiting.extend(self.ending(permit).await?);
            waiting.extend(self.paused(permit).await?);
        }
        waiting.sort_by_key(|one| one.since);
        Ok(waiting)
    }

    async fn ending(&self, permit: &Permit) -> Result<Vec<Waiting>, GovernanceError> {
        let (today, days) = (self.clock.now().jakarta_date(), self.settings.grant_ending_days);
        let grants = self.grants(permit).await?.into_iter();
        let ends =
            |grant: &Grant| grant.state == GrantState::InForce && grant.given.to < today.plus_days(days);
        let waiting = |grant: Grant| Waiting {
            since: grant.given.to.plus_days(-days).midnight(),
            what: WaitingFor::GrantEnds(Box::new(grant)),
        };
        Ok(grants.filter(ends).map(waiting).collect())
    }

    async fn paused(&self, permit: &Permit) -> Result<Vec<Waiting>, GovernanceError> {
        let now = self.clock.now();
        let waiting = |user: User| {
            let until = user.paused_until.filter(|until| now < *until)?;
            let since = until.plus(-self.settings.pause);
            Some(Waiting { since, what: WaitingFor::UserPaused(Box::new(user)) })
        };
        Ok(self.users(permit).await?.into_iter().filter_map(waiting).collect())
    }
}
