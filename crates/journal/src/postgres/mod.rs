//! The journal on PostgreSQL: one row per entry, one row for the head.
//!
//! Owns appending: one statement, which is one transaction, moves the head from the entry before and inserts the
//! entry, or does neither. Never retries by itself, never appends under an epoch that is not the head's, never changes
//! an entry.
//!
//! Two processes: opening takes the lead with a new epoch, so an append of the leader before hits no row and is
//! fenced. A lost connection or a late answer leaves the fate of an entry unknown; the same bytes again wait for the
//! transaction that may still be running (it holds the head's row) and then find out.

mod link;
mod open;
mod options;
mod read;
mod schema;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::Connection as _;

pub use options::{PostgresError, PostgresOptions, Unfit};

use crate::embedded::Cover;
use crate::layout::ENTRY_BYTES_MAX;
use crate::log::{AppendError, Appended, Head, Journal, ReadError, Reader};
use crate::offer::{Offered, offered};
use crate::seal::Sealed;
use link::{Link, Trouble};
use open::number;
use read::PostgresReader;

/// Moves the head and inserts the entry. A head that is not where this entry was chained to, or another leader's,
/// gives no row, and then nothing is inserted.
const APPEND: &str = "with moved as (
    update journal.head set seq = $1, hash = $2, at = $3 where seq = $4 and hash = $5 and epoch = $6 returning seq
) insert into journal.entry (seq, hash, bytes) select seq, $2, $7 from moved";

/// Changes nothing; its commit waits until everything before it is where an acknowledged entry has to be.
const AFTER: &str = "update journal.head set seq = seq";

/// The journal in a PostgreSQL database.
pub struct Postgres {
    options: PostgresOptions,
    link: Link,
    epoch: i64,
    head: Head,
    published: Arc<AtomicU64>,
    /// Whether the server had room for two entries when it was last asked.
    roomy: bool,
    asked: Option<Instant>,
    trouble: Option<String>,
    failed: bool,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Postgres");
        shown.field("server", &self.link.server).field("head", &self.head).field("epoch", &self.epoch);
        shown.finish_non_exhaustive()
    }
}

impl Postgres {
    /// Opens the journal for writing: makes its tables in an empty database, checks what the server promises, compares
    /// with `cover`, and takes the lead. To be called, like everything here, from a plain thread.
    ///
    /// # Errors
    /// [`PostgresError`] says what is wrong and what to do; who led before still leads then.
    pub fn open(options: PostgresOptions, cover: Option<Cover>) -> Result<Self, PostgresError> {
        let opened = open::open(&options, cover)?;
        Ok(Self {
            options,
            link: opened.link,
            epoch: opened.epoch,
            head: opened.head,
            published: Arc::new(AtomicU64::new(opened.head.seq)),
            roomy: false,
            asked: None,
            trouble: None,
            failed: false,
        })
    }

    /// Reads what is there at this moment from `from_seq` on, without taking the lead from anybody; also from a standby.
    ///
    /// # Errors
    /// [`PostgresError`] says what is wrong and what to do.
    pub fn beside(
        options: &PostgresOptions,
        from_seq: u64,
    ) -> Result<(Head, Box<dyn Reader>), PostgresError> {
        let mut link = Link::new(options)?;
        let head = open::head(&mut link)?;
        let reader = PostgresReader::new(link, Arc::new(AtomicU64::new(head.seq)), from_seq)?;
        Ok((head, Box::new(reader)))
    }

    /// Reads from `from_seq` on what is there and what comes, without taking the lead from anybody. Makes the tables in an
    /// empty database.
    ///
    /// # Errors
    /// [`PostgresError`] says what is wrong and what to do.
    pub fn follow(options: &PostgresOptions, from_seq: u64) -> Result<Box<dyn Reader>, PostgresError> {
        let mut link = Link::new(options)?;
        schema::ensure(&mut link)?;
        let head = open::head(&mut link)?;
        let reader = PostgresReader::new(link, Arc::new(AtomicU64::new(head.seq)), from_seq)?;
        Ok(Box::new(reader.asking()))
    }

    /// Why the last append is unknown or there is no space, if that is so.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Whether the entry was inserted now.
    fn insert(&mut self, sealed: &Sealed) -> Result<bool, Trouble> {
        let (after, before, epoch) = (sealed.head, self.head, self.epoch);
        let done = self.link.run(async |live| {
            let append = sqlx::query(APPEND).bind(number(after.seq)).bind(&after.hash.0[..]).bind(after.at.0);
            let append = append.bind(number(before.seq)).bind(&before.hash.0[..]).bind(epoch);
            append.bind(&sealed.bytes[..]).execute(live).await
        })?;
        Ok(done.rows_affected() == 1)
    }

