//! Looking for clients: one by its number, a page of those that a search means, those that run something.

use base::PrincipalId;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Client, ClientEntity, Clients, ClientsError, entity};
use crate::access::{Action, Permit};
use crate::database::DatabaseError;

impl Clients {
    /// The client of a number, disabled or not.
    ///
    /// # Errors
    /// [`ClientsError::Unknown`]; when the permit is for something else or the table cannot be read.
    pub async fn find(&self, permit: &Permit, principal: PrincipalId) -> Result<Client, ClientsError> {
        permit.require(Action::ManageClients)?;
        let of = entity::Column::Principal.eq(i64::from(principal.0));
        let found = ClientEntity::find().filter(of).one(self.office.read()).await;
        let row = found.map_err(DatabaseError::from)?.ok_or(ClientsError::Unknown { principal })?;
        Client::read(row)
    }

    /// Whether a name is taken, by a disabled client too.
    ///
    /// # Errors
    /// When the permit is for something else or the table cannot be read.
    pub async fn is_taken(&self, permit: &Permit, name: &str) -> Result<bool, ClientsError> {
        permit.require(Action::ManageClients)?;
        let of = ClientEntity::find().filter(entity::Column::Name.eq(name));
        Ok(of.one(self.office.read()).await.map_err(DatabaseError::from)?.is_some())
    }

    /// Clients that a search means, by number, from the one after `after`: the number itself or a part of the name, in
    /// whichever case; all of them where nothing is sought.
    ///
    /// # Errors
    /// When the permit is for something else or the table cannot be read.
    pub async fn page(
        &self,
        permit: &Permit,
        sought: &str,
        after: PrincipalId,
        limit: u64,
    ) -> Result<Vec<Client>, ClientsError> {
        permit.require(Action::ManageClients)?;
        let rows = ClientEntity::find()
            .filter(meant(sought))
            .filter(entity::Column::Principal.gt(i64::from(after.0)))
            .order_by_asc(entity::Column::Principal)
            .limit(limit)
            .all(self.office.read())
            .await;
        rows.map_err(DatabaseError::from)?.into_iter().map(Client::read).collect()
    }

    /// Clients by their row ids.
    ///
    /// # Errors
    /// When the permit is for something else or the table cannot be read.
    pub async fn of(&self, permit: &Permit, ids: Vec<Uuid>) -> Result<Vec<Client>, ClientsError> {
        permit.require(Action::ManageClients)?;
        let rows = ClientEntity::find().filter(entity::Column::Id.is_in(ids)).all(self.office.read()).await;
        rows.map_err(DatabaseError::from)?.into_iter().map(Client::read).collect()
    }

    /// How many clients may call.
    ///
    /// # Errors
    /// When the permit is for something else or the table cannot be read.
    pub async fn active(&self, permit: &Permit) -> Result<u64, ClientsError> {
        permit.require(Action::ManageClients)?;
        let active = ClientEntity::find().filter(entity::Column::DisabledAt.is_null());
        Ok(active.count(self.office.read()).await.map_err(DatabaseError::from)?)
    }
}

/// The clients that a search means.
fn meant(sought: &str) -> Condition {
    if sought.is_empty() {
        return Condition::all();
    }
    let number = sought.parse::<u32>().ok().map(|number| entity::Column::Principal.eq(i64::from(number)));
    Condition::any().add_option(number).add(holds(entity::Column::Name, sought))
}

/// Row ids of the clients whose name holds a text.
pub(crate) fn ids_named(sought: &str) -> SelectStatement {
    Query::select()
        .column(entity::Column::Id)
        .from(ClientEntity)
        .and_where(holds(entity::Column::Name, sought))
        .take()
}

/// Row ids of the clients that may call.
pub(crate) fn ids_active() -> SelectStatement {
    Query::select()
        .column(entity::Column::Id)
        .from(ClientEntity)
        .and_where(entity::Column::DisabledAt.is_null())
        .take()
}

/// Whether a column holds a text, in whichever case, with nothing in the text standing for something else.
pub(crate) fn holds(column: impl ColumnTrait, text: &str) -> Expr {
    let text = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let pattern = LikeExpr::new(format!("%{text}%")).escape('\\');
    Func::lower(Expr::col(column.as_column_ref())).like(pattern)
}
