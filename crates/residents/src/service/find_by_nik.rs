//! Finding a person by identity number, without the number standing anywhere in the clear.

use base::{HolderNumber, Nik};
use platform::access::{Action, Permit};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Residents, numbers};
use crate::error::ResidentsError;
use crate::fields::NIK;
use crate::store::individual;

impl Residents {
    /// The holder number of the person with this identity number, if registered.
    ///
    /// # Errors
    /// [`ResidentsError`]: no permit, or an impossible number.
    pub async fn find_by_nik(
        &self,
        permit: &Permit,
        nik: &str,
    ) -> Result<Option<HolderNumber>, ResidentsError> {
        permit.require(Action::FindIndividual)?;
        let (nik, _warnings) = Nik::parse(nik)?;
        let index = self.cipher.blind_index(NIK, &nik.reveal());
        let found = individual::Entity::find()
            .filter(individual::Column::NikIndex.eq(index))
            .one(self.office.read())
            .await?;
        found.map(|row| numbers::read(row.holder)).transpose()
    }
}
