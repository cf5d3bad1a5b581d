//! Showing a person's record to whoever may see it.

use base::{CivilDate, Code, HolderNumber, Nik, RegionCode, Timestamp};
use platform::access::{Action, Permit, Resource};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Residents, numbers};
use crate::error::ResidentsError;
use crate::fields::{NAME, NIK};
use crate::model::Individual;
use crate::store::individual;
use platform::cipher::Cipher;

impl Residents {
    /// The record behind a holder number, the identity number masked.
    ///
    /// # Errors
    /// [`ResidentsError`]: no permit for this holder, or nobody has the number.
    pub async fn show_individual(
        &self,
        permit: &Permit,
        holder: HolderNumber,
    ) -> Result<Individual, ResidentsError> {
        permit.require(Action::ViewIndividual)?;
        if !matches!(permit.resource(), Resource::City) && permit.resource() != Resource::Holder(holder) {
            return Err(permit.denied(Action::ViewIndividual).into());
        }
        let found = individual::Entity::find()
            .filter(individual::Column::Holder.eq(numbers::stored(holder)))
            .one(self.office.read())
            .await?;
        let row = found.ok_or(ResidentsError::HolderUnknown { holder })?;
        read(&self.cipher, row)
    }
}

fn read(cipher: &Cipher, row: individual::Model) -> Result<Individual, ResidentsError> {
    let wrong =
        |what: &str| ResidentsError::Record { reason: format!("{what} of row {} is not one", row.id) };
    let (nik, _warnings) =
        Nik::parse(&cipher.open_field(NIK, row.id, &row.nik)?).map_err(|_| wrong("identity number"))?;
    Ok(Individual {
        id: row.id,
        holder: numbers::read(row.holder)?,
        name: cipher.open_field(NAME, row.id, &row.name)?,
        nik_masked: nik.masked(),
        birth_date: CivilDate(row.birth_date),
        home: row.home.as_deref().map(RegionCode::parse).transpose().map_err(|_| wrong("region"))?,
        category: Code::parse(&row.category).map_err(|_| wrong("category"))?,
        registered_at: Timestamp(row.registered_at),
    })
}
