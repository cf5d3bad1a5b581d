//! Whose a session is, beginning and ending it.

use base::{HolderNumber, Timestamp};
use platform::access::Actor;
use platform::clients::Token;
use platform::database::Transaction;
use platform::web::Visitor;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Governance, GovernanceError, visitor};
use crate::store::{session, user};

/// How much later a session must be seen again for that to be written down.
const SEEN_AGAIN: base::Micros = Timestamp::MINUTE;

/// How long a session's row is kept after it began, for whoever has to find out what happened.
const KEPT: base::Micros = 30 * 24 * Timestamp::HOUR;

/// Whose a session is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject {
    /// Somebody at work.
    User(Uuid),
    /// A resident.
    Resident(HolderNumber),
}

impl Subject {
    fn of(row: &session::Model) -> Result<Self, GovernanceError> {
        match (row.user_id, row.holder) {
            (Some(id), None) => Ok(Self::User(id)),
            (None, Some(number)) => holder(number).map(Self::Resident),
            _ => Err(GovernanceError::SubjectStored),
        }
    }
}

/// A holder number as the tables keep it.
pub(super) fn stored(holder: HolderNumber) -> i64 {
    i64::try_from(holder.index()).unwrap_or(i64::MAX)
}

/// A holder number read back.
pub(super) fn holder(stored: i64) -> Result<HolderNumber, GovernanceError> {
    let index = u64::try_from(stored).ok();
    index.and_then(|index| HolderNumber::new(index).ok()).ok_or(GovernanceError::SubjectStored)
}

/// A new session; the one the browser had before ends.
pub(super) async fn begin(
    txn: &Transaction,
    whose: Subject,
    (hash, before): (Vec<u8>, Option<Vec<u8>>),
    now: Timestamp,
) -> Result<(), GovernanceError> {
    let gone = now.plus(-KEPT).0;
    session::Entity::delete_many().filter(session::Column::BegunAt.lt(gone)).exec(txn).await?;
    if let Some(before) = before
        && let Some(old) = session::Entity::find_by_id(before).one(txn).await?
        && old.ended_at.is_none()
    {
        let mut old: session::ActiveModel = old.into();
        old.ended_at = Set(Some(now.0));
        old.update(txn).await?;
    }
    let (user_id, holder) = match whose {
        Subject::User(id) => (Some(id), None),
        Subject::Resident(number) => (None, Some(stored(number))),
    };
    let fresh = session::ActiveModel {
        token_hash: Set(hash),
        user_id: Set(user_id),
        holder: Set(holder),
        begun_at: Set(now.0),
        seen_at: Set(now.0),
        ended_at: Set(None),
    };
    session::Entity::insert(fresh).exec_without_returning(txn).await?;
    Ok(())
}

impl Governance {
    /// Whoever has this session, while it lasts. `is_awake`: somebody asked, not a page that refreshes by itself, so that the
    /// session does not stand idle.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn visitor(&self, token: &Token, is_awake: bool) -> Result<Option<Visitor>, GovernanceError> {
        let hash = token.hash().to_vec();
        let found = session::Entity::find_by_id(hash.clone()).one(self.office.read()).await?;
        let now = self.machine_now();
        let lasts = |row: &session::Model| {
            let idle = if row.holder.is_some() { self.settings.resident_idle } else { self.settings.idle };
            row.ended_at.is_none()
                && now.since(Timestamp(row.seen_at)) <= idle
                && now.since(Timestamp(row.begun_at)) <= self.settings.lasting
        };
        let Some(row) = found.filter(lasts) else { return Ok(None) };
        let found = match Subject::of(&row)? {
            Subject::User(id) => self.at_work(id).await?,
            Subject::Resident(number) => {
                Some(Visitor { actor: Actor::resident(number), name: number.to_string().into() })
            }
        };
        if is_awake && found.is_some() && now.since(Timestamp(row.seen_at)) >= SEEN_AGAIN {
            self.change(hash, session::Column::SeenAt).await?;
        }
        Ok(found)
    }

    /// Somebody at work with what is granted to them now; nobody where the user is disabled.
    async fn at_work(&self, id: Uuid) -> Result<Option<Visitor>, GovernanceError> {
        let user = user::Entity::find_by_id(id).one(self.office.read()).await?;
        let Some(user) = user.filter(|user| user.disabled_at.is_none()) else { return Ok(None) };
        let granted = self.granted(&user.role, user.agency.as_deref(), self.clock.now()).await?;
        Ok(visitor(&user, granted))
    }

    /// Ends a session; one that has ended or never was is no fault.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, token: &Token) -> Result<(), GovernanceError> {
        self.change(token.hash().to_vec(), session::Column::EndedAt).await
    }

    /// Writes the time into one of an open session's columns.
    async fn change(&self, hash: Vec<u8>, column: session::Column) -> Result<(), GovernanceError> {
        let now = self.machine_now().0;
        self.office
            .transact(|txn, _| {
                let hash = hash.clone();
                Box::pin(async move {
                    session::Entity::update_many()
                        .col_expr(column, Expr::value(now))
                        .filter(session::Column::TokenHash.eq(hash))
                        .filter(session::Column::EndedAt.is_null())
                        .exec(txn)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
