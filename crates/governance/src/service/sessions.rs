//! Who a session's token belongs to, and ending it.

use base::Timestamp;
use platform::clients::Token;
use platform::web::Visitor;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Governance, GovernanceError, visitor};
use crate::store::{session, user};

/// How much later a session must be seen again for that to be written down.
const SEEN_AGAIN: base::Micros = Timestamp::MINUTE;

impl Governance {
    /// Whoever has this session, while it lasts.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn visitor(&self, token: &Token) -> Result<Option<Visitor>, GovernanceError> {
        let hash = token.hash().to_vec();
        let found = session::Entity::find_by_id(hash.clone()).one(self.office.read()).await?;
        let now = self.clock.now();
        let lasts = |row: &session::Model| {
            row.ended_at.is_none()
                && now.since(Timestamp(row.seen_at)) <= self.settings.idle
                && now.since(Timestamp(row.begun_at)) <= self.settings.lasting
        };
        let Some(row) = found.filter(lasts) else { return Ok(None) };
        let user = user::Entity::find_by_id(row.user_id).one(self.office.read()).await?;
        let Some(user) = user.filter(|user| user.disabled_at.is_none()) else { return Ok(None) };
        if now.since(Timestamp(row.seen_at)) >= SEEN_AGAIN {
            self.change(hash, session::Column::SeenAt).await?;
        }
        let granted = self.granted(&user.role, user.agency.as_deref(), now).await?;
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
        let now = self.clock.now().0;
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
