//! The tables of the journal, in a schema of their own.
//!
//! Owns their definition and version. Never changes a row.

use sqlx::postgres::PgConnection;

use super::link::Link;
use super::options::PostgresError;

/// Version of the tables this crate makes and uses.
pub(crate) const VERSION: i32 = 1;

/// One row that says where the journal ends and who leads, and one row per entry. The head is rewritten with each
/// entry, so its page keeps room for that (an update within the page touches no index). Entries are ciphertext and
/// hashes for the most part: compressing them would cost time and save nothing.
const TABLES: &str = "
create schema if not exists journal;
create table journal.head (
    one boolean primary key default true check (one),
    version integer not null,
    epoch bigint not null,
    seq bigint not null,
    hash bytea not null check (octet_length(hash) = 32),
    at bigint not null
) with (fillfactor = 50);
create table journal.entry (
    seq bigint primary key check (seq > 0),
    hash bytea not null check (octet_length(hash) = 32),
    bytes bytea not null
);
alter table journal.entry alter column bytes set storage external;
insert into journal.head (version, epoch, seq, hash, at) values (1, 0, 0, decode(repeat('00', 32), 'hex'), 0);
";

/// Makes the tables if there are none. All at once: a server that is stopped in between has none of them.
pub(crate) fn ensure(link: &mut Link) -> Result<(), PostgresError> {
    if link.must("look for the journal's tables", exists)? {
        return Ok(());
    }
    let made = link.must("make the journal's tables", async |live| {
        sqlx::raw_sql(TABLES).execute(&mut *live).await.map(|_| ())
    });
    match made {
        // Two that open an empty database at one moment both make tables; one of them comes second.
        Err(PostgresError::Refused { .. }) if link.must("look again", exists)? => Ok(()),
        other => other,
    }
}

async fn exists(live: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select to_regclass('journal.head') is not null").fetch_one(live).await
}
