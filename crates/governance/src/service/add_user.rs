//! Adding somebody who may sign in.

use base::Code;
use platform::access::{Action, Permit, Role};
use platform::database::{DatabaseError, is_duplicate};
use platform::ids::uuid_v7;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{Governance, GovernanceError};
use crate::secrets::{CodeSecret, Password};
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
    /// Adds somebody with what they sign in with. The password is not kept.
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
        check(&new)?;
        let password = secrets.password.clone();
        let password = self.slowly(move || password.hash()).await??;
        let now = self.clock.now();
        let row = user::ActiveModel {
            id: Set(uuid_v7(now).map_err(crate::secrets::SecretError::from)?),
            login: Set(new.login.clone()),
            name: Set(new.name),
            role: Set(new.role.as_str().into()),
            agency: Set(new.agency.map(|agency| agency.to_string())),
            password: Set(password),
            code_secret: Set(secrets.code.bytes().to_vec()),
            code_step: Set(0),
            failures: Set(0),
            paused_until: Set(None),
            created_at: Set(now.0),
            disabled_at: Set(None),
        };
        let login = new.login;
        self.office
            .transact(|txn, _| {
                let (row, login) = (row.clone(), login.clone());
                Box::pin(async move {
                    row.insert(txn).await.map_err(|error| {
                        if is_duplicate(&error) {
                            GovernanceError::Exists { login }
                        } else {
                            DatabaseError::from(error).into()
                        }
                    })
                })
            })
            .await?;
        tracing::info!(user.role = new.role.as_str(), "user added");
        Ok(())
    }
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
    Ok(())
}
