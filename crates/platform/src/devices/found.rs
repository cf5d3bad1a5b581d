//! Looking for devices: one by its number, a page of those that a search means.

use base::DeviceNumber;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Device, Devices, DevicesError, entity};
use crate::access::{Action, Permit};
use crate::clients::{holds, ids_active, ids_named};
use crate::database::DatabaseError;

impl Devices {
    /// The device of a number, disabled or not, for whoever manages them.
    ///
    /// # Errors
    /// [`DevicesError::Unknown`]; when the permit is for something else or the table cannot be read.
    pub async fn managed(&self, permit: &Permit, number: DeviceNumber) -> Result<Device, DevicesError> {
        permit.require(Action::ManageClients)?;
        let found = entity::Entity::find_by_id(i64::from(number.0)).one(self.office.read()).await;
        let row = found.map_err(DatabaseError::from)?.ok_or(DevicesError::Unknown { number })?;
        Device::read(row)
    }

    /// Whether a number or a key is taken, by a disabled device too.
    ///
    /// # Errors
    /// When the permit is for something else or the table cannot be read.
    pub async fn is_taken(
        &self,
        permit: &Permit,
        number: DeviceNumber,
        public_key: &[u8; 32],
    ) -> Result<bool, DevicesError> {
        permit.require(Action::ManageClients)?;
        let either = Condition::any()
            .add(entity::Column::Number.eq(i64::from(number.0)))
            .add(entity::Column::PublicKey.eq(public_key.to_vec()));
        let found = entity::Entity::find().filter(either).one(self.office.read()).await;
        Ok(found.map_err(DatabaseError::from)?.is_some())
    }

    /// Devices that a search means, by number, from the one after `after`: the number itself, a part of the place's code or
    /// of the name of the client that runs it, in whichever case; all of them where nothing is sought.
    ///
    /// # Errors
    /// When the permit is for something else or the table cannot be read.
    pub async fn page(
        &self,
        permit: &Permit,
        sought: &str,
        after: Option<DeviceNumber>,
        limit: u64,
    ) -> Result<Vec<Device>, DevicesError> {
        permit.require(Action::ManageClients)?;
        let after = after.map(|after| entity::Column::Number.gt(i64::from(after.0)));
        let rows = entity::Entity::find()
            .filter(meant(sought))
            .filter(Condition::all().add_option(after))
            .order_by_asc(entity::Column::Number)
            .limit(limit)
            .all(self.office.read())
            .await;
        rows.map_err(DatabaseError::from)?.into_iter().map(Device::read).collect()
    }

    /// How many devices may call: none whose client may not.
    ///
    /// # Errors
    /// When the permit is for something else or the table cannot be read.
    pub async fn active(&self, permit: &Permit) -> Result<u64, DevicesError> {
        permit.require(Action::ManageClients)?;
        let active = entity::Entity::find()
            .filter(entity::Column::DisabledAt.is_null())
            .filter(entity::Column::ClientId.in_subquery(ids_active()));
        Ok(active.count(self.office.read()).await.map_err(DatabaseError::from)?)
    }
}

/// The devices that a search means.
fn meant(sought: &str) -> Condition {
    if sought.is_empty() {
        return Condition::all();
    }
    let number = sought.parse::<u32>().ok().map(|number| entity::Column::Number.eq(i64::from(number)));
    Condition::any()
        .add_option(number)
        .add(holds(entity::Column::Place, sought))
        .add(entity::Column::ClientId.in_subquery(ids_named(sought)))
}
