//! Two pairs of eyes: what grants or moves value is asked for by one person and decided by others, step by step.
//!
//! Owns requests, their decisions and the letters by which somebody stands in for somebody else. A request is never changed;
//! decisions are only added, and how a request stands follows from them. Never knows what a request means: that is its
//! [`Matter`], which a slice brings along.

mod delegations;
mod entities;
mod error;
mod inbox;
mod kept;
mod rules;

use std::sync::Arc;

use base::Clock;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

pub use delegations::{Delegation, NewDelegation};
pub use error::ApprovalError;
pub use kept::{TELLING, kept_rows};
pub use rules::{Decision, Request, Standing, Verdict};

use crate::access::{Action, Actor, Permit, Policies, Resource, authorize};
use crate::audit::{Audit, Change, Subject};
use crate::database::{Database, Transaction, Work};
use crate::ids::uuid_v7;
use crate::web::PageContext;
use entities::{decision, request};

/// Longest reason, in characters.
pub const REASON_LENGTH_MAX: usize = 200;

/// Something to be handed over once, by whoever approved last: a token, a code. Kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Handover {
    /// Key of the text that says what it is and to whom it goes.
    pub key: &'static str,
    /// The secret.
    pub secret: String,
}

impl std::fmt::Debug for Handover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handover").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A kind of request: who decides it, how it is told, and what is done once it is approved.
pub trait Matter: Send + Sync {
    /// Its name in tables: `grant`, `recovery`.
    fn code(&self) -> &'static str;

    /// What whoever decides each step must be permitted to do, in order. At least one.
    fn steps(&self) -> &'static [Action];

    /// What is asked for, in the reader's language: label and value.
    fn tell(&self, page: &PageContext, request: &Request) -> Vec<(String, String)>;

    /// Does it, in the transaction of the last approval; `by` is the permit of whoever approved last.
    fn carry_out<'t>(
        &'t self,
        txn: &'t Transaction,
        request: &'t Request,
        by: &'t Permit,
    ) -> Work<'t, Option<Handover>, ApprovalError>;
}

/// What a decision came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// How the request stands now.
    pub standing: Standing,
    /// What is to be handed over.
    pub handover: Option<Handover>,
}

/// The requests of one office database. Cheap to clone.
#[derive(Clone)]
pub struct Approvals {
    office: Database,
    clock: Arc<dyn Clock>,
    audit: Audit,
    policies: Arc<Policies>,
    matters: Arc<[Arc<dyn Matter>]>,
}

impl std::fmt::Debug for Approvals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Approvals")
    }
}

impl Approvals {
    /// The requests kept in `office`, of the kinds that slices bring.
    #[must_use]
    pub fn new(
        office: Database,
        clock: Arc<dyn Clock>,
        audit: Audit,
        policies: Arc<Policies>,
        matters: Vec<Arc<dyn Matter>>,
    ) -> Self {
        Self { office, clock, audit, policies, matters: matters.into() }
    }

    /// What a request is about.
    ///
    /// # Errors
    /// [`ApprovalError::Unknown`] when no slice of this release knows the kind.
    pub fn matter(&self, code: &str) -> Result<&Arc<dyn Matter>, ApprovalError> {
        self.matters.iter().find(|matter| matter.code() == code).ok_or(ApprovalError::Unknown)
    }

    /// Asks for something, in the caller's transaction. `subject` is whom or what it is about; `body` says what, and
    /// never holds a secret. With a `parent` it cannot be approved before that is.
    ///
    /// # Errors
    /// [`ApprovalError`] when the kind or the parent is not known.
    pub async fn ask(
        &self,
        txn: &Transaction,
        permit: &Permit,
        matter: &str,
        subject: &Subject,
        body: &serde_json::Value,
        parent: Option<Uuid>,
    ) -> Result<Uuid, ApprovalError> {
        self.matter(matter)?;
        if let Some(parent) = parent {
            find(txn, parent).await?;
        }
        let now = self.clock.now();
        let id = uuid_v7(now)?;
        let row = request::ActiveModel {
            id: Set(id),
            matter: Set(matter.to_owned()),
            subject: Set(subject.as_str().to_owned()),
            body: Set(body.to_string()),
            parent: Set(parent),
            maker: Set(permit.actor().id().to_owned()),
            made_at: Set(now.0),
        };
        let row = row.insert(txn).await?;
        self.audit.change(txn, permit, subject, "request_made", &Change::new(&row.told())).await?;
        tracing::info!(request.id = %id, request.matter = matter, "request made");
        Ok(id)
    }

    /// Decides the next step of a request, and does what is asked for when that was the last.
    ///
    /// # Errors
    /// [`ApprovalError`]; nothing was decided.
    pub async fn decide(
        &self,
        actor: &Actor,
        id: Uuid,
        verdict: Verdict,
        reason: &str,
    ) -> Result<Decided, ApprovalError> {
        let reason = reason.trim();
        if reason.chars().count() > REASON_LENGTH_MAX || verdict == Verdict::Rejected && reason.is_empty() {
            return Err(ApprovalError::Reason);
        }
        let now = self.clock.now();
        let letters = self.letters_of(actor, now).await?;
        let decided = self
            .office
            .transact(|txn, _| {
                let letters = &letters;
                Box::pin(async move { self.decide_within(txn, actor, letters, id, verdict, reason).await })
            })
            .await?;
        tracing::info!(request.id = %id, request.verdict = verdict.as_str(), "request decided");
        Ok(decided)
    }

