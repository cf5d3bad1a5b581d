//! Use cases, one file each: authorize, validate, ask the engine or the tables, answer with a position.

mod answer;
mod ask;
mod block;
mod books;
mod cash_out;
mod chain;
mod comparison;
mod explain;
mod holder;
mod ledger;
mod live;
mod looks;
mod passage;
mod preview;
mod published;
mod purchase;
mod purchase_capture;
mod purchase_void;
mod refund;
mod rights;
mod tap;
mod tap_batch;
mod top_up;
mod trial;
mod wallets;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, CommandId, HolderNumber, MediumSerial, PrincipalId};
use engine::{Answer, Body, Channel, Envelope, Position, Step};
use journal::Head;
use platform::access::{Action, Actor, Permit, Policies, Resource, authorize};
use platform::audit::{Audit, Subject};
use platform::database::{Database, DatabaseError, Databases};
use platform::devices::Devices;
use platform::problems::{self, Problem};
use runtime::{Busy, Class, Handle};
use tokio::sync::watch;

use crate::store::entities::outcome;
use crate::store::queries;

pub use crate::store::rows::unit_name;
pub use answer::{Benefit, Decision, OutcomeWord};
pub use ask::AskInput;
pub use block::BlockInput;
pub use books::{Book, Books};
pub use cash_out::CashOutInput;
pub use chain::{ChainLink, chain_hash};
pub use comparison::Comparison;
pub use explain::{Explained, Repriced};
pub use holder::{
    Corrected, HistoryLine, HolderBalance, HolderCard, HolderLine, MediumLine, PurchaseLine, RightLine,
    UseLine, Uses,
};
pub use ledger::{Account, Movement, TrialBalance, TrialLine};
pub use live::{Claim, LatestLine, Live};
pub use passage::{Passage, part_name, party_text};
pub use preview::{
    AccountLine, Candidate, DeskTapInput, NotHeld, OwnerName, Preview, PreviewInput, TransferLine,
};
pub use published::Published;
pub use purchase::PurchaseInput;
pub use rights::{Left, RightToday, Today};
pub use tap::TapInput;
pub use tap_batch::{BatchItem, TapBatchInput};
pub use top_up::TopUpInput;
pub use trial::{Change, Trial, Variant};
pub use wallets::{WalletBalance, WalletLine};

/// How long a read waits for the tables to reach the position it was asked for.
const CATCH_UP_WAIT_MAX: Duration = Duration::from_secs(5);

/// Everything the use cases stand on.
#[derive(Clone)]
pub struct Service {
    runtime: Handle,
    projections: Database,
    office: Database,
    cursor: watch::Receiver<Head>,
    policies: Arc<Policies>,
    devices: Devices,
    audit: Audit,
    clock: Arc<dyn Clock>,
    books: books::Kept,
    desk: Arc<tokio::sync::Mutex<()>>,
}

