//! The journal on JetStream: one stream, one message per entry, the entry's number is the message's.
//!
//! Owns appending: each entry is published as the message after its predecessor and is acknowledged when most of the
//! servers have flushed it. Never retries by itself, never publishes two entries at once, never reads from a node that
//! does not lead.
//!
//! Two writers: the servers take one message as the next and refuse the other; who is refused looks at what stands
//! there. A late answer leaves the fate of an entry unknown; the same bytes again are either taken, recognised by
//! their id, or refused, and then what stands there says which.

mod address;
mod link;
mod open;
mod options;
mod read;
mod servers;
mod stream;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub use options::{Copies, JetstreamError, JetstreamOptions, SyncAlways};

use crate::bytes::distance;
use crate::embedded::Cover;
use crate::layout::ENTRY_BYTES_MAX;
use crate::log::{AppendError, Appended, Head, Journal, ReadError, Reader};
use crate::offer::{Offered, offered};
use crate::seal::Sealed;
use link::{Link, Trouble};
use read::JetstreamReader;
use servers::Servers;

impl Trouble {
    /// In words.
    fn reason(self) -> String {
        match self {
            Self::Unsure(reason) | Self::Refused(reason) => reason,
            Self::Full => "the servers have no room; make some".to_owned(),
            Self::NotLast => "the stream does not end where it should".to_owned(),
        }
    }
}

/// The journal in a stream of JetStream.
pub struct Jetstream {
    options: JetstreamOptions,
    link: Arc<Link>,
    servers: Option<Servers>,
    head: Head,
    published: Arc<AtomicU64>,
    roomy: bool,
    asked: Option<Instant>,
    trouble: Option<String>,
    failed: bool,
}

impl std::fmt::Debug for Jetstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Jetstream");
        shown.field("stream", &self.options.stream).field("head", &self.head).finish_non_exhaustive()
    }
}

impl Jetstream {
    /// Opens the journal: checks what the servers promise, makes the stream if there is none, checks its configuration
    /// and last entry, and compares with `cover`. To be called, like everything here, from a plain thread.
    ///
    /// A leader before this one is fenced by the first entry that is appended here.
    ///
    /// # Errors
    /// [`JetstreamError`] says what is wrong and what to do.
    pub fn open(options: JetstreamOptions, cover: Option<Cover>) -> Result<Self, JetstreamError> {
        let opened = open::open(&options, cover)?;
        Ok(Self {
            options,
            link: Arc::new(opened.link),
            servers: opened.servers,
            head: opened.head,
            published: Arc::new(AtomicU64::new(opened.head.seq)),
            roomy: false,
            asked: None,
            trouble: None,
            failed: false,
        })
    }

    /// Reads from `from_seq` on what is there and what comes, without fencing anybody. Makes the stream where there is none.
    ///
    /// # Errors
    /// [`JetstreamError`] says what is wrong and what to do.
    pub fn follow(options: &JetstreamOptions, from_seq: u64) -> Result<Box<dyn Reader>, JetstreamError> {
        let opened = open::open(options, None)?;
        let (link, published) = (Arc::new(opened.link), Arc::new(AtomicU64::new(opened.head.seq)));
        Ok(Box::new(JetstreamReader::new(link, &options.stream, published, from_seq)?.asking()))
    }

    /// Why the last append is unknown or there is no space, if that is so.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// What stands at a seq that is taken, or that the servers would not give. Nothing there means that another entry
    /// is on its way, ours or another leader's, and may or may not come to stand.
    fn settle(&mut self, sealed: &Sealed) -> Appended {
        match self.link.message(sealed.head.seq) {
            Ok(Some(found)) if open::is_same(&found, sealed.head.hash) => self.durable(sealed.head),
            Ok(Some(_)) => Appended::Fenced,
            Ok(None) => self.troubled(Trouble::NotLast),
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
        match trouble {
            Trouble::Full => {
                self.trouble = Some(trouble.reason());
                (self.roomy, self.asked) = (false, Some(Instant::now()));
                Appended::Failed(AppendError::NoSpace)
            }
            Trouble::Refused(reason) => {
                self.failed = true;
                let server = self.link.servers.clone();
                Appended::Failed(AppendError::Refused { action: "take an entry", server, reason })
            }
            other => {
                self.trouble = Some(other.reason());
                Appended::Unknown
            }
        }
    }

    /// Asks for room for two entries: the account's, and each server's where they may be asked. What cannot be asked at
    /// the moment is as it was.
    fn ask_for_room(&mut self) -> bool {
        let wanted = distance(2 * ENTRY_BYTES_MAX);
        let copies = self.options.copies.count();
        self.asked = Some(Instant::now());
        let account = self.link.run(async {
            let asked = self.link.context.query_account().await;
            asked.map_err(|error| Trouble::Unsure(error.to_string()))
        });
        let Ok(account) = account else {
            return self.roomy;
        };
        let limit = account.limits.max_storage.and_then(|limit| u64::try_from(limit).ok());
        let left = limit.map_or(u64::MAX, |limit| limit.saturating_sub(account.storage));
        let mut roomy = left >= wanted.saturating_mul(distance(copies));
        if let Some(Ok(said)) = self.servers.as_ref().map(|servers| servers.ask(&self.link, copies)) {
            // Two of three would do, but then the third falls behind for good.
            roomy &= said.iter().filter_map(|server| server.room).all(|room| room >= wanted);
        }
        self.roomy = roomy;
        if !roomy {
            self.trouble = Some(Trouble::Full.reason());
        }
        roomy
    }
}

impl Journal for Jetstream {
    fn head(&self) -> Head {
        self.head
    }

    fn append(&mut self, sealed: &Sealed) -> Appended {
        match offered(sealed, &self.head, self.failed) {
            Err(answer) => return answer,
            Ok(Offered::Taken) => return self.settle(sealed),
            Ok(Offered::Next) => {}
        }
        match self.link.publish(sealed) {
            Ok(ack) if ack.sequence == sealed.head.seq && !ack.duplicate => self.durable(sealed.head),
            Ok(_) | Err(Trouble::NotLast) => self.settle(sealed),
            Err(trouble) => self.troubled(trouble),
        }
    }

    /// What the servers said when they were last asked, which is some seconds ago at most.
    fn has_space(&mut self) -> bool {
        let recent = self.asked.is_some_and(|asked| asked.elapsed() < self.options.room_every);
        if recent { self.roomy } else { self.ask_for_room() }
    }

    fn wait_for_space(&mut self, limit: Duration) -> bool {
        let start = Instant::now();
        while !self.has_space() {
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
        true
    }

    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        let (link, published) = (Arc::clone(&self.link), Arc::clone(&self.published));
        Ok(Box::new(JetstreamReader::new(link, &self.options.stream, published, from_seq)?))
    }
}
