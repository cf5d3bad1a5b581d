//! Reading the audit: who looked at a subject, pages for the inspectorate, and holding the lines against their digests.

use base::Timestamp;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entities::{key, line};
use super::{Audit, LAID_DOWN, Subject, sign};
use crate::access::{Action, Denied, Permit};
use crate::database::DatabaseError;
use crate::outbox;
use crate::problems::Problem;

/// Why lines are not told.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The policies say no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The table cannot be read.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<AuditError> for Problem {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Denied(denied) => denied.into(),
            AuditError::Database(error) => Self::internal(&error),
        }
    }
}

/// One line as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Order of writing; also where the next page begins.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// What kind of somebody.
    pub actor_kind: String,
    /// Who, within the kind.
    pub actor: String,
    /// In what capacity.
    pub role: String,
    /// For which agency.
    pub agency: Option<String>,
    /// What was permitted.
    pub action: String,
    /// Whom or what it is about.
    pub subject: String,
    /// Which use case.
    pub what: String,
    /// Document and purpose it rests on.
    pub basis: Option<String>,
    /// Its number in the journal's count, once laid down.
    pub number: Option<i64>,
    /// HMAC-SHA256 under the subject's key.
    pub digest: Vec<u8>,
    /// Digest of what was there before a change.
    pub before: Option<Vec<u8>>,
    /// Digest of what is there after it.
    pub after: Option<Vec<u8>>,
}

impl From<line::Model> for AuditLine {
    fn from(row: line::Model) -> Self {
        Self {
            sequence: row.sequence,
            at: Timestamp(row.at),
            actor_kind: row.actor_kind,
            actor: row.actor,
            role: row.role,
            agency: row.agency,
            action: row.action,
            subject: row.subject,
            what: row.what,
            basis: row.basis,
            number: row.number,
            digest: row.digest,
            before: row.before,
            after: row.after,
        }
    }
}

/// How many digests a message to the engine has, as the product encodes it.
pub type Numbered = fn(&[u8]) -> u64;

/// Which lines are wanted; what is not said is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// About whom or what, whole.
    pub subject: Option<String>,
    /// By whom.
    pub actor: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Written before this line: the next page.
    pub before: Option<i64>,
}

/// How the lines fit their digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Digests of the numbered lines, in order of number.
    pub digests: Vec<[u8; 32]>,
    /// The first line that is not what was written, by its number.
    pub changed: Option<i64>,
    /// The first number that is missing.
    pub missing: Option<i64>,
    /// The first line that was numbered out of the order of writing, or not numbered while later ones are.
    pub misplaced: Option<i64>,
    /// The first line whose subject has no key: nobody can say what it said.
    pub keyless: Option<i64>,
    /// Messages with digests that the engine refused.
    pub refused: u64,
    /// Digests in messages that the engine had not decided at that entry.
    pub waiting: u64,
}

impl Audit {
    /// When the first line was written, if there is one.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn begun(&self, permit: &Permit) -> Result<Option<Timestamp>, AuditError> {
        permit.require(Action::ViewAudit)?;
        let first = line::Entity::find().order_by_asc(line::Column::Sequence).one(self.office.read()).await;
        Ok(first.map_err(DatabaseError::from)?.map(|line| Timestamp(line.at)))
    }

    /// Looks at a subject, newest first: for the subject itself, so without those it made itself.
    ///
    /// # Errors
    /// [`DatabaseError`] when the table cannot be read.
    pub async fn looks_at(
        &self,
        subject: &Subject,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<AuditLine>, DatabaseError> {
        let rows = line::Entity::find()
            .filter(line::Column::Subject.eq(subject.as_str()))
            .filter(line::Column::ActorKind.ne("Resident"))
            .filter(before.map_or_else(Condition::all, |before| {
                Condition::all().add(line::Column::Sequence.lt(before))
            }))
            .order_by_desc(line::Column::Sequence)
            .limit(limit);
        Ok(rows.all(self.office.read()).await?.into_iter().map(AuditLine::from).collect())
    }

    /// Lines, newest first.
    ///
    /// # Errors
    /// [`AuditError`].
    pub async fn lines(
        &self,
        permit: &Permit,
        filter: &AuditFilter,
        limit: u64,
    ) -> Result<Vec<AuditLine>, AuditError> {
        permit.require(Action::ViewAudit)?;
        let wanted = Condition::all()
            .add_option(filter.subject.as_ref().map(|subject| line::Column::Subject.eq(subject.as_str())))
            .add_option(filter.actor.as_ref().map(|actor| line::Column::Actor.eq(actor.as_str())))
            .add_option(filter.from.map(|from| line::Column::At.gte(from.0)))
            .add_option(filter.until.map(|until| line::Column::At.lt(until.0)))
            .add_option(filter.before.map(|before| line::Column::Sequence.lt(before)));
        let rows = line::Entity::find().filter(wanted).order_by_desc(line::Column::Sequence).limit(limit);
        let rows = rows.all(self.office.read()).await.map_err(DatabaseError::from)?;
        Ok(rows.into_iter().map(AuditLine::from).collect())
    }
}

impl Checked {
    /// Holds every numbered line against its digest, as a journal that ends at `entry` can know of them. `numbered` tells how
    /// many digests a message has.
    ///
    /// # Errors
    /// [`DatabaseError`] when the tables cannot be read.
    pub async fn check(
        office: &impl ConnectionTrait,
        entry: u64,
        numbered: Numbered,
    ) -> Result<Self, DatabaseError> {
        let (waiting, refused) = outbox::standing_of(office, LAID_DOWN, entry, numbered).await?;
        let mut checked = Self { waiting, refused, ..Self::default() };
        let (mut after, mut sequence) = (0i64, 0i64);
        loop {
            let rows = line::Entity::find()
                .find_also_related(key::Entity)
                .filter(line::Column::Number.gt(after))
                .order_by_asc(line::Column::Number)
                .limit(1_000)
                .all(office)
                .await?;
            if rows.is_empty() {
                let unnumbered = line::Entity::find()
                    .filter(line::Column::Number.is_null())
                    .filter(line::Column::Sequence.lt(sequence))
                    .one(office)
                    .await?;
                checked.misplaced = checked.misplaced.or(unnumbered.map(|row| row.sequence));
                return Ok(checked);
            }
            for (row, key) in rows {
                let number = row.number.unwrap_or_default();
                if number != after.saturating_add(1) {
                    checked.missing = checked.missing.or(Some(after.saturating_add(1)));
                }
                if row.sequence <= sequence {
                    checked.misplaced = checked.misplaced.or(Some(number));
                }
                (after, sequence) = (number, row.sequence);
                let digest: [u8; 32] = row.digest.as_slice().try_into().unwrap_or_default();
                checked.digests.push(digest);
                match key {
                    None => checked.keyless = checked.keyless.or(Some(number)),
                    Some(key) => {
                        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key.value);
                        if sign(&key, &row.signed()) != digest {
                            checked.changed = checked.changed.or(Some(number));
                        }
                    }
                }
            }
        }
    }
}
