//! Reading messages beside the writer.
//!
//! Owns a reader's place. Sees what the writer of this process has published as durable, or without one asks where the
//! stream ends; asks the stream's leader for it, and believes no message before it is checked.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::link::{Link, Trouble};
use super::open::place;
use crate::embedded::Finding;
use crate::log::{ReadError, Reader};
use crate::server::Follow;

/// Messages asked for at a time: full entries of twelve mebibytes together.
const PAGE: u64 = 16;

/// Reads a journal's entries in order.
pub(crate) struct JetstreamReader {
    link: Arc<Link>,
    published: Arc<AtomicU64>,
    from_seq: u64,
    follow: Follow,
    page: VecDeque<Option<Vec<u8>>>,
    /// Whether it asks for more at the end of what is known.
    asks: bool,
}

impl JetstreamReader {
    pub(crate) fn new(
        link: Arc<Link>,
        stream: &str,
        published: Arc<AtomicU64>,
        from_seq: u64,
    ) -> Result<Self, ReadError> {
        let head = published.load(Ordering::Acquire);
        if from_seq > head.saturating_add(1) {
            return Err(ReadError::Beyond { from_seq, head });
        }
        let from_seq = from_seq.max(1);
        // One earlier, so that the first entry's chain can be checked too.
        let follow = Follow::from(place(stream), from_seq.saturating_sub(1).max(1));
        Ok(Self { link, published, from_seq, follow, page: VecDeque::new(), asks: false })
    }

    /// Goes on behind what is known now: at its end it asks the stream's leader.
    pub(crate) const fn asking(mut self) -> Self {
        self.asks = true;
        self
    }

    fn ask(&self) -> Result<u64, ReadError> {
        let end = self.link.last().map_err(|trouble| self.failed(trouble))?;
        self.published.store(end, Ordering::Release);
        Ok(end)
    }

    fn failed(&self, trouble: Trouble) -> ReadError {
        let (server, reason) = (self.link.servers.clone(), trouble.reason());
        ReadError::Server { action: "read entries", server, reason }
    }

    /// The entry that must come next; `end` is a durable one at or after it.
    fn step(&mut self, end: u64) -> Result<Vec<u8>, ReadError> {
        if self.page.is_empty() {
            let from = self.follow.next_seq();
            let last = end.min(from.saturating_add(PAGE - 1));
            let found = self.link.messages(from..=last).map_err(|trouble| self.failed(trouble))?;
            self.page = found.into();
        }
        let found = self.page.pop_front().flatten();
        let bytes = found.ok_or_else(|| self.follow.wrong(Finding::Missing))?;
        self.follow.take(&bytes)?;
        Ok(bytes)
    }
}

impl Reader for JetstreamReader {
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
            let bytes = self.step(end)?;
            if seq >= self.from_seq {
                return Ok(Some(Arc::from(bytes)));
            }
        }
    }
}
