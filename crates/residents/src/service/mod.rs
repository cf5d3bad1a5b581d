//! The use cases, one file each. Every one holds the permit against its action before anything else.

mod contact_of;
mod find_by_nik;
mod form_household;
mod names_of;
mod numbers;
mod register_individual;
mod registered;
mod show_individual;

use std::sync::Arc;

use base::Clock;
use platform::cipher::Cipher;
use platform::database::Database;
use platform::migrations;
use platform::outbox::Outbox;

use crate::error::ResidentsError;
use crate::store::Migrations;

pub use registered::registered;

/// The registry of one city. Cheap to clone.
#[derive(Clone)]
pub struct Residents {
    office: Database,
    outbox: Outbox,
    clock: Arc<dyn Clock>,
    cipher: Cipher,
}

impl std::fmt::Debug for Residents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Residents")
    }
}

impl Residents {
    /// Opens the registry: brings its tables up to date. `cipher` is the office's.
    ///
    /// # Errors
    /// [`ResidentsError::Database`].
    pub async fn open(
        cipher: Cipher,
        outbox: Outbox,
        office: Database,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ResidentsError> {
        migrations::run::<Migrations>(&office).await?;
        Ok(Self { office, outbox, clock, cipher })
    }
}
