//! Who looked at whom, and who changed what: one line each, kept before the answer is given.
//!
//! Owns the lines, their digests (HMAC-SHA256 under a key of the subject's own, so that destroying the key leaves a digest
//! that says nothing), and laying the digests down in the journal in their order. Never keeps what was read or changed:
//! of a change it keeps digests of before and after.

mod entities;
mod kept;
mod lay_down;
mod queries;

use std::sync::Arc;

use base::{Clock, Timestamp};
use ring::hmac;
use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait};
use serde::Serialize;

pub use kept::{Kept, KeptRow};
pub use lay_down::{Attesting, run};
pub use queries::{AuditError, AuditFilter, AuditLine, Checked, Numbered};

use crate::access::{Permit, Resource};
use crate::database::{Database, DatabaseError, Transaction};
use entities::{key, line};

/// What the messages that lay lines down are about.
const LAID_DOWN: &str = "audit";

/// Whom or what a line is about, as it stands in the table: `holder/P-7F3K-2209`, `user/…`, `city/jakarta`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(String);

impl Subject {
    /// Somebody or something of a kind.
    #[must_use]
    pub fn new(kind: &str, id: impl std::fmt::Display) -> Self {
        Self(format!("{kind}/{id}"))
    }

    /// The subject of a text as it stands in the table.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Resource> for Subject {
    fn from(resource: Resource) -> Self {
        let (kind, id) = resource.entity();
        Self::new(&kind.to_ascii_lowercase(), id)
    }
}

/// What was there before a change and what is there after it. Only digests of them are kept.
#[derive(Debug, Default)]
pub struct Change {
    before: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
}

impl Change {
    /// Something new.
    #[must_use]
    pub fn new(after: &impl Serialize) -> Self {
        Self { before: None, after: Some(bytes(after)) }
    }

    /// Something that became something else.
    #[must_use]
    pub fn of(before: &impl Serialize, after: &impl Serialize) -> Self {
        Self { before: Some(bytes(before)), after: Some(bytes(after)) }
    }
}

/// What cannot be written as JSON has no text to take a digest of: an empty one tells so.
fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// The audit of one office database. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    office: Database,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Audit")
    }
}

impl Audit {
    /// The audit kept in `office`. `clock` is the city's: its time goes into the ids of commands.
    #[must_use]
    pub fn new(office: Database, clock: Arc<dyn Clock>) -> Self {
        Self { office, clock }
    }

    /// Keeps that whoever has the permit reads what it is for. To be called before the answer is given: who cannot be
    /// written down does not see.
    ///
    /// # Errors
    /// [`DatabaseError`]: then nothing may be answered.
    pub async fn read(&self, permit: &Permit, what: &'static str) -> Result<(), DatabaseError> {
        self.read_of(permit, &permit.resource().into(), what).await
    }

    /// As [`Audit::read`], where the subject is narrower than what the permit is for.
    ///
    /// # Errors
    /// As [`Audit::read`].
    pub async fn read_of(
        &self,
        permit: &Permit,
        subject: &Subject,
        what: &'static str,
    ) -> Result<(), DatabaseError> {
        self.note(permit, subject, what, &Change::default()).await
    }

    /// As [`Audit::read_of`], for several subjects at once.
    ///
    /// # Errors
    /// As [`Audit::read`].
    pub async fn read_each(
        &self,
        permit: &Permit,
        subjects: &[Subject],
        what: &'static str,
    ) -> Result<(), DatabaseError> {
        if subjects.is_empty() {
            return Ok(());
        }
        let at = self.clock.now();
        self.office
            .transact(|txn, _| {
                Box::pin(async move {
                    for subject in subjects {
                        write(txn, at, permit, subject, what, &Change::default()).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Keeps a change that a transaction of its own makes. To be called before it: a change that failed is then told too,
    /// and none is missing.
    ///
    /// # Errors
    /// As [`Audit::read`].
    pub async fn note(
        &self,
        permit: &Permit,
        subject: &Subject,
        what: &'static str,
        change: &Change,
    ) -> Result<(), DatabaseError> {
        let at = self.clock.now();
        self.office
            .transact(|txn, _| Box::pin(async move { write(txn, at, permit, subject, what, change).await }))
            .await
    }

    /// Keeps a change, in the transaction that makes it.
    ///
    /// # Errors
    /// [`DatabaseError`]: then the transaction must not be committed.
    pub async fn change(
        &self,
        txn: &Transaction,
        permit: &Permit,
        subject: &Subject,
        what: &'static str,
        change: &Change,
    ) -> Result<(), DatabaseError> {
        write(txn, self.clock.now(), permit, subject, what, change).await
    }
}

async fn write(
    txn: &Transaction,
    at: Timestamp,
    permit: &Permit,
    subject: &Subject,
    what: &str,
    change: &Change,
) -> Result<(), DatabaseError> {
    let key = key_of(txn, subject, at).await?;
    let digest = |bytes: &Option<Vec<u8>>| bytes.as_ref().map(|bytes| sign(&key, bytes).to_vec());
    let actor = permit.actor();
    let mut row = line::Model {
        sequence: 0,
        at: at.0,
        actor_kind: actor.kind().as_str().into(),
        actor: actor.id().into(),
        role: actor.role().as_str().into(),
        agency: actor.agency().map(|agency| agency.to_string()),
        action: permit.action().as_str().into(),
        subject: subject.0.clone(),
        what: what.into(),
        basis: actor.basis_of(permit.action()).map(str::to_owned),
        before: digest(&change.before),
        after: digest(&change.after),
        digest: Vec::new(),
        number: None,
    };
    row.digest = sign(&key, &row.signed()).to_vec();
    let mut row: line::ActiveModel = row.into();
    row.sequence = ActiveValue::NotSet;
    line::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

fn sign(key: &hmac::Key, bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0u8; 32];
    for (to, from) in digest.iter_mut().zip(hmac::sign(key, bytes).as_ref()) {
        *to = *from;
    }
    digest
}

/// The subject's key, made when the first line about it is written.
async fn key_of(txn: &Transaction, subject: &Subject, at: Timestamp) -> Result<hmac::Key, DatabaseError> {
    if let Some(row) = key::Entity::find_by_id(subject.0.clone()).one(txn).await? {
        return Ok(hmac::Key::new(hmac::HMAC_SHA256, &row.value));
    }
    let mut value = [0u8; 32];
    getrandom::fill(&mut value).map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
    let row = key::ActiveModel {
        subject: ActiveValue::Set(subject.0.clone()),
        value: ActiveValue::Set(value.to_vec()),
        created_at: ActiveValue::Set(at.0),
    };
    row.insert(txn).await?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &value))
}