impl Service {
    /// The use cases over a running engine, its tables and how far they are.
    #[must_use]
    pub fn new(
        runtime: Handle,
        databases: &Databases,
        cursor: watch::Receiver<Head>,
        policies: Arc<Policies>,
        devices: Devices,
        audit: Audit,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            runtime,
            projections: databases.projections.clone(),
            office: databases.office.clone(),
            cursor,
            policies,
            devices,
            audit,
            clock,
            books: books::Kept::default(),
            desk: Arc::default(),
        }
    }

    /// Who looked at whom.
    #[must_use]
    pub const fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Asks the policies for leave to look at persons, and keeps that it was used, before anything is read.
    async fn looking(
        &self,
        actor: &Actor,
        resource: &Resource,
        what: &'static str,
    ) -> Result<Permit, Problem> {
        let permit = self.authorize(actor, Action::ViewHolder, resource)?;
        self.audit.read(&permit, what).await.map_err(failed)?;
        Ok(permit)
    }

    /// Keeps that holders were seen in a list, before it is answered: each once.
    async fn seen(
        &self,
        permit: &Permit,
        holders: impl Iterator<Item = HolderNumber>,
        what: &'static str,
    ) -> Result<(), Problem> {
        let holders: BTreeSet<HolderNumber> = holders.collect();
        let seen: Vec<Subject> = holders.into_iter().map(|one| Resource::Holder(one).into()).collect();
        self.audit.read_each(permit, &seen, what).await.map_err(failed)
    }

    /// The city's clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// How far the tables are.
    #[must_use]
    pub fn cursor(&self) -> Head {
        *self.cursor.borrow()
    }

    /// The last durable entry.
    #[must_use]
    pub fn durable(&self) -> Head {
        self.runtime.durable()
    }

    /// The engine behind it.
    #[must_use]
    pub const fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Asks the policies.
    ///
    /// # Errors
    /// `access_denied`.
    pub fn authorize(&self, actor: &Actor, action: Action, resource: &Resource) -> Result<Permit, Problem> {
        Ok(authorize(&self.policies, actor, action, resource)?)
    }

    /// Waits until the tables hold an entry.
    async fn caught_up(&self, seq: u64) -> Result<(), Problem> {
        let mut cursor = self.cursor.clone();
        let waited = tokio::time::timeout(CATCH_UP_WAIT_MAX, cursor.wait_for(|head| head.seq >= seq)).await;
        match waited {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Problem::new(problems::PROJECTION_BEHIND).retry_after(1)),
        }
    }

    /// Waits for the position a reader insists on, if any.
    async fn at_least(&self, min_position: Option<Position>) -> Result<(), Problem> {
        match min_position {
            Some(position) if position.seq > self.durable().seq => {
                Err(Problem::new(problems::PROJECTION_BEHIND)
                    .cause("the position is beyond the end of the journal"))
            }
            Some(position) => self.caught_up(position.seq).await,
            None => Ok(()),
        }
    }

    fn envelope(&self, actor: &Actor, channel: Channel, id: CommandId, body: Body) -> Envelope {
        Envelope {
            schema: 1,
            id,
            principal: actor.principal(),
            channel,
            on_behalf_of: None,
            received_at: self.clock.now(),
            body,
        }
    }

    /// Submits one command and answers what was decided, now or the first time.
    async fn submit_one(&self, class: Class, envelope: Envelope) -> Result<Decision, Problem> {
        let (principal, id) = (envelope.principal, envelope.id);
        let fact = match &envelope.body {
            Body::Tap(tap) => Some((tap.device.0, tap.epoch, tap.seq)),
            _ => None,
        };
        let answers = self.runtime.submit(class, vec![envelope]).await.map_err(busy)?;
        let Some(answer) = answers.into_iter().next() else { return Err(Problem::new(problems::INTERNAL)) };
        self.resolve(principal, id, fact, answer).await
    }

    /// What a form that was sent before came to, where the engine cannot tell: its second command has other figures.
    async fn known(
        &self,
        actor: &Actor,
        id: CommandId,
        medium: MediumSerial,
    ) -> Result<Option<outcome::Model>, Problem> {
        self.caught_up(self.durable().seq).await?;
        let found = queries::of_command(&self.projections, actor.principal().0, id).await.map_err(failed)?;
        match found {
            Some(row) if row.medium != Some(i64::from(medium.0)) => Err(Problem::new(problems::ID_CONFLICT)),
            found => Ok(found),
        }
    }

    /// Turns an answer into what the caller hears. A repeated command hears its first outcome, read from the tables.
    async fn resolve(
        &self,
        principal: PrincipalId,
        id: CommandId,
        fact: Option<(u32, u32, u64)>,
        answer: Answer,
    ) -> Result<Decision, Problem> {
        let row = match (&answer.step, fact) {
            (Step::Decided(_), _) => return Ok(Decision::of_answer(id, &answer)),
            (Step::Conflict, _) => return Err(Problem::new(problems::ID_CONFLICT)),
            (Step::Gap, _) => return Err(Problem::new(problems::DEVICE_GAP)),
            (Step::Repeated(position), _) => {
                self.caught_up(position.seq).await?;
                queries::at(&self.projections, *position).await
            }
            (Step::RepeatedFact, Some((device, epoch, seq))) => {
                self.caught_up(answer.position.seq).await?;
                queries::of_fact(&self.projections, device, epoch, seq).await
            }
            (Step::Expired, _) => {
                // Nobody but the tables knows an id below the floor; they hold every outcome up to their cursor.
                self.caught_up(answer.position.seq).await?;
                queries::of_command(&self.projections, principal.0, id).await
            }
            (Step::RepeatedFact, None) => Ok(None),
        };
        match row.map_err(failed)? {
            Some(row) => Ok(Decision::of_row(&row)),
            None if matches!(answer.step, Step::Expired) => Err(Problem::new(problems::ID_EXPIRED)),
            None => Err(Problem::new(problems::PROJECTION_BEHIND).retry_after(1)),
        }
    }
}

/// A database that fails is a fault of ours.
fn failed(error: DatabaseError) -> Problem {
    Problem::internal(&error)
}

/// Nothing was decided: when and how to ask again.
#[must_use]
pub fn busy(busy: Busy) -> Problem {
    let kind = match busy {
        Busy::QueueFull => problems::QUEUE_FULL,
        Busy::PrincipalLimit => problems::RATE_LIMITED,
        Busy::CommandTooLarge => problems::REQUEST_TOO_LARGE,
        Busy::JournalFull => problems::JOURNAL_FULL,
        Busy::ClockStepped => problems::CLOCK_STEPPED,
        Busy::NotLeading => problems::NOT_LEADING,
        Busy::Stopped => problems::ENGINE_STOPPED,
    };
    Problem::new(kind).retry_after(1)
}
