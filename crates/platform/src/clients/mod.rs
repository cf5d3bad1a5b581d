//! Programs that call the API, known by a bearer token.
//!
//! Owns adding, listing, disabling and recognising them. The token itself is shown once and never stored: the table
//! holds its SHA-256, which is enough because the token is 256 random bits.

mod entity;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use base::{Clock, PrincipalId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

pub(crate) use entity::Entity as ClientEntity;
pub use token::{Token, TokenError};

use crate::access::{Action, Actor, Denied, Permit, Role, UnknownRole};
use crate::database::{Database, DatabaseError, is_duplicate};
use crate::ids;

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
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was disabled, if it was.
    pub disabled_at: Option<Timestamp>,
}

impl Client {
    /// The client as an actor.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::client(self.id.to_string(), self.role, self.principal)
    }

    pub(crate) fn read(row: entity::Model) -> Result<Self, ClientsError> {
        let principal =
            ids::narrow(row.principal, "principal").map_err(|reason| ClientsError::Record { reason })?;
        Ok(Self {
            id: row.id,
            principal: PrincipalId(principal),
            role: Role::parse(&row.role)?,
            name: row.name,
            created_at: Timestamp(row.created_at),
            disabled_at: row.disabled_at.map(Timestamp),
        })
    }
}

/// A token recognised not long ago.
struct Remembered {
    actor: Actor,
    until: Instant,
}

/// The clients of one office database.
#[derive(Clone)]
pub struct Clients {
    office: Database,
    clock: Arc<dyn Clock>,
    remembered: Arc<RwLock<HashMap<[u8; 32], Remembered>>>,
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
        Self { office, clock, remembered: Arc::default() }
    }

    /// Adds a client and answers it with its token, which cannot be had again.
    ///
    /// # Errors
    /// [`ClientsError`] when the permit is for something else, the name is empty, too long or taken.
    pub async fn add(
        &self,
        permit: &Permit,
        name: &str,
        role: Role,
    ) -> Result<(Client, Token), ClientsError> {
        permit.require(Action::ManageAccess)?;
        if name.is_empty() || name.chars().count() > NAME_LENGTH_MAX {
            return Err(ClientsError::Name);
        }
        let token = Token::generate().map_err(ClientsError::Randomness)?;
        let (now, token_hash) = (self.clock.now(), token.hash());
        let id = ids::uuid_v7(now).map_err(ClientsError::Randomness)?;
        let row = self
            .office
            .transact(|txn, _| {
                Box::pin(async move {
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
                        id: ActiveValue::Set(id),
                        principal: ActiveValue::Set(
                            highest.map_or(first, |highest| highest.saturating_add(1)),
                        ),
                        name: ActiveValue::Set(name.to_owned()),
                        role: ActiveValue::Set(role.as_str().to_owned()),
                        token_hash: ActiveValue::Set(token_hash.to_vec()),
                        created_at: ActiveValue::Set(now.0),
                        disabled_at: ActiveValue::Set(None),
                    };
                    row.insert(txn).await.map_err(|error| taken(error, name))
                })
            })
            .await?;
        tracing::info!(client.principal = row.principal, client.role = role.as_str(), "client added");
        Ok((Client::read(row)?, token))
    }

    /// Every client, by principal, disabled ones too.
    ///
    /// # Errors
    /// [`ClientsError`] when the permit is for something else or the table cannot be read.
    pub async fn list(&self, permit: &Permit) -> Result<Vec<Client>, ClientsError> {
        permit.require(Action::ManageAccess)?;
        let rows = ClientEntity::find().order_by_asc(entity::Column::Principal).all(self.office.read()).await;
        rows.map_err(DatabaseError::from)?.into_iter().map(Client::read).collect()
    }

    /// Disables a client: its token is worth nothing from now on in this process, and within half a minute in others.
    ///
    /// # Errors
    /// [`ClientsError::Unknown`] when there is no such client.
    pub async fn disable(&self, permit: &Permit, principal: PrincipalId) -> Result<(), ClientsError> {
        permit.require(Action::ManageAccess)?;
        let now = self.clock.now();
        self.office
            .transact(|txn, _| {
                Box::pin(async move {
                    let found = ClientEntity::find()
                        .filter(entity::Column::Principal.eq(i64::from(principal.0)))
                        .one(txn)
                        .await
                        .map_err(DatabaseError::from)?;
                    let Some(row) = found else { return Err(ClientsError::Unknown { principal }) };
                    if row.disabled_at.is_some() {
                        return Ok(());
                    }
                    let mut row: entity::ActiveModel = row.into();
                    row.disabled_at = ActiveValue::Set(Some(now.0));
                    row.update(txn).await.map_err(DatabaseError::from)?;
                    Ok(())
                })
            })
            .await?;
        self.remembered.write().unwrap_or_else(PoisonError::into_inner).clear();
        tracing::info!(client.principal = principal.0, "client disabled");
        Ok(())
    }

    /// The actor behind a token, or `None` when no active client has it.
    ///
    /// # Errors
    /// [`ClientsError`] when the table cannot be read.
    pub async fn authenticate(&self, token: &Token) -> Result<Option<Actor>, ClientsError> {
        let hash = token.hash();
        {
            let remembered = self.remembered.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = remembered.get(&hash).filter(|known| known.until > Instant::now()) {
                return Ok(Some(known.actor.clone()));
            }
        }
        let found = ClientEntity::find()
            .filter(entity::Column::TokenHash.eq(hash.to_vec()))
            .filter(entity::Column::DisabledAt.is_null())
            .one(self.office.read())
            .await
            .map_err(DatabaseError::from)?;
        let Some(row) = found.filter(|row| token.matches(&row.token_hash)) else { return Ok(None) };
        let actor = Client::read(row)?.actor();
        self.remember(hash, &actor);
        Ok(Some(actor))
    }

    fn remember(&self, hash: [u8; 32], actor: &Actor) {
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(hash, Remembered { actor: actor.clone(), until: Instant::now() + REMEMBERED });
    }
}

fn taken(error: sea_orm::DbErr, name: &str) -> ClientsError {
    if is_duplicate(&error) {
        return ClientsError::Exists { name: name.to_owned() };
    }
    DatabaseError::from(error).into()
}
