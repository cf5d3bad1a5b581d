//! Names for lists that hold holder numbers.

use std::collections::BTreeMap;

use base::HolderNumber;
use platform::access::{Action, Permit, Resource};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Residents, numbers};
use crate::error::ResidentsError;
use crate::fields::NAME;
use crate::store::individual;

/// Most names of one call: a page shows no more.
const NAMES_MAX: usize = 1_000;

impl Residents {
    /// The names behind these numbers, at most the first thousand; numbers nobody has are left out.
    ///
    /// # Errors
    /// [`ResidentsError`]: no permit to see records in general.
    pub async fn names_of(
        &self,
        permit: &Permit,
        holders: &[HolderNumber],
    ) -> Result<BTreeMap<HolderNumber, String>, ResidentsError> {
        permit.require(Action::ViewIndividual)?;
        if permit.resource() != Resource::City {
            return Err(permit.denied(Action::ViewIndividual).into());
        }
        let rows: Vec<(i64, Uuid, Vec<u8>)> = individual::Entity::find()
            .select_only()
            .columns([individual::Column::Holder, individual::Column::Id, individual::Column::Name])
            .filter(
                individual::Column::Holder
                    .is_in(holders.iter().take(NAMES_MAX).map(|holder| numbers::stored(*holder))),
            )
            .into_tuple()
            .all(self.office.read())
            .await?;
        let name = |(holder, id, name): (i64, Uuid, Vec<u8>)| {
            Ok((numbers::read(holder)?, self.cipher.open_field(NAME, id, &name)?))
        };
        rows.into_iter().map(name).collect()
    }
}
