//! A lost password or authenticator: two people give leave, and the person chooses new ones with a code that is used once.

use base::Timestamp;
use platform::access::{Action, Permit};
use platform::approvals::{ApprovalError, Handover, Request};
use platform::audit::{Change, Subject};
use platform::database::Transaction;
use platform::ids::uuid_v7;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::matters::RECOVERY;
use super::{Governance, GovernanceError, refused_alike};
use crate::secrets::{CodeSecret, PASSWORD_BYTES_MAX, Password, SecretError};
use crate::store::{recovery, session, user};

/// What somebody typed who starts anew.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// Sign-in name.
    pub login: String,
    /// The code that was handed over: one half by whoever asked, one by whoever approved.
    pub code: Password,
    /// The new password.
    pub password: Password,
    /// The same, once more.
    pub repeated: Password,
}

impl Governance {
    /// Asks two-person leave for somebody to choose a new password and authenticator. Answers the request and the first half of
    /// the code, told once.
    ///
    /// # Errors
    /// `access_denied`; `not_found`; when the database fails.
    pub async fn ask_recovery(
        &self,
        permit: &Permit,
        login: &str,
    ) -> Result<(Uuid, Handover), GovernanceError> {
        permit.require(Action::ManageAccess)?;
        let found =
            user::Entity::find().filter(user::Column::Login.eq(login)).one(self.office.read()).await?;
        let known = found.filter(|row| row.disabled_at.is_none());
        let row = known.ok_or_else(|| GovernanceError::Unknown { login: login.to_owned() })?;
        let half = Half::generate()?;
        let body = json!({ "login": row.login, "name": row.name, "user": row.id, "half": half.hash.clone() });
        let id = self.ask(permit, RECOVERY, &Subject::new("user", row.id), &body).await?;
        Ok((id, half.first()))
    }

    /// Gives somebody a new password and a new authenticator. Every session they had ends.
    ///
    /// # Errors
    /// `recovery_refused`, whatever of name and code is wrong; `password_weak`; when the database fails.
    pub async fn recover(&self, recovery: Recovery) -> Result<CodeSecret, GovernanceError> {
        refused_alike(self.start_anew(recovery)).await
    }

    async fn start_anew(&self, recovery: Recovery) -> Result<CodeSecret, GovernanceError> {
        let login = recovery.login.trim().to_ascii_lowercase();
        let (hash, now) = (of_halves(&recovery.code), self.clock.now());
        self.check(&recovery, &login)?;
        let is_known = self
            .office
            .snapshot(|txn, _| {
                let (login, hash) = (login.clone(), hash.clone());
                Box::pin(
                    async move { Ok::<_, GovernanceError>(open(txn, &login, &hash, now).await?.is_some()) },
                )
            })
            .await?;
        if !is_known {
            return Err(GovernanceError::RecoveryRefused);
        }
        let secret = CodeSecret::generate()?;
        let password = recovery.password.clone();
        let password = self.slowly(move || password.hash()).await??;
        self.office
            .transact(|txn, _| {
                let (login, password, hash) = (login.clone(), password.clone(), hash.clone());
                let secret = &secret;
                Box::pin(async move {
                    let found = open(txn, &login, &hash, now).await?;
                    let (user, code) = found.ok_or(GovernanceError::RecoveryRefused)?;
                    let mut code: recovery::ActiveModel = code.into();
                    code.used_at = Set(Some(now.0));
                    code.update(txn).await?;
                    end_sessions(txn, user.id, self.machine_now()).await?;
                    let permit = self.for_oneself(&user)?;
                    let subject = Subject::new("user", user.id);
                    let sealed = self.sealed(user.id, secret)?;
                    let mut row: user::ActiveModel = user.into();
                    row.password = Set(password);
                    row.code_secret = Set(sealed);
                    row.code_step = Set(0);
                    row.failures = Set(0);
                    row.paused_until = Set(None);
                    row.update(txn).await?;
                    self.audit.change(txn, &permit, &subject, "secrets_chosen", &Change::default()).await?;
                    Ok::<_, GovernanceError>(())
                })
            })
            .await?;
        tracing::info!(recovered = true, "somebody started anew");
        Ok(secret)
    }

    fn check(&self, recovery: &Recovery, login: &str) -> Result<(), GovernanceError> {
        let password = recovery.password.reveal();
        let length = password.chars().count();
        let is_long = length >= self.settings.password_length_min && password.len() <= PASSWORD_BYTES_MAX;
        let is_name = password.to_ascii_lowercase().contains(login) && !login.is_empty();
        if is_long && !is_name && recovery.password == recovery.repeated {
            Ok(())
        } else {
            Err(GovernanceError::PasswordWeak)
        }
    }
}

/// Half of a code. Whoever asks hands over the first, whoever approves the second: neither has the whole.
pub(super) struct Half {
    text: Password,
    /// What is kept of it, 64 hexadecimal digits: 50 random bits, worth nothing without the other half's 50.
    pub(super) hash: String,
}

impl Half {
    pub(super) fn generate() -> Result<Self, SecretError> {
        let text = Password::half()?;
        let hash = hash(text.reveal());
        Ok(Self { text, hash })
    }

    /// To be told to whoever asks.
    pub(super) fn first(&self) -> Handover {
        Handover { key: "governance-handover-first", secret: self.text.reveal().to_owned() }
    }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// What is kept of a whole code, from what is kept of its halves.
fn of_hashes(first: &str, second: &str) -> Vec<u8> {
    Sha256::digest(format!("{first}{second}").as_bytes()).to_vec()
}

/// The same, from the code as it was typed, with or without a space between the halves.
fn of_halves(code: &Password) -> Vec<u8> {
    let letters: String = code.reveal().chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    let (first, second) = letters.split_at(letters.len() / 2);
    of_hashes(&hash(first), &hash(second))
}

/// The user whose newest code this is, and the code. There is no use in guessing 100 random bits, so wrong ones are not
/// counted: nobody makes a code worthless by typing others.
async fn open(
    txn: &Transaction,
    login: &str,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<(user::Model, recovery::Model)>, GovernanceError> {
    let found = user::Entity::find().filter(user::Column::Login.eq(login)).one(txn).await?;
    let Some(user) = found.filter(|user| user.disabled_at.is_none()) else { return Ok(None) };
    let newest = recovery::Entity::find()
        .filter(recovery::Column::UserId.eq(user.id))
        .order_by_desc(recovery::Column::Id)
        .one(txn)
        .await?;
    let is_it =
        |row: &recovery::Model| row.used_at.is_none() && now.0 < row.expires_at && row.code_hash == hash;
    Ok(newest.filter(is_it).map(|code| (user, code)))
}

/// The second half of a fresh code for a user, to be told to whoever approved. Codes given before are worth nothing any more:
/// the newest counts.
pub(super) async fn give_code(
    txn: &Transaction,
    user: Uuid,
    request: &Request,
    now: Timestamp,
    lasting: base::Micros,
) -> Result<Handover, ApprovalError> {
    let half = Half::generate().map_err(|_| ApprovalError::Refused(platform::problems::INTERNAL))?;
    let row = recovery::ActiveModel {
        id: Set(uuid_v7(now)?),
        user_id: Set(user),
        code_hash: Set(of_hashes(request.text("half"), &half.hash)),
        made_at: Set(now.0),
        expires_at: Set(now.plus(lasting).0),
        failures: Set(0),
        used_at: Set(None),
    };
    row.insert(txn).await?;
    Ok(Handover { key: "governance-handover-second", secret: half.text.reveal().to_owned() })
}

/// Ends every session of a user. `now` is the machine's time, as sessions go by it.
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
