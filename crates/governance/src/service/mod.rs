//! The use cases, one file each.

mod add_user;
mod callers;
mod codes;
mod grants;
mod home;
mod kept;
mod matters;
mod messages;
mod recover;
mod sessions;
mod sign_in;
mod users;

use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Timestamp};
use platform::access::{Action, Actor, Denied, Leave, Permit, Policies, Resource, Role, authorize};
use platform::approvals::{ApprovalError, Approvals};
use platform::audit::{Audit, AuditError, Subject};
use platform::cipher::{Cipher, CipherError, Field};
use platform::clients::{Clients, ClientsError};
use platform::database::{Database, DatabaseError};
use platform::devices::{Devices, DevicesError};
use platform::problems::{self, Problem};
use platform::web::Visitor;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use tokio::sync::Semaphore;
use uuid::Uuid;

pub use add_user::{NewUser, Secrets};
pub use callers::{CallerChange, Callers, NewCaller, NewTerminal, Sought};
pub use codes::LetIn;
pub use grants::{Column, Grant, GrantChange, GrantState, NewGrant, TEXT_LENGTH_MAX};
pub use home::{Waiting, WaitingFor};
pub use kept::{TELLING, kept_rows};
pub use matters::matters;
pub use messages::{Contact, Contacts, ContactsError};
pub use recover::Recovery;
pub use sign_in::Attempt;
pub use users::User;

use messages::Messenger;

use crate::gateway::Gateway;
use crate::one_time_code::CodeKey;
use crate::secrets::{CodeSecret, Password, SecretError};
use crate::settings::Settings;
use crate::store::user;

/// Passwords hashed at once: each takes 19 MiB and most of a core.
const HASHED_AT_ONCE: usize = 2;

/// What a person's authenticator shares with us.
const CODE_SECRET: Field = Field("governance_user.code_secret");

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
    /// Name and recovery code do not go together, or the code is worth nothing any more.
    #[error("name and recovery code do not go together")]
    RecoveryRefused,
    /// The new password is too short, not typed the same twice, or the name.
    #[error("the new password is too weak")]
    PasswordWeak,
    /// The audit cannot be read.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// A program or terminal is incomplete.
    #[error("a caller's data are incomplete: {}", .0.code)]
    CallerInvalid(problems::ProblemKind),
    /// A request cannot be made or decided.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// A program cannot be changed.
    #[error(transparent)]
    Client(#[from] ClientsError),
    /// A terminal cannot be changed.
    #[error(transparent)]
    Device(#[from] DevicesError),
    /// A row says whose it is in a way that names nobody.
    #[error("a stored session or code is nobody's")]
    SubjectStored,
    /// A sealed secret cannot be opened.
    #[error(transparent)]
    Sealed(#[from] CipherError),
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
            GovernanceError::RecoveryRefused => Self::new(problems::RECOVERY_REFUSED),
            GovernanceError::PasswordWeak => Self::new(problems::PASSWORD_WEAK),
            GovernanceError::CallerInvalid(kind) => Self::new(kind),
            GovernanceError::Approval(error) => error.into(),
            GovernanceError::Audit(error) => error.into(),
            GovernanceError::Client(error) => error.into(),
            GovernanceError::Device(error) => error.into(),
            error => Self::internal(&error),
        }
    }
}

/// Users and sessions of one city. Cheap to clone.
#[derive(Clone)]
pub struct Governance {
    office: Database,
    cipher: Cipher,
    clock: Arc<dyn Clock>,
    settings: Settings,
    audit: Audit,
    policies: Arc<Policies>,
    approvals: Approvals,
    clients: Clients,
    devices: Devices,
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
    /// Users, sessions and grants kept in `office`. `clock` is the city's, as everywhere: what people read goes by it. Programs
    /// and terminals are looked after here and recognised by the API.
    ///
    /// # Errors
    /// When a password cannot be hashed here.
    pub fn new(
        (office, cipher): (Database, Cipher),
        clock: Arc<dyn Clock>,
        settings: Settings,
        policies: Arc<Policies>,
        audit: Audit,
        (clients, devices): (Clients, Devices),
    ) -> Result<Self, GovernanceError> {
        let nobody = Password::generate()?.hash()?.into();
        let matters = matters(&clock, &audit, settings);
        let approvals =
            Approvals::new(office.clone(), Arc::clone(&clock), audit.clone(), Arc::clone(&policies), matters);
        let hashing = Arc::new(Semaphore::new(HASHED_AT_ONCE));
        Ok(Self {
            office,
            cipher,
            clock,
            settings,
            audit,
            policies,
            approvals,
            clients,
            devices,
            hashing,
            nobody,
            code_key: CodeKey::generate()?,
            messenger: None,
        })
    }

