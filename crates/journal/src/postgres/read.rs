//! Reading rows beside the writer.
//!
//! Owns a reader's place and a connection of its own. Sees what the writer of this process has published as durable, or
//! without one asks the server where the journal ends, and believes no row before it is checked.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::link::{Link, Trouble};
use super::open::{as_hash, number};
use crate::embedded::Finding;
use crate::hash::Hash;
use crate::log::{ReadError, Reader};
use crate::server::Follow;

/// What damage to a row is reported of.
pub(crate) const PLACE: &str = "the table journal.entry";

/// A page is at most so many rows, and ends with the row that makes it larger than four mebibytes. The lengths are
/// those of the pointers to stored rows: no row is read that is not returned.
const PAGE: &str = "select seq, hash, bytes from (
    select seq, hash, bytes, sum(octet_length(bytes)) over (order by seq) - octet_length(bytes) as before
    from journal.entry where seq between $1 and least($2, $1 + 511)
) rows where before < 4194304 order by seq";

/// A row: number, hash, entry.
type EntryRow = (i64, Vec<u8>, Vec<u8>);

/// Reads a journal's entries in order.
pub(crate) struct PostgresReader {
    link: Link,
    published: Arc<AtomicU64>,
    from_seq: u64,
    follow: Follow,
    page: VecDeque<EntryRow>,
    /// Whether it asks the server for more at the end of what is known.
    asks: bool,
}

impl PostgresReader {
    pub(crate) fn new(link: Link, published: Arc<AtomicU64>, from_seq: u64) -> Result<Self, ReadError> {
        let head = published.load(Ordering::Acquire);
        if from_seq > head.saturating_add(1) {
            return Err(ReadError::Beyond { from_seq, head });
        }
        let from_seq = from_seq.max(1);
        // One earlier, so that the first entry's chain can be checked too.
        let follow = Follow::from(PLACE.to_owned(), from_seq.saturating_sub(1).max(1));
        Ok(Self { link, published, from_seq, follow, page: VecDeque::new(), asks: false })
    }

    /// Goes on behind what is known now: at its end it asks the server.
    pub(crate) const fn asking(mut self) -> Self {
        self.asks = true;
        self
    }

    fn ask(&mut self) -> Result<u64, ReadError> {
        let query = "select seq from journal.head";
        let asked = self.link.run(async |live| sqlx::query_scalar::<_, i64>(query).fetch_one(live).await);
        let end = asked.map_err(|trouble| self.failed(trouble))?;
        let end = u64::try_from(end).unwrap_or_default();
        self.published.store(end, Ordering::Release);
        Ok(end)
    }

    fn fill(&mut self, end: u64) -> Result<(), ReadError> {
        let (from, to) = (number(self.follow.next_seq()), number(end));
        let rows = self
            .link
            .run(async |live| sqlx::query_as::<_, EntryRow>(PAGE).bind(from).bind(to).fetch_all(live).await);
        self.page = rows.map_err(|trouble| self.failed(trouble))?.into();
        Ok(())
    }

    fn failed(&self, trouble: Trouble) -> ReadError {
        let reason = match trouble {
            Trouble::Unsure(reason) | Trouble::Refused(reason) => reason,
            Trouble::DiskFull => "its disk is full".to_owned(),
            Trouble::Unfit(unfit) => unfit.to_string(),
        };
        ReadError::Server { action: "read entries", server: self.link.server.clone(), reason }
    }

    /// The entry that must come next; `end` is a durable one at or after it.
    fn step(&mut self, end: u64) -> Result<(Hash, Vec<u8>), ReadError> {
        if self.page.is_empty() {
            self.fill(end)?;
        }
        let next = number(self.follow.next_seq());
        let found = self.page.pop_front().filter(|(seq, _, _)| *seq == next);
        let (_, hash, bytes) = found.ok_or_else(|| self.follow.wrong(Finding::Missing))?;
        let hash = as_hash(&hash);
        // The column answers what became of an append, so it must say what the entry says.
        let wrong = self.follow.wrong(Finding::NotNext);
        if self.follow.take(&bytes)?.hash == hash { Ok((hash, bytes)) } else { Err(wrong.into()) }
    }
}

impl Reader for PostgresReader {
    fn next(&mut self) -> Result<Option<Arc<[u8]>>, ReadError> {
        loop {
            let seq = self.follow.next_seq();
            let mut end = self.published.load(Ordering::Acquire);
            if seq > end && self.asks {
                end = self.ask()?;
            }
            if seq > end {
                return Ok(None);
            }
            let (_, bytes) = self.step(end)?;
            if seq >= self.from_seq {
                return Ok(Some(Arc::from(bytes)));
            }
        }
    }
}