    /// What stands at a seq that is taken, or that this leader may no longer take. What is there may be on the primary's disk
    /// alone: a server that starts again shows what it had written, whether or not a standby has it. So a commit after it is
    /// waited for.
    fn settle(&mut self, sealed: &Sealed) -> Appended {
        let seq = sealed.head.seq;
        let found = self.link.run(async |live| {
            let found = open::hash_at(live, seq).await?;
            if found == Some(sealed.head.hash) {
                sqlx::query(AFTER).execute(live).await?;
            }
            Ok(found)
        });
        match found {
            Ok(Some(found)) if found == sealed.head.hash => self.durable(sealed.head),
            Ok(_) => Appended::Fenced,
            Err(trouble) => self.troubled(trouble),
        }
    }

    fn durable(&mut self, head: Head) -> Appended {
        self.trouble = None;
        if head.seq > self.head.seq {
            self.head = head;
            self.published.store(head.seq, Ordering::Release);
        }
        Appended::Durable
    }

    fn troubled(&mut self, trouble: Trouble) -> Appended {
        let reason = match trouble {
            Trouble::Unsure(reason) => {
                self.trouble = Some(reason);
                return Appended::Unknown;
            }
            Trouble::DiskFull => {
                // It was rolled back, and is taken as it is when there is room.
                self.full();
                return Appended::Unknown;
            }
            Trouble::Unfit(unfit) => unfit.to_string(),
            Trouble::Refused(reason) => reason,
        };
        self.failed = true;
        let server = self.link.server.clone();
        Appended::Failed(AppendError::Refused { action: "take an entry", server, reason })
    }

    fn full(&mut self) {
        self.trouble = Some(format!("the disk of {} is full; make room there", self.link.server));
        (self.roomy, self.asked) = (false, Some(Instant::now()));
    }

    /// Asks the server for room for two entries by writing as much into a table that is never committed.
    fn ask_for_room(&mut self) -> bool {
        let bytes = vec![0u8; 2 * ENTRY_BYTES_MAX];
        let asked = self.link.run(async |live| {
            let mut never = live.begin().await?;
            let table = "create table journal.room (bytes bytea not null); \
                         alter table journal.room alter column bytes set storage external";
            sqlx::raw_sql(table).execute(&mut *never).await?;
            sqlx::query("insert into journal.room (bytes) values ($1)")
                .bind(&bytes)
                .execute(&mut *never)
                .await?;
            never.rollback().await
        });
        match asked {
            Ok(()) => (self.roomy, self.trouble) = (true, None),
            Err(Trouble::DiskFull) => self.full(),
            Err(trouble) => {
                self.trouble = Some(self.link.failed("make room", trouble).to_string());
                self.asked = Some(Instant::now());
            }
        }
        self.roomy
    }
}

impl Journal for Postgres {
    fn head(&self) -> Head {
        self.head
    }

    fn append(&mut self, sealed: &Sealed) -> Appended {
        match offered(sealed, &self.head, self.failed) {
            Err(answer) => return answer,
            Ok(Offered::Taken) => return self.settle(sealed),
            Ok(Offered::Next) => {}
        }
        match self.insert(sealed) {
            Ok(true) => self.durable(sealed.head),
            Ok(false) => self.settle(sealed),
            Err(trouble) => self.troubled(trouble),
        }
    }

    /// True until the server says that its disk is full; asked once at the start, and again after that.
    fn has_space(&mut self) -> bool {
        let pause = self.options.retry_pause;
        let early = self.asked.is_some_and(|asked| asked.elapsed() < pause);
        self.roomy || (!early && self.ask_for_room())
    }

    fn wait_for_space(&mut self, limit: Duration) -> bool {
        let start = Instant::now();
        while !self.has_space() {
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            std::thread::sleep(left.min(self.options.retry_pause.max(Duration::from_millis(1))));
        }
        true
    }

    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        let link = Link::new(&self.options).map_err(|error| ReadError::Server {
            action: "connect",
            server: self.link.server.clone(),
            reason: error.to_string(),
        })?;
        Ok(Box::new(PostgresReader::new(link, Arc::clone(&self.published), from_seq)?))
    }
}
