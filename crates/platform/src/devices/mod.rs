//! Terminals, known by an Ed25519 key of their own.
//!
//! Owns adding, listing, disabling and recognising them. The private key stays in the terminal; the table holds the
//! public one. Never reads what a terminal signs.

mod entity;
mod found;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use base::{Clock, Code, DeviceNumber, PrincipalId, Timestamp};
use ed25519_dalek::{Signature, VerifyingKey};
use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, QueryOrder};
use uuid::Uuid;

use crate::access::{Action, Actor, Denied, Permit};
use crate::clients::{Client, ClientEntity, ClientsError, LIMIT_MAX, Limiter};
use crate::database::{Database, DatabaseError, Transaction, is_duplicate};
use crate::ids;
use crate::problems::{self, Problem};

/// How long a recognised device is trusted without asking the table.
const REMEMBERED: Duration = Duration::from_secs(30);

/// Devices remembered at once.
const REMEMBERED_MAX: usize = 32_768;

/// Why a device could not be added, found or changed.
#[derive(Debug, thiserror::Error)]
pub enum DevicesError {
    /// The policies say no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The bytes are no Ed25519 public key, or one whose signatures anybody can make.
    #[error("the public key of device {number} is not a usable Ed25519 key")]
    Key {
        /// Whose.
        number: DeviceNumber,
    },
    /// The number or the key is taken.
    #[error("device {number} or its key exists already")]
    Exists {
        /// The number.
        number: DeviceNumber,
    },
    /// No device has this number.
    #[error("no device has number {number}")]
    Unknown {
        /// The number.
        number: DeviceNumber,
    },
    /// The table holds something this release does not know.
    #[error("the record of a device cannot be read: {reason}")]
    Record {
        /// What is wrong.
        reason: String,
    },
    /// More requests than the device's limit in this minute.
    #[error("the limit of requests a minute is reached; the next is taken in {retry_after_s} s")]
    Limited {
        /// When to come back.
        retry_after_s: u32,
    },
    /// A limit is from 1 to [`LIMIT_MAX`].
    #[error("a limit is from 1 to {LIMIT_MAX} requests a minute")]
    LimitInvalid,
    /// The client that runs the device cannot be read.
    #[error("the client that runs a device cannot be read")]
    Client(#[source] Box<ClientsError>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<DevicesError> for Problem {
    fn from(error: DevicesError) -> Self {
        match error {
            DevicesError::Denied(denied) => denied.into(),
            DevicesError::Key { .. } => Self::new(problems::DEVICE_INVALID),
            DevicesError::Exists { .. } => Self::new(problems::DEVICE_EXISTS),
            DevicesError::Unknown { .. } => Self::new(problems::NOT_FOUND),
            DevicesError::Limited { retry_after_s } => {
                Self::new(problems::RATE_LIMITED).retry_after(retry_after_s)
            }
            DevicesError::LimitInvalid => Self::new(problems::LIMIT_INVALID),
            error => Self::internal(&error),
        }
    }
}

/// A terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its number, chosen by the operator.
    pub number: DeviceNumber,
    /// The client that runs it.
    pub client_id: Uuid,
    /// Verifies what it signs.
    pub public_key: VerifyingKey,
    /// Where it stands, if it stands anywhere.
    pub place: Option<Code>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was disabled, if it was.
    pub disabled_at: Option<Timestamp>,
    /// Requests it may send a minute; as many as it likes where there is none.
    pub limit_per_minute: Option<u32>,
}

impl Device {
    fn read(row: entity::Model) -> Result<Self, DevicesError> {
        let record = |reason: String| DevicesError::Record { reason };
        let number = DeviceNumber(ids::narrow(row.number, "device number").map_err(record)?);
        let place = row.place.as_deref().map(Code::parse).transpose();
        Ok(Self {
            number,
            client_id: row.client_id,
            public_key: key(number, &row.public_key)?,
            place: place.map_err(|error| record(error.to_string()))?,
            created_at: Timestamp(row.created_at),
            disabled_at: row.disabled_at.map(Timestamp),
            limit_per_minute: row.limit_per_minute.and_then(|limit| u32::try_from(limit).ok()),
        })
    }
}

/// A device recognised: who acts, and what verifies its signatures.
#[derive(Debug, Clone)]
pub struct KnownDevice {
    /// The device acting for its client, under the client's principal.
    pub actor: Actor,
    /// The device.
    pub device: Device,
}

