//! The use cases, one file each. Every one holds the permit against its action before anything else.

mod contact_of;
mod find_by_nik;
mod form_household;
mod names_of;
mod numbers;
mod register_individual;
mod show_individual;

use std::path::Path;
use std::sync::Arc;

use base::Clock;
use platform::database::{Database, DatabaseError};
use platform::migrations;
use platform::outbox::Outbox;
use sea_orm::{ActiveValue, EntityTrait};

use crate::cipher::Cipher;
use crate::error::ResidentsError;
use crate::keys::{KeyError, OfficeKeys};
use crate::store::{Migrations, key_check};

/// The one row of the key check.
const KEY_CHECK_ID: i16 = 1;

/// The registry of one city. Cheap to clone.
#[derive(Clone)]
pub struct Residents {
    office: Database,
    outbox: Outbox,
    clock: Arc<dyn Clock>,
    cipher: Arc<Cipher>,
}

impl std::fmt::Debug for Residents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Residents")
    }
}

impl Residents {
    /// Opens the registry: brings its tables up to date, reads the keys of the data directory (makes them at the first
    /// start) and makes sure that they are the ones the records were written with.
    ///
    /// # Errors
    /// [`ResidentsError::Keys`] when the keys are missing, wrong or unreadable; [`ResidentsError::Database`].
    pub async fn open(
        directory: &Path,
        outbox: Outbox,
        office: Database,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ResidentsError> {
        migrations::run::<Migrations>(&office).await?;
        let known = key_check::Entity::find_by_id(KEY_CHECK_ID).one(office.read()).await?;
        let keys = OfficeKeys::open(directory, known.is_none())?;
        match known {
            Some(row) if row.value != keys.check() => {
                return Err(KeyError::Wrong { path: OfficeKeys::path(directory) }.into());
            }
            Some(_) => {}
            None => remember(&office, &keys, clock.as_ref()).await?,
        }
        let path = OfficeKeys::path(directory);
        let cipher = Cipher::new(&keys).ok_or(KeyError::Malformed { path })?;
        Ok(Self { office, outbox, clock, cipher: Arc::new(cipher) })
    }
}

async fn remember(office: &Database, keys: &OfficeKeys, clock: &dyn Clock) -> Result<(), DatabaseError> {
    let (value, created_at) = (&keys.check(), clock.now().0);
    office
        .transact(|txn, _| {
            Box::pin(async move {
                let row = key_check::ActiveModel {
                    id: ActiveValue::Set(KEY_CHECK_ID),
                    value: ActiveValue::Set(value.clone()),
                    created_at: ActiveValue::Set(created_at),
                };
                key_check::Entity::insert(row).exec_without_returning(txn).await?;
                Ok(())
            })
        })
        .await
}
