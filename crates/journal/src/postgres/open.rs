//! Opening the journal on PostgreSQL: tables, promises, what others have seen, and taking the lead.
//!
//! Owns the decision whether a database may be used. Changes nothing before that decision is made, so that a process
//! that may not lead does not stop the one that does.

use base::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

use super::link::Link;
use super::options::{PostgresError, PostgresOptions, Unfit};
use super::read::PLACE;
use super::schema;
use crate::embedded::{Cover, Finding};
use crate::entry::Entry;
use crate::hash::Hash;
use crate::log::{Head, ReadError};
use crate::server::{WrongEntry, check_cover};

/// A database that may be used, and the lead of it.
pub(crate) struct Opened {
    pub(crate) link: Link,
    pub(crate) head: Head,
    pub(crate) epoch: i64,
}

/// What the head row says.
struct HeadRow {
    version: i32,
    epoch: i64,
    head: Head,
}

/// Checks everything, then takes the lead.
pub(crate) fn open(options: &PostgresOptions, cover: Option<Cover>) -> Result<Opened, PostgresError> {
    let mut link = Link::new(options)?;
    let standby = "select pg_is_in_recovery()";
    let standby = async |live: &mut PgConnection| sqlx::query_scalar(standby).fetch_one(live).await;
    if link.must("say whether it is a standby", standby)? {
        return Err(PostgresError::Unfit { server: link.server, unfit: Unfit::Standby });
    }
    schema::ensure(&mut link)?;
    let seen = look(&mut link)?;
    if let Some(cover) = cover.filter(|cover| cover.seq > 0) {
        let found = link.must("read an entry", async |live| hash_at(live, cover.seq).await)?;
        check_cover(seen.head, cover, found)?;
    }
    let epoch = take_over(&mut link, seen.epoch)?;
    // Looked at again, because the leader before may have appended until it lost the lead.
    let now = look(&mut link)?;
    if now.epoch != epoch {
        return Err(PostgresError::TakenOver { server: link.server });
    }
    Ok(Opened { link, head: now.head, epoch })
}

/// Where the journal ends, checked; changes nothing.
pub(crate) fn head(link: &mut Link) -> Result<Head, PostgresError> {
    look(link).map(|row| row.head)
}

/// The hash of the entry with this number.
pub(crate) async fn hash_at(live: &mut PgConnection, seq: u64) -> Result<Option<Hash>, sqlx::Error> {
    let query = sqlx::query_scalar("select hash from journal.entry where seq = $1").bind(number(seq));
    let hash: Option<Vec<u8>> = query.fetch_optional(live).await?;
    Ok(hash.map(|hash| as_hash(&hash)))
}

/// Numbers in the tables are signed; no journal grows past their half.
pub(crate) fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// The tables hold hashes of 32 bytes only.
pub(crate) fn as_hash(bytes: &[u8]) -> Hash {
    Hash(bytes.try_into().unwrap_or_default())
}

fn head_row(row: &PgRow) -> Result<HeadRow, sqlx::Error> {
    let (seq, at): (i64, i64) = (row.try_get("seq")?, row.try_get("at")?);
    let hash: Vec<u8> = row.try_get("hash")?;
    let head = Head { seq: u64::try_from(seq).unwrap_or_default(), hash: as_hash(&hash), at: Timestamp(at) };
    Ok(HeadRow { version: row.try_get("version")?, epoch: row.try_get("epoch")?, head })
}

/// Reads the head and the last entry, in one view of the database, and requires that they agree.
fn look(link: &mut Link) -> Result<HeadRow, PostgresError> {
    let query = "select version, epoch, h.seq, h.hash, h.at, e.seq as last, e.bytes from journal.head h \
                 left join lateral (select seq, bytes from journal.entry order by seq desc limit 1) e on true";
    let (row, last, bytes) = link.must("read the journal's head", async |live| {
        let row = sqlx::query(query).fetch_one(live).await?;
        let (last, bytes): (Option<i64>, Option<Vec<u8>>) = (row.try_get("last")?, row.try_get("bytes")?);
        Ok((head_row(&row)?, last, bytes))
    })?;
    let server = link.server.clone();
    if row.version != schema::VERSION {
        return Err(PostgresError::Version { server, found: row.version, known: schema::VERSION });
    }
    let last = last.and_then(|last| u64::try_from(last).ok()).unwrap_or_default();
    if last != row.head.seq {
        return Err(PostgresError::Torn { server, head: row.head.seq, last });
    }
    let Some(bytes) = bytes else {
        return Ok(row);
    };
    let wrong = |finding| ReadError::Wrong(WrongEntry { place: PLACE.to_owned(), seq: last, finding });
    let entry = Entry::parse(&bytes).map_err(|damage| wrong(Finding::Entry(damage)))?;
    if entry.head() == row.head { Ok(row) } else { Err(wrong(Finding::NotNext).into()) }
}

/// Takes the lead: from here on an append of the leader before hits no row.
fn take_over(link: &mut Link, seen: i64) -> Result<i64, PostgresError> {
    let epoch = seen.saturating_add(1);
    let update = "update journal.head set epoch = $1 where epoch = $2";
    let done = link
        .must("take the lead", async |live| sqlx::query(update).bind(epoch).bind(seen).execute(live).await)?;
    if done.rows_affected() == 1 {
        Ok(epoch)
    } else {
        Err(PostgresError::TakenOver { server: link.server.clone() })
    }
}
