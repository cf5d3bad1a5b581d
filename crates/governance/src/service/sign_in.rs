//! Signing in: name, password and code, all at once. Which of them was wrong is not said, and whether there is such a
//! user takes as long to find out either way.

use base::Timestamp;
use platform::audit::{Change, Subject as AuditSubject};
use platform::clients::Token;
use platform::database::Transaction;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::sessions::{self, Subject};
use super::{Governance, GovernanceError, refused_alike};
use crate::secrets::{CodeSecret, Password, SecretError};
use crate::settings::Settings;
use crate::store::user;

/// What somebody typed.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Sign-in name.
    pub login: String,
    /// Password.
    pub password: Password,
    /// Code of the authenticator.
    pub code: String,
}

impl Governance {
    /// Signs in with a session of its own; one that the browser had before ends with it.
    ///
    /// # Errors
    /// `sign_in_refused`, for whatever reason; when the database fails.
    pub async fn sign_in(&self, attempt: Attempt, before: Option<&Token>) -> Result<Token, GovernanceError> {
        refused_alike(self.try_sign_in(attempt, before)).await
    }

    async fn try_sign_in(&self, attempt: Attempt, before: Option<&Token>) -> Result<Token, GovernanceError> {
        let login = attempt.login.trim().to_ascii_lowercase();
        let found =
            user::Entity::find().filter(user::Column::Login.eq(&login)).one(self.office.read()).await?;
        let hash = found.as_ref().map_or_else(|| self.nobody.to_string(), |row| row.password.clone());
        let password = attempt.password.clone();
        let matches = self.slowly(move || password.matches(&hash)).await?;
        let Some(row) = found.filter(|row| row.disabled_at.is_none()) else {
            return Err(GovernanceError::Refused);
        };
        let token = Token::generate().map_err(SecretError::from)?;
        let (now, machine) = (self.clock.now(), self.machine_now());
        let (settings, hash) = (self.settings, token.hash().to_vec());
        let before = before.map(|token| token.hash().to_vec());
        let is_in = self
            .office
            .transact(|txn, _| {
                let (hash, before, code) = (hash.clone(), before.clone(), attempt.code.clone());
                Box::pin(async move {
                    let Some(user) = user::Entity::find_by_id(row.id).one(txn).await? else {
                        return Ok(false);
                    };
                    let secret = self.code_secret(&user)?;
                    let Some(step) = right(&user, secret.as_ref(), matches, &code, (now, machine)) else {
                        failed(txn, user, now, settings).await?;
                        return Ok(false);
                    };
                    let (permit, subject) = (self.for_oneself(&user)?, AuditSubject::new("user", user.id));
                    self.audit.change(txn, &permit, &subject, "signed_in", &Change::default()).await?;
                    begin(txn, user, step, (hash, before), machine).await?;
                    Ok::<bool, GovernanceError>(true)
                })
            })
            .await?;
        tracing::info!(user.id = %row.id, signed_in = is_in, "sign-in");
        if is_in { Ok(token) } else { Err(GovernanceError::Refused) }
    }
}

/// The step of a code that lets this user in now; none where anything is wrong. Pauses go by the city's time, codes by the
/// machine's.
fn right(
    user: &user::Model,
    secret: Option<&CodeSecret>,
    matches: bool,
    code: &str,
    (now, machine): (Timestamp, Timestamp),
) -> Option<i64> {
    let is_paused = user.paused_until.is_some_and(|until| now.0 < until);
    let step = secret?.step(code, machine).filter(|step| *step > user.code_step)?;
    (matches && !is_paused).then_some(step)
}

/// Counts a failure; after some in a row the user is paused. What happens in a pause is not counted.
async fn failed(
    txn: &Transaction,
    user: user::Model,
    now: Timestamp,
    settings: Settings,
) -> Result<(), GovernanceError> {
    if user.paused_until.is_some_and(|until| now.0 < until) {
        return Ok(());
    }
    let failures = user.failures.saturating_add(1);
    let is_over = failures >= settings.failures;
    let mut row: user::ActiveModel = user.into();
    row.failures = Set(if is_over { 0 } else { failures });
    row.paused_until = Set(is_over.then(|| now.plus(settings.pause).0));
    row.update(txn).await?;
    Ok(())
}

/// A session for a user; the one before ends.
async fn begin(
    txn: &Transaction,
    user: user::Model,
    step: i64,
    session: (Vec<u8>, Option<Vec<u8>>),
    now: Timestamp,
) -> Result<(), GovernanceError> {
    sessions::begin(txn, Subject::User(user.id), session, now).await?;
    let mut row: user::ActiveModel = user.into();
    row.failures = Set(0);
    row.paused_until = Set(None);
    row.code_step = Set(step);
    row.update(txn).await?;
    Ok(())
}
