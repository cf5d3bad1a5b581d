//! Adding somebody who may sign in.

use base::{Code, Timestamp};
use platform::access::{Action, ActorKind, Permit, Role};
use platform::agencies;
use platform::approvals::Handover;
use platform::audit::{Change, Subject};
use platform::database::{DatabaseError, Transaction, is_duplicate};
use platform::ids::uuid_v7;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::recover::Half;
use super::{Governance, GovernanceError};
use crate::secrets::{CodeSecret, Password, SecretError};
use crate::store::user;

/// Longest name of a person, in characters.
const NAME_LENGTH_MAX: usize = 100;

/// Somebody to be added.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// What they type to sign in: 2 to 40 of `a-z`, `0-9`, `.`, `-`.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// In what capacity; one of [`Role::OF_STAFF`].
    pub role: Role,
    /// For which agency.
    pub agency: Option<Code>,
}

/// What a person signs in with.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The password.
    pub password: Password,
    /// What their authenticator shares with us.
    pub code: CodeSecret,
}

impl Secrets {
    /// Fresh ones.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate() -> Result<Self, GovernanceError> {
        Ok(Self { password: Password::generate()?, code: CodeSecret::generate()? })
    }
}

impl Governance {
    /// Asks for somebody to be added: another person of Diskominfotik decides. Answers the request and the first half of the
    /// code with which the new user chooses a password, told once; whoever approves is told the second.
    ///
    /// # Errors
    /// `access_denied`; `user_invalid`; `user_exists`; when the database fails.
    pub async fn ask_user(
        &self,
        permit: &Permit,
        new: &NewUser,
    ) -> Result<(Uuid, Handover), GovernanceError> {
        permit.require(Action::ManageAccess)?;
        check(new)?;
        let of = user::Column::Login.eq(&new.login);
        if user::Entity::find().filter(of).one(self.office.read()).await?.is_some() {
            return Err(GovernanceError::Exists { login: new.login.clone() });
        }
        let half = Half::generate()?;
        let mut body = new.to_json();
        if let Some(body) = body.as_object_mut() {
            body.insert("half".into(), half.hash.clone().into());
        }
        let id = self.ask(permit, super::matters::USER, &Subject::new("login", &new.login), &body).await?;
        Ok((id, half.first()))
    }

    /// Adds somebody at once with what they sign in with; the password is not kept. Only the system itself does that, when
    /// it prepares a city or an operator at the machine asks; people in the portal ask each other.
    ///
    /// # Errors
    /// `access_denied`; `user_invalid`; `user_exists`; when the database fails.
    pub async fn add_user(
        &self,
        permit: &Permit,
        new: NewUser,
        secrets: &Secrets,
    ) -> Result<(), GovernanceError> {
        permit.require(Action::ManageAccess)?;
        if permit.actor().kind() != ActorKind::System {
            return Err(permit.denied(Action::ManageAccess).into());
        }
        check(&new)?;
        let password = secrets.password.clone();
        let password = self.slowly(move || password.hash()).await??;
        let now = self.clock.now();
        let id = uuid_v7(now).map_err(SecretError::from)?;
        let code = self.sealed(id, &secrets.code)?;
        self.office
            .transact(|txn, _| {
                let (new, known, audit) = (&new, (password.clone(), code.clone()), &self.audit);
                Box::pin(async move {
                    insert(txn, id, new, known, now).await?;
                    let change = Change::new(&new.to_json());
                    audit.change(txn, permit, &Subject::new("user", id), "user_added", &change).await?;
                    Ok::<(), GovernanceError>(())
                })
            })
            .await?;
        tracing::info!(user.role = new.role.as_str(), "user added");
        Ok(())
    }
}

/// The row of somebody new, with the hash of their password and their authenticator's sealed secret: nobody signs in with
/// empty ones.
pub(super) async fn insert(
    txn: &Transaction,
    id: Uuid,
    new: &NewUser,
    (password, code_secret): (String, Vec<u8>),
    now: Timestamp,
) -> Result<(), GovernanceError> {
    check(new)?;
    let row = user::ActiveModel {
        id: Set(id),
        login: Set(new.login.clone()),
        name: Set(new.name.clone()),
        role: Set(new.role.as_str().into()),
        agency: Set(new.agency.map(|agency| agency.to_string())),
        password: Set(password),
        code_secret: Set(code_secret),
        code_step: Set(0),
        failures: Set(0),
        paused_until: Set(None),
        created_at: Set(now.0),
        disabled_at: Set(None),
    };
    let inserted = user::Entity::insert(row).exec_without_returning(txn).await;
    inserted.map_err(|error| {
        if is_duplicate(&error) {
            return GovernanceError::Exists { login: new.login.clone() };
        }
        GovernanceError::Database(DatabaseError::from(error))
    })?;
    Ok(())
}

fn check(new: &NewUser) -> Result<(), GovernanceError> {
    let invalid = |what| Err(GovernanceError::Invalid { what });
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    if !(2..=40).contains(&new.login.len()) || !new.login.chars().all(is_letter) {
        return invalid("sign-in name");
    }
    if new.name.trim().is_empty() || new.name.chars().count() > NAME_LENGTH_MAX {
        return invalid("name");
    }
    if !Role::OF_STAFF.contains(&new.role) {
        return invalid("role");
    }
    if !agencies::fits(new.role, new.agency) {
        return invalid("agency");
    }
    Ok(())
}
