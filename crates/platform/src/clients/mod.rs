//! Programs that call the API, known by a bearer token.
//!
//! Owns adding, listing, disabling and recognising them. The token itself is shown once and never stored: the table
//! holds its SHA-256, which is enough because the token is 256 random bits.

mod entity;
mod found;
mod limiter;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use base::{Clock, Code, PrincipalId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

pub(crate) use entity::Entity as ClientEntity;
pub(crate) use found::{holds, ids_active, ids_named};
pub use limiter::{LIMIT_MAX, Limiter};
pub use token::{Token, TokenError};

use crate::access::{Action, Actor, Denied, Grants, Permit, Role, UnknownRole};
use crate::database::{Database, DatabaseError, Transaction, is_duplicate};
use crate::ids;
use crate::problems::{self, Problem};

/// First principal given to a client; the ones below are the system's own.
pub const CLIENT_PRINCIPAL_MIN: u32 = 100;

/// How long a recognised token is trusted without asking the table: the delay of a client disabled by another process.
const REMEMBERED: Duration = Duration::from_secs(30);

/// Tokens remembered at once.
const REMEMBERED_MAX: usize = 4_096;

/// Longest name of a client, in characters.
const NAME_LENGTH_MAX: usize = 100;

/// Why a client could not be added, found or changed.
#[derive(Debug, thiserror::Error)]
pub enum ClientsError {
    /// The policies say no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A client needs a name of 1 to 100 characters.
    #[error("a client's name has 1 to {NAME_LENGTH_MAX} characters")]
    Name,
    /// The name is taken.
    #[error("a client called {name:?} exists already")]
    Exists {
        /// The name.
        name: String,
    },
    /// No client has this principal.
    #[error("no client has principal {principal}")]
    Unknown {
        /// The principal.
        principal: PrincipalId,
    },
    /// The table holds a role or number this release does not know.
    #[error("the record of a client cannot be read: {reason}")]
    Record {
        /// What is wrong.
        reason: String,
    },
    /// More requests than the client's limit in this minute.
    #[error("the limit of requests a minute is reached; the next is taken in {retry_after_s} s")]
    Limited {
        /// When to come back.
        retry_after_s: u32,
    },
    /// A limit is from 1 to [`LIMIT_MAX`].
    #[error("a limit is from 1 to {LIMIT_MAX} requests a minute")]
    LimitInvalid,
    /// The operating system has no randomness to give.
    #[error("no randomness for a new token")]
    Randomness(#[source] getrandom::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<UnknownRole> for ClientsError {
    fn from(error: UnknownRole) -> Self {
        Self::Record { reason: error.to_string() }
    }
}

impl From<ClientsError> for Problem {
    fn from(error: ClientsError) -> Self {
        match error {
            ClientsError::Denied(denied) => denied.into(),
            ClientsError::Name => Self::new(problems::CLIENT_INVALID),
            ClientsError::Exists { .. } => Self::new(problems::CLIENT_EXISTS),
            ClientsError::Unknown { .. } => Self::new(problems::NOT_FOUND),
            ClientsError::Limited { retry_after_s } => {
                Self::new(problems::RATE_LIMITED).retry_after(retry_after_s)
            }
            ClientsError::LimitInvalid => Self::new(problems::LIMIT_INVALID),
            error => Self::internal(&error),
        }
    }
}

/// A program that may call the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Row id.
    pub id: Uuid,
    /// Under which its commands reach the engine; never given twice.
    pub principal: PrincipalId,
    /// What it is called.
    pub name: String,
    /// What it may do, through the policies.
    pub role: Role,
    /// For whom it acts: a bank's or merchant's program for no other; for all of them where there is none, as a payment
    /// aggregator.
    pub organisation: Option<Code>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was disabled, if it was.
    pub disabled_at: Option<Timestamp>,
    /// Requests it may send a minute; as many as it likes where there is none.
    pub limit_per_minute: Option<u32>,
}

impl Client {
    /// The client as an actor.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let actor = Actor::client(self.id.to_string(), self.role, self.principal);
        match self.organisation {
            Some(organisation) => actor.of_agency(organisation),
            None => actor,
        }
    }