impl KnownDevice {
    /// Whether `signature` is the device's over `message`, checked strictly (no malleable forms).
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.device.public_key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// A device to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewDevice<'a> {
    /// Its number.
    pub number: DeviceNumber,
    /// The principal of the client that runs it.
    pub client: PrincipalId,
    /// Its Ed25519 public key.
    pub public_key: &'a [u8; 32],
    /// Where it stands.
    pub place: Option<Code>,
}

/// Devices recognised not long ago, each until when.
type Remembered = HashMap<DeviceNumber, (Arc<KnownDevice>, Instant)>;

/// The devices of one office database.
#[derive(Clone)]
pub struct Devices {
    office: Database,
    clock: Arc<dyn Clock>,
    remembered: Arc<RwLock<Remembered>>,
    limiter: Limiter<DeviceNumber>,
}

impl std::fmt::Debug for Devices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Devices")
    }
}

impl Devices {
    /// The devices kept in `office`.
    #[must_use]
    pub fn new(office: Database, clock: Arc<dyn Clock>) -> Self {
        Self { office, clock, remembered: Arc::default(), limiter: Limiter::default() }
    }

    /// Adds devices, all or none.
    ///
    /// # Errors
    /// [`DevicesError`] when the permit is for something else, a key is unusable, a number or key is taken, or a client
    /// is not known.
    pub async fn add(&self, permit: &Permit, devices: &[NewDevice<'_>]) -> Result<(), DevicesError> {
        permit.require(Action::ManageClients)?;
        let now = self.clock.now();
        self.office
            .transact(|txn, _| Box::pin(async move { Self::add_within(txn, now, devices).await }))
            .await
    }

    /// As [`Devices::add`], within the caller's transaction and under the caller's permit.
    ///
    /// # Errors
    /// As [`Devices::add`].
    pub async fn add_within(
        txn: &Transaction,
        now: Timestamp,
        devices: &[NewDevice<'_>],
    ) -> Result<(), DevicesError> {
        let clients = principals(txn).await?;
        for device in devices {
            key(device.number, device.public_key)?;
            let unknown = || DevicesError::Record { reason: format!("no client {}", device.client) };
            let client_id = clients.get(&i64::from(device.client.0)).copied().ok_or_else(unknown)?;
            let row = entity::ActiveModel {
                number: ActiveValue::Set(i64::from(device.number.0)),
                client_id: ActiveValue::Set(client_id),
                public_key: ActiveValue::Set(device.public_key.to_vec()),
                place: ActiveValue::Set(device.place.map(|place| place.to_string())),
                created_at: ActiveValue::Set(now.0),
                disabled_at: ActiveValue::Set(None),
                limit_per_minute: ActiveValue::Set(None),
            };
            let added = entity::Entity::insert(row).exec_without_returning(txn).await;
            added.map_err(|error| taken(error, device.number))?;
        }
        Ok(())
    }

    /// Whether bytes are an Ed25519 public key that can be used.
    #[must_use]
    pub fn is_key(bytes: &[u8; 32]) -> bool {
        VerifyingKey::from_bytes(bytes).is_ok_and(|key| !key.is_weak())
    }

    /// Every device, by number, disabled ones too.
    ///
    /// # Errors
    /// [`DevicesError`] when the permit is for something else or the table cannot be read.
    pub async fn list(&self, permit: &Permit) -> Result<Vec<Device>, DevicesError> {
        permit.require(Action::ManageClients)?;
        let rows = entity::Entity::find().order_by_asc(entity::Column::Number).all(self.office.read()).await;
        rows.map_err(DatabaseError::from)?.into_iter().map(Device::read).collect()
    }

    /// Disables a device: what it signs is refused from now on.
    ///
    /// # Errors
    /// [`DevicesError::Unknown`] when there is no such device.
    pub async fn disable(&self, permit: &Permit, number: DeviceNumber) -> Result<(), DevicesError> {
        permit.require(Action::ManageClients)?;
        let now = self.clock.now().0;
        self.change(number, |row| row.disabled_at = ActiveValue::Set(Some(now))).await
    }

    /// Sets how many requests a device may send a minute, or takes the limit away.
    ///
    /// # Errors
    /// [`DevicesError::LimitInvalid`]; [`DevicesError::Unknown`] when there is no such device.
    pub async fn limit(
        &self,
        permit: &Permit,
        number: DeviceNumber,
        per_minute: Option<u32>,
    ) -> Result<(), DevicesError> {
        permit.require(Action::ManageClients)?;
        if per_minute.is_some_and(|limit| !(1..=LIMIT_MAX).contains(&limit)) {
            return Err(DevicesError::LimitInvalid);
        }
        let limit = per_minute.and_then(|limit| i32::try_from(limit).ok());
        self.change(number, |row| row.limit_per_minute = ActiveValue::Set(limit)).await
    }

    /// Forgets every device remembered: the client of some was stopped.
    pub fn forget_all(&self) {
        self.remembered.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Changes one that is not disabled and forgets what was remembered of it.
    async fn change(
        &self,
        number: DeviceNumber,
        change: impl Fn(&mut entity::ActiveModel) + Send + Sync,
    ) -> Result<(), DevicesError> {
        let change = &change;
        self.office
            .transact(|txn, _| {
                Box::pin(async move {
                    let found = entity::Entity::find_by_id(i64::from(number.0)).one(txn).await;
                    let row = found.map_err(DatabaseError::from)?.ok_or(DevicesError::Unknown { number })?;
                    if row.disabled_at.is_some() {
                        return Ok(());
                    }
                    let mut row: entity::ActiveModel = row.into();
                    change(&mut row);
                    row.update(txn).await.map_err(DatabaseError::from)?;
                    Ok::<_, DevicesError>(())
                })
            })
            .await?;
        self.remembered.write().unwrap_or_else(PoisonError::into_inner).remove(&number);
        Ok(())
    }

    /// Counts one request of a device.
    ///
    /// # Errors
    /// [`DevicesError::Limited`] over its limit.
    pub fn admit(&self, device: &Device) -> Result<(), DevicesError> {
        let admitted = self.limiter.admit(device.number, device.limit_per_minute);
        admitted.map_err(|retry_after_s| DevicesError::Limited { retry_after_s })
    }

    /// The device of this number, or `None` when there is none, it is disabled, or its client is.
    ///
    /// # Errors
    /// [`DevicesError`] when the tables cannot be read.
    pub async fn find(&self, number: DeviceNumber) -> Result<Option<Arc<KnownDevice>>, DevicesError> {
        if let Some((known, until)) =
            self.remembered.read().unwrap_or_else(PoisonError::into_inner).get(&number)
            && *until > Instant::now()
        {
            return Ok(Some(Arc::clone(known)));
        }
        let found = entity::Entity::find_by_id(i64::from(number.0)).one(self.office.read()).await;
        let Some(row) = found.map_err(DatabaseError::from)?.filter(|row| row.disabled_at.is_none()) else {
            return Ok(None);
        };
        let client = ClientEntity::find_by_id(row.client_id).one(self.office.read()).await;
        let Some(client) = client.map_err(DatabaseError::from)?.filter(|client| client.disabled_at.is_none())
        else {
            return Ok(None);
        };
        let client = Client::read(client).map_err(|error| DevicesError::Client(Box::new(error)))?;
        let actor = Actor::device(number.to_string(), client.role, client.principal);
        let known = Arc::new(KnownDevice { actor, device: Device::read(row)? });
        self.remember(&known);
        Ok(Some(known))
    }

    fn remember(&self, known: &Arc<KnownDevice>) {
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(known.device.number, (Arc::clone(known), Instant::now() + REMEMBERED));
    }
}

async fn principals(txn: &Transaction) -> Result<HashMap<i64, Uuid>, DatabaseError> {
    let clients = ClientEntity::find().all(txn).await?;
    Ok(clients.into_iter().map(|client| (client.principal, client.id)).collect())
}

fn key(number: DeviceNumber, bytes: &[u8]) -> Result<VerifyingKey, DevicesError> {
    let bytes: &[u8; 32] = bytes.try_into().map_err(|_| DevicesError::Key { number })?;
    let key = VerifyingKey::from_bytes(bytes).map_err(|_| DevicesError::Key { number })?;
    // A key of small order accepts signatures over anything.
    if key.is_weak() { Err(DevicesError::Key { number }) } else { Ok(key) }
}

fn taken(error: sea_orm::DbErr, number: DeviceNumber) -> DevicesError {
    if is_duplicate(&error) {
        return DevicesError::Exists { number };
    }
    DatabaseError::from(error).into()
}
