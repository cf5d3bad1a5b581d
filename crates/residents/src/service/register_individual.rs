//! Registering people: one at a counter, thousands when a city is filled.

use std::collections::BTreeSet;

use base::{Code, CommandId, HolderNumber, RegionLevel, Timestamp};
use engine::{Body, OpenHolder};
use platform::access::{Action, Permit};
use platform::database::Transaction;
use platform::ids;
use platform::outbox::{NewMessage, Outbox};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{Residents, numbers};
use crate::error::ResidentsError;
use crate::fields::{NAME, NIK, PHONE};
use crate::model::{NewIndividual, Registered};
use crate::rules::{Checked, check_individual};
use crate::store::individual;
use platform::cipher::Cipher;

/// People of one transaction: their rows (ten columns) stay below the variables one statement may have.
const PEOPLE_PER_TRANSACTION: usize = 2_000;

impl Residents {
    /// Registers a person: the record, and the command that tells the engine of the new holder, in one transaction.
    ///
    /// # Errors
    /// [`ResidentsError`]: no permit, an impossible name, identity number or mobile number, or somebody registered already.
    pub async fn register_individual(
        &self,
        permit: &Permit,
        new: &NewIndividual,
    ) -> Result<Registered, ResidentsError> {
        let registered = self.register_many(permit, std::slice::from_ref(new)).await?;
        let missing = || ResidentsError::Record { reason: "a registration answered nothing".into() };
        registered.into_iter().next().ok_or_else(missing)
    }

    /// Registers many people, in their order, some thousands per transaction. A refusal ends the work; people of earlier
    /// transactions stay registered.
    ///
    /// # Errors
    /// As [`Residents::register_individual`].
    pub async fn register_many(
        &self,
        permit: &Permit,
        people: &[NewIndividual],
    ) -> Result<Vec<Registered>, ResidentsError> {
        permit.require(Action::RegisterIndividual)?;
        let checked: Vec<Checked> = people.iter().map(check_individual).collect::<Result<_, _>>()?;
        let (now, callers_now) = (self.clock.now(), self.clock.callers_now());
        let mut registered = Vec::with_capacity(people.len());
        for (people, checked) in
            people.chunks(PEOPLE_PER_TRANSACTION).zip(checked.chunks(PEOPLE_PER_TRANSACTION))
        {
            let cipher = &self.cipher;
            let batch = Batch { cipher, now, callers_now, people, checked };
            let batch = &batch;
            registered.extend(self.office.transact(|txn, _| Box::pin(batch.write(txn))).await?);
            self.outbox.wake();
        }
        tracing::info!(residents.registered = registered.len(), "people registered");
        Ok(registered)
    }
}

/// The people of one transaction.
struct Batch<'a> {
    cipher: &'a Cipher,
    now: Timestamp,
    /// What the ids of commands are made by.
    callers_now: Timestamp,
    people: &'a [NewIndividual],
    checked: &'a [Checked],
}

impl Batch<'_> {
    async fn write(&self, txn: &Transaction) -> Result<Vec<Registered>, ResidentsError> {
        let indexes: Vec<Vec<u8>> =
            self.checked.iter().map(|checked| self.cipher.blind_index(NIK, &checked.nik.reveal())).collect();
        refuse_registered(txn, &indexes).await?;
        let holders = self.holders(txn).await?;
        let mut rows = Vec::with_capacity(self.people.len());
        let mut messages = Vec::with_capacity(self.people.len());
        let mut registered = Vec::with_capacity(self.people.len());
        for (((new, checked), nik_index), holder) in
            self.people.iter().zip(self.checked).zip(indexes).zip(holders)
        {
            let id = ids::uuid_v7(self.now).map_err(ResidentsError::Randomness)?;
            let phone =
                checked.phone.map(|phone| self.cipher.seal(PHONE, id, &phone.reveal())).transpose()?;
            rows.push(individual::ActiveModel {
                id: ActiveValue::Set(id),
                holder: ActiveValue::Set(numbers::stored(holder)),
                name: ActiveValue::Set(self.cipher.seal(NAME, id, &checked.name)?),
                nik: ActiveValue::Set(self.cipher.seal(NIK, id, &checked.nik.reveal())?),
                nik_index: ActiveValue::Set(nik_index),
                birth_date: ActiveValue::Set(new.birth_date.0),
                home: ActiveValue::Set(new.home.map(|home| home.to_string())),
                category: ActiveValue::Set(new.category.to_string()),
                registered_at: ActiveValue::Set(self.now.0),
                phone: ActiveValue::Set(phone),
            });
            messages.push(open_holder(self.callers_now, holder, new)?);
            registered.push(Registered { id, holder });
        }
        individual::Entity::insert_many(rows).exec_without_returning(txn).await?;
        Outbox::enqueue_many(txn, &messages).await?;
        Ok(registered)
    }

    /// A number for each person: their own, where they bring one, else one drawn.
    async fn holders(&self, txn: &Transaction) -> Result<Vec<HolderNumber>, ResidentsError> {
        let own: Vec<HolderNumber> = self.people.iter().filter_map(|new| new.holder).collect();
        let reserved: BTreeSet<HolderNumber> = own.iter().copied().collect();
        if let Some(holder) = numbers::taken(txn, &own).await?.pop_first() {
            return Err(ResidentsError::HolderTaken { holder });
        }
        if let Some(holder) = repeated(&own) {
            return Err(ResidentsError::HolderTaken { holder });
        }
        let mut drawn = numbers::draw(txn, self.people.len() - own.len(), &reserved).await?.into_iter();
        let holders = self.people.iter().map(|new| new.holder.or_else(|| drawn.next()));
        holders.collect::<Option<Vec<_>>>().ok_or(ResidentsError::NumbersExhausted)
    }
}

/// Refuses identity numbers that are registered, or that stand twice among these people.
async fn refuse_registered(txn: &Transaction, indexes: &[Vec<u8>]) -> Result<(), ResidentsError> {
    let known = individual::Entity::find()
        .filter(individual::Column::NikIndex.is_in(indexes.iter().cloned()))
        .count(txn)
        .await?;
    if known > 0 || repeated(indexes).is_some() {
        return Err(ResidentsError::NikRegistered);
    }
    Ok(())
}

/// The first value that stands twice.
fn repeated<T: Ord + Clone>(values: &[T]) -> Option<T> {
    let mut seen = BTreeSet::new();
    values.iter().find(|value| !seen.insert(*value)).cloned()
}

/// The command that makes the holder known to the engine: number, category, district and bank, nothing that names.
fn open_holder(
    at: Timestamp,
    holder: HolderNumber,
    new: &NewIndividual,
) -> Result<NewMessage, ResidentsError> {
    // The engine needs the home area of benefits, no finer: the district, where the address goes that deep.
    let area = new.home.map(|home| home.at(RegionLevel::District).unwrap_or(home));
    let encode = |error: &dyn std::fmt::Display| ResidentsError::Encode { reason: error.to_string() };
    let home = area.map(|area| Code::parse(&area.to_string())).transpose().map_err(|error| encode(&error))?;
    let body = Body::OpenHolder(OpenHolder { holder, category: new.category, home, bank: new.bank });
    Ok(NewMessage {
        subject: format!("holder/{holder}"),
        command_id: CommandId::generate(at).map_err(ResidentsError::Randomness)?,
        body: minicbor::to_vec(&body).map_err(|error| encode(&error))?,
    })
}