    pub(crate) fn read(row: entity::Model) -> Result<Self, ClientsError> {
        let principal =
            ids::narrow(row.principal, "principal").map_err(|reason| ClientsError::Record { reason })?;
        let organisation = row.organisation.as_deref().map(Code::parse).transpose();
        Ok(Self {
            id: row.id,
            principal: PrincipalId(principal),
            role: Role::parse(&row.role)?,
            name: row.name,
            organisation: organisation.map_err(|error| ClientsError::Record { reason: error.to_string() })?,
            created_at: Timestamp(row.created_at),
            disabled_at: row.disabled_at.map(Timestamp),
            limit_per_minute: row.limit_per_minute.and_then(|limit| u32::try_from(limit).ok()),
        })
    }
}

/// A token recognised not long ago.
struct Remembered {
    actor: Actor,
    limit: Option<u32>,
    until: Instant,
}

/// The clients of one office database.
#[derive(Clone)]
pub struct Clients {
    office: Database,
    clock: Arc<dyn Clock>,
    remembered: Arc<RwLock<HashMap<[u8; 32], Remembered>>>,
    limiter: Limiter<PrincipalId>,
    grants: Option<Arc<dyn Grants>>,
}

impl std::fmt::Debug for Clients {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clients")
    }
}

impl Clients {
    /// The clients kept in `office`.
    #[must_use]
    pub fn new(office: Database, clock: Arc<dyn Clock>) -> Self {
        Self { office, clock, remembered: Arc::default(), limiter: Limiter::default(), grants: None }
    }

    /// The same, with what Diskominfotik has granted; without, no client sees a person.
    #[must_use]
    pub fn granted_by(mut self, grants: Arc<dyn Grants>) -> Self {
        self.grants = Some(grants);
        self
    }

    /// Adds a client and answers it with its token, which cannot be had again. A bank or merchant acts for `organisation` alone.
    ///
    /// # Errors
    /// [`ClientsError`] when the permit is for something else, the name is empty, too long or taken.
    pub async fn add(
        &self,
        permit: &Permit,
        name: &str,
        role: Role,
        organisation: Option<Code>,
    ) -> Result<(Client, Token), ClientsError> {
        permit.require(Action::ManageClients)?;
        let now = self.clock.now();
        self.office
            .transact(|txn, _| {
                Box::pin(async move { Self::add_within(txn, now, name, role, organisation).await })
            })
            .await
    }

    /// As [`Clients::add`], within the caller's transaction and under the caller's permit.
    ///
    /// # Errors
    /// As [`Clients::add`].
    pub async fn add_within(
        txn: &Transaction,
        now: Timestamp,
        name: &str,
        role: Role,
        organisation: Option<Code>,
    ) -> Result<(Client, Token), ClientsError> {
        if name.is_empty() || name.chars().count() > NAME_LENGTH_MAX || !Role::OF_CLIENTS.contains(&role) {
            return Err(ClientsError::Name);
        }
        let token = Token::generate().map_err(ClientsError::Randomness)?;
        let highest: Option<i64> = ClientEntity::find()
            .select_only()
            .column_as(entity::Column::Principal.max(), "highest")
            .into_tuple::<Option<i64>>()
            .one(txn)
            .await
            .map_err(DatabaseError::from)?
            .flatten();
        let first = i64::from(CLIENT_PRINCIPAL_MIN);
        let row = entity::ActiveModel {
            id: ActiveValue::Set(ids::uuid_v7(now).map_err(ClientsError::Randomness)?),
            principal: ActiveValue::Set(highest.map_or(first, |highest| highest.saturating_add(1))),
            name: ActiveValue::Set(name.to_owned()),
            role: ActiveValue::Set(role.as_str().to_owned()),
            token_hash: ActiveValue::Set(token.hash().to_vec()),
            created_at: ActiveValue::Set(now.0),
            disabled_at: ActiveValue::Set(None),
            limit_per_minute: ActiveValue::Set(None),
            organisation: ActiveValue::Set(organisation.map(|one| one.to_string())),
        };
        let row = row.insert(txn).await.map_err(|error| taken(error, name))?;
        tracing::info!(client.principal = row.principal, client.role = role.as_str(), "client added");
        Ok((Client::read(row)?, token))
    }

    /// Every client, by principal, disabled ones too.
    ///
    /// # Errors
    /// [`ClientsError`] when the permit is for something else or the table cannot be read.
    pub async fn list(&self, permit: &Permit) -> Result<Vec<Client>, ClientsError> {
        permit.require(Action::ManageClients)?;
        let rows = ClientEntity::find().order_by_asc(entity::Column::Principal).all(self.office.read()).await;
        rows.map_err(DatabaseError::from)?.into_iter().map(Client::read).collect()
    }

