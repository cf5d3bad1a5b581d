//! The peers: the same transfers, and the same aid for everybody, in a database by itself, batched as well as SQL lets one.
//!
//! Owns the statements. A batch is one transaction of three set-based statements, durable when it returns. The peer is spared what
//! the engine does beside: ids that are known again, limits of accounts, a chain of hashes, events.

// Rates and ratios of a measurement, shown to people: nothing is decided by them.
#![allow(clippy::float_arithmetic)]

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use platform::database::{Database, DatabaseError, Databases, Place};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement, Value};

use super::load::scramble;
use super::measure::PROBES;
use super::plan::Plan;
use super::report::{Report, median, per_second};
use super::stand::Server;
use crate::cli::BenchBackend;
use crate::commands::serve::tasks;
use crate::flush_probe::probe;

/// Accounts written per statement of the set-up.
const SETUP_ROWS: &str = "insert into peer_accounts (id, debits, credits) \
    with recursive n(id) as (select 0 union all select id + 1 from n where id + 1 < ACCOUNTS) select id, 0, 0 from n";
const TABLES: [&str; 2] = [
    "create table peer_accounts (id bigint primary key, debits bigint not null, credits bigint not null)",
    "create table peer_transfers (id bigint primary key, debit bigint not null, credit bigint not null, \
     amount bigint not null)",
];
/// A batch as rows: SQLite from JSON, PostgreSQL from arrays.
const INSERT_SQLITE: &str = "insert into peer_transfers (id, debit, credit, amount) \
    select $2 + key, value ->> 0, value ->> 1, value ->> 2 from json_each($1)";
const INSERT_POSTGRES: &str = "insert into peer_transfers (id, debit, credit, amount) \
    select $2 + row_number() over () - 1, (value ->> 0)::bigint, (value ->> 1)::bigint, (value ->> 2)::bigint \
    from json_array_elements($1::json)";
const DEBIT: &str = "update peer_accounts set debits = debits + moved.amount from \
    (select debit, sum(amount) as amount from peer_transfers where id >= $1 group by debit) as moved \
    where peer_accounts.id = moved.debit";
const CREDIT: &str = "update peer_accounts set credits = credits + moved.amount from \
    (select credit, sum(amount) as amount from peer_transfers where id >= $1 group by credit) as moved \
    where peer_accounts.id = moved.credit";
/// Aid for everybody in two statements.
const AID_ROWS: &str = "insert into peer_transfers (id, debit, credit, amount) \
    select $1 + id, 0, id, 300000 from peer_accounts";
const AID_BALANCES: &str = "update peer_accounts set credits = credits + 300000 where id >= $1";

/// Measures the peer of a backend: SQLite where the product has files.
///
/// # Errors
/// When the database cannot be used.
pub fn measure(plan: &Plan, scratch: &Path) -> anyhow::Result<Report> {
    let server = Server::start(plan.backend)?;
    let database = server.database();
    let place = database.as_deref().map_or(Place::Files(scratch), Place::Server);
    let (rounds, probes, aid) = tasks()?.block_on(async {
        let databases = Databases::open(place).await?;
        let peer = Peer { database: databases.office.clone(), backend: plan.backend };
        peer.set_up(plan.accounts).await?;
        let (mut rounds, mut probes) = (Vec::new(), Vec::new());
        for round in 0..plan.rounds {
            probes.push(probe(scratch, PROBES)?);
            let taken = peer.round(plan, round).await?;
            rounds.push(per_second(u64::from(plan.size_of(round)), taken));
        }
        probes.push(probe(scratch, PROBES)?);
        let aid = peer.aid(plan).await?;
        databases.close().await?;
        anyhow::Ok((rounds, probes, aid))
    })?;
    drop(server);
    let name = if plan.backend == BenchBackend::Postgres { "PostgreSQL" } else { "SQLite" };
    let aid_s = aid.as_secs_f64();
    let mut report = Report::of(plan);
    report
        .figure("peer", name)
        .throughput(median(rounds), "transfers in batches")
        .measured("aid_s", aid_s)
        .line("aid", format!("{aid_s:.2} s for {} accounts, set-based, in {name}", plan.accounts))
        .probes(&probes);
    Ok(report)
}

struct Peer {
    database: Database,
    backend: BenchBackend,
}

impl Peer {
    const fn sql(&self) -> DbBackend {
        match self.backend {
            BenchBackend::Postgres => DbBackend::Postgres,
            _ => DbBackend::Sqlite,
        }
    }

    /// Runs statements in one transaction.
    async fn run(&self, statements: Vec<(String, Vec<Value>)>) -> Result<(), DatabaseError> {
        let (sql, statements) = (self.sql(), &statements);
        self.database
            .transact(|txn, _| {
                Box::pin(async move {
                    for (text, values) in statements {
                        txn.execute_raw(Statement::from_sql_and_values(sql, text, values.clone())).await?;
                    }
                    Ok::<_, DatabaseError>(())
                })
            })
            .await
    }

    async fn set_up(&self, accounts: u32) -> Result<(), DatabaseError> {
        let rows = SETUP_ROWS.replace("ACCOUNTS", &accounts.to_string());
        let texts = TABLES.iter().map(|text| (*text).to_owned()).chain([rows]);
        self.run(texts.map(|text| (text, Vec::new())).collect()).await
    }

    /// A round of transfers in batches, made before the clock runs.
    async fn round(&self, plan: &Plan, round: u32) -> Result<Duration, DatabaseError> {
        let (mut next, end) = (plan.first_of(round), plan.first_of(round + 1));
        let mut batches = Vec::new();
        while next < end {
            let size = u64::from(plan.batch).min(end - next);
            batches.push((next, batch(plan, next, size)));
            next += size;
        }
        let insert = if self.backend == BenchBackend::Postgres { INSERT_POSTGRES } else { INSERT_SQLITE };
        let begun = Instant::now();
        for (from, rows) in batches {
            let from = Value::from(i64::try_from(from).unwrap_or(i64::MAX));
            self.run(vec![
                (insert.to_owned(), vec![rows.into(), from.clone()]),
                (DEBIT.to_owned(), vec![from.clone()]),
                (CREDIT.to_owned(), vec![from]),
            ])
            .await?;
        }
        Ok(begun.elapsed())
    }

    /// Aid for every account, in one transaction.
    async fn aid(&self, plan: &Plan) -> Result<Duration, DatabaseError> {
        let begun = Instant::now();
        let after = Value::from(i64::from(plan.count));
        self.run(vec![
            (AID_ROWS.to_owned(), vec![after]),
            (AID_BALANCES.to_owned(), vec![Value::from(0i64)]),
        ])
        .await?;
        Ok(begun.elapsed())
    }
}

/// Rows of a batch as JSON: debit, credit, amount.
fn batch(plan: &Plan, from: u64, size: u64) -> String {
    let accounts = u64::from(plan.accounts);
    let mut rows = String::from("[");
    for number in from..from + size {
        let random = scramble(plan.seed ^ scramble(number));
        let (one, step) = (random % accounts, 1 + (random >> 32) % (accounts - 1));
        let separator = if number == from { "" } else { "," };
        // Writing to a string never fails.
        let _ = write!(rows, "{separator}[{one},{},{}]", (one + step) % accounts, 1 + random % 1_000);
    }
    rows + "]"
}
