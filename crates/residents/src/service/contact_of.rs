//! Where a message reaches a person.

use base::{HolderNumber, PhoneNumber};
use platform::access::{Action, ActorKind, Permit, Resource};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Residents, numbers};
use crate::error::ResidentsError;
use crate::fields::PHONE;
use crate::store::individual;

impl Residents {
    /// The mobile number of a holder; none where nobody has the holder number or no mobile number is known. For the system
    /// alone, which writes to it: no grant to see persons names this field.
    ///
    /// # Errors
    /// [`ResidentsError`]: no permit of the system for this holder; a record that cannot be read.
    pub async fn contact_of(
        &self,
        permit: &Permit,
        holder: HolderNumber,
    ) -> Result<Option<PhoneNumber>, ResidentsError> {
        permit.require(Action::ViewIndividual)?;
        let is_systems = permit.actor().kind() == ActorKind::System;
        if !is_systems || permit.resource() != Resource::Holder(holder) {
            return Err(permit.denied(Action::ViewIndividual).into());
        }
        let found: Option<(Uuid, Option<Vec<u8>>)> = individual::Entity::find()
            .select_only()
            .columns([individual::Column::Id, individual::Column::Phone])
            .filter(individual::Column::Holder.eq(numbers::stored(holder)))
            .into_tuple()
            .one(self.office.read())
            .await?;
        let Some((id, Some(sealed))) = found else { return Ok(None) };
        let text = self.cipher.open_field(PHONE, id, &sealed)?;
        let wrong = |_| ResidentsError::Record { reason: format!("mobile number of row {id} is not one") };
        PhoneNumber::parse(&text).map(Some).map_err(wrong)
    }
}
