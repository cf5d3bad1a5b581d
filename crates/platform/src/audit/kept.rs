//! Rows that are only added, held against the lines that told of them: what was written then must stand there now, and nothing
//! else.

use std::collections::BTreeMap;

use ring::hmac;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;

use super::entities::{key, line};
use super::{Subject, bytes, sign};
use crate::database::DatabaseError;

/// Keys read with one statement.
const KEYS_AT_ONCE: usize = 1_000;

/// A row that is only added.
#[derive(Debug, Clone)]
pub struct KeptRow {
    name: String,
    subject: Subject,
    what: &'static str,
    /// The row, and what a release before told of it.
    told: Vec<Vec<u8>>,
}

impl KeptRow {
    /// A row by table and id, and the line that told of it: about whom, and what it says.
    #[must_use]
    pub fn new(name: String, subject: Subject, what: &'static str, row: &impl Serialize) -> Self {
        Self { name, subject, what, told: vec![bytes(row)] }
    }

    /// The same row, of which an earlier release told this alone.
    #[must_use]
    pub fn once_told(mut self, part: Vec<u8>) -> Self {
        self.told.push(part);
        self
    }
}

/// How rows fit the lines that told of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Each row has its line and each line its row.
    Agree,
    /// A row that no line told of: it was changed, or added by hand.
    Changed(String),
    /// A line, by its order of writing, whose row is gone or was changed.
    Missing(i64),
}

impl Kept {
    /// Holds rows against the lines that say so.
    ///
    /// # Errors
    /// [`DatabaseError`] when the tables cannot be read.
    pub async fn check(
        office: &impl ConnectionTrait,
        rows: &[KeptRow],
        whats: &[&str],
    ) -> Result<Self, DatabaseError> {
        let lines = line::Entity::find()
            .filter(line::Column::What.is_in(whats.iter().copied()))
            .order_by_asc(line::Column::Sequence)
            .all(office)
            .await?;
        let mut keys = BTreeMap::new();
        for some in rows.chunks(KEYS_AT_ONCE) {
            let of = key::Column::Subject.is_in(some.iter().map(|row| row.subject.as_str()));
            for row in key::Entity::find().filter(of).all(office).await? {
                keys.insert(row.subject, hmac::Key::new(hmac::HMAC_SHA256, &row.value));
            }
        }
        let mut untold: BTreeMap<(String, String, Vec<u8>), Vec<i64>> = BTreeMap::new();
        for line in lines {
            let told = (line.subject, line.what, line.after.unwrap_or_default());
            untold.entry(told).or_default().push(line.sequence);
        }
        for row in rows {
            let key = keys.get(row.subject.as_str());
            let line = row.told.iter().find_map(|told| {
                let digest = sign(key?, told).to_vec();
                let told = (row.subject.as_str().to_owned(), row.what.to_owned(), digest);
                untold.get_mut(&told)?.pop()
            });
            if line.is_none() {
                return Ok(Self::Changed(row.name.clone()));
            }
        }
        let missing = untold.into_values().flatten().min();
        Ok(missing.map_or(Self::Agree, Self::Missing))
    }
}
