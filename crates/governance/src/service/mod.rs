//! The use cases, one file each.

mod add_user;
mod codes;
mod grants;
mod messages;
mod sessions;
mod sign_in;
mod users;

use std::sync::Arc;

use base::Clock;
use platform::access::{Action, Actor, Denied, Role};
use platform::database::{Database, DatabaseError};
use platform::problems::{self, Problem};
use platform::web::Visitor;
use tokio::sync::Semaphore;

pub use add_user::{NewUser, Secrets};
pub use codes::LetIn;
pub use grants::{Column, Grant, GrantChange, GrantState, NewGrant, TEXT_LENGTH_MAX};
pub use messages::{Contact, Contacts, ContactsError};
pub use sign_in::Attempt;
pub use users::User;

use messages::Messenger;

use crate::gateway::Gateway;
use crate::one_time_code::CodeKey;
use crate::secrets::{Password, SecretError};
use crate::settings::Settings;
use crate::store::user;

/// Passwords hashed at once: each takes 19 MiB and most of a core.
const HASHED_AT_ONCE: usize = 2;

/// Why a use case could not be done.
#[derive(Debug, thiserror::Error)]
pub enum GovernanceError {
    /// The policies say no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Name, password and code do not go together; which of them is not said.
    #[error("name, password and code do not go together")]
    Refused,
    /// The code is wrong, spent or old; which is not said.
    #[error("the code does not let anybody in")]
    CodeRefused,
    /// There is no message gateway.
    #[error("no message gateway is wired, so no code can be sent")]
    CodeUnavailable,
    /// Very many codes were asked for.
    #[error("too many codes were asked for within the window")]
    CodesExhausted,
    /// A user's data are incomplete.
    #[error("a user's {what} is missing or not one")]
    Invalid {
        /// What.
        what: &'static str,
    },
    /// The sign-in name is taken.
    #[error("a user called {login:?} exists already")]
    Exists {
        /// The name.
        login: String,
    },
    /// No user has this sign-in name.
    #[error("no user is called {login:?}")]
    Unknown {
        /// The name.
        login: String,
    },
    /// A grant is incomplete.
    #[error("a grant's {what} is missing or not one")]
    GrantInvalid {
        /// What.
        what: &'static str,
    },
    /// Diskominfotik grants itself no view of persons.
    #[error("no grant to those who grant")]
    GrantToSelf,
    /// There is no such grant.
    #[error("there is no such grant")]
    GrantUnknown,
    /// The grant is over for good.
    #[error("the grant was revoked")]
    GrantRevoked,
    /// A row says whose it is in a way that names nobody.
    #[error("a stored session or code is nobody's")]
    SubjectStored,
    /// A secret cannot be made.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<sea_orm::DbErr> for GovernanceError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.into())
    }
}

impl From<GovernanceError> for Problem {
    fn from(error: GovernanceError) -> Self {
        match error {
            GovernanceError::Denied(denied) => denied.into(),
            GovernanceError::Refused => Self::new(problems::SIGN_IN_REFUSED),
            GovernanceError::CodeRefused => Self::new(problems::CODE_REFUSED),
            GovernanceError::CodeUnavailable => Self::new(problems::CODE_UNAVAILABLE),
            GovernanceError::CodesExhausted => Self::new(problems::CODES_EXHAUSTED).retry_after(300),
            GovernanceError::Invalid { what } => Self::new(problems::USER_INVALID).cause(what),
            GovernanceError::Exists { .. } => Self::new(problems::USER_EXISTS),
            GovernanceError::Unknown { .. } | GovernanceError::GrantUnknown => Self::new(problems::NOT_FOUND),
            GovernanceError::GrantInvalid { what } => Self::new(problems::GRANT_INVALID).cause(what),
            GovernanceError::GrantToSelf => Self::new(problems::GRANT_TO_SELF),
            GovernanceError::GrantRevoked => Self::new(problems::GRANT_REVOKED),
            error => Self::internal(&error),
        }
    }
}

/// Users and sessions of one city. Cheap to clone.
#[derive(Clone)]
pub struct Governance {
    office: Database,
    clock: Arc<dyn Clock>,
    settings: Settings,
    hashing: Arc<Semaphore>,
    /// The hash of nobody's password: a name that does not exist takes as long as one that does.
    nobody: Arc<str>,
    /// Under which codes sent to phones are kept.
    code_key: CodeKey,
    /// Sends them, where a gateway is wired.
    messenger: Option<Messenger>,
}

impl std::fmt::Debug for Governance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Governance")
    }
}

impl Governance {
    /// Users and sessions kept in `office`. `clock` shows the time that authenticators show.
    ///
    /// # Errors
    /// When a password cannot be hashed here.
    pub fn new(office: Database, clock: Arc<dyn Clock>, settings: Settings) -> Result<Self, GovernanceError> {
        let nobody = Password::generate()?.hash()?.into();
        Ok(Self {
            office,
            clock,
            settings,
            hashing: Arc::new(Semaphore::new(HASHED_AT_ONCE)),
            nobody,
            code_key: CodeKey::generate()?,
            messenger: None,
        })
    }

    /// The same, sending codes to residents' phones.
    #[must_use]
    pub fn with_messages(mut self, contacts: Arc<dyn Contacts>, gateway: Gateway) -> Self {
        self.messenger = Some(Messenger::new(contacts, gateway));
        self
    }

    /// The time that authenticators show.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Runs something slow beside those who serve others, a few at once.
    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, GovernanceError> {
        let lost = || GovernanceError::Secret(SecretError::Hash("the work was stopped".into()));
        let _one = self.hashing.acquire().await.map_err(|_| lost())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| lost())
    }
}

/// Somebody as pages and use cases meet them; nobody where the row has a role that is not one.
fn visitor(row: &user::Model, granted: Vec<Action>) -> Option<Visitor> {
    let role = Role::OF_STAFF.into_iter().find(|role| role.as_str() == row.role)?;
    let agency = row.agency.as_deref().and_then(|code| base::Code::parse(code).ok());
    let actor = Actor::staff(row.id.to_string(), role).with_grants(granted);
    let actor = match agency {
        Some(agency) => actor.of_agency(agency),
        None => actor,
    };
    Some(Visitor { actor, name: row.name.as_str().into() })
}