    async fn decide_within(
        &self,
        txn: &Transaction,
        actor: &Actor,
        letters: &[Delegation],
        id: Uuid,
        verdict: Verdict,
        reason: &str,
    ) -> Result<Decided, ApprovalError> {
        let request = find(txn, id).await?;
        let matter = self.matter(&request.matter)?;
        let step = rules::next_step(&request, verdict, actor.id(), matter.steps().len())?;
        let (permit, letter) = match verdict {
            // Also by whoever may not ask for such a thing any more.
            Verdict::Withdrawn => {
                (authorize(&self.policies, actor, Action::ActForOneself, &Resource::City)?, None)
            }
            Verdict::Approved | Verdict::Rejected => {
                let action = *matter.steps().get(step).ok_or(ApprovalError::Unknown)?;
                self.stands(actor, letters, &request, action)?
            }
        };
        if let (Verdict::Approved, Some(parent)) = (verdict, request.parent)
            && self.standing(&find(txn, parent).await?)? != Standing::Approved
        {
            return Err(ApprovalError::ParentOpen);
        }
        let closes = verdict != Verdict::Approved || step + 1 == matter.steps().len();
        let decision = NewDecision { request: id, step, closes, letter: letter.as_ref() };
        self.write(txn, &permit, decision, verdict, reason).await?;
        let standing = match verdict {
            Verdict::Rejected => Standing::Rejected,
            Verdict::Withdrawn => Standing::Withdrawn,
            Verdict::Approved if !closes => Standing::Waiting { step: step + 1 },
            Verdict::Approved => Standing::Approved,
        };
        let handover = match standing {
            Standing::Approved => matter.carry_out(txn, &request, &permit).await?,
            _ => None,
        };
        Ok(Decided { standing, handover })
    }

    /// Somebody leaves, in the transaction that disables them: letters from and to them end, and what they asked for is taken
    /// back, so that nobody decides alone for two.
    ///
    /// # Errors
    /// [`ApprovalError::Database`].
    pub async fn leave(&self, txn: &Transaction, permit: &Permit, who: &str) -> Result<(), ApprovalError> {
        delegations::end(txn, delegations::of(who), self.clock.now()).await?;
        let made = request::Entity::find().filter(request::Column::Maker.eq(who)).all(txn).await?;
        for row in made {
            let request = find(txn, row.id).await?;
            let Standing::Waiting { step } = self.standing(&request)? else { continue };
            let decision = NewDecision { request: row.id, step, closes: true, letter: None };
            self.write(txn, permit, decision, Verdict::Withdrawn, "").await?;
        }
        Ok(())
    }

    /// Adds a decision, and its line to the audit.
    async fn write(
        &self,
        txn: &Transaction,
        permit: &Permit,
        new: NewDecision<'_>,
        verdict: Verdict,
        reason: &str,
    ) -> Result<(), ApprovalError> {
        let now = self.clock.now();
        let row = decision::ActiveModel {
            id: Set(uuid_v7(now)?),
            request_id: Set(new.request),
            step: Set(i32::try_from(new.step).unwrap_or(i32::MAX)),
            verdict: Set(verdict.as_str().to_owned()),
            decided_by: Set(permit.actor().id().to_owned()),
            stands_for: Set(new.letter.map(|letter| letter.principal.clone())),
            letter: Set(new.letter.map(|letter| letter.id)),
            reason: Set((!reason.is_empty()).then(|| reason.to_owned())),
            closes: Set(new.closes),
            decided_at: Set(now.0),
        };
        let row = row.insert(txn).await?;
        let subject = Subject::new("request", new.request);
        self.audit.change(txn, permit, &subject, verdict.audited(), &Change::new(&row.told())).await?;
        Ok(())
    }

    fn standing(&self, request: &Request) -> Result<Standing, ApprovalError> {
        Ok(request.standing(self.matter(&request.matter)?.steps().len()))
    }

    /// Under whose authority somebody decides: their own, or that of somebody who named them in a letter. Neither may have
    /// asked for it or decided a step before.
    fn stands(
        &self,
        actor: &Actor,
        letters: &[Delegation],
        request: &Request,
        action: Action,
    ) -> Result<(Permit, Option<Delegation>), ApprovalError> {
        let own = authorize(&self.policies, actor, action, &Resource::City);
        let refused = match own {
            Ok(permit) => return rules::may_decide(request, actor.id()).map(|()| (permit, None)),
            Err(denied) => denied,
        };
        let mut why = refused.into();
        for letter in letters {
            let deputy = letter.of_principal(actor, action);
            let Ok(permit) = authorize(&self.policies, &deputy, action, &Resource::City) else { continue };
            let may = rules::may_decide(request, actor.id())
                .and_then(|()| rules::may_decide(request, &letter.principal));
            match may {
                Ok(()) => return Ok((permit, Some(letter.clone()))),
                // Another letter may still do.
                Err(error) => why = error,
            }
        }
        Err(why)
    }
}

/// What a decision is about.
struct NewDecision<'a> {
    request: Uuid,
    step: usize,
    closes: bool,
    letter: Option<&'a Delegation>,
}

/// A request with its decisions.
async fn find(txn: &impl sea_orm::ConnectionTrait, id: Uuid) -> Result<Request, ApprovalError> {
    let row = request::Entity::find_by_id(id).one(txn).await?.ok_or(ApprovalError::Unknown)?;
    let decisions = decision::Entity::find()
        .filter(decision::Column::RequestId.eq(id))
        .order_by_asc(decision::Column::Step)
        .all(txn)
        .await?;
    Ok(Request::read(row, decisions))
}
