//! One connection, made again when it breaks, and what its failures mean.
//!
//! Owns the difference between "refused" (nothing was written, and that is certain) and "unsure" (nobody knows yet).
//! Never retries by itself and never uses a connection again on which an answer is outstanding.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Row as _};

use super::options::{PostgresError, PostgresOptions, Unfit, server_name};
use crate::server::{Blocking, TimeOver};

/// How long one step of opening may take, whatever an append may.
const OPEN_MAX: Duration = Duration::from_secs(10);

/// What the session asks of the server, whatever its configuration says. A statement that the server cuts short while
/// it waits for its replicas would be acknowledged without them, so no time limit of the server's applies.
const SESSION: &str = "set synchronous_commit = on; set statement_timeout = 0; set lock_timeout = 0; \
                       set default_transaction_isolation = 'read committed'; set default_transaction_read_only = off; \
                       set client_min_messages = error";

/// Why a statement has no result.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Whether it was carried out is not known: the time is over, the connection broke, the server is going down.
    Unsure(String),
    /// The server's disk is full; it was not carried out.
    DiskFull,
    /// The server would not keep what it acknowledges.
    Unfit(Unfit),
    /// It was not carried out and will not be.
    Refused(String),
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        match (&error, code.as_deref()) {
            (_, Some("53100")) => Self::DiskFull,
            // Connection, operator intervention, rolled back for another's sake, resources, not in this state, and a
            // primary that has become a standby: all may be otherwise at the next try.
            (_, Some(code)) if ["08", "57", "40", "53", "55"].iter().any(|class| code.starts_with(class)) => {
                Self::Unsure(error.to_string())
            }
            (_, Some("25006")) => Self::Unsure(error.to_string()),
            (sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_), _) => {
                Self::Unsure(error.to_string())
            }
            _ => Self::Refused(error.to_string()),
        }
    }
}

/// A connection to the journal's database.
pub(crate) struct Link {
    blocking: Blocking,
    options: PgConnectOptions,
    live: Option<PgConnection>,
    wait_max: Duration,
    pub(crate) server: String,
}

impl Link {
    /// A link that connects when it is first used.
    pub(crate) fn new(options: &PostgresOptions) -> Result<Self, PostgresError> {
        let blocking = Blocking::on_the_callers_thread()?;
        let (wait_max, options) = (options.wait_max, options.connect()?);
        let server = server_name(&options);
        Ok(Self { blocking, options, live: None, wait_max, server })
    }

    /// Does some work on the connection, within the time limit. After a failure that leaves the connection in doubt
    /// the next work begins with a new one.
    pub(crate) fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Trouble> {
        self.run_within(self.wait_max, work)
    }

    fn run_within<T>(
        &mut self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, Trouble> {
        // Taken out: if time ends the work in the middle, the connection goes with it.
        let (options, held) = (&self.options, self.live.take());
        let done = self.blocking.run(limit, async move {
            let mut live = match held {
                Some(live) => live,
                None => connect(options).await?,
            };
            let result = work(&mut live).await.map_err(Trouble::from);
            let sound = !matches!(result, Err(Trouble::Unsure(_)));
            Ok((result, sound.then_some(live)))
        });
        match done {
            Ok(Ok((result, live))) => {
                self.live = live;
                result
            }
            Ok(Err(trouble)) => Err(trouble),
            Err(TimeOver) => Err(Trouble::Unsure(format!("no answer within {limit:?}"))),
        }
    }

    /// As [`Link::run`], for opening: every failure ends it.
    pub(crate) fn must<T>(
        &mut self,
        action: &'static str,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, PostgresError> {
        self.run_within(OPEN_MAX, work).map_err(|trouble| self.failed(action, trouble))
    }

    pub(crate) fn failed(&self, action: &'static str, trouble: Trouble) -> PostgresError {
        let server = self.server.clone();
        match trouble {
            Trouble::Unsure(reason) => PostgresError::Reach { server, reason },
            Trouble::Unfit(unfit) => PostgresError::Unfit { server, unfit },
            Trouble::Refused(reason) => PostgresError::Refused { server, action, reason },
            Trouble::DiskFull => {
                PostgresError::Refused { server, action, reason: "its disk is full".to_owned() }
            }
        }
    }
}

/// Connects and makes sure of the promises: also after a restart of the server with another configuration.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Trouble> {
    let mut live = PgConnection::connect_with(options).await?;
    sqlx::raw_sql(SESSION).execute(&mut live).await?;
    let settings = "select current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on'";
    let row = sqlx::query(settings).fetch_one(&mut live).await?;
    let (fsync, whole_pages): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
    match (fsync, whole_pages) {
        (true, true) => Ok(live),
        (false, _) => Err(Trouble::Unfit(Unfit::FsyncOff)),
        (true, false) => Err(Trouble::Unfit(Unfit::TornPages)),
    }
}
