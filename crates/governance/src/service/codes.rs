//! Signing in as a resident: whoever types a holder number is sent a code, and whoever types the code is let in.
//!
//! A stranger learns nothing about a number: each ask writes the same row and answers the same, and whether there is
//! somebody to send to is found out afterwards. A code belongs to the browser that asked for it.

use std::sync::Arc;

use base::{HolderNumber, Timestamp};
use platform::clients::Token;
use platform::database::{Database, DatabaseError, Transaction};
use platform::ids::uuid_v7;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::sessions::{self, Subject};
use super::{Governance, GovernanceError};
use crate::one_time_code::OneTimeCode;
use crate::secrets::SecretError;
use crate::settings::Settings;
use crate::store::code;

/// Somebody let in.
#[derive(Debug)]
pub struct LetIn {
    /// Their session.
    pub token: Token,
    /// Who they are.
    pub holder: HolderNumber,
}

impl Governance {
    /// Whether codes can be sent at all.
    #[must_use]
    pub const fn sends_codes(&self) -> bool {
        self.messenger.is_some()
    }

    /// Sends a code to a holder, where there is one with a phone and not too many were sent; nobody is told which. The same
    /// asker asking again is sent no second code. `compose` writes the message.
    ///
    /// # Errors
    /// `code_unavailable` without a gateway; `codes_exhausted` when very many ask; when the database fails.
    pub async fn ask_code(
        &self,
        asker: &Token,
        holder: HolderNumber,
        compose: impl FnOnce(&OneTimeCode) -> String,
    ) -> Result<(), GovernanceError> {
        let messenger = self.messenger.as_ref().ok_or(GovernanceError::CodeUnavailable)?;
        let (now, settings) = (self.machine_now(), self.settings);
        let key = uuid_v7(now).map_err(SecretError::from)?;
        let code = OneTimeCode::generate()?;
        let asker = asker.hash().to_vec();
        let new = New { kept: self.code_key.kept(&asker, &code), asker, holder, now };
        let new = &new;
        let is_to_send = self.office.transact(|txn, _| Box::pin(new.write(txn, settings))).await?;
        if is_to_send {
            let (office, asker, clock) = (self.office.clone(), new.asker.clone(), Arc::clone(&self.clock));
            let mark = move |is_under_way: bool| {
                let (office, asker, at) = (office.clone(), asker.clone(), clock.callers_now());
                async move { delivering(&office, asker, is_under_way.then_some(at.0)).await }
            };
            messenger.send_soon(holder, key, compose(&code), mark);
        }
        tracing::info!(code.asked = is_to_send, "a code was asked for");
        Ok(())
    }

    /// Lets in whoever types the code that was sent to them; a session that the browser had before ends with it.
    ///
    /// # Errors
    /// `code_refused`, for whatever reason; when the database fails.
    pub async fn enter_code(
        &self,
        asker: &Token,
        typed: &str,
        before: Option<&Token>,
    ) -> Result<LetIn, GovernanceError> {
        let (now, settings, asker) = (self.machine_now(), self.settings, asker.hash().to_vec());
        let token = Token::generate().map_err(SecretError::from)?;
        let (hash, before) = (token.hash().to_vec(), before.map(|token| token.hash().to_vec()));
        let (typed, key) = (OneTimeCode::typed(typed), &self.code_key);
        let entered = self
            .office
            .transact(|txn, _| {
                let (hash, before) = (hash.clone(), before.clone());
                let (asker, typed) = (asker.clone(), typed.clone());
                Box::pin(async move {
                    let Some(row) = code::Entity::find_by_id(asker.clone()).one(txn).await? else {
                        return Ok(None);
                    };
                    let is_right = typed.is_some_and(|typed| key.matches(&asker, &typed, &row.code_mac));
                    let is_in = is_right && is_live(&row, now, settings);
                    let holder = sessions::holder(row.holder)?;
                    spend(txn, row, is_in, now).await?;
                    if !is_in {
                        return Ok(None);
                    }
                    sessions::begin(txn, Subject::Resident(holder), (hash, before), now).await?;
                    Ok::<_, GovernanceError>(Some(holder))
                })
            })
            .await?;
        tracing::info!(signed_in = entered.is_some(), "a code was typed");
        entered.map(|holder| LetIn { token, holder }).ok_or(GovernanceError::CodeRefused)
    }
}

/// A code to be kept.
struct New {
    asker: Vec<u8>,
    kept: Vec<u8>,
    holder: HolderNumber,
    now: Timestamp,
}

impl New {
    /// Keeps it, and says whether it is to be sent. Over a holder's limit it is kept all the same, and dead.
    async fn write(&self, txn: &Transaction, settings: Settings) -> Result<bool, GovernanceError> {
        let since = self.now.plus(-settings.codes_window).0;
        code::Entity::delete_many().filter(code::Column::AskedAt.lt(since)).exec(txn).await?;
        if code::Entity::find_by_id(self.asker.clone()).one(txn).await?.is_some() {
            return Ok(false);
        }
        if code::Entity::find().count(txn).await? >= settings.asks_max {
            return Err(GovernanceError::CodesExhausted);
        }
        let holder = sessions::stored(self.holder);
        let of_holder = code::Entity::find().filter(code::Column::Holder.eq(holder));
        let sent = of_holder.filter(code::Column::IsSent.eq(true)).count(txn).await?;
        let is_sent = sent < settings.codes_max;
        let row = code::ActiveModel {
            asker: Set(self.asker.clone()),
            holder: Set(holder),
            code_mac: Set(self.kept.clone()),
            asked_at: Set(self.now.0),
            is_sent: Set(is_sent),
            delivered_at: Set(None),
            tries: Set(0),
            ended_at: Set((!is_sent).then_some(self.now.0)),
        };
        code::Entity::insert(row).exec_without_returning(txn).await?;
        Ok(is_sent)
    }
}

/// A message with a code is under way, or was not taken. Only while it is does the code let anybody in, so that nobody's code
/// is guessed at without a message that warns them.
async fn delivering(office: &Database, asker: Vec<u8>, since: Option<i64>) -> Result<(), DatabaseError> {
    office
        .transact(|txn, _| {
            let asker = asker.clone();
            Box::pin(async move {
                code::Entity::update_many()
                    .col_expr(code::Column::DeliveredAt, Expr::value(since))
                    .filter(code::Column::Asker.eq(asker))
                    .exec(txn)
                    .await?;
                Ok(())
            })
        })
        .await
}

/// Whether a code may still let somebody in.
fn is_live(row: &code::Model, now: Timestamp, settings: Settings) -> bool {
    row.ended_at.is_none()
        && row.delivered_at.is_some()
        && row.tries < settings.code_tries
        && now.since(Timestamp(row.asked_at)) <= settings.code_lasting
}

/// Counts a try. Written whatever became of it, so that each takes as long.
async fn spend(
    txn: &Transaction,
    row: code::Model,
    is_used: bool,
    now: Timestamp,
) -> Result<(), GovernanceError> {
    let (tries, ended_at) = (row.tries.saturating_add(1), row.ended_at.or(is_used.then_some(now.0)));
    let mut row: code::ActiveModel = row.into();
    row.tries = Set(tries);
    row.ended_at = Set(ended_at);
    row.update(txn).await?;
    Ok(())
}
