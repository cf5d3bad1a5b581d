//! Listing and disabling users.

use std::collections::BTreeMap;

use base::Timestamp;
use platform::access::{Action, Actor, Permit};
use platform::audit::{Change, Subject};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::recover::end_sessions;
use super::{Governance, GovernanceError};
use crate::store::user;

/// Somebody who may sign in, or could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Row id, by which they are known as actors.
    pub id: String,
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
            id: row.id.to_string(),
            login: row.login,
            name: row.name,
            role: row.role,
            agency: row.agency,
            paused_until: row.paused_until.map(Timestamp),
            disabled_at: row.disabled_at.map(Timestamp),
        };
        Ok(rows.into_iter().map(told).collect())
    }

    /// Lets somebody sign in no more, and ends what they have open: sessions, letters, requests.
    ///
    /// # Errors
    /// `access_denied`; `not_found`; when the database fails.
    pub async fn disable_user(&self, permit: &Permit, login: &str) -> Result<(), GovernanceError> {
        permit.require(Action::ManageAccess)?;
        let (now, login) = (self.clock.now(), login.to_owned());
        self.office
            .transact(|txn, _| {
                let (login, audit, approvals) = (login.clone(), &self.audit, &self.approvals);
                Box::pin(async move {
                    let found = user::Entity::find().filter(user::Column::Login.eq(&login)).one(txn).await?;
                    let row = found.ok_or(GovernanceError::Unknown { login })?;
                    let change = Change::of(&row.disabled_at, &now.0);
                    user::Entity::update_many()
                        .col_expr(user::Column::DisabledAt, Expr::value(now.0))
                        .filter(user::Column::Id.eq(row.id))
                        .filter(user::Column::DisabledAt.is_null())
                        .exec(txn)
                        .await?;
                    end_sessions(txn, row.id, self.machine_now()).await?;
                    let subject = Subject::new("user", row.id);
                    audit.change(txn, permit, &subject, "user_disabled", &change).await?;
                    Ok::<_, GovernanceError>(approvals.leave(txn, permit, &row.id.to_string()).await?)
                })
            })
            .await
    }

    /// Who may stand in for somebody: others of the same agency who may sign in, by name.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn colleagues(&self, of: &Actor) -> Result<Vec<(String, String)>, GovernanceError> {
        let agency = of.agency().map(|agency| agency.to_string());
        let same = match agency {
            Some(agency) => user::Column::Agency.eq(agency),
            None => user::Column::Agency.is_null(),
        };
        let rows = user::Entity::find()
            .filter(same)
            .filter(user::Column::DisabledAt.is_null())
            .order_by_asc(user::Column::Name)
            .all(self.office.read())
            .await?;
        let others = rows.into_iter().map(|row| (row.id.to_string(), row.name));
        Ok(others.filter(|(id, _)| id != of.id()).collect())
    }

    /// The names of people by their ids; whoever is no user is left out.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn names(&self) -> Result<BTreeMap<String, String>, GovernanceError> {
        let rows = user::Entity::find().all(self.office.read()).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), row.name)).collect())
    }
}
