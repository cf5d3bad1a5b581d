//! What waits for somebody, the oldest first: requests to decide, grants and letters that end, users who are paused, an audit that
//! was not taken out for long.

use base::{CivilDate, Timestamp};
use platform::access::{Action, Actor, Permit};
use platform::approvals::{Delegation, Request, Standing};
use platform::audit::AuditFilter;

use super::{Governance, GovernanceError, Grant, User};

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
    /// A successor, or nothing: the grant of others ends soon.
    GrantEnds(Box<Grant>),
    /// The same for a grant to one's own office: to be asked for again.
    OwnGrantEnds(Box<Grant>),
    /// Another letter, or nothing: the letter to somebody of this name ends soon.
    LetterEnds {
        /// The letter.
        letter: Box<Delegation>,
        /// Who stands in.
        name: String,
    },
    /// Somebody to ask: the user failed to sign in several times.
    UserPaused(Box<User>),
    /// Somebody to take the audit out: nobody did since this day, or ever.
    AuditUnread {
        /// When it was taken out last.
        last: Option<CivilDate>,
    },
}

impl Governance {
    /// What waits for somebody. `manages` and `audits` are their permits to manage access and to read the audit, if they have them.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn waiting_for(
        &self,
        actor: &Actor,
        manages: Option<&Permit>,
        audits: Option<&Permit>,
    ) -> Result<Vec<Waiting>, GovernanceError> {
        let requests = self.approvals.waiting_for(actor).await?.into_iter();
        let mut waiting: Vec<Waiting> = requests
            .map(|request| Waiting { since: request.since(), what: WaitingFor::Decision(Box::new(request)) })
            .collect();
        match manages {
            Some(permit) => {
                permit.require(Action::ManageAccess)?;
                let ending = self.ending(None).await?.into_iter();
                waiting.extend(ending.map(|grant| self.ends(&grant, WaitingFor::GrantEnds)));
                waiting.extend(self.paused(permit).await?);
            }
            None => waiting.extend(self.own_ending(actor).await?),
        }
        waiting.extend(self.letters_ending(actor).await?);
        if let Some(permit) = audits {
            waiting.extend(self.audit_unread(permit).await?);
        }
        waiting.sort_by_key(|one| one.since);
        Ok(waiting)
    }

    fn ends(&self, grant: &Grant, what: impl FnOnce(Box<Grant>) -> WaitingFor) -> Waiting {
        let since = grant.given.to.plus_days(-self.settings.grant_ending_days).midnight();
        Waiting { since, what: what(Box::new(grant.clone())) }
    }

    /// Grants to one's own office that end soon, unless one has asked for them again.
    async fn own_ending(&self, actor: &Actor) -> Result<Vec<Waiting>, GovernanceError> {
        let mut ending = self.ending(Some(actor)).await?;
        if !ending.is_empty() {
            let asked = self.approvals.asked_by(actor).await?;
            let is_open = |standing: &Standing| matches!(standing, Standing::Waiting { .. });
            let again = |grant: &Grant| {
                let id = grant.id.to_string();
                asked.iter().any(|(request, standing)| is_open(standing) && request.text("again") == id)
            };
            ending.retain(|grant| !again(grant));
        }
        Ok(ending.iter().map(|grant| self.ends(grant, WaitingFor::OwnGrantEnds)).collect())
    }

    /// Letters of one's own that end soon and are followed by none.
    async fn letters_ending(&self, actor: &Actor) -> Result<Vec<Waiting>, GovernanceError> {
        let (today, days) = (self.clock.now().jakarta_date(), self.settings.letter_ending_days);
        let mut letters = self.approvals.letters_from(actor).await?;
        letters.retain(|one| one.ended_at.is_none() && today <= one.to);
        let ends = |one: &&Delegation| one.from <= today && one.to < today.plus_days(days);
        let is_followed = |one: &Delegation| {
            letters.iter().any(|next| next.from <= one.to.plus_days(1) && one.to < next.to)
        };
        let ending: Vec<&Delegation> = letters.iter().filter(ends).filter(|one| !is_followed(one)).collect();
        if ending.is_empty() {
            return Ok(Vec::new());
        }
        let names = self.names().await?;
        let waiting = |letter: &Delegation| Waiting {
            since: letter.to.plus_days(-days).midnight(),
            what: WaitingFor::LetterEnds {
                letter: Box::new(letter.clone()),
                name: names.get(&letter.delegate).cloned().unwrap_or_default(),
            },
        };
        Ok(ending.into_iter().map(waiting).collect())
    }

    /// Whether the audit was not taken out for so long that somebody should.
    async fn audit_unread(&self, permit: &Permit) -> Result<Option<Waiting>, GovernanceError> {
        let taken_out = AuditFilter { subject: Some("audit/lines".into()), ..AuditFilter::default() };
        let last = self.audit.lines(permit, &taken_out, 1).await?.first().map(|line| line.at);
        let Some(from) = (match last {
            Some(at) => Some(at),
            None => self.audit.begun(permit).await?,
        }) else {
            return Ok(None);
        };
        let since = from.plus(i64::from(self.settings.audit_review_days) * Timestamp::DAY);
        let last = last.map(Timestamp::jakarta_date);
        let waiting = Waiting { since, what: WaitingFor::AuditUnread { last } };
        Ok((since <= self.clock.now()).then_some(waiting))
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
