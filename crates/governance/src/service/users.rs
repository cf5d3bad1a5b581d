//! Listing and disabling users.

use base::Timestamp;
use platform::access::{Action, Permit};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Governance, GovernanceError};
use crate::store::{session, user};

/// Somebody who may sign in, or could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Sign-in name.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// In what capacity.
    pub role: String,
    /// For which agency.
    pub agency: Option<String>,
    /// Until when they are paused.
    pub paused_until: Option<Timestamp>,
    /// Since when they may not sign in any more.
    pub disabled_at: Option<Timestamp>,
}

impl Governance {
    /// Every user, by sign-in name.
    ///
    /// # Errors
    /// `access_denied`; when the table cannot be read.
    pub async fn users(&self, permit: &Permit) -> Result<Vec<User>, GovernanceError> {
        permit.require(Action::ManageAccess)?;
        let rows = user::Entity::find().order_by_asc(user::Column::Login).all(self.office.read()).await?;
        let told = |row: user::Model| User {
            login: row.login,
            name: row.name,
            role: row.role,
            agency: row.agency,
            paused_until: row.paused_until.map(Timestamp),
            disabled_at: row.disabled_at.map(Timestamp),
        };
        Ok(rows.into_iter().map(told).collect())
    }

    /// Lets somebody sign in no more, and ends what they have open.
    ///
    /// # Errors
    /// `access_denied`; `not_found`; when the database fails.
    pub async fn disable_user(&self, permit: &Permit, login: &str) -> Result<(), GovernanceError> {
        permit.require(Action::ManageAccess)?;
        let (now, login) = (self.clock.now().0, login.to_owned());
        self.office
            .transact(|txn, _| {
                let login = login.clone();
                Box::pin(async move {
                    let found = user::Entity::find().filter(user::Column::Login.eq(&login)).one(txn).await?;
                    let row = found.ok_or(GovernanceError::Unknown { login })?;
                    user::Entity::update_many()
                        .col_expr(user::Column::DisabledAt, Expr::value(now))
                        .filter(user::Column::Id.eq(row.id))
                        .filter(user::Column::DisabledAt.is_null())
                        .exec(txn)
                        .await?;
                    session::Entity::update_many()
                        .col_expr(session::Column::EndedAt, Expr::value(now))
                        .filter(session::Column::UserId.eq(row.id))
                        .filter(session::Column::EndedAt.is_null())
                        .exec(txn)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}
