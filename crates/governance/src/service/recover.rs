//! A lost password or authenticator: two people give leave, and the person chooses new ones with a code that is used once.

use base::Timestamp;
use platform::access::{Action, Permit};
use platform::approvals::ApprovalError;
use platform::audit::Subject;
use platform::database::Transaction;
use platform::ids::uuid_v7;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::matters::RECOVERY;
use super::{Governance, GovernanceError};
use crate::secrets::{CodeSecret, PASSWORD_BYTES_MAX, Password};
use crate::settings::Settings;
use crate::store::{recovery, session, user};

/// Shortest password that somebody may choose, in characters (NIST SP 800-63B-4 asks for at least 8 beside a second factor,
/// 15 without; OWASP ASVS 4.0 2.1.1 for 12).
const PASSWORD_LENGTH_MIN: usize = 12;

/// What somebody typed who starts anew.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// Sign-in name.
    pub login: String,
    /// The code that was handed over.
    pub code: Password,
    /// The new password.
    pub password: Password,
    /// The same, once more.
    pub repeated: Password,
}

impl Governance {
    /// Asks two-person leave for somebody to choose a new password and authenticator.
    ///
    /// # Errors
    /// `access_denied`; `not_found`; when the database fails.
    pub async fn ask_recovery(&self, permit: &Permit, login: &str) -> Result<Uuid, GovernanceError> {
        permit.require(Action::ManageAccess)?;
        let found =
            user::Entity::find().filter(user::Column::Login.eq(login)).one(self.office.read()).await?;
        let known = found.filter(|row| row.disabled_at.is_none());
        let row = known.ok_or_else(|| GovernanceError::Unknown { login: login.to_owned() })?;
        let body = json!({ "login": row.login, "name": row.name, "user": row.id });
        self.ask(permit, RECOVERY, &Subject::new("user", row.id), &body).await
    }

    /// Gives somebody a new password and a new authenticator. Every session they had ends.
    ///
    /// # Errors
    /// `recovery_refused`, whatever of name and code is wrong; `password_weak`; when the database fails.
    pub async fn recover(&self, recovery: Recovery) -> Result<CodeSecret, GovernanceError> {
        let login = recovery.login.trim().to_ascii_lowercase();
        check(&recovery, &login)?;
        let secret = CodeSecret::generate()?;
        let password = recovery.password.clone();
        let password = self.slowly(move || password.hash()).await??;
        let (hash, now, settings) = (hash(recovery.code.reveal().trim()), self.clock.now(), self.settings);
        let done = self
            .office
            .transact(|txn, _| {
                let (login, password, hash) = (login.clone(), password.clone(), hash.clone());
                let bytes = secret.bytes().to_vec();
                Box::pin(async move {
                    let Some(user) = used(txn, &login, &hash, now, settings).await? else { return Ok(false) };
                    end_sessions(txn, user.id, now).await?;
                    let mut row: user::ActiveModel = user.into();
                    row.password = Set(password);
                    row.code_secret = Set(bytes);
                    row.code_step = Set(0);
                    row.failures = Set(0);
                    row.paused_until = Set(None);
                    row.update(txn).await?;
                    Ok::<bool, GovernanceError>(true)
                })
            })
            .await?;
        tracing::info!(recovered = done, "recovery");
        if done { Ok(secret) } else { Err(GovernanceError::RecoveryRefused) }
    }
}

fn check(recovery: &Recovery, login: &str) -> Result<(), GovernanceError> {
    let password = recovery.password.reveal();
    let is_long = password.chars().count() >= PASSWORD_LENGTH_MIN && password.len() <= PASSWORD_BYTES_MAX;
    let is_name = password.to_ascii_lowercase().contains(login) && !login.is_empty();
    if is_long && !is_name && recovery.password == recovery.repeated {
        Ok(())
    } else {
        Err(GovernanceError::PasswordWeak)
    }
}

/// The code is 100 random bits, so a plain hash is enough.
fn hash(code: &str) -> Vec<u8> {
    Sha256::digest(code.as_bytes()).to_vec()
}

/// The user whose newest code this is, which is now used. A wrong one is counted; after some it is worth nothing.
async fn used(
    txn: &Transaction,
    login: &str,
    hash: &[u8],
    now: Timestamp,
    settings: Settings,
) -> Result<Option<user::Model>, GovernanceError> {
    let found = user::Entity::find().filter(user::Column::Login.eq(login)).one(txn).await?;
    let Some(user) = found.filter(|user| user.disabled_at.is_none()) else { return Ok(None) };
    let newest = recovery::Entity::find()
        .filter(recovery::Column::UserId.eq(user.id))
        .order_by_desc(recovery::Column::Id)
        .one(txn)
        .await?;
    let is_open = |row: &recovery::Model| {
        row.used_at.is_none() && now.0 < row.expires_at && row.failures < settings.failures
    };
    let Some(row) = newest.filter(is_open) else { return Ok(None) };
    let is_right = row.code_hash == hash;
    let failures = row.failures;
    let mut row: recovery::ActiveModel = row.into();
    if is_right {
        row.used_at = Set(Some(now.0));
    } else {
        row.failures = Set(failures.saturating_add(1));
    }
    row.update(txn).await?;
    Ok(is_right.then_some(user))
}

/// A fresh code for a user, to be handed over. Codes given before are worth nothing any more: the newest counts.
pub(super) async fn give_code(
    txn: &Transaction,
    user: Uuid,
    now: Timestamp,
    lasting: base::Micros,
) -> Result<String, ApprovalError> {
    let code = Password::generate().map_err(|_| ApprovalError::Refused(platform::problems::INTERNAL))?;
    let row = recovery::ActiveModel {
        id: Set(uuid_v7(now)?),
        user_id: Set(user),
        code_hash: Set(hash(code.reveal())),
        made_at: Set(now.0),
        expires_at: Set(now.plus(lasting).0),
        failures: Set(0),
        used_at: Set(None),
    };
    row.insert(txn).await?;
    Ok(code.reveal().to_owned())
}

/// Ends every session of a user.
pub(super) async fn end_sessions(
    txn: &Transaction,
    user: Uuid,
    now: Timestamp,
) -> Result<(), sea_orm::DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(now.0))
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::EndedAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}