    /// Disables a client: its token is worth nothing from now on in this process, and within half a minute in others.
    ///
    /// # Errors
    /// [`ClientsError::Unknown`] when there is no such client.
    pub async fn disable(&self, permit: &Permit, principal: PrincipalId) -> Result<(), ClientsError> {
        permit.require(Action::ManageClients)?;
        let now = self.clock.now().0;
        self.change(principal, entity::Column::DisabledAt, Some(now)).await?;
        tracing::info!(client.principal = principal.0, "client disabled");
        Ok(())
    }

    /// Sets how many requests a client may send a minute, or takes the limit away.
    ///
    /// # Errors
    /// [`ClientsError::LimitInvalid`]; [`ClientsError::Unknown`] when there is no such client.
    pub async fn limit(
        &self,
        permit: &Permit,
        principal: PrincipalId,
        per_minute: Option<u32>,
    ) -> Result<(), ClientsError> {
        permit.require(Action::ManageClients)?;
        if per_minute.is_some_and(|limit| !(1..=LIMIT_MAX).contains(&limit)) {
            return Err(ClientsError::LimitInvalid);
        }
        self.change(principal, entity::Column::LimitPerMinute, per_minute.map(i64::from)).await
    }

    /// Writes one column of a client and forgets what was remembered. One that is disabled stays so.
    async fn change(
        &self,
        principal: PrincipalId,
        column: entity::Column,
        value: Option<i64>,
    ) -> Result<(), ClientsError> {
        let changed = self
            .office
            .transact(|txn, _| {
                Box::pin(async move {
                    let of = entity::Column::Principal.eq(i64::from(principal.0));
                    if ClientEntity::find().filter(of.clone()).one(txn).await?.is_none() {
                        return Err(DatabaseError::from(sea_orm::DbErr::RecordNotFound(String::new())));
                    }
                    ClientEntity::update_many()
                        .col_expr(column, sea_orm::sea_query::Expr::value(value))
                        .filter(of)
                        .filter(entity::Column::DisabledAt.is_null())
                        .exec(txn)
                        .await?;
                    Ok::<_, DatabaseError>(())
                })
            })
            .await;
        match changed {
            Err(DatabaseError::Statement(sea_orm::DbErr::RecordNotFound(_))) => {
                return Err(ClientsError::Unknown { principal });
            }
            changed => changed?,
        }
        self.remembered.write().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    /// The actor behind a token, or `None` when no active client has it.
    ///
    /// # Errors
    /// [`ClientsError::Limited`] over the client's limit; when the table cannot be read.
    pub async fn authenticate(&self, token: &Token) -> Result<Option<Actor>, ClientsError> {
        let Some((actor, limit)) = self.recognise(token).await? else { return Ok(None) };
        let admitted = self.limiter.admit(actor.principal(), limit);
        admitted.map_err(|retry_after_s| ClientsError::Limited { retry_after_s })?;
        match &self.grants {
            // Grants are to roles of people at work; a program has the leave of the role it works for.
            Some(grants) if Role::OF_STAFF.contains(&actor.role()) => {
                let leave = grants.in_force(actor.role(), actor.agency()).await?;
                Ok(Some(actor.with_grants(leave)))
            }
            _ => Ok(Some(actor)),
        }
    }

    async fn recognise(&self, token: &Token) -> Result<Option<(Actor, Option<u32>)>, ClientsError> {
        let hash = token.hash();
        {
            let remembered = self.remembered.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = remembered.get(&hash).filter(|known| known.until > Instant::now()) {
                return Ok(Some((known.actor.clone(), known.limit)));
            }
        }
        let found = ClientEntity::find()
            .filter(entity::Column::TokenHash.eq(hash.to_vec()))
            .filter(entity::Column::DisabledAt.is_null())
            .one(self.office.read())
            .await
            .map_err(DatabaseError::from)?;
        let Some(row) = found.filter(|row| token.matches(&row.token_hash)) else { return Ok(None) };
        let client = Client::read(row)?;
        let (actor, limit) = (client.actor(), client.limit_per_minute);
        self.remember(hash, &actor, limit);
        Ok(Some((actor, limit)))
    }

    fn remember(&self, hash: [u8; 32], actor: &Actor, limit: Option<u32>) {
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        let until = Instant::now() + REMEMBERED;
        remembered.insert(hash, Remembered { actor: actor.clone(), limit, until });
    }
}

fn taken(error: sea_orm::DbErr, name: &str) -> ClientsError {
    if is_duplicate(&error) {
        return ClientsError::Exists { name: name.to_owned() };
    }
    DatabaseError::from(error).into()
}