    /// Seals the secrets of authenticators that an earlier release kept open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seal_secrets(&self) -> Result<(), GovernanceError> {
        self.office
            .transact(|txn, _| {
                Box::pin(async move {
                    for row in user::Entity::find().all(txn).await? {
                        let Ok(open) = <[u8; 20]>::try_from(row.code_secret.as_slice()) else { continue };
                        let sealed = self.sealed(row.id, &CodeSecret::new(open))?;
                        let mut row: user::ActiveModel = row.into();
                        row.code_secret = Set(sealed);
                        row.update(txn).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The permit under which somebody signs in and chooses what they sign in with.
    fn for_oneself(&self, user: &user::Model) -> Result<Permit, GovernanceError> {
        let nobody = || GovernanceError::SubjectStored;
        let actor = visitor(user, Vec::new()).ok_or_else(nobody)?.actor;
        Ok(authorize(&self.policies, &actor, Action::ActForOneself, &Resource::City)?)
    }

    /// The secret of a user's authenticator as it is kept.
    fn sealed(&self, user: Uuid, secret: &CodeSecret) -> Result<Vec<u8>, GovernanceError> {
        Ok(self.cipher.seal(CODE_SECRET, user, &hex::encode(secret.bytes()))?)
    }

    /// The secret of a user's authenticator; none where they have not chosen one yet.
    fn code_secret(&self, user: &user::Model) -> Result<Option<CodeSecret>, GovernanceError> {
        if user.code_secret.is_empty() {
            return Ok(None);
        }
        let text = self.cipher.open_field(CODE_SECRET, user.id, &user.code_secret)?;
        let mut bytes = [0u8; 20];
        Ok(hex::decode_to_slice(text, &mut bytes).is_ok().then(|| CodeSecret::new(bytes)))
    }

    /// The limits it goes by.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Requests of this office.
    #[must_use]
    pub const fn approvals(&self) -> &Approvals {
        &self.approvals
    }

    /// The audit.
    #[must_use]
    pub const fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Asks two-person leave for something.
    async fn ask(
        &self,
        permit: &Permit,
        matter: &str,
        subject: &Subject,
        body: &serde_json::Value,
    ) -> Result<Uuid, GovernanceError> {
        self.office
            .transact(|txn, _| {
                let approvals = &self.approvals;
                Box::pin(async move { Ok(approvals.ask(txn, permit, matter, subject, body, None).await?) })
            })
            .await
    }

    /// The same, sending codes to residents' phones.
    #[must_use]
    pub fn with_messages(mut self, contacts: Arc<dyn Contacts>, gateway: Gateway) -> Self {
        self.messenger = Some(Messenger::new(contacts, gateway));
        self
    }

    /// The city's time: grants, requests, letters and pauses go by it, and whoever reads of them sees it.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// The machine's time, whatever time it is in the city: authenticators, codes sent to phones and sessions go by it, and nobody is
    /// shown it.
    #[must_use]
    pub fn machine_now(&self) -> Timestamp {
        self.clock.callers_now()
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

/// When a refusal of signing in is answered, whatever it took to find out: what is known about a name cannot be told by time.
const REFUSED_AFTER: Duration = Duration::from_millis(300);

/// Waits with a refusal until all of them are answered.
async fn refused_alike<T>(
    work: impl Future<Output = Result<T, GovernanceError>>,
) -> Result<T, GovernanceError> {
    let answered = tokio::time::Instant::now() + REFUSED_AFTER;
    let done = work.await;
    if matches!(done, Err(GovernanceError::Refused | GovernanceError::RecoveryRefused)) {
        tokio::time::sleep_until(answered).await;
    }
    done
}

/// Somebody as pages and use cases meet them; nobody where the row has a role that is not one.
fn visitor(row: &user::Model, granted: Vec<Leave>) -> Option<Visitor> {
    let role = Role::OF_STAFF.into_iter().find(|role| role.as_str() == row.role)?;
    let agency = row.agency.as_deref().and_then(|code| base::Code::parse(code).ok());
    let actor = Actor::staff(row.id.to_string(), role).with_grants(granted);
    let actor = match agency {
        Some(agency) => actor.of_agency(agency),
        None => actor,
    };
    Some(Visitor { actor, name: row.name.as_str().into() })
}
