//! Forming a household of people already registered.

use std::collections::BTreeMap;

use base::HolderNumber;
use platform::access::{Action, Permit};
use platform::database::is_duplicate;
use platform::ids;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Residents, numbers};
use crate::cipher::FAMILY_CARD;
use crate::error::ResidentsError;
use crate::model::{Household, NewHousehold};
use crate::rules::check_household;
use crate::store::{household, individual, member};

impl Residents {
    /// Forms a household.
    ///
    /// # Errors
    /// [`ResidentsError`]: no permit, an impossible household, a member nobody knows, a family card registered already or
    /// a member of another household.
    pub async fn form_household(
        &self,
        permit: &Permit,
        new: &NewHousehold,
    ) -> Result<Household, ResidentsError> {
        permit.require(Action::FormHousehold)?;
        check_household(new)?;
        let now = self.clock.now();
        let id = ids::uuid_v7(now).map_err(ResidentsError::Randomness)?;
        let number = &self.cipher.seal(FAMILY_CARD, id, &new.family_card)?;
        let number_index = &self.cipher.blind_index(FAMILY_CARD, &new.family_card);
        self.office
            .transact(|txn, _| {
                Box::pin(async move {
                    let rows: Vec<(i64, Uuid)> = individual::Entity::find()
                        .select_only()
                        .columns([individual::Column::Holder, individual::Column::Id])
                        .filter(
                            individual::Column::Holder
                                .is_in(new.members.iter().copied().map(numbers::stored)),
                        )
                        .into_tuple()
                        .all(txn)
                        .await?;
                    let known: BTreeMap<i64, Uuid> = rows.into_iter().collect();
                    let member_id = |holder: HolderNumber| {
                        let id = known.get(&numbers::stored(holder)).copied();
                        id.ok_or(ResidentsError::HolderUnknown { holder })
                    };
                    let row = household::ActiveModel {
                        id: ActiveValue::Set(id),
                        number: ActiveValue::Set(number.clone()),
                        number_index: ActiveValue::Set(number_index.clone()),
                        head_id: ActiveValue::Set(member_id(new.head)?),
                        formed_at: ActiveValue::Set(now.0),
                    };
                    let members = new.members.iter().map(|holder| {
                        let individual_id = ActiveValue::Set(member_id(*holder)?);
                        Ok(member::ActiveModel { individual_id, household_id: ActiveValue::Set(id) })
                    });
                    let members = members.collect::<Result<Vec<_>, ResidentsError>>()?;
                    household::Entity::insert(row).exec_without_returning(txn).await.map_err(registered)?;
                    member::Entity::insert_many(members)
                        .exec_without_returning(txn)
                        .await
                        .map_err(registered)?;
                    Ok(Household { id, head: new.head })
                })
            })
            .await
    }
}

fn registered(error: sea_orm::DbErr) -> ResidentsError {
    if is_duplicate(&error) { ResidentsError::HouseholdRegistered } else { error.into() }
}
