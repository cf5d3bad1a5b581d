//! Forming a household of people already registered.

use std::collections::BTreeMap;

use base::{HolderNumber, Timestamp};
use platform::access::{Action, Permit};
use platform::database::{Transaction, is_duplicate};
use platform::ids;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Residents, numbers};
use crate::error::ResidentsError;
use crate::fields::FAMILY_CARD;
use crate::model::{Household, NewHousehold};
use crate::rules::check_household;
use crate::store::{household, individual, member};

/// Households of one transaction: their rows and members stay below the variables one statement may have.
const HOUSEHOLDS_PER_TRANSACTION: usize = 500;

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
        let formed = self.form_many(permit, std::slice::from_ref(new)).await?;
        let missing = || ResidentsError::Record { reason: "a household answered nothing".into() };
        formed.into_iter().next().ok_or_else(missing)
    }

    /// Forms many households, some hundreds per transaction. A refusal ends the work; households of earlier transactions
    /// stay formed.
    ///
    /// # Errors
    /// As [`Residents::form_household`].
    pub async fn form_many(
        &self,
        permit: &Permit,
        households: &[NewHousehold],
    ) -> Result<Vec<Household>, ResidentsError> {
        permit.require(Action::FormHousehold)?;
        households.iter().try_for_each(check_household)?;
        let now = self.clock.now();
        let mut formed = Vec::with_capacity(households.len());
        for some in households.chunks(HOUSEHOLDS_PER_TRANSACTION) {
            let ids = some.iter().map(|_| ids::uuid_v7(now)).collect::<Result<Vec<_>, _>>();
            let ids = &ids.map_err(ResidentsError::Randomness)?;
            self.office.transact(|txn, _| Box::pin(self.write_households(txn, some, ids, now))).await?;
            let known = some.iter().zip(ids);
            formed.extend(known.map(|(new, id)| Household { id: *id, head: new.head }));
        }
        Ok(formed)
    }

    async fn write_households(
        &self,
        txn: &Transaction,
        households: &[NewHousehold],
        ids: &[Uuid],
        now: Timestamp,
    ) -> Result<(), ResidentsError> {
        let holders = households.iter().flat_map(|new| new.members.iter().copied().map(numbers::stored));
        let rows: Vec<(i64, Uuid)> = individual::Entity::find()
            .select_only()
            .columns([individual::Column::Holder, individual::Column::Id])
            .filter(individual::Column::Holder.is_in(holders))
            .into_tuple()
            .all(txn)
            .await?;
        let known: BTreeMap<i64, Uuid> = rows.into_iter().collect();
        let member_id = |holder: HolderNumber| {
            let id = known.get(&numbers::stored(holder)).copied();
            id.ok_or(ResidentsError::HolderUnknown { holder })
        };
        let (mut rows, mut members) = (Vec::with_capacity(households.len()), Vec::new());
        for (new, id) in households.iter().zip(ids) {
            rows.push(household::ActiveModel {
                id: ActiveValue::Set(*id),
                number: ActiveValue::Set(self.cipher.seal(FAMILY_CARD, *id, &new.family_card)?),
                number_index: ActiveValue::Set(self.cipher.blind_index(FAMILY_CARD, &new.family_card)),
                head_id: ActiveValue::Set(member_id(new.head)?),
                formed_at: ActiveValue::Set(now.0),
            });
            for holder in &new.members {
                let individual_id = ActiveValue::Set(member_id(*holder)?);
                members.push(member::ActiveModel { individual_id, household_id: ActiveValue::Set(*id) });
            }
        }
        household::Entity::insert_many(rows).exec_without_returning(txn).await.map_err(registered)?;
        member::Entity::insert_many(members).exec_without_returning(txn).await.map_err(registered)?;
        Ok(())
    }
}

fn registered(error: sea_orm::DbErr) -> ResidentsError {
    if is_duplicate(&error) { ResidentsError::HouseholdRegistered } else { error.into() }
}
